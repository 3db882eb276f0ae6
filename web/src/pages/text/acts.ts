import { language, type Doses, type Message, type ProfileView, type Words } from "../../client/language"
import { toldDoses } from "./learned"

export type Reaction = "thumbs_up" | "thumbs_down" | "copied" | "regenerated"

/** What a person does with an answer that their profile may learn from. */
export interface Act {
  /** Whether they mean to teach it; what they do in passing counts only where they have let it learn. */
  isMeant: boolean
  send: (profile: ProfileView, key: string) => Promise<ProfileView>
  /** What is said when no dose changed; nothing if empty. */
  elseWords: string
}

const NOTED = "Noted. Your doses stay as they are."

/** A thumb, a copy, another try; `before` are places of what it stands instead of. */
export function reacted(reaction: Reaction, doses: Doses, before: number[] = []): Act {
  return {
    isMeant: reaction === "thumbs_up" || reaction === "thumbs_down",
    send: (profile, key) => language.record(profile.id, [...takenBack(before), { kind: "reaction", reaction, doses: toldDoses(doses, profile) }], key),
    elseWords: NOTED,
  }
}

/** An answer was in view this long before one went on. */
export function lookedAt(seconds: number, { content, doses }: Pick<Message, "content" | "doses">): Act {
  const words = content.split(/\s+/).filter(Boolean).length
  return {
    isMeant: false,
    send: (profile, key) => language.record(profile.id, [{ kind: "time_spent", seconds, words, doses: toldDoses(doses, profile) }], key),
    elseWords: "",
  }
}

/** A word on an answer, such as "too stiff". */
export function remarked(text: string, doses: Doses): Act {
  return {
    isMeant: true,
    send: (profile, key) => language.remark(profile.id, text, toldDoses(doses, profile), key),
    elseWords: "Nothing in it speaks of your axes. Try “too stiff”, “more cheerful”, or the name of a pole.",
  }
}

/** An answer that was rewritten. */
export function rewrote(after: string, answer: Message, asked: Words[], model: string): Act {
  return {
    isMeant: true,
    send: (profile, key) => language.heedEdit(profile.id, { messages: asked, before: answer.content, after, doses: toldDoses(answer.doses, profile), model }, key),
    elseWords: NOTED,
  }
}

export const takenBack = (places: number[]) => places.map((event) => ({ kind: "taken_back", event }))

/** The places of what an act added, which is what can be taken back. */
export function placesOf(before: number, { events }: Pick<ProfileView, "events">): number[] {
  return events.flatMap(({ kind }, place) => (place >= before && kind !== "consent" && kind !== "taken_back" ? [place] : []))
}
