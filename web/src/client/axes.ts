import type { Readable } from "openapi-typescript-helpers"
import { api, once, value } from "./language"
import { ProblemError, problemOfBody } from "./problem"
import type { components } from "./schema"

/** The schemas as openapi-fetch hands them out. */
type Schemas = { [Name in keyof components["schemas"]]: Readable<components["schemas"][Name]> }
export type AxisDetail = Schemas["AxisDetail"]
export type AxisReport = Schemas["AxisReport"]
export type Contrast = Schemas["Contrast"]
export type Damage = Schemas["Damage"]
export type Heat = Schemas["Heat"]
export type Loose = Schemas["Loose"]
export type Remark = Schemas["Remark"]
export type Split = Contrast["split"]

/** An axis on its way in. */
export type AxisText = Pick<AxisDetail, "name" | "poles" | "description" | "licence" | "length_matters" | "pairs" | "texts">

/** What takes minutes: vectors made and measured, or measured alone. */
export type Work = "build" | "evaluate"

export interface How {
  isQuick: boolean
  /** Calibrate the vectors that are there, such as those of another tool, in place of making new ones. */
  keepsVectors?: boolean
}

/** Bytes that a file of vectors may have, as the API has it. */
export const MOST_BYTES = 8 << 20

const of = (name: string, model: string) => ({ params: { path: { name }, query: { model } } })

/** Axes of language over HTTP. */
export const axes = {
  one: async (name: string, model: string) => value(await api.GET("/api/language/axes/{name}", of(name, model))),
  /** An axis to be filled in; of one that there is, its texts. */
  template: async (name: string) =>
    value(await api.GET("/api/language/axes/{name}/template", { params: { path: { name } } })) as Partial<AxisText>,
  check: async (text: AxisText) => value(await api.POST("/api/language/axes/check", { body: text })),
  put: async (text: AxisText) =>
    value(await api.PUT("/api/language/axes/{name}", { params: { path: { name: text.name } }, body: text })),
  remove: async (name: string) => {
    const { error, response } = await api.DELETE("/api/language/axes/{name}", { params: { path: { name } } })
    if (!response.ok) throw new ProblemError(problemOfBody(error, response.status))
  },
  begin: async (work: Work, name: string, model: string, { isQuick, keepsVectors }: How) =>
    value(await api.POST(`/api/language/axes/{name}/${work}`, {
      params: { path: { name } }, body: { model, quick: isQuick, ...(keepsVectors ? { methods: [] } : {}) } as never, ...once(),
    })),
  /** What waits or runs, for whichever axis or session. */
  underWay: async () => value(await api.GET("/api/jobs", { params: { query: { state: ["queued", "running"], limit: 200 } } })).items,
  /** A pack of ours, or vectors of another tool that are said to be of `axis`. */
  importVectors: async (file: File, model: string, axis: string) =>
    value(await api.POST("/api/language/vectors", {
      params: { query: { model, axis } }, body: file as never, bodySerializer: (body) => body as never,
      headers: { "Content-Type": "application/octet-stream", ...once().headers },
    })),
  /** Cosines between the axes of a model. */
  overlaps: async (model: string) => value(await api.GET("/api/language/overlaps", { params: { query: { model } } })),
  /** Where a file about an axis is taken from. */
  url: (name: string, what: "report" | "report.html" | "vectors", model: string, format?: "gguf") =>
    `/api/language/axes/${name}/${what}?model=${encodeURIComponent(model)}${format ? `&format=${format}` : ""}`,
}
