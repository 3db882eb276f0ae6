import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import type { Course } from "../../../client/latentCourse"
import { fileUrl, latentFile, type LatentFile, type LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { Segmented } from "../../../ui/Segmented"
import { configOf, pathOf, type LatentMap, type Method, type Sprite } from "../explore/files"
import { newestBy } from "./charts"
import type { HealthFile } from "./Health"
import { MovingMap } from "./MovingMap"

const METHODS = [{ value: "pca", label: "PCA" }, { value: "umap", label: "UMAP" }] as const
const COLOURS = [{ value: "label", label: "Label" }, { value: "component", label: "Component" }] as const

/** The epochs that have a map in 2D, in their order. */
function mapEpochs(files: ReadonlyMap<string, LatentFile>, method: Method): number[] {
  return [...files.values()]
    .flatMap(({ path, epoch }) => (epoch !== null && path === pathOf("latent_2d", epoch, method) ? [epoch] : []))
    .sort((a, b) => a - b)
}

/** The latent map of an epoch, in small: its points move as epochs come. */
export function MapCard({ run, course, epoch, health }: { run: LatentRunDetail; course: Course; epoch: number; health: HealthFile | undefined }) {
  const { map: method = "pca" } = useSearch({ from: "/latents/runs/$runId" })
  const navigate = useNavigate({ from: "/latents/runs/$runId" })
  const [wanted, setColour] = useState<"label" | "component">("label")
  const { data: about, viz_indices: indices } = configOf(run)
  const labels = about.viz_labels
  const isRecorded = (run.config.recording as Record<string, unknown> | undefined)?.[`${method}_every`] !== 0
  const colour = labels === null && health ? "component" : wanted
  const epochs = mapEpochs(course.files, method)
  const at = newestBy(epochs, epoch)
  const file = at === null ? undefined : course.files.get(pathOf("latent_2d", at, method))
  const map = useQuery({ ...latentFile<LatentMap>(run.id, file ?? NONE), enabled: file !== undefined, placeholderData: keepPreviousData })
  usePrefetched(run.id, course, method, epochs.find((one) => one > (at ?? 0)))
  const tiles = useTiles(run.id, course)
  const isByComponent = colour === "component" && health !== undefined
  const names = isByComponent ? health.p.map((_, c) => `component ${String(c)}`) : about.class_names
  const classes: readonly (number | null)[] = isByComponent ? health.data.component : (labels ?? indices.map(() => null))
  return (
    <section className="card part map-card" aria-label="Latent map">
      <header>
        <h2>Latent map</h2>
        <span className="grow" />
        {labels !== null && health && <Segmented label="Colour by" value={colour} options={COLOURS} onChange={setColour} />}
        <Segmented label="Method" value={method} options={METHODS} onChange={(next) => { void navigate({ search: (before) => ({ ...before, map: next === "umap" ? next : undefined }), replace: true, resetScroll: false }) }} />
      </header>
      <p className="soft small">{mapInWords(method, at, epoch, map.data)}</p>
      {map.isError ? <Problem problem={problemOf(map.error)} onRetry={() => void map.refetch()} /> : map.data && file ? (
        <MovingMap
          label={`Where ${String(map.data.data.points.length)} pictures lie in latent space after epoch ${String(at)}, by ${method === "pca" ? "PCA" : "UMAP"}`}
          points={map.data.data.points} classes={classes} names={names} indices={indices} tiles={tiles}
        />
      ) : <div className="map-plane waiting" aria-busy={file !== undefined}><span className="soft small">{file ? "The map is being read…" : isRecorded && course.state === "running" ? "The first map is being drawn…" : "No map is recorded."}</span></div>}
    </section>
  )
}

const NONE: LatentFile = { path: "", sha256: "", bytes: 0, schema: "", epoch: null }

function mapInWords(method: Method, at: number | null, epoch: number, map: LatentMap | undefined): string {
  if (at === null) return method === "umap" ? "UMAP comes every few epochs: neighbours stay neighbours." : "Each dot is a picture; near dots are alike to the network."
  const late = at === epoch ? "" : ` As of epoch ${String(at)}.`
  const kept = map ? ` Trustworthiness ${map.trust.trustworthiness.toFixed(2)}.` : ""
  return `Each dot is a picture; near dots are alike to the network.${late}${kept}`
}

function usePrefetched(run: string, course: Course, method: Method, epoch: number | undefined): void {
  const cache = useQueryClient()
  const file = epoch === undefined ? undefined : course.files.get(pathOf("latent_2d", epoch, method))
  useEffect(() => { if (file) void cache.prefetchQuery(latentFile(run, file)) }, [cache, run, file])
}

function useTiles(run: string, course: Course) {
  const [told, picture] = [course.files.get("samples/pictures_epoch_0.json"), course.files.get("samples/pictures_epoch_0.png")]
  const sheet = useQuery({ ...latentFile<Sprite>(run, told ?? NONE), enabled: told !== undefined }).data?.data
  return sheet && picture ? { url: fileUrl(run, picture.path, picture.sha256), columns: sheet.columns, width: sheet.tile_width, height: sheet.tile_height } : null
}
