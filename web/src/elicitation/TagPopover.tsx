import { Popover } from "radix-ui"
import { useRef, useState } from "react"
import { useStrategies } from "../client/queries"
import type { Tag } from "../client/types"
import { Cross, Label } from "../ui/icons"
import { LONGEST_TAG, MOST_TAGS, saidWish, tagFrom, tagInWords, toggledTag, toneOf, wished, wishesOf, type AxisEnds, type Tagging } from "./tags"
import { useNoun } from "../ui/medium"

interface TagPopoverProps {
  number: number
  id: string
  tagging: Tagging
}

/** What is right or wrong with one picture: the vocabulary, good and bad apart, and words of one's own. */
export function TagPopover({ number, id, tagging }: TagPopoverProps) {
  const noun = useNoun()
  const tags = tagging.tags[id] ?? []
  const trigger = useRef<HTMLButtonElement>(null)
  const isPhone = matchMedia("(max-width: 720px)").matches // then the sheet lies over the lower half of the page
  const card = useRef({ getBoundingClientRect: () => (trigger.current?.closest(".cand") ?? document.body).getBoundingClientRect() })
  return (
    <Popover.Root open={tagging.opened === id} onOpenChange={(isOpen) => { tagging.open?.(isOpen ? id : null) }}>
      <Popover.Anchor virtualRef={card} />
      <Popover.Trigger ref={trigger} aria-label={`Tags on ${noun.toLowerCase()} ${String(number)}`} title="Tags: what is right or wrong with it (L)" data-on={tags.length > 0}>
        <Label />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="tag-sheet" side={isPhone ? "bottom" : "right"} align="start" onOpenAutoFocus={() => { if (isPhone) trigger.current?.closest(".cand")?.scrollIntoView({ block: "start" }) }} sideOffset={8} collisionPadding={12} aria-label={`What is right or wrong with ${noun.toLowerCase()} ${String(number)}?`}>
          <header>
            <strong>{noun} {number}</strong>
            <Popover.Close className="button quiet icon" aria-label="Close"><Cross size={16} /></Popover.Close>
          </header>
          <Wishes axes={tagging.axes ?? []} tags={tags} onChange={(next) => { tagging.set(id, next) }} />
          <Words tags={tags} axes={tagging.axes ?? []} onChange={(next) => { tagging.set(id, next) }} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface Tagged {
  axes: readonly AxisEnds[]
  tags: string[]
  onChange: (tags: string[]) => void
}

/** What should become of each axis: more of one end, right as it is, more of the other; or anything. */
function Wishes({ axes, tags, onChange }: Tagged) {
  if (axes.length === 0) return null
  return (
    <section>
      <h3>Along your axes <span className="muted">press twice if it matters much, “any” if it doesn’t</span></h3>
      <div className="tag-axes">
        {axes.map((axis) => (
          <div key={`${axis.negative} ${axis.positive}`} role="group" aria-label={`${axis.negative} to ${axis.positive}`}>
            {wishesOf(axis).map((wish, i) => {
              const said = saidWish(tags, wish)
              const short = ["", "right", "", "any"][i] ?? ""
              return (
                <button key={wish} type="button" className="chip" data-tone={i % 2 === 1 ? "good" : "own"} aria-pressed={said !== undefined} aria-label={short === "any" ? `any: ${said ?? wish}` : said ?? wish} title={wish} onClick={() => { onChange(wished(tags, axis, wish)) }}>
                  <b>{short || wish}</b>{said?.endsWith("!") && "!"}
                </button>
              )
            })}
          </div>
        ))}
      </div>
    </section>
  )
}

function Words({ axes, tags, onChange }: Tagged) {
  const { data } = useStrategies()
  const [own, setOwn] = useState("")
  const vocabulary = data?.tags ?? []
  const press = (name: string) => { onChange(toggledTag(tags, name, vocabulary)) }
  const add = () => {
    const tag = tagFrom(own, vocabulary)
    if (tag !== "" && !tags.includes(tag)) press(tag)
    setOwn("")
  }
  return (
    <>
      <Chips title="Right with it" tone="good" names={vocabulary.filter(({ good }) => good)} tags={tags} onPress={press} vocabulary={vocabulary} />
      <Chips title="Wrong with it" tone="bad" names={vocabulary.filter(({ good }) => !good)} tags={tags} onPress={press} vocabulary={vocabulary} />
      <Chips title="In your own words" tone="own" names={tags.filter((tag) => toneOf(tag, vocabulary) === "own" && !axes.some((axis) => wishesOf(axis).some((wish) => saidWish([tag], wish)))).map((name) => ({ name }))} tags={tags} onPress={press} vocabulary={vocabulary} />
      <form onSubmit={(event) => { event.preventDefault(); add() }}>
        <input className="input" value={own} maxLength={LONGEST_TAG} aria-label="A word of your own" placeholder="such as “not my fox”" disabled={tags.length >= MOST_TAGS} onChange={(event) => { setOwn(event.target.value) }} />
        <button type="submit" className="button" disabled={own.trim() === ""}>Add</button>
      </form>
      <p className="small muted">Words with an arrow can be measured: they say which way to go. The others count a little.</p>
    </>
  )
}

interface ChipsProps {
  title: string
  tone: "good" | "bad" | "own"
  names: readonly (Pick<Tag, "name"> & Partial<Tag>)[]
  tags: string[]
  vocabulary: readonly Tag[]
  onPress: (name: string) => void
}

function Chips({ title, tone, names, tags, vocabulary, onPress }: ChipsProps) {
  return (
    <section>
      <h3>{title}</h3>
      <div className="tag-words" role="group" aria-label={title}>
        {names.map(({ name, statistic, wish }) => (
          <button
            key={name} type="button" className="chip" data-tone={tone} aria-pressed={tags.includes(name)} onClick={() => { onPress(name) }}
            title={statistic ? `Its ${statistic} is measured: there should be ${(wish ?? 0) > 0 ? "more" : "less"} of it` : undefined}
          >
            {tagInWords(name, vocabulary)}{statistic && <span aria-hidden="true">{(wish ?? 0) > 0 ? "↑" : "↓"}</span>}
          </button>
        ))}
      </div>
    </section>
  )
}
