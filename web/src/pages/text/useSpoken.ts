import { useCallback, useEffect, useRef, useState } from "react"
import { language, type Speaking } from "../../client/language"
import { problemOf } from "../../client/problem"
import type { Problem } from "../../client/types"

export interface Spoken {
  text: string
  /** How it ended; null while it is being written. */
  finish: string | null
  /** Why it failed, if it did. */
  error: string
}

const WRITING: Spoken = { text: "", finish: null, error: "" }

/** Answers side by side, as they grow; they are not kept, and end when the page is left. */
export function useSpoken() {
  const [spoken, setSpoken] = useState<Spoken[]>([])
  const [problem, setProblem] = useState<Problem | null>(null)
  const running = useRef<AbortController | null>(null)
  const stop = useCallback(() => {
    running.current?.abort()
    setSpoken((all) => all.map((one) => (one.finish === null ? { ...one, finish: "cancelled" } : one)))
  }, [])
  const start = useCallback(async (asked: Speaking) => {
    running.current?.abort()
    const mine = new AbortController()
    running.current = mine
    setProblem(null)
    setSpoken(asked.variants.map(() => WRITING))
    try {
      for await (const { variant, text, finish, content, error } of language.speak(asked, mine.signal)) {
        if (variant === undefined || mine.signal.aborted) continue
        setSpoken((all) => all.map((one, i) => (i !== variant ? one : finish === undefined ? { ...one, text: one.text + (text ?? "") } : { text: content ?? one.text, finish, error: finish === "error" ? (error ?? "") : "" })))
      }
    } catch (error) {
      if (mine.signal.aborted) return
      setProblem(problemOf(error))
      setSpoken((all) => all.map((one) => (one.finish === null ? { ...one, finish: "error" } : one)))
    }
  }, [])
  useEffect(() => () => { running.current?.abort() }, [])
  return { spoken, problem, start, stop, isRunning: spoken.some(({ finish }) => finish === null) }
}
