import { Link } from "@tanstack/react-router"
import { useDiagnostics } from "../../client/queries"
import type { SessionView } from "../../client/types"

/** What makes the pictures, in one line; the versions one hover away. */
export function MadeBy({ session }: { session: SessionView }) {
  const { data } = useDiagnostics()
  const words = data?.model?.ref === session.model ? data.sentence : `The pictures of this session are made by ${session.model}.`
  const versions = Object.entries(data?.versions ?? {}).flatMap(([name, version]) => (version === null ? [] : [`${name} ${version}`]))
  return (
    <p className="made-by small muted" title={versions.join(", ")}>
      {words} <Link to="/diagnostics">Diagnostics</Link>
    </p>
  )
}
