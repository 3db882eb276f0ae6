import { useQuery } from "@tanstack/react-query"
import { api, value } from "./language"
import { latentKeys } from "./latents"
import type { components } from "./schema"

type Schemas = components["schemas"]
export type SessionMap = Schemas["SessionOnMap"]
/** What the axes of a session are: main directions, means of components, or of classes. */
export type LatentAxes = "pca" | "components" | "classes"

/** Where a session in a run's space begins: amidst some of the points that are shown, by their rows. */
export async function latentStart(run: string, body: { epoch: number; axes: LatentAxes; points: number[] }) {
  return value(await api.POST("/api/latents/runs/{run_id}/start", { params: { path: { run_id: run } }, body }))
}

/** The sessions that steer in a run's space, newest first. */
export function useLatentSessions(run: string) {
  return useQuery({
    queryKey: [...latentKeys.run(run), "sessions"],
    queryFn: async () => value(await api.GET("/api/latents/runs/{run_id}/sessions", { params: { path: { run_id: run } } })),
  })
}

/** Where a session's candidates lie on a map. */
export function useSessionMap(session: string | null, method: "pca" | "umap", dims: "2" | "3") {
  return useQuery({
    queryKey: ["latents", "session-map", session, method, dims],
    enabled: session !== null,
    retry: false,
    queryFn: async () => value(await api.GET("/api/latents/sessions/{session_id}/map", { params: { path: { session_id: session ?? "" }, query: { method, dims } } })),
  })
}
