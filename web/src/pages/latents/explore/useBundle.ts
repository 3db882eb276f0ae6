import { keepPreviousData, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query"
import { latentFile, type LatentRunDetail } from "../../../client/latents"
import { configOf, fileAt, pathOf, type Dims, type Distortion, type Health, type LatentMap, type Method } from "./files"

export interface Wanted {
  method: Method
  dims: Dims
  epoch: number
}

/** All that a map of an epoch is drawn from, so that places and colours are always of one epoch. */
export interface Bundle extends Wanted {
  map: LatentMap
  health: Health | undefined
  distortion: Distortion | undefined
}

function bundleOf(run: LatentRunDetail, cache: QueryClient, wanted: Wanted | null) {
  const { method = "pca", dims = 2, epoch = 0 } = wanted ?? {}
  const at = (path: string) => fileAt(run, path)
  const map = at(pathOf(`latent_${String(dims)}d`, epoch, method))
  const health = at(pathOf("mixture_health", epoch))
  const distortion = dims === 2 ? at(pathOf("metric_ratio_2d", epoch, method)) : undefined
  return {
    queryKey: ["latents", "map", run.id, method, dims, epoch, map?.sha256, health?.sha256, distortion?.sha256],
    enabled: map !== undefined,
    staleTime: Infinity,
    queryFn: async (): Promise<Bundle> => {
      if (!map) throw new Error(`no map of epoch ${String(epoch)}`)
      const read = <T>(file: typeof map | undefined) => (file ? cache.ensureQueryData(latentFile<T>(run.id, file)) : undefined)
      const [points, mixture, ratios] = await Promise.all([cache.ensureQueryData(latentFile<LatentMap>(run.id, map)), read<Health>(health), read<Distortion>(distortion)])
      return { method, dims, epoch, map: points, health: configOf(run).training.kind === "gmvae" ? mixture : undefined, distortion: ratios }
    },
  }
}

/** The map that is wanted, or the one before until it is there. */
export function useBundle(run: LatentRunDetail, wanted: Wanted | null) {
  const cache = useQueryClient()
  return useQuery({ ...bundleOf(run, cache, wanted), placeholderData: keepPreviousData })
}

/** Reads maps ahead, so that playing them doesn't wait. */
export function usePrefetch(run: LatentRunDetail): (wanted: Wanted) => void {
  const cache = useQueryClient()
  return (wanted) => { void cache.prefetchQuery(bundleOf(run, cache, wanted)) }
}
