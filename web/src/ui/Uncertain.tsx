import { signed, spread } from "./format"

interface UncertainProps {
  value: number
  /** One standard deviation. */
  sd: number
  /** False where the answers don't tell yet: then no number is shown. */
  known?: boolean
  digits?: number
  title?: string
}

/** A number with how sure it is; what isn't known is said to be unknown. */
export function Uncertain({ value, sd, known = true, digits = 1, title }: UncertainProps) {
  return (
    <span className="uncertain" data-known={known} title={title}>
      {known ? (
        <>
          {signed(value, digits)} <span>{spread(sd, digits)}</span>
        </>
      ) : (
        "can't tell yet"
      )}
    </span>
  )
}
