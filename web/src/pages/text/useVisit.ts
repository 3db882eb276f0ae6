import { useState } from "react"

/** A number for each conversation that is opened; one that begins here keeps that of the place where it was begun. */
export function useVisit(id: string | undefined, begun: string | undefined): number {
  const [visit, setVisit] = useState({ id, count: 0 })
  if (visit.id === id) return visit.count
  const isBegunHere = visit.id === undefined && id === begun
  const count = isBegunHere ? visit.count : visit.count + 1
  setVisit({ id, count })
  return count
}
