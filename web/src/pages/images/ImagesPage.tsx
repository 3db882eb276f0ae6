import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { keys } from "../../client/queries"
import { EmptyState } from "../../ui/EmptyState"
import { Problem } from "../../ui/Problem"
import { useImport } from "../report/useImport"
import { ChosenBar } from "./ChosenBar"
import { filterOf, type Wanted } from "./filter"
import { Filters } from "./Filters"
import "./images.css"
import { SessionGrid } from "./SessionGrid"
import { useChosen } from "./useChosen"

/** All image sessions, newest first; the address keeps what is looked for. */
export function ImagesPage() {
  const wanted = useSearch({ from: "/images" })
  const navigate = useNavigate({ from: "/images" })
  const sessions = useFound(wanted)
  const chosen = useChosen()
  const arrival = useImport()
  const items = sessions.data?.pages.flatMap((page) => page.items) ?? []
  const isFiltered = Object.keys(wanted).length > 0
  const look = (next: Wanted, isTyping = false) => { void navigate({ search: next, replace: isTyping }) }
  return (
    <div className="page">
      <div className="page-head">
        <h1>Image sessions</h1>
        <span className="grow" />
        <Link to="/trash" className="button quiet">Trash</Link>
        {arrival.button}
        <Link to="/new" className="button primary">New session</Link>
      </div>
      {arrival.fault}
      <Filters wanted={wanted} onChange={look} />
      {sessions.isError && <Problem problem={problemOf(sessions.error)} onRetry={() => void sessions.refetch()} />}
      {sessions.isSuccess && items.length === 0 && !sessions.hasNextPage && (isFiltered ? <NothingFound onClear={() => { look({}) }} /> : <NothingYet />)}
      <SessionGrid sessions={items} chosen={chosen} />
      {sessions.hasNextPage && (
        <div className="row centre more">
          <button type="button" className="button" disabled={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
            Show older
          </button>
        </div>
      )}
      <ChosenBar chosen={chosen} />
    </div>
  )
}

function useFound(wanted: Wanted) {
  const lab = useLab()
  return useInfiniteQuery({
    queryKey: [...keys.sessions, "found", wanted],
    queryFn: ({ pageParam }) => lab.findSessions({ ...filterOf(wanted), limit: 24 }, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData, // what was found before stays until the new is there
  })
}

function NothingYet() {
  return (
    <EmptyState title="No session yet" action={<Link to="/new" className="button primary">Start the first</Link>}>
      A session begins with a prompt. Each round shows a few pictures; you say which is closest, and the next come nearer.
    </EmptyState>
  )
}

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState title="No session is like that" action={<button type="button" className="button" onClick={onClear}>Show all</button>}>
      All that you chose above must hold at once. The words are looked for in names and prompts; a session that you
      deleted lies in the <Link to="/trash">trash</Link> for a week.
    </EmptyState>
  )
}
