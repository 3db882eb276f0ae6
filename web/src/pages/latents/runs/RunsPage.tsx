/** All runs: filter, compare, delete. */
export function RunsPage() {
  return <h1>Runs</h1>
}
