import { Link, useRouter } from "@tanstack/react-router"
import { problemOf } from "../client/problem"
import { EmptyState } from "../ui/EmptyState"
import { Problem } from "../ui/Problem"

export function NotFound() {
  return (
    <div className="page narrow">
      <EmptyState title="There is no such page" action={<Link to="/" className="button primary">Go to Home</Link>}>
        The address may be old or mistyped. Your sessions are all on Home.
      </EmptyState>
    </div>
  )
}

/** A page that failed while it was drawn; everything stored is safe. */
export function Crashed({ error }: { error: unknown }) {
  const router = useRouter()
  return (
    <div className="page narrow">
      <Problem problem={problemOf(error)} retryLabel="Load the page again" onRetry={() => void router.invalidate()} />
    </div>
  )
}
