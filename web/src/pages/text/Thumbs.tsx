import { useState } from "react"
import type { AxisView, Message } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Better, Worse } from "../../ui/icons"
import { useKept } from "../../ui/storage"
import { Toast } from "../../ui/Toast"
import { changeInWords, toldDoses } from "./learned"
import type { Profiles } from "./useProfile"

type Reaction = "thumbs_up" | "thumbs_down"

/** What one thinks of an answer; what the profile made of it is said after the fact, and can be undone. */
export function Thumbs({ message, profiles, axes }: { message: Message; profiles: Profiles; axes: AxisView[] }) {
  const [given, setGiven] = useKept<Reaction | null>(sessionStorage, `text.thumb.${message.id}`, null)
  const [toast, setToast] = useState<{ words: string; undo?: number; ask?: Reaction } | null>(null)
  const { profile: { data: profile }, record } = profiles
  if (!profile || message.state === "failed") return null
  const react = (reaction: Reaction, consents: boolean) => {
    if (!profile.consent && !consents) {
      setToast({ words: "Thumbs teach your profile only if you let it learn.", ask: reaction })
      return
    }
    const before = profile.doses
    const events = [...(consents ? [{ kind: "consent", given: true }] : []), { kind: "reaction", reaction, doses: toldDoses(message.doses) }]
    record.mutate(events, {
      onSuccess: (after) => {
        const change = changeInWords(before, after.doses, axes)
        setGiven(reaction)
        setToast({ words: change === "" ? "Noted. Your doses stay as they are." : `I learned: ${change}.`, undo: after.events.length - 1 })
      },
      onError: (error) => { setToast({ words: problemOf(error).detail }) },
    })
  }
  const undo = (event: number) => {
    record.mutate([{ kind: "taken_back", event }], { onSuccess: () => { setGiven(null); setToast(null) } })
  }
  return (
    <>
      {(["thumbs_up", "thumbs_down"] as const).map((reaction) => (
        <button
          key={reaction} type="button" className="button quiet icon" aria-label={reaction === "thumbs_up" ? "Good answer" : "Bad answer"}
          aria-pressed={given === reaction} disabled={record.isPending} onClick={() => { react(reaction, false) }}
        >
          {reaction === "thumbs_up" ? <Better /> : <Worse />}
        </button>
      ))}
      {toast && (
        <Toast
          onClose={() => { setToast(null) }}
          action={toast.undo !== undefined
            ? <button type="button" className="button" onClick={() => { undo(toast.undo ?? 0) }}>Undo</button>
            : toast.ask && <button type="button" className="button" onClick={() => { react(toast.ask ?? "thumbs_up", true) }}>Let it learn</button>}
        >
          {toast.words}
        </Toast>
      )}
    </>
  )
}
