import type { RunState } from "../../../client/latentCourse"
import "./shared.css"
import { STATES } from "./words"

/** Where a run stands, in a word and a dot. */
export function StateBadge({ state }: { state: string }) {
  const { word, means, tone } = STATES[state as RunState] ?? { word: state, means: "", tone: "" }
  return <span className="run-state" data-tone={tone} title={means}><i />{word}</span>
}
