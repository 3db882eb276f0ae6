/** The map of a run's latent space. */
export function ExplorePage() {
  return <h1>Explore</h1>
}
