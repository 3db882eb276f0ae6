/** How far one coordinate may go while the others stay, in a ball of this radius. */
export function reachOf(z: number[], axis: number, radius: number): number {
  const others = z.reduce((sum, value, i) => (i === axis ? sum : sum + value * value), 0)
  return Math.sqrt(Math.max(0, radius * radius - others))
}
