import type { Tag } from "../client/types"

/** The tags on the pictures of a round, and how they are changed. */
export interface Tagging {
  /** By the ids of the pictures. */
  tags: Record<string, string[]>
  /** The picture whose tags are being chosen. */
  opened: string | null
  /** Null where tags can't be given. */
  open: ((id: string | null) => void) | null
  set: (id: string, tags: string[]) => void
  /** Of the session: a wish is about one of them. */
  axes?: readonly AxisEnds[]
}

export interface AxisEnds {
  negative: string
  positive: string
}

/** What may be wished of an axis, as tags: more of one end, right as it is, more of the other, or that it doesn't matter. */
export function wishesOf({ negative, positive }: AxisEnds): [string, string, string, string] {
  return [`more ${negative}`, `${positive} is right`, `more ${positive}`, levelOf({ negative, positive })]
}

/** That an axis doesn't matter: there is no more or less of that. */
export function levelOf({ positive }: AxisEnds): string {
  return `${positive} doesn't matter`
}

/** The wish as it is among the tags: said, or said to matter much; undefined if it is not. */
export function saidWish(tags: string[], wish: string): string | undefined {
  return tags.find((tag) => tag === wish || tag === `${wish}!`)
}

/** A wish said, then said to matter much, then taken back; what else was wished of the axis comes off. */
export function wished(tags: string[], axis: AxisEnds, wish: string): string[] {
  const said = saidWish(tags, wish)
  const rest = tags.filter((tag) => !wishesOf(axis).some((one) => saidWish([tag], one)))
  const next = said === undefined ? wish : said === wish && wish !== levelOf(axis) ? `${wish}!` : null
  return next === null || rest.length >= MOST_TAGS ? rest : [...rest, next]
}

/** As many as an answer takes for one picture, and as long as each may be. */
export const MOST_TAGS = 16
export const LONGEST_TAG = 64

/** A tag as people read it; a word of one's own stays as it was written. */
export function tagInWords(name: string, vocabulary: readonly Tag[]): string {
  return vocabulary.some((tag) => tag.name === name) ? name.replaceAll("_", " ").replace("color", "colour") : name
}

export function toneOf(name: string, vocabulary: readonly Tag[]): "good" | "bad" | "own" {
  const tag = vocabulary.find((one) => one.name === name)
  return tag === undefined ? "own" : tag.good ? "good" : "bad"
}

/** A tag put on or taken off. What says the opposite comes off, since both can't be meant. */
export function toggledTag(tags: string[], name: string, vocabulary: readonly Tag[]): string[] {
  if (tags.includes(name)) return tags.filter((one) => one !== name)
  const tag = vocabulary.find((one) => one.name === name)
  const isOpposite = (other: string) => {
    const against = vocabulary.find((one) => one.name === other)
    return !!tag?.statistic && against?.statistic === tag.statistic && against.wish === -tag.wish
  }
  const rest = tags.filter((one) => !isOpposite(one))
  return rest.length < MOST_TAGS ? [...rest, name] : rest
}

/** A word of one's own as a tag: without blanks around it, and the vocabulary's own name where it is one of its words. */
export function tagFrom(words: string, vocabulary: readonly Tag[]): string {
  const trimmed = words.trim().slice(0, LONGEST_TAG)
  return vocabulary.find(({ name }) => tagInWords(name, vocabulary) === trimmed.toLowerCase())?.name ?? trimmed
}
