import { useEffect, useState, type ReactNode } from "react"
import { createPortal } from "react-dom"
import { Cross } from "./icons"

interface ToastProps {
  children: ReactNode
  /** One thing that can be done about it, such as taking it back. */
  action?: ReactNode
  /** How long it stays; it waits while the pointer or the focus is on it. */
  seconds?: number
  onClose: () => void
}

/** A short word after the fact. Nothing that must be read: it goes by itself. */
export function Toast({ children, action, seconds = 8, onClose }: ToastProps) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(onClose, seconds * 1000)
    return () => { clearTimeout(timer) }
  }, [isHeld, seconds, onClose])
  const [hold, release] = [() => { setHeld(true) }, () => { setHeld(false) }]
  return createPortal(
    <div className="toast" role="status" onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      <span>{children}</span>
      {action}
      <button type="button" className="button quiet icon" aria-label="Dismiss" onClick={onClose}><Cross /></button>
    </div>,
    document.body, // above whatever it was said in
  )
}
