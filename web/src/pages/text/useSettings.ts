import { useMutation, useQueryClient } from "@tanstack/react-query"
import { language, type Conversation, type Sampling } from "../../client/language"
import { useKept } from "../../ui/storage"
import { conversationKey } from "./useTalk"

export const LENGTHS = { short: 120, medium: 300, long: 800 } as const
export type Length = keyof typeof LENGTHS

export interface Drawing {
  temperature: number
  topP: number
  /** Null: another one for each answer. */
  seed: number | null
}
export const USUAL: Drawing = { temperature: 0.7, topP: 1, seed: null }

/** How answers are drawn, as the API takes it. */
function samplingOf(length: Length, { temperature, topP, seed }: Drawing): Sampling {
  return { max_tokens: LENGTHS[length], temperature, ...(topP === 1 ? {} : { top_p: topP }), ...(seed === null ? {} : { seed }) }
}

/** How long answers may be, how they are drawn, and what the model is told before anything else. */
export function useSettings(conversation: Conversation | undefined) {
  const cache = useQueryClient()
  const [length, setLength] = useKept<Length>(localStorage, "text.length", "medium")
  const [drawing, setDrawing] = useKept<Drawing>(localStorage, "text.drawing", USUAL)
  const [system, setSystem] = useKept(localStorage, "text.system", "")
  const change = useMutation({
    mutationFn: ({ id, system }: { id: string; system: string }) => language.change(id, { system }),
    onSuccess: (after) => { cache.setQueryData(conversationKey(after.id), after) },
  })
  return {
    length, setLength, drawing, setDrawing,
    sampling: samplingOf(length, drawing),
    /** Of this conversation; of the next one before it is begun. */
    system: conversation?.system ?? system,
    setSystem: (next: string) => {
      setSystem(next)
      if (conversation !== undefined && conversation.system !== next) change.mutate({ id: conversation.id, system: next })
    },
    systemError: change.error,
  }
}

export type Settings = ReturnType<typeof useSettings>
