import { Link } from "@tanstack/react-router"
import type { CandidateView } from "../client/types"
import { Badge } from "../ui/Badge"
import { Return } from "../ui/icons"
import { useNoun } from "../ui/medium"

interface BadgesProps {
  /** Null while only its place is known: then it is the best so far, shown again. */
  candidate: CandidateView | null
  sessionId: string
}

/** What a picture is to its session, and the way to the round that it came from. */
export function Badges({ candidate, sessionId }: BadgesProps) {
  const role = candidate === null ? "incumbent" : candidate.role
  const noun = useNoun().toLowerCase()
  const from = candidate?.carried_from_round ?? null
  return (
    <>
      {candidate?.is_final && <Badge kind="final" />}
      {role === "incumbent" && !candidate?.is_final && <Badge kind="incumbent" />}
      {role === "baseline" && <Badge kind="baseline">your prompt as it is</Badge>}
      {role === "pinned" && <Badge kind="pinned" />}
      {from !== null && (
        <Link
          to="/sessions/$sessionId" params={{ sessionId }} search={{ round: from }} className="badge carried" data-badge="carried"
          title={`The same ${noun} as in round ${String(from)}: go there`} aria-label={`Carried from round ${String(from)}`}
        >
          <Return /><span>from round </span>{from}
        </Link>
      )}
    </>
  )
}
