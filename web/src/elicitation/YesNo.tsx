import { Cross, Heart, Tick } from "../ui/icons"

interface YesNoProps {
  label: string
  value: boolean | undefined
  isFavourite: boolean
  isDisabled: boolean
  onApprove: (yes: boolean) => void
  onFavourite: () => void
}

/** Yes or no to one picture, and whether it is the best of those kept. */
export function YesNo({ label, value, isFavourite, isDisabled, onApprove, onFavourite }: YesNoProps) {
  return (
    <span className="yesno" role="group" aria-label={label}>
      <button type="button" className="yes" data-part="yes" tabIndex={-1} disabled={isDisabled} aria-label="Yes" aria-pressed={value === true} onClick={() => { onApprove(true) }}><Tick /></button>
      <button type="button" className="no" data-part="no" tabIndex={-1} disabled={isDisabled} aria-label="No" aria-pressed={value === false} onClick={() => { onApprove(false) }}><Cross /></button>
      <button type="button" className="fav" data-part="favourite" tabIndex={-1} disabled={isDisabled} aria-label="Favourite" aria-pressed={isFavourite} onClick={onFavourite}><Heart full={isFavourite} /></button>
    </span>
  )
}
