import type { ReactNode } from "react"

interface SpecimenProps {
  name: string
  /** When to use it, in one line. */
  when: string
  children: ReactNode
}

/** One component: its name, when to use it, and its states. */
export function Specimen({ name, when, children }: SpecimenProps) {
  const id = `design-${name.replace(/\W+/g, "-")}`
  return (
    <article className="specimen" id={id} aria-labelledby={`${id}-name`}>
      <header>
        <h3 id={`${id}-name`}>{name}</h3>
        <p className="soft small">{when}</p>
      </header>
      <div className="states">{children}</div>
    </article>
  )
}

/** One state of a component. */
export function State({ of, children, wide = false }: { of: string; children: ReactNode; wide?: boolean }) {
  return (
    <div className={wide ? "state wide" : "state"}>
      {children}
      <span className="state-name">{of}</span>
    </div>
  )
}
