import { cell } from "./step"

interface BarsProps {
  label: string
  names: readonly string[]
  values: readonly number[]
  /** The value of a full bar. */
  most: number
  chosen?: number
  onChoose?: (index: number) => void
  inWords?: (value: number) => string
}

/** Numbers as bars that grow from the middle, one below the other. */
export function Bars({ label, names, values, most, chosen, onChoose, inWords = cell }: BarsProps) {
  const longest = Math.min(14, Math.max(...names.map((name) => name.length)))
  const isSigned = values.some((value) => value < 0)
  return (
    <ul className="nw-bars" aria-label={label} data-signed={isSigned} style={{ "--name": `${String(longest)}ch` } as React.CSSProperties}>
      {values.map((value, i) => {
        const share = `${String(Math.min(100, (100 * Math.abs(value)) / (most || 1)))}%`
        const row = <><span className="name">{names[i] ?? i}</span><i data-sign={Math.sign(value)} style={{ "--share": share } as React.CSSProperties} /><span className="mono">{inWords(value)}</span></>
        return <li key={i}>{onChoose ? <button type="button" aria-pressed={i === chosen} onClick={() => { onChoose(i) }}>{row}</button> : <span>{row}</span>}</li>
      })}
    </ul>
  )
}
