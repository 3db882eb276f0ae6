import { cell } from "./step"

interface MatrixProps {
  title: string
  values: readonly (readonly number[])[]
  /** What the strongest colour stands for. */
  most: number
  tone: "signed" | "plain"
  padding?: readonly (readonly boolean[])[]
  here?: number | null
  onHere?: (place: number | null) => void
}

/** Numbers in their places, the larger the stronger in colour: one sign warm, the other cold. */
export function Matrix({ title, values, most, tone, padding, here, onHere }: MatrixProps) {
  return (
    <table className="nw-matrix" data-tone={tone} onPointerLeave={() => onHere?.(null)}>
      <caption>{title}</caption>
      <tbody>
        {values.map((row, y) => (
          <tr key={y}>
            {row.map((value, x) => {
              const place = y * row.length + x
              return (
                <td
                  key={x} data-sign={Math.sign(value)} data-outside={padding?.[y]?.[x]} data-here={here === place} title={padding?.[y]?.[x] ? "beyond the edge: 0" : String(value)}
                  style={{ "--share": `${String(Math.round(100 * Math.min(1, Math.abs(value) / (most || 1))))}%` } as React.CSSProperties}
                  onPointerEnter={() => onHere?.(place)}
                >
                  {cell(value)}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
