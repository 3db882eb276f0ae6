import type { MouseEvent } from "react"

/** A press that acts once: the second click of a double click is the same press. */
export function onePress(act: () => void): (event: MouseEvent) => void {
  return (event) => { if (event.detail < 2) act() }
}
