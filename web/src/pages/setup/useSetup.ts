import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useModels } from "../../client/queries"
import type { Draft } from "../../client/types"
import { useKept } from "../../ui/storage"
import { completed, isFormShaped, useDraft } from "../draft"

export interface Written {
  text: string
  /** What the text says; undefined where it can't be read. */
  value?: unknown
  error?: string
  /** The draft that it was written over: once the form changes that, the form holds. */
  over: string
}

/** One set of settings, edited by form and as text; the lab checks whichever was changed last. */
export function useSetup() {
  const [stored, setStored] = useDraft()
  const [written, setWritten] = useKept<Written | null>(localStorage, "draft-text", null)
  const models = useModels()
  const model = models.data?.find(({ ref }) => ref === (stored.model ?? "starter"))
  const draft = completed(stored, model)
  const text = written?.over === JSON.stringify(stored) ? written : null
  const isReadable = text?.error === undefined
  const sent = (text !== null && isReadable ? text.value : draft) as Draft
  const asksNothing = model?.capabilities.text === false
  const isSaid = asksNothing || draft.request.prompt.trim() !== ""
  const check = useCheck(sent, isReadable && (text !== null || isSaid))

  return {
    draft,
    model,
    models: models.data ?? [],
    text,
    sent,
    isReadable,
    /** Whether the model draws without a prompt. */
    asksNothing,
    /** Whether the model knows what to draw. */
    isSaid,
    problem: check.error && isReadable ? problemOf(check.error) : undefined,
    isChecked: check.isSuccess && isReadable,
    setDraft: setStored,
    write: ({ text: next, value, error }: Omit<Written, "over">) => {
      const isShown = error === undefined && isFormShaped(value)
      if (isShown) setStored(value)
      setWritten({ text: next, value, ...(error === undefined ? {} : { error }), over: JSON.stringify(isShown ? value : stored) })
    },
  }
}

export function useSettled<T>(value: T, delay: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => { setSettled(value) }, delay)
    return () => { clearTimeout(timer) }
  }, [value, delay])
  return settled
}

/** The lab's word on settings, once the typing rests. */
export function useCheck(sent: unknown, enabled: boolean) {
  const lab = useLab()
  const wanted = JSON.stringify(sent)
  const text = useSettled(wanted, 250)
  return useQuery({
    queryKey: ["check", text],
    queryFn: () => lab.checkConfig(JSON.parse(text)),
    enabled: enabled && text === wanted,
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}
