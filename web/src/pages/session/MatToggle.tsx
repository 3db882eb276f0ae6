import { useMat, type Mat } from "../../ui/theme"

const MATS: Mat[] = ["neutral", "white", "grey", "black"]

/** What pictures stand on, since the surroundings change how a colour is seen. */
export function MatToggle() {
  const [mat, setMat] = useMat()
  const next = MATS[(MATS.indexOf(mat) + 1) % MATS.length] ?? "neutral"
  return (
    <button type="button" className="button quiet mat-toggle" title={`Background of pictures: ${mat}. Press for ${next}.`} aria-label={`Background of pictures: ${mat}`} onClick={() => { setMat(next) }}>
      <i />
    </button>
  )
}
