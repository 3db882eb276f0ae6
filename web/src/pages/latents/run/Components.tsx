import type { LatentFile } from "../../../client/latents"
import { fileUrl } from "../../../client/latents"
import { percent } from "../../../ui/format"
import type { HealthFile } from "./Health"

const NAME = /^samples\/prior_component_epoch_\d+_c_(\d+)_m_\d+\.png$/

/** The newest pictures of each component that are not after an epoch. */
export function samplesBy(files: Iterable<LatentFile>, epoch: number): Map<number, LatentFile> {
  const found = new Map<number, LatentFile>()
  for (const file of files) {
    const component = NAME.exec(file.path)?.[1]
    if (component === undefined || file.epoch === null || file.epoch > epoch) continue
    const known = found.get(Number(component))
    if (known === undefined || (known.epoch ?? 0) < file.epoch) found.set(Number(component), file)
  }
  return found
}

/** What each Gaussian of the mixture draws, and how many pictures are its. */
export function Components({ run, health, samples }: { run: string; health: HealthFile; samples: ReadonlyMap<number, LatentFile> }) {
  const most = Math.max(...health.p)
  const order = health.p.map((_, c) => c).sort((a, b) => (health.p[b] ?? 0) - (health.p[a] ?? 0))
  return (
    <ul className="components">
      {order.map((c) => {
        const [share, file] = [health.p[c] ?? 0, samples.get(c)]
        return (
          <li key={c}>
            <p className="small"><strong>{c}</strong> <span className="soft">{percent(share)} · {health.argmax_counts[c] ?? 0} pictures</span></p>
            <span className="gauge" aria-hidden="true"><i style={{ width: `${String(most > 0 ? (100 * share) / most : 0)}%` }} /></span>
            {file ? <img className="sprite" alt={`What component ${String(c)} draws after epoch ${String(file.epoch)}`} src={fileUrl(run, file.path, file.sha256)} /> : <span className="none small muted">no samples yet</span>}
          </li>
        )
      })}
    </ul>
  )
}
