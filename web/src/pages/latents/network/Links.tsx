import { useEffect, useState, type RefObject } from "react"

export interface LinkOf {
  from: string
  to: string
  /** 0 to 1: how strong. */
  share: number
}

/** Lines between tiles, where they happen to lie. */
export function Links({ host, links }: { host: RefObject<HTMLElement | null>; links: readonly LinkOf[] }) {
  const [paths, setPaths] = useState<{ d: string; share: number }[]>([])
  const wanted = JSON.stringify(links)
  useEffect(() => {
    const row = host.current
    if (!row) return
    const measure = () => { setPaths((JSON.parse(wanted) as LinkOf[]).flatMap((link) => drawn(row, link))) }
    const watcher = new ResizeObserver(measure)
    watcher.observe(row)
    return () => { watcher.disconnect() }
  }, [host, wanted])
  return (
    <svg className="nw-links" aria-hidden="true">
      {paths.map(({ d, share }) => <path key={d} d={d} style={{ strokeWidth: 1 + 2.5 * share, opacity: 0.25 + 0.75 * share }} />)}
    </svg>
  )
}

function drawn(row: HTMLElement, { from, to, share }: LinkOf): { d: string; share: number }[] {
  const [start, end] = [from, to].map((name) => row.querySelector(`[data-tile="${CSS.escape(name)}"]`)?.getBoundingClientRect())
  if (!start || !end) return []
  const { left, top } = row.getBoundingClientRect()
  const [x0, y0, x1, y1] = [start.right - left, start.top + start.height / 2 - top, end.left - left, end.top + end.height / 2 - top]
  const bend = (x0 + x1) / 2
  return [{ d: `M${[x0, y0].map(Math.round).join(" ")}C${[bend, y0, bend, y1, x1, y1].map(Math.round).join(" ")}`, share }]
}
