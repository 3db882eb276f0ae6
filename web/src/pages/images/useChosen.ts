import { useCallback } from "react"
import { useKept } from "../../ui/storage"

export interface ChosenSession {
  id: string
  name: string
  artifact: string | null
}

export interface Chosen {
  sessions: readonly ChosenSession[]
  toggle: (session: ChosenSession) => void
  clear: () => void
}

const NONE: readonly ChosenSession[] = []

/** Sessions that were ticked, from whatever page of the list; they stay so until the tab is closed. */
export function useChosen(place = "images"): Chosen {
  const [sessions, setSessions] = useKept(sessionStorage, `chosen.${place}`, NONE)
  const clear = useCallback(() => { setSessions(NONE) }, [setSessions])
  const toggle = ({ id, name, artifact }: ChosenSession) => {
    const others = sessions.filter((one) => one.id !== id)
    setSessions(others.length < sessions.length ? others : [...sessions, { id, name, artifact }])
  }
  return { sessions, toggle, clear }
}
