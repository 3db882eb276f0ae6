import { Fragment, useState } from "react"
import { Dialog } from "./Dialog"
import { singleKeysOn } from "./keyboard"
import { keep } from "./storage"

const MAP: [string, [string[], string][]][] = [
  ["Everywhere", [
    [["?"], "this map"],
    [["g", "h"], "Home"],
    [["g", "i"], "Images"],
    [["g", "t"], "Text"],
    [["g", "l"], "Latents"],
    [["g", "e"], "Experiments"],
    [["g", "d"], "Diagnostics"],
  ]],
  ["In a round", [
    [["1", "–", "9"], "choose a picture; again takes it back"],
    [["Enter"], "confirm, and start the next round"],
    [["←", "→", "↑", "↓"], "move in the grid; in A/B, choose a side"],
    [["C"], "hold: look at your best so far in its place"],
    [["F"], "favourite; among those you keep or find better, the best"],
    [["P"], "pin: show a picture in every round to come"],
    [["V"], "view a picture large"],
    [["+", "-"], "on a map: look closer, or wider"],
    [["W"], "say why: a remark on a picture or the round"],
    [["Z"], "undo: take your last answer back"],
    [["T"], "about equal: say which share the first place, where the session takes it"],
    [["0"], "can’t decide: say why, where the session takes it"],
    [["N"], "in a shortlist: none of these"],
    [["L"], "label: tag what is right or wrong with a picture"],
    [["R"], "back to pick · rank"],
    [["Esc"], "clear your choice, or go back to the present round"],
  ]],
]

export function KeyMap({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [single, setSingle] = useState(singleKeysOn)
  const change = (on: boolean) => {
    setSingle(on)
    keep(localStorage, "single-keys", on)
  }
  return (
    <Dialog title="Keys" isOpen={isOpen} onClose={onClose}>
      {MAP.map(([title, rows]) => (
        <section key={title} className="keymap">
          <h3>{title}</h3>
          <dl>
            {rows.map(([keys, what]) => (
              <Fragment key={what}>
                <dt>{keys.map((key) => (key === "–" ? <span key={key}>–</span> : <kbd key={key}>{key}</kbd>))}</dt>
                <dd>{what}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
      <label className="row small" style={{ marginTop: 24 }}>
        <input type="checkbox" checked={single} onChange={(event) => { change(event.target.checked) }} />
        Single keys act (switch them off if you use voice control or a screen reader)
      </label>
    </Dialog>
  )
}
