import { useState } from "react"
import type { AxisView, Message, ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Better, Worse } from "../../ui/icons"
import { useKept } from "../../ui/storage"
import { Toast } from "../../ui/Toast"
import { changeInWords, isStanding, toldDoses } from "./learned"
import { useTold, type ToldEvent } from "./useProfile"

type Reaction = "thumbs_up" | "thumbs_down"
/** Which event of which profile a pressed thumb is. */
interface Given {
  reaction: Reaction
  profile: string
  event: number
}

interface ThumbsProps {
  message: Message
  profile: ProfileView
  axes: AxisView[]
}

/** What one thinks of an answer; what the profile made of it is said after the fact, and pressed again it is taken back. */
export function Thumbs({ message, profile, axes }: ThumbsProps) {
  const [kept, setGiven] = useKept<Given | null>(sessionStorage, `text.thumb.${message.id}`, null)
  const [toast, setToast] = useState<{ words: string; ask?: Reaction } | null>(null)
  const told = useTold(profile.id)
  const given = kept?.profile === profile.id && isStanding(profile.events, kept.event, "reaction") ? kept : null
  const before: ToldEvent[] = given === null ? [] : [{ kind: "taken_back", event: given.event }]
  const react = (reaction: Reaction, consents: boolean) => {
    if (!profile.consent && !consents) {
      setToast({ words: "Thumbs teach your profile only if you let it learn.", ask: reaction })
      return
    }
    const events = [...before, ...(consents ? [{ kind: "consent", given: true }] : []), { kind: "reaction", reaction, doses: toldDoses(message.doses, profile) }]
    told.tell(events, (after) => {
      const change = changeInWords(profile.doses, after.doses, axes)
      setGiven({ reaction, profile: after.id, event: after.events.length - 1 })
      setToast({ words: change === "" ? "Noted. Your doses stay as they are." : `I learned: ${change}.` })
    })
  }
  const letGo = () => { told.tell(before, () => { setGiven(null); setToast(null) }) }
  return (
    <>
      {(["thumbs_up", "thumbs_down"] as const).map((reaction) => (
        <button
          key={reaction} type="button" className="button quiet icon" aria-label={reaction === "thumbs_up" ? "Good answer" : "Bad answer"}
          aria-pressed={given?.reaction === reaction} aria-disabled={told.isPending}
          onClick={() => {
            if (told.isPending) return
            if (given?.reaction === reaction) letGo()
            else react(reaction, false)
          }}
        >
          {reaction === "thumbs_up" ? <Better /> : <Worse />}
        </button>
      ))}
      {told.error && (
        <Toast onClose={told.reset} action={<button type="button" className="button" onClick={told.retry}>Try again</button>}>{problemOf(told.error).detail}</Toast>
      )}
      {toast && !told.error && (
        <Toast
          onClose={() => { setToast(null) }}
          action={toast.ask
            ? <button type="button" className="button" onClick={() => { react(toast.ask ?? "thumbs_up", true) }}>Let it learn</button>
            : given && <button type="button" className="button" onClick={letGo}>Undo</button>}
        >
          {toast.words}
        </Toast>
      )}
    </>
  )
}
