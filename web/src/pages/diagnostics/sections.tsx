import { Series } from "../../charts/Series"
import type { Diagnostics } from "../../client/types"
import { seconds } from "../../ui/format"
import { CodeBlock } from "../../ui/CopyCode"
import { Card, Fact } from "./parts"
import { clock, measuredOf, memoryInWords, preloadInWords, timesInOneLine, UNKNOWN } from "./words"

const WHAT = { load: "Cold loads", round: "Rounds" }

/** How long loads and rounds took, model by model. */
export function History({ history, now }: { history: Diagnostics["history"]; now: number }) {
  const groups = measuredOf(history)
  if (groups.length === 0) return <p className="soft history-none">How long loads and rounds take is drawn here once there was one.</p>
  return (
    <section className="history" aria-label="How long it took">
      {groups.map(({ model, what, points }) => (
        <div key={`${model} ${what}`} className="card">
          <Series
            title={`${WHAT[what]} · ${model}`} reading={timesInOneLine(points)} lines={[{ name: "took", points }]} over="when"
            file={`${what}-times`} joined={what === "round"} placeInWords={(at) => clock(new Date(at).toISOString(), now)} valueInWords={seconds}
          />
        </div>
      ))}
    </section>
  )
}

export function MemoryCard({ memory, preload }: { memory: Diagnostics["memory"]; preload: string }) {
  return (
    <Card title="Memory">
      <dl>
        <Room name="Computer" free={memory.free_mb} total={memory.total_mb} />
        <Room name="Device" free={memory.device_free_mb} total={memory.device_total_mb} note="a graphics card’s own; not known on a CPU" />
        <Fact name="For models" value={memoryInWords(memory.budget_mb)} note="beyond it, the one that was used least recently goes" />
        <Fact name="Loaded ahead" value={preloadInWords(preload)} note={`preload: ${preload}`} />
      </dl>
    </Card>
  )
}

/** What is free of a whole, as words and as a bar. */
function Room({ name, free, total, note }: { name: string; free: number | null; total: number | null; note?: string }) {
  if (free === null || total === null) return <Fact name={name} value={UNKNOWN} {...(note === undefined ? {} : { note })} />
  const taken = Math.round(100 * (1 - free / total))
  return (
    <Fact
      name={name} note={`${String(taken)} % in use`}
      value={<>{memoryInWords(free)} free of {memoryInWords(total)}<span className="room" aria-hidden="true"><i style={{ width: `${String(taken)}%` }} /></span></>}
    />
  )
}

export function Doctor() {
  return (
    <section className="doctor" aria-labelledby="doctor">
      <h2 id="doctor">Something is wrong?</h2>
      <p className="soft">This looks at everything that a session needs, says what to do, and packs what a bug report needs. Secrets and names are left out.</p>
      <CodeBlock text="pilotage doctor --bundle doctor.zip" />
    </section>
  )
}
