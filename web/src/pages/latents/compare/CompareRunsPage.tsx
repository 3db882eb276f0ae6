/** Two runs on the same pictures. */
export function CompareRunsPage() {
  return <h1>Compare runs</h1>
}
