/** Choose pictures and knobs, and launch a run. */
export function LaunchPage() {
  return <h1>Latents</h1>
}
