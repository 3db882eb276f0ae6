import createClient from "openapi-fetch"
import { openEvents } from "./events"
import { newKey } from "./keys"
import { LiveJobs } from "./live"
import type { FinalChanges, LabClient, TakeawayKind } from "./lab"
import { ProblemError, problemOfBody } from "./problem"
import type { paths } from "./schema"
import { Traces } from "./trace"
import type { Draft, ExperimentText, Submission } from "./types"

interface Reply<T> {
  data?: T
  error?: unknown
  response: Response
}

function value<T>({ data, error, response }: Reply<T>): T {
  if (response.ok && data !== undefined) return data
  throw new ProblemError(problemOfBody(error, response.status))
}

/** The header that makes an act happen once, however often it is sent. */
function once(key: string = newKey()) {
  return { headers: { "Idempotency-Key": key } }
}

type Body = paths["/api/sessions"]["post"]["requestBody"]["content"]["application/json"]

/** The lab over HTTP, on the page's own origin. */
export function httpLab(): LabClient {
  const api = createClient<paths>({ baseUrl: window.location.origin })
  const live = new LiveJobs()
  const traces = new Traces({
    isWanted: async () => value(await api.GET("/api/events/page")).wanted,
    send: async (body) => value(await api.POST("/api/events/page", { body })),
    sendLast: (body) => navigator.sendBeacon("/api/events/page", new Blob([JSON.stringify(body)], { type: "application/json" })),
  })
  const of = (session_id: string) => ({ params: { path: { session_id } } })
  return {
    live,
    traces,
    diagnostics: async () => value(await api.GET("/api/diagnostics")),
    strategies: async () => value(await api.GET("/api/strategies")),
    models: async () => value(await api.GET("/api/models")),
    model: async (ref) => value(await api.GET("/api/models/{ref}", { params: { path: { ref } } })),
    warm: async (model) => value(await api.POST("/api/models/warm", { body: { model }, ...once() })),
    checkPrompt: async (model, prompt) => value(await api.POST("/api/prompts/check", { body: { model, prompt } })),

    sessions: async (after) => value(await api.GET("/api/sessions", { params: { query: { after, limit: 24 } } })),
    session: async (id) => value(await api.GET("/api/sessions/{session_id}", of(id))),
    belief: async (id) => value(await api.GET("/api/sessions/{session_id}/belief", of(id))),
    advice: async (id) => value(await api.GET("/api/sessions/{session_id}/advice", of(id))),
    convergence: async (id) => value(await api.GET("/api/sessions/{session_id}/convergence", of(id))),
    steadiness: async (id) => value(await api.GET("/api/sessions/{session_id}/steadiness", of(id))),
    configFile: async (draft) => value(await api.POST("/api/sessions/template", { body: draft as Body, parseAs: "text" })),
    checkConfig: async (draft) => value(await api.POST("/api/sessions/check", { body: draft as Body })),
    createSession: async (draft: Draft, key) =>
      value(await api.POST("/api/sessions", { body: draft as Body, ...once(key) })),
    requestRound: async (id, key) =>
      value(await api.POST("/api/sessions/{session_id}/rounds", { ...of(id), ...once(key) })),
    answer: async (session_id, index, sent: Submission, key) =>
      value(
        await api.POST("/api/sessions/{session_id}/rounds/{index}/answers", {
          params: { path: { session_id, index } },
          body: { ...sent, answer: { ...sent.answer } },
          ...once(key),
        }),
      ),
    finish: async (id, candidate_id, closeness, comment) =>
      value(
        await api.POST("/api/sessions/{session_id}/finish", {
          ...of(id), body: { candidate_id, closeness, comment }, ...once(),
        }),
      ),
    reopen: async (id) => value(await api.POST("/api/sessions/{session_id}/reopen", { ...of(id), ...once() })),

    revert: async (id, index) =>
      value(await api.POST("/api/sessions/{session_id}/revert", { ...of(id), body: { index }, ...once() })),
    regenerate: async (id, round_id) =>
      value(await api.POST("/api/sessions/{session_id}/regenerate", { ...of(id), body: { round_id }, ...once() })),
    pause: async (id) => value(await api.POST("/api/sessions/{session_id}/pause", { ...of(id), ...once() })),
    resume: async (id) => value(await api.POST("/api/sessions/{session_id}/resume", { ...of(id), ...once() })),
    branch: async (id, round_id, name, key) =>
      value(await api.POST("/api/sessions/{session_id}/branches", { ...of(id), body: { round_id, name }, ...once(key) })),
    mark: async (session_id, candidate_id, marks) =>
      value(
        await api.PUT("/api/sessions/{session_id}/candidates/{candidate_id}/marks", {
          params: { path: { session_id, candidate_id } }, body: marks,
        }),
      ),
    retryCandidate: async (session_id, candidate_id) =>
      value(
        await api.POST("/api/sessions/{session_id}/candidates/{candidate_id}/retry", {
          params: { path: { session_id, candidate_id } }, ...once(),
        }),
      ),

    findSessions: async (wanted, after) =>
      value(await api.GET("/api/sessions", { params: { query: { ...wanted, after } } })),
    compare: async (session_id) =>
      value(await api.GET("/api/comparison", { params: { query: { session_id } } })),
    experiments: async (after) => value(await api.GET("/api/experiments", { params: { query: { after } } })),
    experiment: async (experiment_id) =>
      value(await api.GET("/api/experiments/{experiment_id}", { params: { path: { experiment_id } } })),
    createExperiment: async (body, key) => value(await api.POST("/api/experiments", { body, ...once(key) })),
    changeExperiment: async (experiment_id, body) =>
      value(await api.PATCH("/api/experiments/{experiment_id}", { params: { path: { experiment_id } }, body: body as ExperimentText })),
    assign: async (id, experiment_id) =>
      value(await api.PUT("/api/sessions/{session_id}/experiment", { ...of(id), body: { experiment_id } })),

    deletion: async (id) => value(await api.GET("/api/sessions/{session_id}/deletion", of(id))),
    deleteSession: async (id) => value(await api.DELETE("/api/sessions/{session_id}", of(id))),
    restore: async (id) => value(await api.POST("/api/sessions/{session_id}/restore", { ...of(id), ...once() })),
    trash: async () => value(await api.GET("/api/trash")),
    experimentDeletion: async (experiment_id, with_sessions) =>
      value(await api.GET("/api/experiments/{experiment_id}/deletion", { params: { path: { experiment_id }, query: { with_sessions } } })),
    deleteExperiment: async (experiment_id, with_sessions) =>
      value(await api.DELETE("/api/experiments/{experiment_id}", { params: { path: { experiment_id }, query: { with_sessions } } })),
    restoreExperiment: async (experiment_id) =>
      value(await api.POST("/api/experiments/{experiment_id}/restore", { params: { path: { experiment_id } }, ...once() })),
    trashedExperiments: async () => value(await api.GET("/api/trash/experiments")),
    emptyTrash: async () => value(await api.DELETE("/api/trash")),
    renderAgain: async (run_id) =>
      value(await api.POST("/api/runs/{run_id}/again", { params: { path: { run_id } }, ...once() })),

    tastes: async () => value(await api.GET("/api/tastes")),
    taste: async (space) => value(await api.GET("/api/tastes/{space}", { params: { path: { space } } })),
    editTaste: async (space, body) => value(await api.PUT("/api/tastes/{space}", { params: { path: { space } }, body })),
    findTaste: async (draft) => value(await api.POST("/api/tastes/find", { body: draft as Body })).found,

    renderPoint: async (id, z) =>
      value(await api.POST("/api/sessions/{session_id}/points", { ...of(id), body: { z }, ...once() })),
    verify: async (id, candidate_id) =>
      value(await api.POST("/api/sessions/{session_id}/verify", { ...of(id), body: { candidate_id }, ...once() })),
    renderFinal: async (id, candidate_id, changes: FinalChanges) =>
      value(
        await api.POST("/api/sessions/{session_id}/final", {
          ...of(id), body: { candidate_id, ...changes }, ...once(),
        }),
      ),
    previewAxes: async (draft) =>
      value(await api.POST("/api/previews", { body: { config: draft as Body }, ...once() })),
    job: async (job_id) => value(await api.GET("/api/jobs/{job_id}", { params: { path: { job_id } } })),
    run: async (run_id) => value(await api.GET("/api/runs/{run_id}", { params: { path: { run_id } } })),
    cancel: async (job_id) =>
      value(await api.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id } }, ...once() })),

    story: async (id) => value(await api.GET("/api/sessions/{session_id}/report", of(id))),
    bundleUrl: (id) => `/api/sessions/${id}/bundle`,
    importBundle: async (file) =>
      value(
        await api.POST("/api/bundles", {
          body: file as unknown as string, bodySerializer: (given: unknown) => given as Blob,
          headers: { "Content-Type": "application/zip" },
        }),
      ),
    openExample: async () => value(await api.POST("/api/example", once())),
    artifactUrl: (sha256, size) => `/api/artifacts/${sha256}${size ? `?size=${size}` : ""}`,
    text: async (sha256) => {
      const response = await fetch(`/api/artifacts/${sha256}`)
      if (!response.ok) throw new ProblemError(problemOfBody(await response.json().catch(() => null), response.status))
      return response.text()
    },
    takeawayUrl: (id: string, kind: TakeawayKind, candidateId) =>
      `/api/sessions/${id}/takeaway/${kind}${candidateId ? `?candidate_id=${candidateId}` : ""}`,
    follow: (onEvent, onConnection) => openEvents("/api/events", live, onEvent, onConnection),
  }
}
