import type { RunState } from "../../../client/latentCourse"
import type { LatentRun } from "../../../client/latents"

export const KINDS: Record<string, string> = { gmvae: "Mixture VAE", ae: "Autoencoder" }

/** Each state: its word, and what it means, one hover away. */
export const STATES: Record<RunState, { word: string; means: string; tone: "" | "good" | "warn" | "bad" | "live" }> = {
  created: { word: "waiting", means: "It begins when what trains now has ended.", tone: "warn" },
  running: { word: "training", means: "It learns at this moment.", tone: "live" },
  completed: { word: "complete", means: "It came to its last epoch.", tone: "good" },
  cancelled: { word: "cancelled", means: "You stopped it. Resume goes on from its last checkpoint, or begins it again if it kept none.", tone: "" },
  failed: { word: "failed", means: "Something ended it. Resume goes on from its last checkpoint, or begins it again if it kept none.", tone: "bad" },
}

export function nameOf({ kind, data }: Pick<LatentRun, "kind" | "data">): string {
  return `${KINDS[kind] ?? kind} on ${data}`
}

/** The end of an id: enough to tell runs apart. That of the run that ships is a word. */
export function shortId(id: string): string {
  return id === "lat_example" ? "example" : id.slice(-5)
}

export const isOver = (state: string): boolean => state === "completed" || state === "cancelled" || state === "failed"

/** A number in three digits, however large it is. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return "–"
  const size = Math.abs(value)
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(1).replace("-", "−").replace("+", "")
  return String(Number(value.toPrecision(3))).replace("-", "−")
}

/** The value of a knob as it is read. */
export function knobInWords(value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off"
  return typeof value === "number" ? String(value) : String(value ?? "–")
}

export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 100) return `${String(Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`
}

export function bytes(size: number): string {
  if (size < 1000) return `${String(size)} B`
  return size < 1e6 ? `${String(Math.round(size / 1000))} kB` : `${(size / 1e6).toFixed(1)} MB`
}

/** The figures of a list: of the last epoch, those that a run of its kind has. */
export const FIGURES: { metric: string; name: string; means: string; inWords: (value: number) => string }[] = [
  { metric: "loss", name: "Loss", means: "What training minimises, with its weights: comparable between runs of equal settings alone.", inWords: brief },
  { metric: "held_out_recon", name: "Reconstruction", means: "Distance of drawings from pictures that it never learned from, in the units of its loss.", inWords: brief },
  { metric: "held_out_accuracy", name: "Accuracy", means: "Of held-out pictures. A mixture's clusters are matched with the classes as fits best.", inWords: (value) => `${(100 * value).toFixed(1)} %` },
  { metric: "held_out_information", name: "I(x;c)", means: "What the component tells of a held-out picture, in nats; ln K at most.", inWords: (value) => `${value.toFixed(2)} nats` },
]

export function metricOf(run: LatentRun, metric: string): number | null {
  const value = run.metrics[metric]
  return typeof value === "number" ? value : null
}
