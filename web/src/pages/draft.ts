import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useRef } from "react"
import { useLab } from "../client/context"
import { newKey } from "../client/keys"
import { keys } from "../client/queries"
import type { Draft, ModelInfo } from "../client/types"
import { useKept } from "../ui/storage"

const EMPTY: Draft = { request: { prompt: "" } }

/** The session that is being set up; it survives reloads and refusals. */
export function useDraft(): [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useKept<unknown>(localStorage, "draft", EMPTY)
  return [isFormShaped(draft) ? draft : EMPTY, setDraft]
}

/** Whether a form can show these settings; whether they are right is for the lab to say. */
export function isFormShaped(value: unknown): value is Draft {
  if (!isMapping(value) || !isMapping(value.request) || typeof value.request.prompt !== "string") return false
  return areTexts(value.axes) && areTexts(value.query_kinds) && (value.model === undefined || typeof value.model === "string")
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function areTexts(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((one) => typeof one === "string"))
}

/** The draft as it will be sent: an untouched choice of axes is the model's own suggestion. */
export function completed(draft: Draft, model: ModelInfo | undefined): Draft {
  if (draft.axes !== undefined || model === undefined || !model.capabilities.text) return draft
  return { ...draft, axes: model.vocabulary.suggested_axes.slice(0, 2) }
}

/** The draft for another model: what that one doesn't take, and so has no field for, is left behind. */
export function drawnBy(draft: Draft, ref: string, model: ModelInfo | undefined): Draft {
  if (model === undefined) return { ...draft, model: ref }
  const { text, max_steps, guidance, negative_prompt, size, schedulers } = model.capabilities
  const { axes, scales, ...rest } = draft
  const { steps, scheduler, width, height, guidance: strictness, negative_prompt: unwanted, ...request } = draft.request
  return {
    ...rest, ...(text && axes !== undefined && { axes }), ...(text && scales !== undefined && { scales }), model: ref,
    request: {
      ...request,
      ...(max_steps !== 0 && steps != null && { steps }),
      ...(guidance && strictness != null && { guidance: strictness }),
      ...(negative_prompt && unwanted !== undefined && { negative_prompt: unwanted }),
      ...(size && width != null && { width }),
      ...(size && height != null && { height }),
      ...(scheduler != null && schedulers.includes(scheduler) && { scheduler }),
    },
  }
}

/** Create the session and ask for its first round. A second press, or a retry, is the same act. */
export function useStart() {
  const lab = useLab()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const act = useRef({ draft: "", key: "" })
  return useMutation({
    mutationFn: async (draft: Draft) => {
      const text = JSON.stringify(draft)
      if (act.current.draft !== text) act.current = { draft: text, key: newKey() }
      const session = await lab.createSession(draft, act.current.key)
      await lab.requestRound(session.id, `${act.current.key}.1`)
      return session
    },
    onSuccess: (session) => {
      act.current = { draft: "", key: "" }
      void cache.invalidateQueries({ queryKey: keys.sessions })
      void navigate({ to: "/sessions/$sessionId", params: { sessionId: session.id } })
    },
  })
}
