import { useEffect, useRef } from "react"
import { readKept } from "./storage"

/** What each key does; one that answers `false` leaves the press to others. */
export type KeyBindings = Record<string, () => unknown>

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  target: { tagName?: string; isContentEditable?: boolean; dataset?: DOMStringMap } | null
}

const TYPING = ["INPUT", "TEXTAREA", "SELECT"]

/** The name under which a binding is looked up, or null where a key belongs to what has the focus. */
export function bindingOf(press: KeyPress): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null
  const { tagName = "", isContentEditable = false, dataset } = press.target ?? {}
  if (TYPING.includes(tagName) || isContentEditable) return null
  const confirms = press.key === "Enter" && (dataset?.choice ?? dataset?.part) !== undefined // Space presses, Enter ends it
  const isPress = (press.key === "Enter" && !confirms) || press.key === " "
  if (isPress && (tagName === "BUTTON" || tagName === "A" || tagName === "SUMMARY")) return null
  return press.key.length === 1 ? press.key.toLowerCase() : press.key
}

export const singleKeysOn = (): boolean => readKept(localStorage, "single-keys", true)

/** Keys of a page. They rest while a dialog is open, and single letters can be switched off. */
export function useKeys(bindings: KeyBindings): void {
  const current = useRef(bindings)
  useEffect(() => {
    current.current = bindings
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector("[role=dialog]") || event.defaultPrevented || event.repeat) return
      const name = bindingOf(event as unknown as KeyPress)
      const act = name === null ? undefined : current.current[name]
      if (name === null || act === undefined || (name.length === 1 && !singleKeysOn())) return
      if (act() !== false) event.preventDefault()
    }
    window.addEventListener("keydown", onKey)
    return () => { window.removeEventListener("keydown", onKey) }
  }, [])
}

/** Whether a key is held down; for looking at something as long as it is. */
export function useHeld(key: string, onChange: (held: boolean) => void): void {
  const current = useRef(onChange)
  useEffect(() => {
    current.current = onChange
  })
  useEffect(() => {
    const tell = (held: boolean) => (event: KeyboardEvent) => {
      if (bindingOf(event as unknown as KeyPress) === key && singleKeysOn() && !event.repeat) current.current(held)
    }
    const [down, up, away] = [tell(true), tell(false), () => { current.current(false) }]
    window.addEventListener("keydown", down)
    window.addEventListener("keyup", up)
    window.addEventListener("blur", away)
    return () => {
      window.removeEventListener("keydown", down)
      window.removeEventListener("keyup", up)
      window.removeEventListener("blur", away)
    }
  }, [key])
}
