import type { LiveJobs } from "./live"
import type { Traces } from "./trace"
import type {
  Advice,
  Belief,
  CleanReport,
  Comparison,
  Config,
  Convergence,
  Deletion,
  Diagnostics,
  Draft,
  DurableEvent,
  Experiment,
  ExperimentDeletion,
  ExperimentPage,
  ExperimentText,
  JobView,
  ModelInfo,
  PromptCheck,
  RoundView,
  RunView,
  SessionFilter,
  SessionPage,
  SessionView,
  Steadiness,
  Story,
  Strategies,
  Submission,
  TasteProfile,
  TasteSettings,
  TasteSummary,
} from "./types"

export type TakeawayKind = "png" | "embeddings" | "script" | "replay"

export interface FinalChanges {
  steps?: number
  width?: number
  height?: number
}

export interface Marks {
  favourite?: boolean
  pinned?: boolean
}

export type Connection = "connecting" | "open" | "lost"

/** What the screens need of a lab: over HTTP here; an exported bundle or a test brings its own. */
export interface LabClient {
  readonly live: LiveJobs
  readonly traces: Traces
  diagnostics(): Promise<Diagnostics>
  strategies(): Promise<Strategies>
  models(): Promise<ModelInfo[]>
  model(ref: string): Promise<ModelInfo>
  warm(model: string): Promise<JobView>
  checkPrompt(model: string, prompt: string): Promise<PromptCheck>

  sessions(after?: string): Promise<SessionPage>
  session(id: string): Promise<SessionView>
  belief(id: string): Promise<Belief>
  /** Whether another round is worth it. */
  advice(id: string): Promise<Advice>
  convergence(id: string): Promise<Convergence>
  /** How steady the answers are. */
  steadiness(id: string): Promise<Steadiness>
  checkConfig(draft: unknown): Promise<Config>
  /** Settings as a YAML file that explains every one of them. */
  configFile(draft: unknown): Promise<string>
  createSession(draft: Draft, key: string): Promise<SessionView>
  requestRound(id: string, key: string): Promise<RoundView>
  answer(id: string, index: number, sent: Submission, key: string): Promise<RoundView>
  finish(id: string, candidateId: string, closeness: number | null, comment: string): Promise<SessionView>
  reopen(id: string): Promise<SessionView>

  /** Go back to a round, which then waits for another answer; asked twice it is done once. */
  revert(id: string, index: number): Promise<SessionView>
  regenerate(id: string, roundId: string): Promise<RoundView>
  pause(id: string): Promise<SessionView>
  resume(id: string): Promise<SessionView>
  branch(id: string, roundId: string, name: string, key: string): Promise<SessionView>
  mark(id: string, candidateId: string, marks: Marks): Promise<unknown>
  retryCandidate(id: string, candidateId: string): Promise<JobView>

  findSessions(wanted: SessionFilter, after?: string): Promise<SessionPage>
  compare(ids: string[]): Promise<Comparison>
  experiments(after?: string): Promise<ExperimentPage>
  experiment(id: string): Promise<Experiment>
  createExperiment(text: ExperimentText, key: string): Promise<Experiment>
  changeExperiment(id: string, changes: Partial<ExperimentText>): Promise<Experiment>
  assign(sessionId: string, experimentId: string | null): Promise<SessionView>

  /** What deleting a session takes, before or after it is done. */
  deletion(id: string): Promise<Deletion>
  deleteSession(id: string): Promise<Deletion>
  restore(id: string): Promise<SessionView>
  trash(): Promise<Deletion[]>
  /** What deleting an experiment takes, alone or with its sessions. */
  experimentDeletion(id: string, withSessions: boolean): Promise<ExperimentDeletion>
  deleteExperiment(id: string, withSessions: boolean): Promise<ExperimentDeletion>
  restoreExperiment(id: string): Promise<Experiment>
  trashedExperiments(): Promise<ExperimentDeletion[]>
  emptyTrash(): Promise<CleanReport>
  /** Render again what a clean took of a run. */
  renderAgain(runId: string): Promise<JobView>

  renderPoint(id: string, z: number[]): Promise<JobView>
  verify(id: string, candidateId: string): Promise<JobView>
  renderFinal(id: string, candidateId: string, changes: FinalChanges): Promise<JobView>
  /** The spaces in which earlier sessions tell of the person's taste. */
  tastes(): Promise<TasteSummary[]>
  taste(space: string): Promise<TasteProfile>
  editTaste(space: string, settings: TasteSettings): Promise<TasteProfile>
  /** The profile that a session of these settings would begin with. */
  findTaste(draft: Draft): Promise<TasteSummary | null>

  previewAxes(draft: Draft): Promise<JobView>
  job(id: string): Promise<JobView>
  run(id: string): Promise<RunView>
  cancel(jobId: string): Promise<JobView>

  artifactUrl(sha256: string, size?: "thumb"): string
  /** What a model wrote. */
  text(sha256: string): Promise<string>
  story(id: string): Promise<Story>
  bundleUrl(id: string): string
  importBundle(file: Blob): Promise<SessionView>
  /** The finished session that ships with Pilotage; it comes into the lab when it is first opened. */
  openExample(): Promise<SessionView>
  takeawayUrl(id: string, kind: TakeawayKind, candidateId?: string): string
  /** Follow durable events and live frames until the returned function is called. */
  follow(onEvent: (event: DurableEvent) => void, onConnection: (state: Connection) => void): () => void
}
