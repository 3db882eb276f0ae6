import { createContext, useContext, useEffect, useState } from "react"
import { fileUrl, type LatentRunDetail } from "../../../client/latents"
import { fileAt, pathOf, useRunFile, type Sprite } from "./files"

export interface Pictures {
  url: string
  sprite: Sprite["data"]
}

/** The pictures of a run's points, all in one; null where a run has kept none. */
export function usePictures(run: LatentRunDetail): Pictures | null {
  const path = pathOf("pictures", 0)
  const sprite = useRunFile<Sprite>(run, path)
  const file = fileAt(run, path.replace(".json", ".png"))
  return sprite.data && file ? { url: fileUrl(run.id, file.path, file.sha256), sprite: sprite.data.data } : null
}

export const PicturesContext = createContext<Pictures | null>(null)

/** The picture of a point, cut out of the sprite. */
export function Tile({ row, size, alt }: { row: number; size: number; alt: string }) {
  const pictures = useContext(PicturesContext)
  if (!pictures) return null
  const { url, sprite: { columns, rows, tile_width, tile_height } } = pictures
  const [width, height] = tile_width > tile_height ? [size, (size * tile_height) / tile_width] : [(size * tile_width) / tile_height, size]
  return (
    <span
      className="atlas-tile" {...(alt ? { role: "img", "aria-label": alt } : { "aria-hidden": true })} data-sharp={tile_width < size}
      style={{
        width, height, backgroundImage: `url(${url})`, backgroundSize: `${String(columns * width)}px ${String(rows * height)}px`,
        backgroundPosition: `${String(-(row % columns) * width)}px ${String(-Math.floor(row / columns) * height)}px`,
      }}
    />
  )
}

/** An image as canvases draw it, once it is loaded. */
export function useImage(url: string | undefined): HTMLImageElement | null {
  const [image, setImage] = useState<HTMLImageElement | null>(null)
  useEffect(() => {
    if (url === undefined) return
    const loading = new Image()
    loading.onload = () => { setImage(loading) }
    loading.src = url
    return () => { loading.onload = null }
  }, [url])
  return image?.src.endsWith(url ?? "") ? image : null
}
