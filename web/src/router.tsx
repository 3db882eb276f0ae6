import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router"
import { Frame } from "./pages/Frame"
import { HomePage } from "./pages/home/HomePage"
import { wantedOf } from "./pages/images/filter"
import { viewOf } from "./pages/latents/explore/address"
import { placeOf } from "./pages/latents/network/place"
import { runSearchOf } from "./pages/latents/runs/filter"
import { Crashed, NotFound } from "./pages/NotFound"

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: Crashed })

const home = createRoute({ getParentRoute: () => root, path: "/", component: HomePage })
const images = createRoute({
  getParentRoute: () => root,
  path: "/images",
  validateSearch: wantedOf,
  component: lazyRouteComponent(() => import("./pages/images/ImagesPage"), "ImagesPage"),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: "/new",
  component: lazyRouteComponent(() => import("./pages/setup/SetupPage"), "SetupPage"),
})
/** A round, as an address names it: one that was set aside has its take beside it. */
function roundOf(search: Record<string, unknown>): { round?: number; take?: number } {
  const [round, take] = [Number(search.round), Number(search.take ?? -1)]
  if (!Number.isInteger(round) || round < 0) return {}
  return Number.isInteger(take) && take >= 0 ? { round, take } : { round }
}

const isKnobValue = (value: unknown): value is string | number | boolean => ["string", "number", "boolean"].includes(typeof value)

function wholeOf<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? ({ [name]: value } as Record<Name, number>) : {}
}

const session = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$sessionId",
  validateSearch: roundOf,
  component: lazyRouteComponent(() => import("./pages/session/SessionPage"), "SessionPage"),
})
const finish = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$sessionId/finish",
  component: lazyRouteComponent(() => import("./pages/finish/FinishPage"), "FinishPage"),
})
const replay = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$sessionId/replay",
  component: lazyRouteComponent(() => import("./pages/replay/ReplayPage"), "ReplayPage"),
})
const convergence = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$sessionId/convergence",
  component: lazyRouteComponent(() => import("./pages/convergence/ConvergencePage"), "ConvergencePage"),
})
const report = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$sessionId/report",
  component: lazyRouteComponent(() => import("./pages/report/ReportPage"), "ReportPage"),
})
const diagnostics = createRoute({
  getParentRoute: () => root,
  path: "/diagnostics",
  validateSearch: (search: Record<string, unknown>): { session?: string; round?: number; take?: number } =>
    typeof search.session === "string" ? { session: search.session, ...roundOf(search) } : {},
  component: lazyRouteComponent(() => import("./pages/diagnostics/DiagnosticsPage"), "DiagnosticsPage"),
})
const design = createRoute({
  getParentRoute: () => root,
  path: "/design",
  component: lazyRouteComponent(() => import("./pages/design/DesignPage"), "DesignPage"),
})
const beatTheDice = createRoute({
  getParentRoute: () => root,
  path: "/tours/beat-the-dice",
  component: lazyRouteComponent(() => import("./pages/tours/BeatTheDice"), "BeatTheDice"),
})
const guessMyChoice = createRoute({
  getParentRoute: () => root,
  path: "/tours/guess-my-choice",
  component: lazyRouteComponent(() => import("./pages/tours/GuessMyChoice"), "GuessMyChoice"),
})

const taste = createRoute({
  getParentRoute: () => root,
  path: "/taste",
  validateSearch: ({ space }: Record<string, unknown>): { space?: string } => (typeof space === "string" && space !== "" ? { space } : {}),
  component: lazyRouteComponent(() => import("./pages/taste/TastePage"), "TastePage"),
})
const text = createRoute({
  getParentRoute: () => root,
  path: "/text",
  validateSearch: ({ conversation }: Record<string, unknown>): { conversation?: string } => (typeof conversation === "string" && conversation !== "" ? { conversation } : {}),
  component: lazyRouteComponent(() => import("./pages/text/TextPage"), "TextPage"),
})
const axes = createRoute({
  getParentRoute: () => root,
  path: "/text/axes",
  component: lazyRouteComponent(() => import("./pages/axes/AxesPage"), "AxesPage"),
})
const axis = createRoute({
  getParentRoute: () => root,
  path: "/text/axes/$name",
  validateSearch: ({ view }: Record<string, unknown>): { view?: "pairs" } => (view === "pairs" ? { view } : {}),
  component: lazyRouteComponent(() => import("./pages/axes/AxisPage"), "AxisPage"),
})
const trash = createRoute({
  getParentRoute: () => root,
  path: "/trash",
  component: lazyRouteComponent(() => import("./pages/trash/TrashPage"), "TrashPage"),
})
const experiments = createRoute({
  getParentRoute: () => root,
  path: "/experiments",
  component: lazyRouteComponent(() => import("./pages/experiments/ExperimentsPage"), "ExperimentsPage"),
})
const experiment = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$experimentId",
  component: lazyRouteComponent(() => import("./pages/experiments/ExperimentPage"), "ExperimentPage"),
})
const compare = createRoute({
  getParentRoute: () => root,
  path: "/compare",
  validateSearch: ({ sessions }: Record<string, unknown>): { sessions?: string } => (typeof sessions === "string" && sessions !== "" ? { sessions } : {}),
  component: lazyRouteComponent(() => import("./pages/experiments/ComparePage"), "ComparePage"),
})

const latents = createRoute({
  getParentRoute: () => root,
  path: "/latents",
  validateSearch: ({ clone, knob, value }: Record<string, unknown>): { clone?: string; knob?: string; value?: string | number | boolean } =>
    typeof clone === "string" ? { clone, ...(typeof knob === "string" && isKnobValue(value) ? { knob, value } : {}) } : {},
  component: lazyRouteComponent(() => import("./pages/latents/launch/LaunchPage"), "LaunchPage"),
})
const latentRuns = createRoute({
  getParentRoute: () => root,
  path: "/latents/runs",
  validateSearch: runSearchOf,
  component: lazyRouteComponent(() => import("./pages/latents/runs/RunsPage"), "RunsPage"),
})
const latentRun = createRoute({
  getParentRoute: () => root,
  path: "/latents/runs/$runId",
  validateSearch: ({ epoch, map }: Record<string, unknown>): { epoch?: number; map?: "umap" } => ({ ...wholeOf("epoch", epoch), ...(map === "umap" ? { map } : {}) }),
  component: lazyRouteComponent(() => import("./pages/latents/run/RunPage"), "RunPage"),
})
const latentExplore = createRoute({
  getParentRoute: () => root,
  path: "/latents/runs/$runId/explore",
  validateSearch: viewOf,
  component: lazyRouteComponent(() => import("./pages/latents/explore/ExplorePage"), "ExplorePage"),
})
const latentNetwork = createRoute({
  getParentRoute: () => root,
  path: "/latents/runs/$runId/network",
  validateSearch: placeOf,
  component: lazyRouteComponent(() => import("./pages/latents/network/NetworkPage"), "NetworkPage"),
})
const compareLatents = createRoute({
  getParentRoute: () => root,
  path: "/latents/compare",
  validateSearch: ({ runs }: Record<string, unknown>): { runs?: string } => (typeof runs === "string" && runs !== "" ? { runs } : {}),
  component: lazyRouteComponent(() => import("./pages/latents/compare/CompareRunsPage"), "CompareRunsPage"),
})

export function makeRouter() {
  return createRouter({
    routeTree: root.addChildren([home, images, setup, session, finish, replay, convergence, report, diagnostics, design, text, axes, axis, taste, trash, experiments, experiment, compare, latents, latentRuns, latentRun, latentExplore, latentNetwork, compareLatents, beatTheDice, guessMyChoice]),
    defaultPreload: "intent",
    scrollRestoration: true,
  })
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
