import { Branch, Flag, Origin, Pin, Return, Tick } from "./icons"

export type BadgeKind = "baseline" | "incumbent" | "carried" | "pinned" | "final" | "superseded"

/** Each badge: its word on the page, and what it means, one hover away. */
export const BADGES: Record<BadgeKind, { word: string; means: string; icon: () => React.ReactNode }> = {
  baseline: { word: "baseline", means: "Your prompt as it is, unsteered.", icon: Origin },
  incumbent: { word: "best so far", means: "The incumbent: what your answers so far put first.", icon: () => <Tick size={12} /> },
  carried: { word: "carried", means: "Shown again from an earlier round, unchanged.", icon: Return },
  pinned: { word: "pinned", means: "You pinned it: it is shown in every round until you let it go.", icon: Pin },
  final: { word: "final", means: "You named it the final picture.", icon: Flag },
  superseded: { word: "superseded", means: "Set aside by an undo or another branch; kept, but no longer counted.", icon: Branch },
}

interface BadgeProps {
  kind: BadgeKind
  /** A word that fits the place better, such as "carried from round 2". */
  children?: React.ReactNode
}

/** What a picture or a round is to its session. */
export function Badge({ kind, children }: BadgeProps) {
  const { word, means, icon: Icon } = BADGES[kind]
  return (
    <span className="badge" data-badge={kind} title={means}>
      <Icon />
      {children ?? word}
    </span>
  )
}
