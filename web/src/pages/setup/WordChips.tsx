import { useState } from "react"
import type { ModelInfo } from "../../client/types"
import { says, withAttribute, withObject } from "./prompt"

interface WordChipsProps {
  vocabulary: ModelInfo["vocabulary"]
  prompt: string
  onChange: (prompt: string) => void
}

const MANY = 40

/** The words that the model knows; a press puts one into the prompt, in place of its like. */
export function WordChips({ vocabulary, prompt, onChange }: WordChipsProps) {
  const [isOpen, setOpen] = useState(false)
  const families = Object.entries(vocabulary.attributes)
  if (vocabulary.objects.length === 0 && families.length === 0) return null
  return (
    <div className="words-known">
      <button type="button" className="button quiet" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen) }}>
        {isOpen ? "Hide the words" : `Words that this model knows (${String(vocabulary.objects.length + families.flatMap(([, words]) => words).length)})`}
      </button>
      {isOpen && (
        <div className="families card">
          <Things words={vocabulary.objects} prompt={prompt} onPress={(word) => { onChange(withObject(prompt, word, vocabulary)) }} />
          {families.map(([family, words]) => (
            <Family key={family} name={family} words={words} prompt={prompt} onPress={(word) => { onChange(withAttribute(prompt, word, family, vocabulary)) }} />
          ))}
        </div>
      )}
    </div>
  )
}

interface FamilyProps {
  words: string[]
  prompt: string
  onPress: (word: string) => void
}

/** What the model draws; where that is much, with a field to find one. */
function Things({ words, ...chips }: FamilyProps) {
  const [sought, setSought] = useState("")
  const found = words.filter((word) => word.toLowerCase().includes(sought.trim().toLowerCase()))
  return (
    <>
      {words.length > MANY && (
        <input
          type="search" className="input" aria-label="Find a thing" placeholder={`Find one of ${String(words.length)} things`}
          value={sought} onChange={(event) => { setSought(event.target.value) }}
        />
      )}
      {found.length > 0 ? <Family name="things" words={found} {...chips} /> : sought !== "" && <p className="small muted" role="status">It draws no “{sought.trim()}”.</p>}
    </>
  )
}

function Family({ name, words, prompt, onPress }: FamilyProps & { name: string }) {
  return (
    <div className="family" role="group" aria-label={name}>
      <span className="small muted">{name}</span>
      <div className="row wrap">
        {words.map((word) => (
          <button key={word} type="button" className="chip tiny" aria-pressed={says(prompt, word)} onClick={() => { onPress(word) }}>{word}</button>
        ))}
      </div>
    </div>
  )
}
