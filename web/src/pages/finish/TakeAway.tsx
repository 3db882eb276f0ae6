import { useLab } from "../../client/context"
import type { TakeawayKind } from "../../client/lab"

const FILES: [kind: TakeawayKind, name: string, what: string][] = [
  ["png", "Picture", "PNG with its recipe inside"],
  ["embeddings", "Embeddings", "what was steered, as safetensors"],
  ["script", "Script", "ten lines of diffusers that draw it again"],
  ["replay", "Replay", "the whole session as data"],
]

/** Everything that leaves the lab, each as one file. */
export function TakeAway({ sessionId, candidateId, isText }: { sessionId: string; candidateId: string; isText: boolean }) {
  const lab = useLab()
  const files = isText ? FILES.filter(([kind]) => kind === "replay") : FILES
  return (
    <section className="column">
      <h2>Take it away</h2>
      <ul className="files">
        {files.map(([kind, name, what]) => (
          <li key={kind}>
            <a className="card" href={lab.takeawayUrl(sessionId, kind, candidateId)} download data-takeaway={kind}>
              <strong>{name}</strong>
              <span className="small muted">{what}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
