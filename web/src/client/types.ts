import type { Readable } from "openapi-typescript-helpers"
import type { components, paths } from "./schema"

/** The schemas as openapi-fetch hands them out. */
type Schemas = { [Name in keyof components["schemas"]]: Readable<components["schemas"][Name]> }

export type SessionSummary = Schemas["SessionSummary"]
export type SessionView = Schemas["SessionView"]
export type RoundView = Schemas["RoundView"]
export type CandidateView = Schemas["CandidateView"]
export type AnswerView = Schemas["AnswerView"]
export type JobView = Schemas["JobView"]
export type RunView = Schemas["RunView"]
export type ModelInfo = Schemas["ModelInfo"]
export type Advice = Schemas["Advice"]
export type Convergence = Schemas["Convergence"]
export type Steadiness = Schemas["Steadiness"]
export type Belief = Schemas["Belief"]
export type AxisBelief = Schemas["AxisBelief"]
export type Axis = Schemas["Axis"]
export type SessionPage = Schemas["SessionPage"]
export type ComparedSession = Schemas["ComparedSession"]
export type Comparison = Schemas["Comparison"]
export type Experiment = Schemas["ExperimentView"]
export type ExperimentPage = Schemas["ExperimentPage"]
export type ExperimentText = Schemas["ExperimentBody"]
/** Which sessions: what is absent is not asked for. */
export type SessionFilter = NonNullable<paths["/api/sessions"]["get"]["parameters"]["query"]>
export type Deletion = Schemas["Deletion"]
export type ExperimentDeletion = Schemas["ExperimentDeletion"]
export type CleanReport = Schemas["CleanReport"]
export type Diagnostics = Schemas["DiagnosticsView"]
export type PromptCheck = Schemas["PromptCheck"]
export type DurableEvent = Pick<Schemas["Event"], "type" | "topic" | "data"> & { at?: string }
export type Strategies = Schemas["StrategiesView"]
export type Tag = Strategies["tags"][number]
export type Problem = Schemas["Problem"]
export type Story = Schemas["Story"]
export type StoryChapter = Schemas["Chapter"]
export type StoryPicture = Schemas["Picture"]
export type Said = Schemas["Said"]
export type PageNote = Schemas["PageNote"]
export type PageBody = Schemas["PageBody"]
export type TasteSummary = Schemas["TasteSummary"]
export type TasteProfile = Schemas["TasteProfile"]
export type TasteSettings = Schemas["TasteSettings"]
export type TasteAxis = Schemas["TasteAxis"]
export type QueryKind = Schemas["SessionConfig"]["query_kinds"][number]

/** A session's settings on their way in: only what the person chose; the lab fills the rest and checks it all. */
export type Draft = Partial<Omit<Schemas["SessionConfig"], "request">> & {
  request: Partial<Schemas["GenerationRequest"]> & { prompt: string }
}
export type Config = Schemas["SessionConfig"]

export type Answer =
  | { kind: "ranking"; order: string[] }
  | { kind: "pairwise"; winner: string; loser: string }
  | { kind: "ratings"; stars: Record<string, number> }
  | { kind: "approval"; approved: Record<string, boolean>; favourite?: string | null }
  | { kind: "worst"; worst: string; best?: string | null }
  | { kind: "shortlist"; kept: string[]; favourite?: string | null }
  | { kind: "versus"; incumbent: string; verdicts: Record<string, Verdict>; best?: string | null }
  | { kind: "tie"; items: string[] }
  | { kind: "undecided"; why: Why }

/** A challenger beside the best so far. */
export type Verdict = "better" | "same" | "worse"

/** Why one can't decide: good in different ways, none good enough, no difference. */
export type Why = "alike" | "bad" | "different"

/** A guess, fairly sure, certain. */
export type Confidence = 1 | 2 | 3

export interface Submission {
  answer: Answer
  gesture: Record<string, unknown>
  comment: string
  /** On single pictures, by their ids. */
  comments?: Record<string, string>
  /** On single pictures, by their ids: words of the vocabulary, or of one's own. */
  tags?: Record<string, string[]>
  confidence?: Confidence | null
  decision_ms: number | null
  /** The candidates that the page showed; a picture that came meanwhile was not judged. */
  shown?: string[]
  next_round: boolean
}

/** What was believed about a candidate before the answer came. */
export interface Forecast {
  mean: number
  sd: number
  p_best: number
  p_beats_incumbent: number
}

/** One output of a render outside the rounds, as its job's result tells it. */
export interface RenderedSample {
  sample_id: string
  artifact: string | null
  seed: number
  z: number[] | null
  error: string
}
