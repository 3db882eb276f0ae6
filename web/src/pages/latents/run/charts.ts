import type { EpochRow } from "../../../client/latentCourse"
import { brief } from "../shared/words"

interface ChartLine {
  name: string
  metric: string
  /** Of pictures that it never learned from. */
  isHeldOut?: boolean
}
interface ChartPlan {
  title: string
  /** What it is, and which way is better. */
  reading: string
  lines: ChartLine[]
  inWords: (value: number) => string
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`
const nats = (value: number) => `${brief(value)} nats`
const train = (metric: string, name = "training"): ChartLine => ({ name, metric })
const heldOut = (metric: string, name = "held out"): ChartLine => ({ name, metric: `held_out_${metric}`, isHeldOut: true })

const RECON: ChartPlan = { title: "Reconstruction", reading: "Distance of drawings from pictures; lower is closer.", lines: [train("recon"), heldOut("recon")], inWords: brief }
const MIXTURE: ChartPlan[] = [
  { title: "Total, weighted", reading: "What training minimises. The held-out one is the plain sum of its terms.", lines: [train("loss"), heldOut("loss", "held out, plain sum")], inWords: brief },
  RECON,
  { title: "KL of z, unweighted", reading: "How far each picture’s place is from its Gaussian.", lines: [train("kld_z"), heldOut("kld_z")], inWords: nats },
  { title: "KL of the component, unweighted", reading: "How far each picture’s choice of a Gaussian is from a coin toss among all.", lines: [train("kld_c"), heldOut("kld_c")], inWords: nats },
  { title: "Accuracy of clusters", reading: "Held-out pictures whose cluster is that of their class, matched as fits best.", lines: [heldOut("accuracy")], inWords: percent },
  { title: "Information I(x;c)", reading: "What the component tells of the picture; 0 is nothing, ln K is all.", lines: [train("qc_information"), heldOut("information")], inWords: nats },
  { title: "Components in use", reading: "As many as share the pictures evenly would have the same spread.", lines: [train("qc_neff", "in use")], inWords: brief },
  { title: "Indecision", reading: "Mean entropy of q(c|x): 0 is sure of one component, ln K undecided among all.", lines: [train("qc_entropy_mean", "mean entropy")], inWords: nats },
  { title: "Schedules", reading: "Weights that change from epoch to epoch.", lines: [train("cat_kl_weight", "categorical KL"), train("entropy_bonus_weight", "entropy bonus")], inWords: brief },
]
const SUPERVISED: ChartPlan[] = [
  { title: "Total, weighted", reading: "What training minimises.", lines: [train("loss")], inWords: brief },
  RECON,
  { title: "Cross-entropy of labels, unweighted", reading: "How wrong the guessed labels are.", lines: [train("class_loss"), heldOut("class_loss")], inWords: nats },
  { title: "Accuracy of labels", reading: "Pictures whose label is guessed right.", lines: [train("accuracy"), heldOut("accuracy")], inWords: percent },
]

/** The charts of a kind of run. */
export function chartsOf(kind: string): ChartPlan[] {
  return kind === "ae" ? SUPERVISED : MIXTURE
}

/** What a line is drawn through: the value of each epoch, null where an epoch has none. */
export function valuesOf(rows: readonly EpochRow[], metric: string): (number | null)[] {
  return rows.map((row) => {
    const value = row[metric]
    return typeof value === "number" ? value : null
  })
}

/** The weighted total and its parts, as one line that can be read aloud. */
export function sumInWords(row: EpochRow, training: Record<string, unknown>): string {
  const value = (metric: string) => (typeof row[metric] === "number" ? brief(row[metric]) : "–")
  if (training.kind === "ae") return `${value("loss")} = recon ${value("recon")} + ${String(training.class_weight)} × cross-entropy ${value("class_loss")}`
  if (row.stage === "pretrain") return `${value("loss")} = recon alone: the encoder learns to draw before there is a mixture`
  const bonus = typeof row.entropy_bonus_weight === "number" && row.entropy_bonus_weight > 0 ? ` − ${value("entropy_bonus_weight")} × entropy` : ""
  return `${value("loss")} = recon ${value("recon")} + ${String(training.kld_weight)} × (${value("cat_kl_weight")} × KL of the component ${value("kld_c")} + KL of z ${value("kld_z")})${bonus}`
}

/** The newest epoch, not after the wanted one, that something is there of; none: the first. */
export function newestBy(epochs: readonly number[], wanted: number): number | null {
  return epochs.findLast((epoch) => epoch <= wanted) ?? epochs[0] ?? null
}
