import { problemOf } from "../../client/problem"
import { useSteadiness } from "../../client/queries"
import type { SessionView, Steadiness } from "../../client/types"
import { Problem } from "../../ui/Problem"
import { measuresOf } from "./words"

/** How steady the choices are: told from sets that came again, and not at all where too few did. */
export function SteadyCard({ session }: { session: SessionView }) {
  const found = useSteadiness(session)
  return (
    <section className="card" aria-labelledby="steady-title">
      <h2 id="steady-title">How steady your choices are</h2>
      {found.isError && <Problem problem={problemOf(found.error)} onRetry={() => void found.refetch()} />}
      {found.isLoading && <p className="note" aria-busy="true">Comparing your answers…</p>}
      {found.data && <Found found={found.data} />}
    </section>
  )
}

function Found({ found }: { found: Steadiness }) {
  const measures = measuresOf(found)
  return (
    <>
      <p>{found.sentence}</p>
      {measures.length > 0 && (
        <dl className="steady">
          {measures.map(({ name, told, hint, value, low, high }) => (
            <div key={name}>
              <dt>{name} <span className="muted">{hint}</span></dt>
              <dd>
                <b>{told}</b>
                <div className="way-left" aria-hidden="true">
                  <div className="way-track">
                    <i className="band" style={{ left: `${String(low)}%`, right: `${String(100 - high)}%` }} />
                    <i className="point" style={{ left: `${String(value)}%` }} />
                  </div>
                </div>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {!found.offered && <p className="note">To know, begin a session with “A set again, every … rounds” at 8 to 10 (under Everything else): now and then an earlier set then comes again, and nothing tells it from any other.</p>}
    </>
  )
}
