/** A run, live or as it was. */
export function RunPage() {
  return <h1>Run</h1>
}
