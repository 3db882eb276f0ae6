import type { ModelInfo } from "../../client/types"

type Vocabulary = ModelInfo["vocabulary"]

/** The prompt in pieces, the unknown words apart; put together again they are the prompt. */
export function markedParts(prompt: string, unknown: string[]): { text: string; isUnknown: boolean }[] {
  const words = new Set(unknown)
  return prompt
    .split(/([\p{L}\p{N}'’-]+)/u)
    .filter((text) => text !== "")
    .map((text) => ({ text, isUnknown: words.has(text) }))
}

function whole(phrase: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${phrase.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "iu")
}

export function says(prompt: string, phrase: string): boolean {
  return whole(phrase).test(prompt)
}

function tidy(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/\b(a|an)\s+(?=([a-z]))/gi, (_, article: string, next: string) => {
      const fitting = "aeiou".includes(next.toLowerCase()) ? "an" : "a"
      return `${article.startsWith("A") ? fitting.replace("a", "A") : fitting} `
    })
    .trim()
}

/** The prompt with an object put in: in place of the one that it names, else at its end. */
export function withObject(prompt: string, object: string, vocabulary: Vocabulary): string {
  const named = vocabulary.objects.filter((one) => says(prompt, one)).sort((a, b) => b.length - a.length)[0]
  if (named !== undefined) return tidy(prompt.replace(whole(named), object))
  return prompt.trim() === "" ? tidy(`a ${object}`) : tidy(`${prompt} ${object}`)
}

/** The prompt with an attribute put in, in place of another of its family, or taken out if it is there. */
export function withAttribute(prompt: string, word: string, family: string, vocabulary: Vocabulary): string {
  if (says(prompt, word)) return tidy(prompt.replace(whole(word), ""))
  const rival = (vocabulary.attributes[family] ?? []).find((one) => says(prompt, one))
  if (rival !== undefined) return tidy(prompt.replace(whole(rival), word))
  const object = vocabulary.objects.filter((one) => says(prompt, one)).sort((a, b) => b.length - a.length)[0]
  if (object === undefined || word.includes(" ")) return tidy(`${prompt} ${word}`)
  return tidy(prompt.replace(whole(object), `${word} ${object}`))
}
