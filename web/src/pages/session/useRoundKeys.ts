import type { QueryKind, Why } from "../../client/types"
import { pairOf } from "../../elicitation/answer"
import { chosen, hasFavourite } from "../../elicitation/gesture"
import { WHY_WORDS } from "../../elicitation/telling"
import type { Tile } from "../../elicitation/tiles"
import { useHeld, useKeys, type KeyBindings } from "../../ui/keyboard"
import type { Marking } from "../../elicitation/Tools"
import type { Choice } from "./useRound"

interface RoundKeys {
  isOpen: boolean
  tiles: Tile[]
  pointed: string | null
  choice: Choice
  /** All that the session takes; what is no way of choosing is gone to and left again by one key. */
  kinds: readonly QueryKind[]
  onMode: (kind: QueryKind) => void
  /** Leaves what is no way of choosing; null in a way of choosing. */
  onBack: (() => void) | null
  onTag: (id: string) => void
  onConfirm: () => void
  onCompare: (id: string | null) => void
  onView: (tile: Tile | null) => void
  onMark: Marking | null
  onRemark: (id: string) => void
  onUndo: () => void
}

/** After a change of the way of answering, the keys are for the pictures. */
export function focusPictures(): void {
  faces()[0]?.focus({ preventScroll: true }) // its element stays, whatever the way of answering
}

const faces = () => [...document.querySelectorAll<HTMLButtonElement>(".grid .face:not(:disabled)")]

function focused(): string | null {
  const active = document.activeElement
  return active instanceof HTMLElement ? (active.dataset.choice ?? null) : null
}

function moveFocus(step: number): void {
  const all = faces()
  const at = all.findIndex((face) => face === document.activeElement)
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))
  all[next]?.focus()
}

function focusAfter(id: string): void {
  const all = faces()
  all[Math.min(all.length - 1, all.findIndex((face) => face.dataset.choice === id) + 1)]?.focus()
}

/** How many pictures stand in one row, so that up and down mean what they look like. */
function columns(): number {
  const all = faces()
  const top = all[0]?.offsetParent === null ? 0 : all[0]?.getBoundingClientRect().top
  return Math.max(1, all.filter((face) => face.getBoundingClientRect().top === top).length)
}

/** Marks the picture that is meant, or takes the mark back. */
export function markMeant(tiles: Tile[], id: string | null, onMark: Marking | null, mark: "favourite" | "pinned"): void {
  const candidate = tiles.find((tile) => tile.id === id && tile.state === "ready")?.candidate
  if (candidate) onMark?.(candidate, { [mark]: !candidate[mark] })
}

/** The keys of a round: digits choose, arrows move, Enter confirms, C is held to compare. */
export function useRoundKeys({ isOpen, tiles, pointed, choice, kinds, onMode, onBack, onTag, onConfirm, onCompare, onView, onMark, onRemark, onUndo }: RoundKeys): void {
  const { selection, ready, act } = choice
  const pair = selection.kind === "pairwise" ? pairOf(ready, selection) : null
  const meant = () => (pointed !== null && ready.includes(pointed) ? pointed : focused()) // the pointer or the focus, whichever came last

  const onDigit = (digit: number) => {
    if (!isOpen) return
    if (selection.kind === "undecided") {
      const why = (Object.keys(WHY_WORDS) as Why[])[digit - 1]
      if (why !== undefined) act({ type: "why", why })
      return
    }
    if (selection.kind === "ratings") {
      const id = focused() ?? ready[0]
      if (id === undefined || digit > 5) return
      act({ type: "rate", id, stars: digit })
      if (selection.stars[id] !== digit) focusAfter(id)
      return
    }
    const id = pair ? pair[digit - 1] : tiles.find(({ slot, state }) => slot === digit - 1 && state === "ready")?.id
    const doing = id ? chosen(selection, id, ready[0]) : null
    if (doing) act(doing)
  }
  const onSide = (side: 0 | 1) => {
    if (pair && isOpen && selection.winner !== pair[side]) act({ type: "win", id: pair[side] })
  }
  const standing = selection.kind === "versus" ? ready[0] : undefined
  const to = (kind: QueryKind) => {
    if (!isOpen || !kinds.includes(kind)) return
    if (selection.kind === kind) onBack?.()
    else onMode(kind)
  }
  const keys: KeyBindings = {
    Enter: () => {
      const id = focused()
      const doing = choice.answer === null && id && isOpen ? chosen(selection, id, ready[0]) : null
      if (doing) act(doing)
      else onConfirm()
    },
    ArrowLeft: () => { if (pair) onSide(0); else moveFocus(-1) },
    ArrowRight: () => { if (pair) onSide(1); else moveFocus(1) },
    ArrowUp: () => { moveFocus(-columns()) },
    ArrowDown: () => { moveFocus(columns()) },
    Escape: () => { if (isOpen) (onBack ?? (() => { act({ type: "clear" }) }))() },
    r: () => { to("ranking") },
    t: () => { to("tie") },
    "0": () => { to("undecided") },
    n: () => { if (isOpen && selection.kind === "shortlist") act({ type: "none" }) },
    l: () => {
      const id = meant()
      if (isOpen && id) onTag(id)
    },
    f: () => {
      const id = meant()
      if (isOpen && id && hasFavourite(selection.kind) && id !== standing) act({ type: "favourite", id })
      else markMeant(tiles, meant(), onMark, "favourite")
    },
    p: () => { markMeant(tiles, meant(), onMark, "pinned") },
    w: () => { if (isOpen) onRemark(meant() ?? "") },
    z: onUndo,
    v: () => {
      const tile = tiles.find(({ id, state }) => id === meant() && state === "ready")
      if (tile) onView(tile)
    },
  }
  for (let digit = 1; digit <= 9; digit++) keys[String(digit)] = () => { onDigit(digit) }
  useKeys(keys)
  useHeld("c", (held) => { onCompare(held ? meant() : null) })
}
