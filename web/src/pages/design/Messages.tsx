import { useCallback, useState } from "react"
import { CopyCode } from "../../ui/CopyCode"
import { Dialog } from "../../ui/Dialog"
import { EmptyState } from "../../ui/EmptyState"
import { KeyMap } from "../../ui/KeyMap"
import { PhaseBar } from "../../ui/PhaseBar"
import { Problem } from "../../ui/Problem"
import { Toast } from "../../ui/Toast"
import { Uncertain } from "../../ui/Uncertain"
import { PROBLEMS } from "./samples"
import { Specimen, State } from "./Specimen"

const KIND_STATES: Record<string, string> = {
  input: "your input",
  passing: "a passing fault: it tries again by itself",
  device: "the device",
  bug: "a bug, with a report to copy",
}

/** How the app speaks: what runs, what went wrong, what isn't there yet. */
export function Messages() {
  const [tries, setTries] = useState(0)
  const again = useCallback(() => { setTries((now) => now + 1) }, [])
  return (
    <>
      <Specimen name="PhaseBar" when="Under whatever is being made: the phase in words, and how far it is. Unknown is shown as unknown.">
        <State of="not begun" wide><PhaseBar live={undefined} /></State>
        <State of="loading" wide><PhaseBar live={{ phase: "loading", done: 0, total: 0 }} /></State>
        <State of="a step of several" wide><PhaseBar live={{ phase: "generating", done: 7, total: 10 }} /></State>
        <State of="saving" wide><PhaseBar live={{ phase: "saving", done: 3, total: 4 }} /></State>
      </Specimen>
      <Specimen name="Uncertain" when="Every number that was inferred: with its standard deviation, or said to be unknown.">
        <State of="known"><Uncertain value={0.62} sd={0.12} /></State>
        <State of="two digits"><Uncertain value={-0.385} sd={0.061} digits={2} /></State>
        <State of="not known yet"><Uncertain value={0} sd={0.9} known={false} /></State>
      </Specimen>
      <Specimen name="Problem" when="Every fault: what happened, what is safe, what to do, and the one button that does it. It says which of four kinds it is.">
        {PROBLEMS.map((problem) => (
          <State key={problem.kind} of={KIND_STATES[problem.kind] ?? ""} wide>
            <Problem key={tries} problem={problem} {...(problem.kind === "passing" || problem.kind === "device" ? { onRetry: again } : {})} />
          </State>
        ))}
      </Specimen>
      <Specimen name="EmptyState" when="A place where nothing is yet: what will be here, and the button that brings the first.">
        <State of="with an action" wide>
          <EmptyState title="No session yet" action={<button type="button" className="button">Start the first</button>}>
            A session begins with a prompt. Each round shows a few pictures; you say which is closest.
          </EmptyState>
        </State>
      </Specimen>
      <Overlays />
    </>
  )
}

function Overlays() {
  const [shown, setShown] = useState<"dialog" | "keys" | "toast" | null>(null)
  const close = useCallback(() => { setShown(null) }, [])
  return (
    <>
      <Specimen name="Dialog" when="One thing that must be settled before going on, or looked at closely. Escape leaves it; the focus returns.">
        <State of="press to open"><button type="button" className="button" onClick={() => { setShown("dialog") }}>Open a dialog</button></State>
        <State of="KeyMap: ? on any page"><button type="button" className="button" onClick={() => { setShown("keys") }}>Open the map of keys</button></State>
        <State of="CopyCode: what the page does, as code"><CopyCode code={{ terminal: "pilotage new 'a fox' --axis 'red ↔ blue'", python: "import pilotage" }} /></State>
      </Specimen>
      <Specimen name="Toast" when="A short word after the fact, with one way to take it back. It goes by itself; never the only place where something is told.">
        <State of="press to show"><button type="button" className="button" onClick={() => { setShown("toast") }}>Show a toast</button></State>
      </Specimen>
      <Dialog title="A dialog" isOpen={shown === "dialog"} onClose={close}>
        <p className="soft">It holds the focus until it is closed, and is as tall as what it says.</p>
      </Dialog>
      <KeyMap isOpen={shown === "keys"} onClose={close} />
      {shown === "toast" && <Toast onClose={close} action={<button type="button" className="button" onClick={close}>Undo</button>}>Round 3 was taken back.</Toast>}
    </>
  )
}
