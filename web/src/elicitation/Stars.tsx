import { Star } from "../ui/icons"

interface StarsProps {
  label: string
  value: number
  isDisabled: boolean
  onRate: (stars: number) => void
}

/** One to five stars; the same star again takes them back. */
export function Stars({ label, value, isDisabled, onRate }: StarsProps) {
  return (
    <span className="stars" role="group" aria-label={`${label}: ${value === 0 ? "not rated" : `${String(value)} of 5`}`}>
      {[1, 2, 3, 4, 5].map((star) => (
        <button
          key={star} type="button" data-part="star" tabIndex={-1} disabled={isDisabled} aria-pressed={star === value}
          aria-label={star === 1 ? "1 star" : `${String(star)} stars`} onClick={() => { onRate(star) }}
        >
          <Star full={star <= value} />
        </button>
      ))}
    </span>
  )
}
