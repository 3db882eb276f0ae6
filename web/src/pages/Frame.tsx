import { useQueryClient } from "@tanstack/react-query"
import { Link, Outlet, useNavigate } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { useLab } from "../client/context"
import { followLab } from "../client/follow"
import type { Connection } from "../client/lab"
import { useDiagnostics } from "../client/queries"
import type { Diagnostics } from "../client/types"
import { Logo, Menu, Moon, Sun } from "../ui/icons"
import { useKeys } from "../ui/keyboard"
import { KeyMap } from "../ui/KeyMap"
import { useTheme } from "../ui/theme"

/** What stays while pages change: the header, the one event stream, the keys that work everywhere. */
export function Frame() {
  const [connection, setConnection] = useState<Connection>("connecting")
  const [isMapOpen, setMapOpen] = useState(false)
  const lab = useLab()
  const cache = useQueryClient()
  useEffect(() => followLab(lab, cache, setConnection), [lab, cache])
  useGoKeys(() => { setMapOpen(true) })
  return (
    <div className="frame">
      <a className="skip" href="#content">Skip to the page</a>
      <Header onHelp={() => { setMapOpen(true) }} />
      {connection === "lost" && (
        <p className="lost" role="status">
          The connection to Pilotage is lost. What you enter is kept; it reconnects by itself.
        </p>
      )}
      <main id="content" className="grow"><Outlet /></main>
      <KeyMap isOpen={isMapOpen} onClose={() => { setMapOpen(false) }} />
    </div>
  )
}

function useGoKeys(onHelp: () => void): void {
  const navigate = useNavigate()
  const armedAt = useRef(-Infinity)
  const go = (to: "/" | "/images" | "/text" | "/latents" | "/experiments" | "/diagnostics") => () => {
    const isArmed = performance.now() - armedAt.current < 1200
    if (isArmed) void navigate({ to })
    return isArmed // else the key is the page's own
  }
  useKeys({
    "?": onHelp,
    g: () => { armedAt.current = performance.now() },
    h: go("/"),
    i: go("/images"),
    t: go("/text"),
    l: go("/latents"),
    e: go("/experiments"),
    d: go("/diagnostics"),
  })
}

function Header({ onHelp }: { onHelp: () => void }) {
  const [theme, setTheme] = useTheme()
  const diagnostics = useDiagnostics()
  return (
    <header className="top">
      <Link to="/" className="brand"><Logo />Pilotage</Link>
      <Rooms />
      <span className="grow" />
      <ModelStatus diagnostics={diagnostics.data} failed={diagnostics.isError} />
      <button
        type="button" className="button quiet icon" aria-label={theme === "dark" ? "Light colours" : "Dark colours"}
        onClick={() => { setTheme(theme === "dark" ? "light" : "dark") }}
      >
        {theme === "dark" ? <Sun /> : <Moon />}
      </button>
      <button type="button" className="button quiet keys" aria-label="Keys" onClick={onHelp}><kbd>?</kbd></button>
    </header>
  )
}

/** The app's pages; on small screens they fold behind one button. */
function Rooms() {
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLElement>(null)
  const close = () => { setOpen(false) }
  return (
    <nav
      ref={place} aria-label="Rooms" className="rooms" data-open={isOpen} onClick={(event) => { if (event.target instanceof HTMLAnchorElement) close() }}
      onBlur={(event) => { if (!place.current?.contains(event.relatedTarget)) close() }}
      onKeyDown={(event) => { if (event.key === "Escape") close() }}
    >
      <button type="button" className="button quiet icon fold" aria-label="Menu" aria-expanded={isOpen} aria-controls="rooms" onClick={() => { setOpen(!isOpen) }}>
        <Menu />
      </button>
      <div id="rooms" className="rooms-list">
        <Link to="/images" activeProps={{ className: "active" }}>Images</Link>
        <Link to="/text" activeProps={{ className: "active" }}>Text</Link>
        <Link to="/latents" activeProps={{ className: "active" }}>Latents</Link>
        <Link to="/taste" activeProps={{ className: "active" }}>Taste</Link>
        <Link to="/experiments" activeProps={{ className: "active" }}>Experiments</Link>
        <Link to="/diagnostics" activeProps={{ className: "active" }}>Diagnostics</Link>
      </div>
    </nav>
  )
}

const WARMTH: Record<string, [words: string, tone: string]> = {
  warm: ["warm", "good"],
  loading: ["warming up", "warn"],
  cold: ["cold", ""],
  failed: ["can't be loaded", "bad"],
}

function ModelStatus({ diagnostics, failed }: { diagnostics: Diagnostics | undefined; failed: boolean }) {
  const model = diagnostics?.model
  const [words, tone] = WARMTH[model?.state ?? "cold"] ?? [model?.state ?? "", ""]
  const device = (model?.device ?? diagnostics?.device.requested ?? diagnostics?.device.configured ?? "").toUpperCase()
  const spoken = [...new Set(diagnostics?.workers.flatMap(({ languages }) => languages.map(({ ref }) => ref)))]
  const loaded = [...(model ? [[model.ref, device === "AUTO" ? "" : device, words].filter(Boolean).join(" · ")] : []), ...spoken.map((ref) => `${ref} · warm`)]
  const text = failed
    ? "no answer"
    : diagnostics === undefined
      ? "…"
      : loaded.length > 0
        ? loaded.join(", ")
        : diagnostics.workers.some((worker) => worker.alive) ? "no model loaded yet" : "no worker"
  return (
    <Link to="/diagnostics" className="status" title={diagnostics?.sentence}>
      <span className={`dot ${failed ? "bad" : model ? tone : spoken.length > 0 ? "good" : ""}`} />
      <span>{text}</span>
    </Link>
  )
}
