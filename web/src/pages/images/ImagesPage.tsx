import { Link } from "@tanstack/react-router"
import { problemOf } from "../../client/problem"
import { useSessions } from "../../client/queries"
import { EmptyState } from "../../ui/EmptyState"
import { Problem } from "../../ui/Problem"
import { useImport } from "../report/useImport"
import { SessionGrid } from "./SessionGrid"

/** All image sessions, newest first. */
export function ImagesPage() {
  const sessions = useSessions()
  const arrival = useImport()
  const items = sessions.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="page">
      <div className="page-head">
        <h1>Image sessions</h1>
        <span className="grow" />
        {arrival.button}
        <Link to="/new" className="button primary">New session</Link>
      </div>
      {arrival.fault}
      {sessions.isError && <Problem problem={problemOf(sessions.error)} onRetry={() => void sessions.refetch()} />}
      {sessions.isSuccess && items.length === 0 && (
        <EmptyState title="No session yet" action={<Link to="/new" className="button primary">Start the first</Link>}>
          A session begins with a prompt. Each round shows a few pictures; you say which is closest, and the next come nearer.
        </EmptyState>
      )}
      <SessionGrid sessions={items} />
      {sessions.hasNextPage && (
        <div className="row centre more">
          <button type="button" className="button" disabled={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
            Show older
          </button>
        </div>
      )}
    </div>
  )
}
