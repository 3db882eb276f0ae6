import { useQuery } from "@tanstack/react-query"
import { axes as api } from "../../client/axes"
import type { AxisView } from "../../client/language"
import { signed } from "../../ui/format"
import { Figure } from "../../ui/Figure"

const MUCH = 0.3

/** How much of each other the axes of a model do: cosines between their directions. */
export function Overlaps({ model, axes }: { model: string; axes: AxisView[] }) {
  const overlaps = useQuery({ queryKey: ["language", "overlaps", model], queryFn: () => api.overlaps(model) })
  const { axes: names = [], cosines = [] } = overlaps.data ?? {}
  if (names.length < 2) return null
  const worst = pairs(names, cosines)[0]
  const title = "How much they overlap"
  return (
    <section aria-label={title}>
      <Figure
        title={title} data={{ name: "overlaps", columns: ["axis", ...names], rows: names.map((name, i) => [name, ...(cosines[i] ?? [])]) }}
        reading={worst === undefined || Math.abs(worst.cosine) < MUCH
          ? "Cosines between directions: 1 is the same, 0 nothing in common. These can be steered by together."
          : `Cosines between directions: 1 is the same, 0 nothing in common. ${polesOf(worst.a, axes)} and ${polesOf(worst.b, axes)} share most, ${signed(worst.cosine, 2)}.`}
      >
        <div className="lx-scroll" tabIndex={0} role="region" aria-label={title}>
          <table className="lx-heat">
            <thead><tr><td />{names.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>
              {names.map((name, i) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {names.map((other, j) => <td key={other} data-same={i === j} style={shade(cosines[i]?.[j] ?? 0, i === j)}>{i === j ? "·" : signed(cosines[i]?.[j] ?? 0, 2)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Figure>
    </section>
  )
}

function pairs(names: readonly string[], cosines: readonly (readonly number[])[]) {
  const all = names.flatMap((a, i) => names.slice(i + 1).map((b, j) => ({ a, b, cosine: cosines[i]?.[i + 1 + j] ?? 0 })))
  return all.sort((one, other) => Math.abs(other.cosine) - Math.abs(one.cosine))
}

const polesOf = (name: string, axes: AxisView[]) => {
  const found = axes.find((axis) => axis.name === name)
  return found ? `${found.poles.negative} ↔ ${found.poles.positive}` : name
}

const shade = (cosine: number, isSame: boolean) => (isSame ? {} : { background: `color-mix(in srgb, var(--accent) ${(35 * Math.abs(cosine)).toFixed(0)}%, var(--surface))` })
