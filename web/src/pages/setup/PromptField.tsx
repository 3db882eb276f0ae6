import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useDeferredValue, type ReactNode } from "react"
import { useLab } from "../../client/context"
import { markedParts } from "./prompt"

interface PromptFieldProps {
  model: string
  prompt: string
  example: string
  error?: string | undefined
  autoFocus?: boolean
  onChange: (prompt: string) => void
  onSubmit: () => void
}

/** The prompt, with the words underlined that the model doesn't know. */
export function PromptField({ model, prompt, example, error, autoFocus = false, onChange, onSubmit }: PromptFieldProps) {
  const check = usePromptCheck(model, prompt)
  const unknown = check.data?.unknown_words ?? []
  return (
    <div className="prompt-field">
      <div className="prompt-box" aria-invalid={error !== undefined}>
        <div className="prompt-marks" aria-hidden="true">
          {markedParts(prompt, unknown).map((part, index) =>
            part.isUnknown ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
          )}
        </div>
        <textarea
          id="prompt" name="prompt" rows={1} value={prompt} maxLength={2000} autoFocus={autoFocus} spellCheck={false}
          placeholder={example ? `${example}…` : "Describe it in a few words"} aria-label="What do you want to see?"
          aria-invalid={error !== undefined} aria-describedby="prompt-note"
          onChange={(event) => { onChange(event.target.value.replaceAll("\n", " ")) }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return
            event.preventDefault()
            onSubmit()
          }}
        />
      </div>
      <div id="prompt-note" className="prompt-note" aria-live="polite">
        {error !== undefined && <span className="field-error">{error}</span>}
        {unknown.length > 0 && (
          <UnknownWords
            words={unknown} suggestions={check.data?.suggestions ?? {}}
            onTake={(word, instead) => { onChange(prompt.replace(word, instead)) }}
          />
        )}
      </div>
    </div>
  )
}

function usePromptCheck(model: string, prompt: string) {
  const lab = useLab()
  const settled = useDeferredValue(prompt)
  return useQuery({
    queryKey: ["prompt-check", model, settled],
    queryFn: () => lab.checkPrompt(model, settled),
    enabled: settled.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  })
}

interface UnknownWordsProps {
  words: string[]
  suggestions: Record<string, string[]>
  onTake: (word: string, instead: string) => void
}

function UnknownWords({ words, suggestions, onTake }: UnknownWordsProps): ReactNode {
  return (
    <span>
      <span className="field-warning">
        This model doesn’t know {words.map((word) => `“${word}”`).join(", ")}, so it will draw without {words.length > 1 ? "them" : "it"}.
      </span>
      {words.flatMap((word) =>
        (suggestions[word] ?? []).slice(0, 3).map((instead) => (
          <button key={`${word}-${instead}`} type="button" className="chip small" onClick={() => { onTake(word, instead) }}>
            {instead}
          </button>
        )),
      )}
    </span>
  )
}
