import { count } from "../../../ui/format"
import { knobInWords } from "../shared/words"
import { KnobField } from "./KnobField"
import { counts, departuresOf, faultOf, GROUPS, turnedOf, valueOf, type Knobs, type KnobSchema, type Typed } from "./knobs"

interface KnobGroupsProps {
  schemas: Record<string, KnobSchema>
  base: Knobs
  typed: Typed
  plain: Knobs
  refused: (name: string) => string | null
  proposed?: readonly string[]
  isOpen?: boolean
  onChange: (typed: Typed) => void
}

/** Every knob of the training, in groups; those that do nothing as the others stand are left out. */
export function KnobGroups({ schemas, base, typed, plain, refused, proposed = [], isOpen = false, onChange }: KnobGroupsProps) {
  const now = { ...base, ...Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, valueOf(value, schemas[name])])) }
  const departures = departuresOf(now, plain, schemas)
  const turned = Object.keys(turnedOf(typed, base, schemas)).length
  const grouped = new Set(GROUPS.flatMap(({ names }) => names))
  const rest = Object.keys(schemas).filter((name) => !grouped.has(name))
  const groups = rest.length > 0 ? [...GROUPS, { title: "More", about: "", names: rest }] : GROUPS
  const isFaulty = Object.keys(schemas).some((name) => refused(name) !== null || (name in typed && faultOf(typed[name] ?? "", schemas[name] ?? {}) !== null))
  return (
    <details className="card fold-card" open={isOpen || isFaulty || undefined}>
      <summary><strong>Every knob</strong> <span className="soft small">{turned === 0 ? "none turned" : `${count(turned, "knob")} turned`}</span></summary>
      <p className="small soft departures">
        {departures.length === 0 ? "As in the plain form." : <>Differs from the plain form in {departures.map(({ name, plain: was, value }, i) => <span key={name}>{i > 0 && ", "}<code>{name}</code> {knobInWords(was)} → <b>{knobInWords(value)}</b></span>)}.</>}
      </p>
      {groups.map(({ title, about, names }) => {
        const shown = names.filter((name) => schemas[name] && counts(name, schemas[name], now))
        if (shown.length === 0) return null
        return (
          <fieldset key={title} className="knob-group">
            <legend><h3>{title}</h3></legend>
            <p className="small muted">{about}</p>
            <div className="knobs-grid">
              {shown.map((name) => (
                <KnobField
                  key={name} name={name} schema={schemas[name] ?? {}} value={typed[name] ?? base[name] ?? ""} refused={refused(name)} isProposed={proposed.includes(name)}
                  {...(plain[name] !== undefined && now[name] !== plain[name] && name !== "seed" && name !== "threads" ? { plain: plain[name] } : {})}
                  onChange={(value) => { onChange({ ...typed, [name]: value }) }}
                />
              ))}
            </div>
          </fieldset>
        )
      })}
    </details>
  )
}
