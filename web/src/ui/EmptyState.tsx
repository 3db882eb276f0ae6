import type { ReactNode } from "react"
import { Picture } from "./icons"

/** A place where nothing is yet: what will be here, and how it comes about. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Picture size={36} />
      <strong>{title}</strong>
      <p>{children}</p>
      {action}
    </div>
  )
}
