import type { Doses, Sampling, Words } from "../../client/language"

export const LANGUAGES = [{ value: "library", label: "Library" }, { value: "curl", label: "curl" }, { value: "openai", label: "OpenAI client" }] as const

interface AskedHere {
  /** Where the app answers. */
  origin: string
  model: string
  messages: Words[]
  /** Set by hand. */
  doses: Doses
  /** Whose doses count beneath these. */
  profile: string | null
  sampling: Sampling
}

/** The next answer, asked for in a script, by curl, or by OpenAI's client. */
export function codeOf({ origin, model, messages, doses, profile, sampling }: AskedHere): Record<(typeof LANGUAGES)[number]["value"], string> {
  const steering = Object.keys(doses).length > 0 ? { steering: doses } : {}
  const ours = { ...steering, ...(profile === null ? {} : { profile }) }
  const body = { model, messages, ...ours, ...sampling }
  const given = Object.entries(sampling).map(([name, value]) => `${name}=${String(value)}`)
  const load = [...(model === "smollm2" ? [] : [JSON.stringify(model)]), ...(profile === null ? [] : ['home=".pilotage"'])]
  const extra = Object.keys(ours).length > 0 ? [`    extra_body=${JSON.stringify(ours)},`] : []
  return {
    library: [
      "import pilotage.language", "",
      `lm = pilotage.language.load(${load.join(", ")})`,
      `messages = ${pythonOf(messages)}`,
      `print(lm.generate([messages], doses=${JSON.stringify(doses)}, ${[...(profile === null ? [] : [`profile="${profile}"`]), ...given].join(", ")})[0].text)`,
    ].join("\n"),
    curl: [
      `curl ${origin}/v1/chat/completions \\`, "  -H 'Content-Type: application/json' \\",
      `  -d '${JSON.stringify(body, null, 1).replaceAll("'", "'\\''")}'`,
    ].join("\n"),
    openai: [
      "from openai import OpenAI", "",
      `client = OpenAI(base_url="${origin}/v1", api_key="none")`,
      "answer = client.chat.completions.create(",
      `    model=${JSON.stringify(model)},`,
      `    messages=${pythonOf(messages).replaceAll("\n", "\n    ")},`,
      ...given.map((one) => `    ${one},`), ...extra, ")",
      "print(answer.choices[0].message.content)",
    ].join("\n"),
  }
}

/** Strings and lists read the same in Python and in JSON. */
function pythonOf(messages: Words[]): string {
  return ["[", ...messages.map((one) => `    ${JSON.stringify(one)},`), "]"].join("\n")
}
