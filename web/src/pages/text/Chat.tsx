import { useEffect } from "react"
import type { Doses, Message } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Problem } from "../../ui/Problem"
import { Answer } from "./Answer"
import { Asked } from "./Asked"
import { Composer } from "./Composer"
import { activeOf, areOther } from "./doses"
import type { Turn } from "./thread"
import type { DraftsKept } from "./useDrafts"
import type { Settings } from "./useSettings"
import { NEW, useAxes, type Talk } from "./useTalk"

interface ChatProps {
  /** Its id; none before anything was said. */
  id: string | undefined
  thread: Turn[]
  /** Show this one of those that follow `parent`; null is whatever comes last. */
  onChoose: (parent: string, id: string | null) => void
  /** Whether all that an answer is made by is known: what was said before, and the doses. */
  isReady: boolean
  talk: Talk
  drafts: DraftsKept
  model: string
  /** By which the next answer is made. */
  doses: Doses
  /** Those of its axes whose doses are drawn anew for each answer. */
  drawn: string[]
  settings: Settings
  /** What one might begin with. */
  starters: string[]
  /** What stands below an ended answer, such as what one thinks of it. */
  below?: (message: Message) => React.ReactNode
  onCopied: (message: Message) => void
  onAgain: (message: Message) => void
  /** One goes on to say something else. */
  onNext: () => void
}

/** What was said, the answers as they grow, and what to say next. */
export function Chat({ id, thread, onChoose, isReady, talk, drafts, model, doses, drawn, settings, starters, below, onCopied, onAgain, onNext }: ChatProps) {
  const axes = useAxes(model)
  const last = thread.at(-1)?.message
  const writing = thread.find(({ message }) => message.state === "writing")?.message
  const isBusy = writing !== undefined || talk.isSaying || !isReady
  const say = (said: { content?: string; after?: string }, onHeard: (at: string) => void) => {
    if (isBusy) return
    talk.say({ ...said, steering: activeOf(doses), sampling: settings.sampling }, onHeard)
  }
  const sayNext = (content: string) => { if (!isBusy) onNext(); say(last ? { content, after: last.id } : { content }, (at) => { drafts.clear(at, content) }) }
  const fresh = (parent: string) => { onChoose(parent, null) }
  useFollowedEnd(writing?.content)
  return (
    <section className="chat" aria-label="Conversation">
      {thread.length === 0 && !talk.isSaying && id === undefined && <Welcome isBusy={isBusy} starters={starters} onSay={sayNext} />}
      <ol className="thread" aria-live="polite" aria-busy={writing !== undefined}>
        {thread.map((turn) => {
          const { message, siblings } = turn
          const parent = message.parent_id ?? ""
          const switcher = { at: siblings.indexOf(message), of: siblings.length, onGo: (to: number) => { onChoose(parent, siblings[to]?.id ?? null) } }
          return message.role === "user"
            ? (
              <Asked
                key={`said after ${parent}`} message={message} switcher={switcher} isBusy={isBusy} onTyping={talk.dismiss}
                onEdit={(content, onHeard) => { say({ content, after: parent }, () => { fresh(parent); onHeard() }) }}
              />
            )
            : (
              <Answer
                key={message.id} message={message} switcher={switcher} axes={axes.data ?? []} isBusy={isBusy} isSteeredAnew={message === last && isReady && areOther(doses, message.doses, drawn)}
                onAgain={() => { say({ after: parent }, () => { fresh(parent); onAgain(message) }) }} onStop={() => { talk.stop(message.id) }}
                onCopied={() => { onCopied(message) }}
              >
                {below?.(message)}
              </Answer>
            )
        })}
      </ol>
      {talk.isSaying && writing === undefined && <p className="muted small" role="status">{thread.length === 0 ? "Waking the model…" : "Thinking…"}</p>}
      {talk.error !== null && <Problem problem={problemOf(talk.error)} onRetry={talk.retry} />}
      {talk.stopError && <Problem problem={problemOf(talk.stopError)} />}
      <Composer
        text={drafts.of(id ?? NEW)} onText={(text) => { drafts.write(id ?? NEW, text); talk.dismiss() }}
        isReady={isReady} isBusy={isBusy} onSay={sayNext} settings={settings}
        onStop={writing && (() => { talk.stop(writing.id) })}
      />
    </section>
  )
}

function Welcome({ starters, isBusy, onSay }: { starters: string[]; isBusy: boolean; onSay: (content: string) => void }) {
  return (
    <div className="welcome">
      <h2>Say something. Then move a slider and ask again.</h2>
      <p className="soft">The model runs on this computer. Sliders push its thoughts while it writes; the words that you send stay as they are.</p>
      <div className="row wrap">
        {starters.map((one) => <button key={one} type="button" className="chip" disabled={isBusy} onClick={() => { onSay(one) }}>{one}</button>)}
      </div>
    </div>
  )
}

/** The end of the page stays in view while an answer grows, unless the reader has scrolled away from it. */
function useFollowedEnd(growing: string | undefined): void {
  useEffect(() => {
    const left = document.documentElement.scrollHeight - window.innerHeight - window.scrollY
    if (growing !== undefined && left < 240) window.scrollTo({ top: document.documentElement.scrollHeight })
  }, [growing])
}
