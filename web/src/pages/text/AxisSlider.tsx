import type { Reach } from "../../client/language"
import { curveOf, damageInWords, doseInWords, effectInWords, isPast, type Ready } from "./doses"

const STEP = 0.05

interface AxisSliderProps {
  axis: Ready
  dose: number
  onDose: (dose: number) => void
  /** Back to the profile's dose, or to neutral. */
  onReset: () => void
}

/** One axis in calibrated units: neutral in the middle, what was measured up to the full pole, what breaks past it. */
export function AxisSlider({ axis, dose, onDose, onReset }: AxisSliderProps) {
  const { poles, pack } = axis
  const most = pack.max_dose
  const said = doseInWords(axis, dose)
  const end = dose < 0 ? pack.negative : pack.positive
  return (
    <li className="axis" data-past={isPast(dose)}>
      <div className="axis-head">
        <span title={damageInWords(poles.negative, pack.negative)}>{poles.negative}</span>
        <output aria-hidden="true">{said}</output>
        <span title={damageInWords(poles.positive, pack.positive)}>{poles.positive}</span>
      </div>
      <div className="axis-track">
        <Zone {...pack} most={most} name={axis.name} />
        <input
          type="range" min={-most} max={most} step={STEP} value={dose} aria-label={`${poles.negative} to ${poles.positive}`} aria-valuetext={said}
          title={`${axis.description}\nDouble click, or 0, puts it back.`}
          onChange={({ target }) => { onDose(Number(target.value)) }} onDoubleClick={onReset}
          onKeyDown={(event) => { if (event.key === "0" || event.key === "Backspace") onReset() }}
        />
      </div>
      <p className="axis-note">
        {isPast(dose)
          ? <><strong>Past what was measured.</strong> {end ? damageInWords(dose < 0 ? poles.negative : poles.positive, end) : ""}</>
          : `${effectInWords(pack)}. ${damageInWords(dose < 0 ? poles.negative : poles.positive, end)}`}
      </p>
    </li>
  )
}

/** Effect by dose as it was measured; what lies beyond is hatched. */
function Zone({ negative, positive, most, name }: { negative: Reach | null; positive: Reach | null; most: number; name: string }) {
  const highest = Math.max(negative?.effects.at(-1) ?? 0, positive?.effects.at(-1) ?? 0, 1e-9)
  const x = (dose: number) => (100 * (dose + most)) / (2 * most)
  const y = (effect: number) => 20 - (17 * effect) / highest
  const wedge = (reach: Reach, sign: number) => {
    const points = curveOf(reach).map(([dose, effect]) => `${x(sign * dose).toFixed(2)},${y(effect).toFixed(2)}`)
    return `${points.join(" ")} ${x(sign).toFixed(2)},20`
  }
  const id = `past-${name}`
  return (
    <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <defs>
        <pattern id={id} width="1.6" height="8" patternUnits="userSpaceOnUse"><rect className="hatch" width="0.5" height="8" /></pattern>
      </defs>
      {negative && <polygon className="wedge" points={wedge(negative, -1)} />}
      {positive && <polygon className="wedge" points={wedge(positive, 1)} />}
      <rect x="0" width={x(-1)} y="0" height="20" fill={`url(#${id})`} />
      <rect x={x(1)} width={100 - x(1)} y="0" height="20" fill={`url(#${id})`} />
      <line className="middle" x1="50" x2="50" y1="0" y2="20" />
    </svg>
  )
}
