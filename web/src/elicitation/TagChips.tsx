import { useStrategies } from "../client/queries"
import { tagInWords, toneOf } from "./tags"

/** The tags of a picture, lying on it. */
export function TagChips({ tags, label }: { tags: string[]; label: string }) {
  const vocabulary = useStrategies().data?.tags ?? []
  return (
    <ul className="tag-chips" aria-label={label}>
      {tags.map((tag) => <li key={tag} data-tone={toneOf(tag, vocabulary)}>{tagInWords(tag, vocabulary)}</li>)}
    </ul>
  )
}
