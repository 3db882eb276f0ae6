import { Link } from "@tanstack/react-router"
import { useDiagnostics } from "../../client/queries"
import type { RoundView, SessionView } from "../../client/types"
import { mediumOf } from "../../ui/medium"

/** What makes the pictures, in one line; the versions one hover away. */
export function MadeBy({ session, shown }: { session: SessionView; shown: RoundView | undefined }) {
  const { data } = useDiagnostics()
  const words = data?.model?.ref === session.model ? data.sentence : `The ${mediumOf(session.model) === "text" ? "texts of this session are written" : "pictures of this session are made"} by ${session.model}.`
  const versions = Object.entries(data?.versions ?? {}).flatMap(([name, version]) => (version === null ? [] : [`${name} ${version}`]))
  const meant = shown && { session: session.id, round: shown.index, ...(shown.state === "superseded" ? { take: shown.take } : {}) }
  return (
    <p className="made-by small muted" title={versions.join(", ")}>
      {words} <Link to="/diagnostics" search={meant ?? {}}>Diagnostics{shown && ` of round ${String(shown.index)}`}</Link>
    </p>
  )
}
