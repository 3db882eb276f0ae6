import type { Problem } from "./types"

/** A request that was refused or failed, with everything that the page needs to say so. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail)
  }
}

function local(code: string, kind: Problem["kind"], title: string, detail: string, hint: string): Problem {
  return {
    type: `urn:pilotage:problem:${code}`,
    status: 0, code, kind, title, detail, hint,
    field: "", request_id: "", retry_after: kind === "passing" ? 3 : null, facts: {},
  }
}

/** The problem in an error of whatever origin. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof TypeError)
    return local(
      "unreachable", "passing", "Pilotage doesn't answer",
      "The app on this computer can't be reached. What you entered stays on this page.",
      "If it was stopped, start it again with: pilotage serve",
    )
  const detail = error instanceof Error ? error.message : String(error)
  return local("page", "bug", "The page failed", detail, "Reload it; what you entered is kept.")
}

/** A job's stored error, told as a problem. */
export function problemOfJob(error: Record<string, unknown>): Problem {
  const code = String(error.code ?? "lab_error")
  if (code === "cancelled")
    return { ...local(code, "input", "Stopped", "You stopped it. Everything from before is safe.", ""), retry_after: null }
  const kind = code.startsWith("invalid") || code.startsWith("unsupported") ? "input" : "device"
  const detail = String(error.message ?? code).replace(/([^.!?])$/, "$1.")
  return { ...local(code, kind, "The pictures could not be made", detail, String(error.hint ?? "")), retry_after: null }
}

/** The body of an answer that is no success, whether it is problem+json or something else entirely. */
export function problemOfBody(body: unknown, status: number): Problem {
  if (typeof body === "object" && body !== null && "code" in body && "kind" in body) return body as Problem
  const passing = status === 502 || status === 503 || status === 504
  return {
    ...local(
      `http_${String(status)}`, passing ? "passing" : "bug", "An answer that can't be read",
      `The server answered with status ${String(status)}.`, "Try again; if it stays, restart Pilotage.",
    ),
    status,
  }
}
