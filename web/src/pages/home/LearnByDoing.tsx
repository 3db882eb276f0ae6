import { Link } from "@tanstack/react-router"

/** Tours of a minute each; only those that are there. */
export function LearnByDoing() {
  return (
    <section aria-labelledby="learn">
      <div className="page-head compact"><h2 id="learn">Learn by doing</h2></div>
      <ul className="tour-cards">
        <li>
          <Link to="/tours/beat-the-dice" className="tour-card">
            <DiceDrawing />
            <span className="words">
              <strong>Beat the dice</strong>
              <span className="small soft">
                A target that only you see. Four choices against pictures drawn by lot: see steering learn, in a minute.
              </span>
            </span>
          </Link>
        </li>
      </ul>
    </section>
  )
}

/** A drawing, no data: throws all over, and a way that nears the ring. */
function DiceDrawing() {
  return (
    <svg viewBox="0 0 160 100" aria-hidden="true">
      {[[22, 24], [52, 80], [86, 18], [140, 82], [28, 62], [98, 86], [72, 44]].map(([x, y]) => <circle key={x} className="throw" cx={x} cy={y} r="4" />)}
      <path d="M40 52 74 62 102 46 122 40" />
      <circle className="step" cx="74" cy="62" r="4" />
      <circle className="step" cx="102" cy="46" r="4" />
      <circle className="aim" cx="126" cy="38" r="13" />
      <circle className="step" cx="122" cy="40" r="5" />
    </svg>
  )
}
