import "@fontsource-variable/inter/wght.css"
import "@fontsource-variable/jetbrains-mono/wght.css"
import "./ui/tokens.css"
import "./ui/base.css"
import "./ui/components.css"
import "./ui/frame.css"
import "./pages/home/home.css"
import "./pages/session/session.css"
import "./elicitation/map.css"
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { LabContext } from "./client/context"
import { httpLab } from "./client/http"
import { problemOf } from "./client/problem"
import { makeRouter } from "./router"

const lab = httpLab()
const cache: QueryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (failures, error) => problemOf(error).kind === "passing" && failures < 2 },
  },
})
const router = makeRouter()

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <LabContext value={lab}>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </LabContext>
  </StrictMode>,
)
