import { useCallback, useEffect, useRef, type RefObject } from "react"
import type { Ink } from "./overlays"

/** Paints a canvas once for each picture of the screen in which it was asked for, as large as it is on the screen. */
export function useLayer(canvas: RefObject<HTMLCanvasElement | null>, paint: (ink: Ink) => void): () => void {
  const newest = useRef(paint)
  const frame = useRef(0)
  useEffect(() => { newest.current = paint })
  useEffect(() => () => { cancelAnimationFrame(frame.current) }, [])
  return useCallback(() => {
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      const ink = canvas.current?.getContext("2d")
      if (!canvas.current || !ink) return
      const { clientWidth: w, clientHeight: h } = canvas.current
      const dense = window.devicePixelRatio
      if (canvas.current.width !== Math.round(w * dense) || canvas.current.height !== Math.round(h * dense))
        [canvas.current.width, canvas.current.height] = [Math.round(w * dense), Math.round(h * dense)]
      ink.setTransform(dense, 0, 0, dense, 0, 0)
      ink.clearRect(0, 0, w, h)
      newest.current(ink)
    })
  }, [canvas])
}
