import { keep, readKept, useKept } from "../../ui/storage"

const NAME = "text.drafts"
type Drafts = Record<string, string>

/** What is typed and not heard yet, by conversation; it outlives a reload. */
export function useDrafts() {
  const [drafts, setDrafts] = useKept<Drafts>(sessionStorage, NAME, {})
  return {
    of: (id: string) => drafts[id] ?? "",
    write: (id: string, text: string) => { setDrafts(({ [id]: before, ...rest }) => (void before, text === "" ? rest : { ...rest, [id]: text })) },
    move: (from: string, to: string) => {
      keep(sessionStorage, NAME, moved(readKept(sessionStorage, NAME, {}), from, to)) // the page may have been left
      setDrafts((all) => moved(all, from, to))
    },
    /** It was heard: what is typed there since then stays. */
    clear: (id: string, sent: string) => {
      keep(sessionStorage, NAME, without(readKept(sessionStorage, NAME, {}), id, sent)) // the page may have been left
      setDrafts((all) => without(all, id, sent))
    },
  }
}

function moved(drafts: Drafts, from: string, to: string): Drafts {
  const { [from]: text = "", ...rest } = drafts
  return { ...rest, [to]: text }
}

function without(drafts: Drafts, id: string, sent: string): Drafts {
  return Object.fromEntries(Object.entries(drafts).filter(([at, text]) => at !== id || text.trim() !== sent))
}

export type DraftsKept = ReturnType<typeof useDrafts>
