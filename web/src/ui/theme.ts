import { useSyncExternalStore } from "react"

export type Theme = "light" | "dark"
export type Mat = "neutral" | "white" | "grey" | "black"

const root = document.documentElement
const watchers = new Set<() => void>()

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function set(name: "theme" | "mat", value: string): void {
  root.dataset[name] = value
  try {
    localStorage.setItem(`pilotage.${name}`, value) // read as it is by theme.js, before the first paint
  } catch {
    // it holds until the page is closed
  }
  for (const watcher of watchers) watcher()
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(watch, () => (root.dataset.theme === "dark" ? "dark" : "light"))
  return [theme, (next) => { set("theme", next) }]
}

/** What pictures stand on. */
export function useMat(): [Mat, (mat: Mat) => void] {
  const mat = useSyncExternalStore(watch, () => (root.dataset.mat ?? "neutral") as Mat)
  return [mat, (next) => { set("mat", next) }]
}
