/** Places on the screen, x and y of each point in turn; NaN where a point isn't drawn. */
export type Places = Float32Array

/** The point nearest to a place, if it lies within reach. */
export function nearestAt(places: Places, x: number, y: number, reach: number): number | null {
  let [best, least] = [-1, reach * reach]
  for (let row = 0; 2 * row < places.length; row++) {
    const [dx, dy] = [(places[2 * row] ?? NaN) - x, (places[2 * row + 1] ?? NaN) - y]
    const apart = dx * dx + dy * dy
    if (apart <= least) [best, least] = [row, apart]
  }
  return best < 0 ? null : best
}

export type Direction = readonly [x: number, y: number]
const ASIDE = 2 // how much worse a step aside is than one ahead

/** The next point in a direction, rather ahead than near; null where there is none. */
export function nextTowards(places: Places, from: number, [dx, dy]: Direction): number | null {
  const [x = 0, y = 0] = [places[2 * from], places[2 * from + 1]]
  let [best, least] = [-1, Infinity]
  for (let row = 0; 2 * row < places.length; row++) {
    const [ex, ey] = [(places[2 * row] ?? NaN) - x, (places[2 * row + 1] ?? NaN) - y]
    const ahead = ex * dx + ey * dy
    const cost = ahead + ASIDE * Math.abs(ex * dy - ey * dx)
    if (ahead > 0.5 && cost < least) [best, least] = [row, cost]
  }
  return best < 0 ? null : best
}

/** The points within an outline that was drawn, by the even-odd rule. */
export function within(places: Places, outline: readonly (readonly [number, number])[]): number[] {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const rows: number[] = []
  for (let row = 0; 2 * row < places.length; row++) {
    const [x = NaN, y = NaN] = [places[2 * row], places[2 * row + 1]]
    if (x >= left && x <= right && y >= top && y <= bottom && isWithin(x, y, outline)) rows.push(row)
  }
  return rows
}

function isWithin(x: number, y: number, outline: readonly (readonly [number, number])[]): boolean {
  let inside = false
  outline.forEach(([ax, ay], i) => {
    const [bx, by] = outline[(i + 1) % outline.length] ?? [ax, ay]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  })
  return inside
}

/** Points on the screen none of which lies nearer than so many pixels to another, across or down; the first ones stay. */
export function spread(places: Places, apart: number, width: number, height: number): number[] {
  const across = Math.ceil(width / apart) + 2
  const taken = new Map<number, number>() // a cell holds one at most
  const rows: number[] = []
  for (let row = 0; 2 * row < places.length; row++) {
    const [x = NaN, y = NaN] = [places[2 * row], places[2 * row + 1]]
    if (!(x >= 0 && y >= 0 && x < width && y < height)) continue
    const cell = (Math.floor(y / apart) + 1) * across + Math.floor(x / apart) + 1
    const isCovered = [-across, 0, across].some((down) => [-1, 0, 1].some((right) => {
      const other = taken.get(cell + down + right)
      return other !== undefined && Math.abs((places[2 * other] ?? 0) - x) < apart && Math.abs((places[2 * other + 1] ?? 0) - y) < apart
    }))
    if (isCovered) continue
    taken.set(cell, row)
    rows.push(row)
  }
  return rows
}
