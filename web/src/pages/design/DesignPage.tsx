import { LabContext, useLab } from "../../client/context"
import { Controls } from "./Controls"
import "./design.css"
import { Foundations } from "./Foundations"
import { Messages } from "./Messages"
import { Charts, Pictures } from "./Pictures"
import { sampleLab } from "./samples"

const SECTIONS = [
  { id: "foundations", title: "Foundations", Content: Foundations },
  { id: "controls", title: "Controls", Content: Controls },
  { id: "messages", title: "Messages", Content: Messages },
  { id: "pictures", title: "Pictures", Content: Pictures },
  { id: "charts", title: "Charts", Content: Charts },
]

/** All components in all their states. What they show are samples, no data of this installation. */
export function DesignPage() {
  const lab = useLab()
  return (
    <LabContext value={sampleLab(lab)}>
      <div className="page design">
        <header className="page-head">
          <h1>Components</h1>
          <span className="badge">samples, no data</span>
          <p className="soft">Everything that the pages are made of, in every state. The pictures and numbers here are drawn for this page.</p>
        </header>
        <nav aria-label="Sections" className="design-nav">
          {SECTIONS.map(({ id, title }) => <a key={id} href={`#${id}`}>{title}</a>)}
        </nav>
        {SECTIONS.map(({ id, title, Content }) => (
          <section key={id} id={id} aria-labelledby={`${id}-title`}>
            <h2 id={`${id}-title`}>{title}</h2>
            <Content />
          </section>
        ))}
      </div>
    </LabContext>
  )
}
