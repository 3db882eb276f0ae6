import type { ReactNode } from "react"
import type { Verdict } from "../client/types"
import { Better, Cross, Heart, Same, Tick, Worse } from "../ui/icons"

export interface Choice {
  name: string
  /** For those who don't see it; by default its words. */
  label?: string
  words?: string
  icon: ReactNode
  tone: "good" | "bad" | "even" | "fav"
  isOn: boolean
  onPress: () => void
}

/** What can be said of one picture, each as a button that stays down. */
export function Choices({ label, choices }: { label: string; choices: Choice[] }) {
  return (
    <span className="choices" role="group" aria-label={label}>
      {choices.map(({ name, label: told, words, icon, tone, isOn, onPress }) => (
        <button key={name} type="button" data-part={name} data-tone={tone} tabIndex={-1} aria-label={told ?? words} title={told ?? words} aria-pressed={isOn} onClick={onPress}>
          {icon}{words !== undefined && <span>{words}</span>}
        </button>
      ))}
    </span>
  )
}

export function favouriteChoice(label: string, isOn: boolean, onPress: () => void): Choice {
  return { name: "favourite", label, icon: <Heart full={isOn} />, tone: "fav", isOn, onPress }
}

/** Better, same or worse than the best so far. */
export function verdictChoices(value: Verdict | undefined, onJudge: (verdict: Verdict) => void): Choice[] {
  return [
    { name: "better", words: "Better", icon: <Better />, tone: "good", isOn: value === "better", onPress: () => { onJudge("better") } },
    { name: "same", words: "Same", icon: <Same />, tone: "even", isOn: value === "same", onPress: () => { onJudge("same") } },
    { name: "worse", words: "Worse", icon: <Worse />, tone: "bad", isOn: value === "worse", onPress: () => { onJudge("worse") } },
  ]
}

/** The one to drop, and the one to keep. */
export function worstChoices(isWorst: boolean, isBest: boolean, onDrop: () => void, onKeep: () => void): Choice[] {
  return [
    { name: "drop", words: "Drop", icon: <Cross size={16} />, tone: "bad", isOn: isWorst, onPress: onDrop },
    { name: "keep", words: "Keep", icon: <Tick size={16} />, tone: "good", isOn: isBest, onPress: onKeep },
  ]
}

/** Yes or no to one picture. */
export function yesNoChoices(value: boolean | undefined, onApprove: (yes: boolean) => void): Choice[] {
  return [
    { name: "yes", label: "Yes", icon: <Tick />, tone: "good", isOn: value === true, onPress: () => { onApprove(true) } },
    { name: "no", label: "No", icon: <Cross />, tone: "bad", isOn: value === false, onPress: () => { onApprove(false) } },
  ]
}
