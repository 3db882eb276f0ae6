import { Link } from "@tanstack/react-router"
import { fileUrl, type LatentFile, type LatentRunDetail } from "../../../client/latents"
import { count } from "../../../ui/format"
import { bytes, knobInWords, shortId } from "../shared/words"

interface Config {
  training: Record<string, unknown>
  recording: Record<string, unknown>
  data: { name: string; count?: number; shape?: number[]; licence?: string; source?: string }
  parent: { run_id: string; changes?: Record<string, { from: unknown; to: unknown }> } | null
}

/** What the run was asked for: where it differs from the plain form first, all of it folded away. */
export function Settings({ run }: { run: LatentRunDetail }) {
  const { training, recording, data, parent } = run.config as unknown as Config
  return (
    <section className="card part" aria-label="Settings">
      <h2>Settings</h2>
      {parent && (
        <p className="small">
          Cloned from <Link to="/latents/runs/$runId" params={{ runId: parent.run_id }} className="mono">{shortId(parent.run_id)}</Link>
          {Object.entries(parent.changes ?? {}).map(([knob, { from, to }]) => <span key={knob}>, <code>{knob}</code> {knobInWords(from)} → <b>{knobInWords(to)}</b></span>)}
          {" · "}<Link to="/latents/compare" search={{ runs: `${parent.run_id},${run.id}` }}>Compare both</Link>
        </p>
      )}
      <p className="soft small">{run.differences.length === 0 ? "All knobs stand as in the plain form." : `${count(run.differences.length, "knob")} ${run.differences.length === 1 ? "stands" : "stand"} otherwise than in the plain form:`}</p>
      {run.differences.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label="Where it differs from the plain form">
          <table className="knobs">
            <thead><tr><th scope="col">knob</th><th scope="col">here</th><th scope="col">plain form</th><th scope="col">what it is</th></tr></thead>
            <tbody>
              {run.differences.map(({ field, value, plain, description }) => (
                <tr key={field}><th scope="row"><code>{field}</code></th><td><b>{knobInWords(value)}</b></td><td>{knobInWords(plain)}</td><td className="soft">{description.replace(/^(gmvae|ae): /, "")}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details className="run-fold">
        <summary>All knobs, what is recorded, and the pictures</summary>
        <dl className="run-facts">
          {[...Object.entries(training), ...Object.entries(recording)].map(([name, value]) => <div key={name}><dt><code>{name}</code></dt><dd>{knobInWords(value)}</dd></div>)}
        </dl>
        <p className="small soft">{data.name}: {data.count ?? "?"} pictures of {data.shape?.slice(0, 2).join(" × ") ?? "?"}. {data.source} {data.licence && `Licence: ${data.licence}.`}</p>
      </details>
    </section>
  )
}

/** All that the run wrote, as its log told of it. */
export function Files({ run, files }: { run: string; files: readonly LatentFile[] }) {
  const size = files.reduce((sum, file) => sum + file.bytes, 0)
  const folders = [...new Set(files.map(({ path }) => path.split("/")[0] ?? ""))].sort()
  return (
    <section className="card part" aria-label="Files">
      <h2>Files</h2>
      <p className="soft small">{count(files.length, "file")}, {bytes(size)}; other programs may read them. Each was told of once it lay whole on the disk.</p>
      {folders.map((folder) => {
        const own = files.filter(({ path }) => path.startsWith(`${folder}/`))
        return (
          <details key={folder} className="run-fold">
            <summary><code>{folder}/</code> <span className="muted">{count(own.length, "file")}</span></summary>
            <ul className="run-files">
              {own.map((file) => (
                <li key={file.path}><a href={fileUrl(run, file.path, file.sha256)} target="_blank" rel="noreferrer" className="mono">{file.path.slice(folder.length + 1)}</a><span className="muted mono">{bytes(file.bytes)}</span></li>
              ))}
            </ul>
          </details>
        )
      })}
    </section>
  )
}
