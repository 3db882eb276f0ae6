import { useContext } from "react"
import { useLab } from "../client/context"
import { Picture as PictureIcon } from "./icons"
import { MediumContext, mediumOf } from "./medium"
import { Written } from "./Written"

interface ThumbProps {
  artifact: string | null
  alt: string
  full?: boolean
  /** What made it, where a page shows several sessions. */
  model?: string | undefined
}

/** A stored picture on its mat, or a text in its place; the place is kept while there is none. */
export function Thumb({ artifact, alt, full = false, model }: ThumbProps) {
  const lab = useLab()
  const here = useContext(MediumContext)
  const isText = (model === undefined ? here : mediumOf(model)) === "text"
  return (
    <div className="picture" data-medium={isText ? "text" : undefined} data-full={full || undefined}>
      {artifact === null ? (
        <span className="none"><PictureIcon /></span>
      ) : isText ? (
        <Written artifact={artifact} />
      ) : (
        <img src={lab.artifactUrl(artifact, full ? undefined : "thumb")} alt={alt} decoding="async" />
      )}
    </div>
  )
}
