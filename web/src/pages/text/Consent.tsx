import { useState } from "react"
import type { ProfileView } from "../../client/language"
import { Dialog } from "../../ui/Dialog"
import { count } from "../../ui/format"
import { signalsIn } from "./learned"

interface ConsentProps {
  profile: ProfileView
  onConsent: (given: boolean) => void
}

/** Whether a profile may learn from what is done with answers. To withdraw it erases what it learned so, which has no way back: then it asks. */
export function Consent({ profile, onConsent }: ConsentProps) {
  const [isAsking, setAsking] = useState(false)
  const signals = signalsIn(profile.events)
  const close = () => { setAsking(false) }
  return (
    <>
      <label className="row small">
        <input type="checkbox" checked={profile.consent} onChange={({ target }) => { if (!target.checked && signals > 0) setAsking(true); else onConsent(target.checked) }} />
        Learn from what I do with answers
      </label>
      <Dialog title="Stop learning, and erase what it noted?" isOpen={isAsking} onClose={close}>
        <p className="soft">
          <strong>{profile.name || "This profile"}</strong> has noted {count(signals, "thing")} that you did with answers: thumbs, remarks, rewritings, copies, new tries, and how long you read.
          They are erased at once, and for good. Doses that you kept and texts that you compared stay.
        </p>
        <div className="row wrap end">
          <button type="button" className="button" onClick={close}>Let it learn on</button>
          <button type="button" className="button primary" onClick={() => { close(); onConsent(false) }}>Stop and erase</button>
        </div>
      </Dialog>
    </>
  )
}
