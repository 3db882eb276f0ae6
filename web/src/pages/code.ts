import type { Draft } from "../client/types"

/** The command and the Python that make the same session. */
export function codeFor(draft: Draft, sessionId = "SESSION"): { terminal: string; python: string } {
  const { request: { prompt, ...request }, axes = [], model = "starter", seed, ...rest } = draft
  const others = settings(rest, request)
  const words = [
    "pilotage new", shell(prompt),
    ...(model === "starter" ? [] : [`--model ${shell(model)}`]),
    ...axes.map((axis) => `--axis ${shell(axis.replace(/\s*↔\s*/, " | "))}`),
    ...(seed === null || seed === undefined ? [] : [`--seed ${String(seed)}`]),
    ...others.map(([name, value]) => `--set ${assignment(name, value)}`),
  ]
  const named = [
    python(prompt),
    ...(model === "starter" ? [] : [`model=${python(model)}`]),
    ...(axes.length > 0 ? [`axes=${python(axes)}`] : []),
    ...(seed === null || seed === undefined ? [] : [`seed=${String(seed)}`]),
    ...others.map(([name, value]) => `${name.replace("request.", "")}=${python(value)}`),
  ]
  return {
    terminal: `${words.join(" ")}\npilotage step ${sessionId} --out round-1\npilotage answer ${sessionId} 2`,
    python: [
      "import pilotage", "",
      `session = pilotage.Session(${named.join(", ")})`,
      "round_ = session.ask()      # pictures to look at",
      "session.tell(round_[1])     # the one that is closest",
      'session.best.save("best.png")',
    ].join("\n"),
  }
}

type Setting = [name: string, value: unknown]

/** What differs from the defaults, in the order that reads best. */
function settings(rest: Omit<Draft, "request" | "axes" | "model" | "seed">, request: object): Setting[] {
  const { query_kinds, ...plain } = rest
  const given = ([, value]: Setting) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
  const own = Object.entries(request).map(([name, value]): Setting => [`request.${name}`, value])
  return [...Object.entries(plain), ...own, ["query_kinds", query_kinds] as Setting].filter(given)
}

function shell(text: string): string {
  return `"${text.replace(/["\\$`]/g, "\\$&")}"`
}

function assignment(name: string, value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return `${name}=${String(value)}`
  const text = `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function python(value: unknown): string {
  if (value === true) return "True"
  if (value === false) return "False"
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value).map(([name, one]) => `${python(name)}: ${python(one)}`).join(", ")}}`
  return JSON.stringify(value)
}
