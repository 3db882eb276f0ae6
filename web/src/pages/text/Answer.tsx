import type { ReactNode } from "react"
import type { AxisView, Message } from "../../client/language"
import { problemOfJob } from "../../client/problem"
import { CopyButton } from "../../ui/CopyButton"
import { Problem } from "../../ui/Problem"
import { DoseChips } from "./DoseChips"
import { Switcher, type Switching } from "./Switcher"

interface AnswerProps {
  message: Message
  switcher: Switching
  axes: AxisView[]
  isBusy: boolean
  /** Whether the doses moved since it was made. */
  isSteeredAnew: boolean
  onAgain: () => void
  onStop: () => void
  onCopied: () => void
  children?: ReactNode
}

/** An answer, by which doses it was made, and how it ended. */
export function Answer({ message, switcher, axes, isBusy, isSteeredAnew, onAgain, onStop, onCopied, children }: AnswerProps) {
  const isWriting = message.state === "writing"
  return (
    <li className="answer" data-state={message.state}>
      <p className="answer-text">{message.content}{isWriting && <span className="caret" aria-label="writing" role="img" />}</p>
      {message.state === "failed" && <Problem problem={{ ...problemOfJob(message.error ?? {}), title: "The answer could not be finished" }} onRetry={onAgain} />}
      <div className="row wrap turn-foot">
        <DoseChips doses={message.doses} axes={axes} />
        {endInWords(message) !== "" && <span className="small muted">{endInWords(message)}</span>}
        <span className="grow" />
        <Switcher {...switcher} />
        {isWriting
          ? <button type="button" className="button quiet" onClick={onStop}>Stop</button>
          : (
            <>
              {children}
              <CopyButton text={message.content} quiet onCopied={onCopied}>Copy</CopyButton>
              <button type="button" className={isSteeredAnew ? "button steered-anew" : "button quiet"} disabled={isBusy} title="Answer once more, with the doses as they are now" onClick={onAgain}>
                {isSteeredAnew ? "Answer again with these doses" : "Again"}
              </button>
            </>
          )}
      </div>
    </li>
  )
}

function endInWords({ state, finish, tokens }: Message): string {
  if (state === "cancelled") return "you stopped it"
  if (state === "interrupted") return "broken off when Pilotage ended; ask again"
  if (state === "done" && finish === "length") return `ended at its length${tokens === null ? "" : `, ${String(tokens)} tokens`}`
  return ""
}
