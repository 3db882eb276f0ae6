import { Specimen } from "./Specimen"

const SURFACES = ["bg", "surface", "sunken", "line", "line-strong", "mat"]
const INKS = ["ink", "ink-2", "ink-3"]
const TONES = ["accent", "accent-soft", "good", "warn", "warn-soft", "bad", "bad-soft", "info"]
const SIZES = [12, 13, 14, 16, 20, 28]
const SPACES = [4, 8, 12, 16, 24, 32, 48]

/** What everything is made of; the one place that decides them is tokens.css. */
export function Foundations() {
  return (
    <>
      <Specimen name="Colour" when="Neutral greys, one accent for the one primary action, four tones that mean something.">
        {[SURFACES, INKS, TONES].map((names) => (
          <ul key={names[0]} className="swatches">
            {names.map((name) => <li key={name}><i style={{ background: `var(--${name})` }} /><code>{name}</code></li>)}
          </ul>
        ))}
      </Specimen>
      <Specimen name="Type" when="Inter for words, JetBrains Mono for ids, seeds and code. Numbers are tabular.">
        <ul className="type-scale">
          {SIZES.map((size) => <li key={size} style={{ fontSize: `var(--t-${String(size)})` }}>{size} · Which is closest to what you want?</li>)}
          <li className="mono">12 · ses_01J · seed 1207</li>
        </ul>
      </Specimen>
      <Specimen name="Space" when="A grid of 4 px: generous around pictures, dense in tables.">
        <ul className="spaces">{SPACES.map((size) => <li key={size}><i style={{ width: size }} /><code>{size}</code></li>)}</ul>
      </Specimen>
    </>
  )
}
