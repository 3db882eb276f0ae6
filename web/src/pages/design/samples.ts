import type { LabClient } from "../../client/lab"
import type { AxisBelief, CandidateView, Problem, RoundView } from "../../client/types"
import type { Tile } from "../../elicitation/tiles"

/** A drawn scene in place of a stored picture, so that the page needs no session: "disc:hue:x:size". */
export function scene(name: string): string {
  const [hue = "0", x = "50", size = "20"] = name.split(":").slice(1)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#e9ecf1"/><circle cx="${x}" cy="54" r="${size}" fill="hsl(${hue} 62% 52%)"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** The lab as it is, but for its pictures: they are scenes. */
export function sampleLab(lab: LabClient): LabClient {
  return { ...lab, artifactUrl: scene }
}

const base = { status: 0, field: "", request_id: "sample", retry_after: null, facts: {} }

/** One problem of each kind. */
export const PROBLEMS: Problem[] = [
  {
    ...base, type: "urn:pilotage:problem:invalid_input", code: "invalid_input", kind: "input", status: 422, field: "request.steps",
    title: "This setting can't be used", detail: "request.steps: 900 is more than this model takes.", hint: "Give 1 to 100.",
  },
  {
    ...base, type: "urn:pilotage:problem:unreachable", code: "unreachable", kind: "passing", retry_after: 30,
    title: "Pilotage doesn't answer", detail: "The app on this computer can't be reached. What you entered stays on this page.", hint: "",
  },
  {
    ...base, type: "urn:pilotage:problem:out_of_memory", code: "out_of_memory", kind: "device",
    title: "The pictures could not be made", detail: "The device has too little memory for four pictures at once.", hint: "Your answers are safe. Try fewer candidates a round.",
  },
  {
    ...base, type: "urn:pilotage:problem:internal", code: "internal", kind: "bug", status: 500,
    title: "Something broke in Pilotage", detail: "An error that nobody foresaw. Your session is as it was before.", hint: "Copy the report to tell us.",
  },
]

const z = Array.from({ length: 33 }, (_, i) => -1 + i / 16)

/** One axis as it is believed after some answers, and one of which nothing is known yet. */
export const BELIEFS: { known: AxisBelief; unknown: AxisBelief } = {
  known: {
    axis: { name: "red ↔ blue", negative: "red", positive: "blue", source: "attribute", unit: 1, scale: 1, measured: false },
    z, mean: z.map((at) => 0.9 * Math.cos(2 * (at - 0.6)) - 0.5), sd: z.map((at) => 0.25 + 0.45 * Math.abs(at - 0.2)),
    at: 0.2, best: 0.6, best_sd: 0.24, known: true, moved: 0.2, p_higher: 0.88,
  },
  unknown: {
    axis: { name: "small ↔ large", negative: "small", positive: "large", source: "attribute", unit: 1, scale: 1, measured: false },
    z, mean: z.map(() => 0), sd: z.map(() => 1.1), at: 0, best: 0, best_sd: 0.7, known: false, moved: null, p_higher: 0.5,
  },
}

function candidate(id: string, slot: number, place: number[], changes: Partial<CandidateView> = {}): CandidateView {
  return {
    id, slot, z: place, state: "succeeded", seed: 7, artifact: `disc:${String(200 + 90 * (place[0] ?? 0))}:${String(50 + 22 * (place[1] ?? 0))}:20`, sample_id: id,
    carried_from: null, carried_from_round: null, role: "explore", why: null, forecast: null, error: "", is_incumbent: false, is_final: false, ...changes,
  } as CandidateView
}

/** Two answered rounds. */
export const ROUNDS = [
  {
    id: "r1", index: 1, answer: { answer: { kind: "ranking", order: ["b"] }, kind: "ranking" },
    candidates: [candidate("a", 0, [0, 0], { role: "baseline" }), candidate("b", 1, [0.4, 0.3]), candidate("c", 2, [-0.7, 0.2]), candidate("d", 3, [0.1, -0.8])],
  },
  {
    id: "r2", index: 2, answer: { answer: { kind: "ranking", order: ["f"] }, kind: "ranking" },
    candidates: [
      candidate("e", 0, [0.4, 0.3], { role: "incumbent", carried_from: "b", carried_from_round: 1 }), candidate("f", 1, [0.6, 0.1], { role: "refine", is_incumbent: true }),
      candidate("g", 2, [0.8, 0.5], { role: "bold" }), candidate("h", 3, [0.3, 0.6], { role: "safe" }),
    ],
  },
] as unknown as RoundView[]

/** A place of the grid in each of its states. */
export const TILES: { tile: Tile; words: string }[] = [
  { words: "ready", tile: tile(0, "ready", "disc:18:46:24") },
  { words: "chosen", tile: tile(1, "ready", "disc:200:54:24") },
  { words: "being drawn", tile: { ...tile(2, "drawing", null), preview: scene("disc:280:50:22") } },
  { words: "waiting", tile: tile(3, "waiting", null) },
  { words: "failed alone", tile: { ...tile(4, "failed", null), candidate: candidate("x", 4, [0, 0], { artifact: null, state: "failed", error: "the decoder gave NaN" }) } },
]

function tile(slot: number, state: Tile["state"], artifact: string | null): Tile {
  return { slot, id: `t${String(slot)}`, artifact, preview: null, state, candidate: null }
}
