/** A picture on its way through the network. */
export function NetworkPage() {
  return <h1>Network</h1>
}
