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
  begin: async (work: Work, name: string, model: string, quick: boolean) =>
    value(await api.POST(`/api/language/axes/{name}/${work}`, { params: { path: { name } }, body: { model, quick } as never, ...once() })),
  /** Cosines between the axes of a model. */
  overlaps: async (model: string) => value(await api.GET("/api/language/overlaps", { params: { query: { model } } })),
  /** Where a file about an axis is taken from. */
  url: (name: string, what: "report" | "report.html" | "vectors", model: string) =>
    `/api/language/axes/${name}/${what}?model=${encodeURIComponent(model)}`,
}
