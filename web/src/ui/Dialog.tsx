import { Dialog as Radix } from "radix-ui"
import { useRef, type ReactNode } from "react"
import { Cross } from "./icons"

interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  wide?: boolean
}

/** One thing in front of the page. Whoever had the focus gets it back. */
export function Dialog({ title, isOpen, onClose, children, wide = false }: DialogProps) {
  const opener = useRef<Element | null>(null)
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => { if (!open) onClose() }}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content
          className={wide ? "dialog wide" : "dialog"} aria-describedby={undefined} onOpenAutoFocus={() => { opener.current = document.activeElement }}
          onCloseAutoFocus={(event) => {
            event.preventDefault() // it knows of no trigger, and would leave the focus nowhere
            if (opener.current instanceof HTMLElement) opener.current.focus()
          }}
        >
          <header>
            <Radix.Title asChild><h2>{title}</h2></Radix.Title>
            <Radix.Close className="button quiet icon" aria-label="Close"><Cross /></Radix.Close>
          </header>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
