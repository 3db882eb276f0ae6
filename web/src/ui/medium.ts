import { createContext, useContext } from "react"

/** What the candidates of a session are. */
export type Medium = "image" | "text"

/** Of the session that a page is about. */
export const MediumContext = createContext<Medium>("image")

/** A model that is steered along named axes of language writes; all others draw, those trained in the latent lab too. */
export function mediumOf(model: string): Medium {
  return model.includes("?axes=") && !model.startsWith("latent:") ? "text" : "image"
}

/** What one candidate is called. */
export type Noun = "Picture" | "Text"

export function useNoun(): Noun {
  return useContext(MediumContext) === "text" ? "Text" : "Picture"
}
