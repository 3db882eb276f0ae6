const MINUS = "−"

/** A share as people say it: 41 %, and never a certainty that nobody has. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %"
  if (share < 1 && share > 0.99) return "> 99 %"
  return `${String(Math.round(share * 100))} %`
}

/** A number with its sign and one or two digits: +0.4, −0.25. */
export function signed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits)
  if (Number(text) === 0) return (0).toFixed(digits)
  return `${value < 0 ? MINUS : "+"}${text}`
}

/** How sure a number is, short enough to stand beside it: ± .2. */
export function spread(sd: number, digits = 1): string {
  return `± ${sd.toFixed(digits).replace(/^0/, "")}`
}

export function seconds(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return "not measured yet"
  return milliseconds < 1000 ? `${String(Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${String(number)} ${number === 1 ? one : many}`
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60]]
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" })

/** An axis in few words: what its two ends share is said once. */
export function shortAxis(name: string): string {
  const [negative, positive] = name.split(" ↔ ").map((pole) => pole.split(" "))
  if (!negative || !positive) return name
  const room = Math.min(negative.length, positive.length) - 1
  let head = 0
  while (head < room && negative[head] === positive[head]) head++
  let tail = 0
  while (tail < room - head && negative.at(-1 - tail) === positive.at(-1 - tail)) tail++
  const own = (words: string[]) => words.slice(head, words.length - tail).join(" ")
  const shared = tail > 0 ? ` ${negative.slice(-tail).join(" ")}` : ""
  return `${own(negative)} ↔ ${own(positive)}${shared}`
}

/** 5 minutes ago. */
export function ago(iso: string, now: number): string {
  const past = (Date.parse(iso) - now) / 1000
  for (const [unit, size] of STEPS) if (Math.abs(past) >= size) return relative.format(Math.trunc(past / size), unit)
  return "just now"
}
