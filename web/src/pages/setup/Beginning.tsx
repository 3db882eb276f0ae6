import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import type { Draft } from "../../client/types"
import { count } from "../../ui/format"
import { useSettled } from "./useSetup"

export const PROBES = 15

interface BeginningProps {
  draft: Draft
  /** Whether the settings are such that the lab can be asked about them. */
  isChecked: boolean
  onChange: (changes: Partial<Draft>) => void
}

/** What may stand before round 1: a style calibration, or what earlier sessions told. */
export function Beginning({ draft, isChecked, onChange }: BeginningProps) {
  const taste = useFoundTaste(draft, isChecked)
  const isStyled = (draft.style_probes ?? 0) > 0
  const isTasted = draft.taste === "profile"
  return (
    <div className="beginnings" role="group" aria-label="How to begin">
      <button type="button" className="choice" aria-pressed={isStyled} onClick={() => { onChange({ style_probes: isStyled ? 0 : PROBES }) }}>
        <strong>Start with a style calibration</strong>
        <span className="small muted">{PROBES} pictures from all over the space: keep about five, and round 1 begins there. For when you can’t say yet what you want.</span>
      </button>
      <div className="column">
        <button type="button" className="choice" aria-pressed={isTasted} disabled={!taste && !isTasted} onClick={() => { onChange({ taste: isTasted ? "off" : "profile" }) }}>
          <strong>Start from your taste</strong>
          <span className="small muted">
            {taste
              ? `${count(taste.sessions, "earlier session")} with this prompt and these axes tell what you liked: round 1 shows a guess, and you go on from there.`
              : "For a prompt and axes that you have answered before: what you liked then becomes the first guess."}
          </span>
        </button>
        {taste && <Link to="/taste" search={{ space: taste.space }} className="small">See and correct it</Link>}
      </div>
    </div>
  )
}

function useFoundTaste(draft: Draft, isChecked: boolean) {
  const lab = useLab()
  const wanted = useSettled(JSON.stringify(draft), 250)
  return useQuery({ queryKey: ["tastes", "found", wanted], queryFn: () => lab.findTaste(JSON.parse(wanted) as Draft), enabled: isChecked, retry: false }).data ?? null
}
