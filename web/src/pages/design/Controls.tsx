import { useState } from "react"
import { Badge, BADGES, type BadgeKind } from "../../ui/Badge"
import { Arrow, Moon } from "../../ui/icons"
import { Segmented } from "../../ui/Segmented"
import { Specimen, State } from "./Specimen"

/** What one presses, types into and reads beside a picture. */
export function Controls() {
  return (
    <>
      <Specimen name="Button" when="Acts. One primary button on a page, for the one thing to do next; quiet ones in a row of many.">
        <State of="primary"><button type="button" className="button primary">Next round <kbd>Enter</kbd></button></State>
        <State of="primary, large"><button type="button" className="button primary large">Start</button></State>
        <State of="plain"><button type="button" className="button">Can’t decide</button></State>
        <State of="quiet"><button type="button" className="button quiet">Replay</button></State>
        <State of="icon"><button type="button" className="button quiet icon" aria-label="Sample: an icon alone"><Moon /></button></State>
        <State of="with an icon"><button type="button" className="button">Set up first <Arrow /></button></State>
        <State of="disabled"><button type="button" className="button" disabled>Try again</button></State>
        <State of="primary, disabled"><button type="button" className="button primary" disabled>Starting…</button></State>
      </Specimen>
      <Chips />
      <Specimen name="Badge" when="What a picture or a round is to its session. Never a button; its meaning is one hover away.">
        {(Object.keys(BADGES) as BadgeKind[]).map((kind) => <State key={kind} of={BADGES[kind].means}><Badge kind={kind} /></State>)}
        <State of="with words of its own"><Badge kind="carried">carried from round 2</Badge></State>
        <State of="a verdict"><span className="badge win">closest</span></State>
        <State of="a fault"><span className="badge bad">failed</span></State>
      </Specimen>
      <Choices />
      <Inputs />
      <Specimen name="Key" when="A key of the keyboard, beside what it does.">
        <State of="one key"><kbd>Z</kbd></State>
        <State of="one after the other"><span className="row"><kbd>g</kbd><kbd>h</kbd></span></State>
      </Specimen>
    </>
  )
}

function Chips() {
  const [on, setOn] = useState(true)
  return (
    <Specimen name="Chip" when="A word that can be put in or switched on: objects, attributes, axes, tags.">
      <State of="off"><button type="button" className="chip">sailboat</button></State>
      <State of={on ? "on" : "switched off"}><button type="button" className="chip" aria-pressed={on} onClick={() => { setOn(!on) }}>watercolour</button></State>
    </Specimen>
  )
}

const KINDS = [{ value: "pick", label: "Pick · rank" }, { value: "ab", label: "A / B" }, { value: "stars", label: "Stars" }] as const

function Choices() {
  const [kind, setKind] = useState<(typeof KINDS)[number]["value"]>("pick")
  return (
    <Specimen name="Segmented" when="One of two to five that exclude each other, all worth seeing at once.">
      <State of="one chosen"><Segmented label="Sample: how to answer" value={kind} options={KINDS} onChange={setKind} /></State>
    </Specimen>
  )
}

function Inputs() {
  const [value, setValue] = useState(0.3)
  return (
    <Specimen name="Field" when="Something typed or set. Its fault stands below it as soon as typing rests, never in a dialog.">
      <State of="empty" wide>
        <div className="field"><label htmlFor="design-empty">Name</label><input id="design-empty" className="input" placeholder="its prompt, if empty" /></div>
      </State>
      <State of="with a hint" wide>
        <div className="field">
          <label htmlFor="design-seed">Seed</label><input id="design-seed" className="input" defaultValue="1207" aria-describedby="design-seed-hint" />
          <span id="design-seed-hint" className="field-hint">Drawn and recorded if you leave it out.</span>
        </div>
      </State>
      <State of="at fault" wide>
        <div className="field">
          <label htmlFor="design-steps">Steps</label><input id="design-steps" className="input" defaultValue="900" aria-invalid aria-describedby="design-steps-fault" />
          <span id="design-steps-fault" className="field-error">Give 1 to 100.</span>
        </div>
      </State>
      <State of="a list" wide>
        <div className="field">
          <label htmlFor="design-list">How fine</label>
          <select id="design-list" className="input"><option>quick look</option><option>balanced</option><option>fine</option></select>
        </div>
      </State>
      <State of="a switch" wide><label className="row small"><input type="checkbox" defaultChecked /> Single keys act</label></State>
      <State of="a slider" wide>
        <label className="slider">
          <span>red ↔ blue</span><span className="val">{value.toFixed(2)}</span>
          <input type="range" min="-1" max="1" step="0.02" value={value} aria-label="Sample: red ↔ blue" onChange={(event) => { setValue(Number(event.target.value)) }} />
        </label>
      </State>
    </Specimen>
  )
}
