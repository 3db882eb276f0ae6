const MOST_MS = 1e9 // what the server takes; a page that was left open for longer measured no decision

/** Milliseconds since `seenAt` (ms since 1970); null where that is not known: a clock was set back, or days went by. */
export function msSince(seenAt: number | null, now = Date.now()): number | null {
  const ms = seenAt === null ? -1 : now - seenAt
  return ms >= 0 && ms <= MOST_MS ? ms : null
}
