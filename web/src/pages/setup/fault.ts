import type { Problem } from "../../client/types"

/** What the problem says of a field, or of something within it. */
export function faultOn(problem: Problem | undefined, field: string): string | undefined {
  const isHere = problem !== undefined && (problem.field === field || problem.field.startsWith(`${field}.`))
  return isHere ? [problem.detail, problem.hint].filter(Boolean).join(". ").replace(/([.?!])\. /, "$1 ") : undefined
}
