import { createContext, use } from "react"
import type { LabClient } from "./lab"

export const LabContext = createContext<LabClient | null>(null)

/** The lab that the screens talk to. */
export function useLab(): LabClient {
  const lab = use(LabContext)
  if (lab === null) throw new Error("no lab above this component")
  return lab
}
