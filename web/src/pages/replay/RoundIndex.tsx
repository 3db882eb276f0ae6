import { useContext, useEffect, useRef, type MouseEvent } from "react"
import { useLab } from "../../client/context"
import { roundInWords } from "../../elicitation/words"
import { MediumContext } from "../../ui/medium"
import type { Chapter } from "./story"
import { wantsStillness } from "./usePlayer"

interface RoundIndexProps {
  story: Chapter[]
  here: number
  onGo: (position: number) => void
}

const CHANGES: Record<Chapter["change"], string> = {
  first: "first best", moved: "moved", stayed: "held", none: "none kept", open: "to answer",
}

/** All rounds, beside the story; the one in view is marked. */
export function RoundIndex({ story, here, onGo }: RoundIndexProps) {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    const [box, item] = [list.current, list.current?.children[here]]
    if (box && item instanceof HTMLElement && box.scrollWidth > box.clientWidth)
      box.scrollTo({ left: item.offsetLeft - box.clientWidth / 2 + item.offsetWidth / 2, behavior: wantsStillness() ? "auto" : "smooth" })
  }, [here])
  const go = (position: number) => (event: MouseEvent) => {
    event.preventDefault()
    onGo(position)
  }
  return (
    <nav className="round-index" aria-label="Rounds">
      <ol ref={list}>
        {story.map(({ round, winners, change }, position) => (
          <li key={round.id}>
            <a href={`#round-${String(round.index)}`} aria-current={position === here ? "step" : undefined} onClick={go(position)}>
              <Face artifact={winners[0]?.artifact ?? null} />
              <span>
                <b>{roundInWords(round.index)}</b>
                <small>{CHANGES[change]}</small>
              </span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Face({ artifact }: { artifact: string | null }) {
  const lab = useLab()
  const isText = useContext(MediumContext) === "text"
  if (isText && artifact !== null) return <span className="leaf" />
  return artifact === null ? <i /> : <img src={lab.artifactUrl(artifact, "thumb")} alt="" />
}
