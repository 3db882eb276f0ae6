import type { Spoken } from "./useSpoken"

/** A text as it grows, and why it ended if it failed. */
export function Text({ of }: { of: Spoken | undefined }) {
  if (of === undefined) return null
  const { text, finish, error } = of
  return (
    <>
      {text}
      {finish === null && <span className="caret" role="img" aria-label="writing" />}
      {finish === "error" && <span className="broke">{text !== "" && " "}Broke off{error !== "" && `: ${error}`}</span>}
      {finish !== null && finish !== "error" && text === "" && <span className="muted">An empty answer</span>}
    </>
  )
}
