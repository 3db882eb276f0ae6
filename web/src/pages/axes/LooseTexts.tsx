import type { Loose } from "../../client/axes"
import type { AxisView } from "../../client/language"

/** The texts of an axis that came without counterparts. */
export function LooseTexts({ texts, poles }: { texts: readonly Loose[]; poles: AxisView["poles"] }) {
  return (
    <>
      <p className="soft small">These came as lists of texts, without counterparts. To change them, import them anew: pilotage axes import.</p>
      <div className="lx-sides">
        {(["negative", "positive"] as const).map((pole) => (
          <section key={pole} className="card lx-loose" aria-label={poles[pole]}>
            <h3>{poles[pole]}</h3>
            <ul>{texts.filter((one) => one.pole === pole).map(({ text, split }, i) => <li key={i}>{text} {split === "held_out" && <span className="badge">held out</span>}</li>)}</ul>
          </section>
        ))}
      </div>
    </>
  )
}
