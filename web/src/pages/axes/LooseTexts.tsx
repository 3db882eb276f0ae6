import type { Loose, Remark } from "../../client/axes"
import type { AxisView } from "../../client/language"

/** The texts of an axis that came without counterparts. */
export function LooseTexts({ texts, poles, remarks }: { texts: readonly Loose[]; poles: AxisView["poles"]; remarks: readonly Remark[] }) {
  return (
    <div className="lx-edit">
      <p className="card lx-note">This axis came as lists of texts. To change it, import it again: pilotage axes import.</p>
      {remarks.length > 0 && <ul className="lx-remarks" aria-label="Remarks">{remarks.map(({ code, message }) => <li key={code}>{message.charAt(0).toUpperCase()}{message.slice(1)}.</li>)}</ul>}
      <div className="lx-sides">
        {(["negative", "positive"] as const).map((pole) => (
          <section key={pole} className="card lx-loose" aria-label={poles[pole]}>
            <h3>{poles[pole]}</h3>
            <ul>{texts.filter((one) => one.pole === pole).map(({ text, split }, i) => <li key={i}>{text} {split === "held_out" && <span className="badge">held out</span>}</li>)}</ul>
          </section>
        ))}
      </div>
    </div>
  )
}
