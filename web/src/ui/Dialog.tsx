import { Dialog as Radix } from "radix-ui"
import type { ReactNode } from "react"
import { Cross } from "./icons"

interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  wide?: boolean
}

export function Dialog({ title, isOpen, onClose, children, wide = false }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => { if (!open) onClose() }}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content className={wide ? "dialog wide" : "dialog"} aria-describedby={undefined}>
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
