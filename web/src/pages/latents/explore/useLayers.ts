import { useMemo } from "react"
import { useTheme, type Theme } from "../../../ui/theme"
import type { SessionMap } from "../../../client/latentSteering"
import type { LatentRunDetail } from "../../../client/latents"
import type { Painted } from "./colouring"
import { pathOf, useRunFile, type Grid, type Knn } from "./files"
import { anchorsOf } from "./anchors"
import type { Reach } from "./facts"
import { edgesOf, gateOf, radiusOf, type Edge } from "./gate"
import { drawCandidates, drawEdges, drawNames, drawPictures, drawRaster, drawRing } from "./overlays"
import { rasterOf, type Overlay } from "./raster"
import type { Fit } from "./scales"
import { useImage, type Pictures } from "./sprite"
import type { Layers } from "./Stage"
import type { Bundle } from "./useBundle"
import type { Choices } from "./useChoices"

export const FOCUSED = 200 // points whose edges are drawn: more would be a tangle
const PICTURE = 30 // pixels a side
const INK: Record<Theme, { ink: string; ground: string; line: string }> = {
  light: { ink: "#151a23", ground: "#ffffff", line: "#0f766e" }, dark: { ink: "#eef1f6", ground: "#161a21", line: "#2dd4bf" },
}
const GRIDS: Record<Exclude<Overlay, "none">, readonly string[]> = {
  posterior: ["posterior_2d"], prior: ["prior_2d"], empirical: ["prior_empirical_2d"], gap: ["posterior_2d", "prior_empirical_2d"], distortion: ["metric_ratio_2d"],
}

export interface Grids {
  grids: [Grid | undefined, Grid | undefined]
  /** Why one could not be read; null while nothing is amiss. */
  fault: unknown
  readAgain: () => void
}

/** The grids of an overlay, from their files. */
export function useGrids(run: LatentRunDetail, bundle: Bundle, overlay: Overlay): Grids {
  const [first, second] = overlay === "none" || bundle.dims === 3 ? [] : GRIDS[overlay]
  const of = (kind: string | undefined) => (kind ? pathOf(kind, bundle.epoch, bundle.method) : null)
  const read = [useRunFile<Grid>(run, of(first)), useRunFile<Grid>(run, of(second))] as const
  return {
    grids: [read[0].data, read[1].data], fault: read[0].error ?? read[1].error,
    readAgain: () => { for (const one of read) if (one.isError) void one.refetch() },
  }
}

interface Drawn {
  bundle: Bundle
  painted: Painted
  fit: Fit
  choices: Choices
  grids: Grids["grids"]
  links: Links
  pictures: Pictures | null
  /** Of a session in the space of this epoch. */
  candidates: SessionMap["candidates"]
  here: number | null
  pinned: number | null
}

/** The edges of the points that are looked at, and how far a single one reaches. */
export interface Links {
  edges: readonly Edge[]
  reach: Reach | null
  /** Whose edges they are. */
  of: number
}
export const UNLINKED: Links = { edges: [], reach: null, of: 0 }

export function useLinks(knn: Knn | undefined, dims: 2 | 3, pinned: number | null, { selection, edges: mode, extent }: Choices): Links {
  const gate = useMemo(() => (knn ? gateOf(knn, dims) : null), [knn, dims])
  return useMemo(() => {
    if (!knn || !gate || mode === "none") return UNLINKED
    const rows = pinned !== null ? [pinned] : selection.length <= FOCUSED ? selection : []
    const dK = pinned === null ? undefined : knn.data.d_k[pinned]
    const reach = dK === undefined || mode !== "reach" ? null : { radius: radiusOf(dK, extent, gate), extent, dK }
    return { edges: edgesOf(rows, knn, dims, mode === "reach" ? { gate, extent } : null), reach, of: rows.length }
  }, [knn, gate, mode, pinned, selection, dims, extent])
}

/** What is drawn below and above the points of a map. */
export function useLayers({ bundle, painted, fit, choices, grids: [grid, other], links, pictures, candidates, here, pinned }: Drawn): Layers {
  const [theme] = useTheme()
  const { overlay, hasNames, hasPictures, hidden } = choices
  const image = useImage(hasPictures ? pictures?.url : undefined)
  const under = useMemo(() => {
    if (overlay === "none" || !grid || (overlay === "gap" && !other) || bundle.dims === 3) return null
    const raster = rasterOf(overlay, grid, other, theme)
    return ((ink, painter) => { drawRaster(ink, painter, raster, grid.bounds, fit) }) satisfies Layers["under"]
  }, [overlay, grid, other, theme, fit, bundle.dims])
  const anchors = useMemo(() => anchorsOf(bundle.map.data.points, painted.classes, painted.palette.length), [bundle.map, painted])
  return useMemo(() => {
    const { ink: text, ground, line } = INK[theme]
    const names = "groups" in painted.legend ? painted.legend.groups.map(({ name }) => name.replace("component ", "")) : []
    return {
      under,
      over: (ink, painter) => {
        if (image && pictures) drawPictures(ink, painter.places(), { image, sprite: pictures.sprite, classes: painted.classes, palette: painted.palette, size: PICTURE })
        drawEdges(ink, painter, links.edges, line, links.of > 1 ? 0.4 : 0.95)
        if (pinned !== null && links.reach) drawRing(ink, painter, pinned, links.reach.radius * fit.scale * painter.pixelsAt(pinned), line, [4, 4])
        if (hasNames && !hasPictures) drawNames(ink, painter, { names, anchors, hidden, ink: text, ground })
        if (bundle.dims === 2) drawCandidates(ink, painter, candidates, fit, { line, ground })
        for (const row of new Set([pinned, here])) if (row !== null) drawRing(ink, painter, row, 8, row === pinned ? line : text)
      },
    }
  }, [theme, painted, under, image, pictures, links, pinned, fit, hasNames, hasPictures, anchors, hidden, candidates, bundle.dims, here])
}
