import { useLab } from "../client/context"
import { Picture as PictureIcon } from "./icons"

interface ThumbProps {
  artifact: string | null
  alt: string
  full?: boolean
}

/** A stored picture on its mat; the place is kept while there is none. */
export function Thumb({ artifact, alt, full = false }: ThumbProps) {
  const lab = useLab()
  return (
    <div className="picture">
      {artifact === null ? (
        <span className="none"><PictureIcon /></span>
      ) : (
        <img src={lab.artifactUrl(artifact, full ? undefined : "thumb")} alt={alt} decoding="async" />
      )}
    </div>
  )
}
