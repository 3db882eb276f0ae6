import { useState } from "react"
import { useLab } from "../../client/context"
import { useImport } from "./useImport"

/** Taking the session to another machine, opening one that came from there, and what is kept of this page. */
export function Carry({ sessionId }: { sessionId: string }) {
  const lab = useLab()
  const arrival = useImport()
  const [isTraced, setIsTraced] = useState(lab.traces.isOn)
  return (
    <div className="column">
      <div className="row wrap">
        <a className="button primary" href={lab.bundleUrl(sessionId)} download>Export as a bundle</a>
        {arrival.button}
        <label className="row small soft">
          <input
            type="checkbox" checked={isTraced}
            onChange={({ target }) => {
              lab.traces.switchTo(target.checked)
              setIsTraced(target.checked)
            }}
          />
          Note when pictures are shown, zoomed and answered in this browser
        </label>
      </div>
      {arrival.fault}
    </div>
  )
}
