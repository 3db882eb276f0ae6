import { describe, expect, it } from "vitest"
import type { CandidateView, RoundView, SessionView } from "../../client/types"
import { filmOf, roundMeant } from "./filmtree"
import { favouritesOf, marked } from "./useMarks"

const round = (id: string, index: number, parent: string | null, take = 0) => ({ id, index, take, parent_id: parent, candidates: [] }) as unknown as RoundView
const places = (round_views: RoundView[], superseded: RoundView[]) =>
  Object.fromEntries(filmOf({ round_views, superseded }).map(({ round: { id }, column, row, from }) => [id, [column, row, from]]))

describe("the film as a tree", () => {
  it("what was set aside hangs below the round that it followed, and goes on in its row", () => {
    const told = places(
      [round("a", 1, null), round("b", 2, "a"), round("c2", 3, "b", 1)],
      [round("c", 3, "b"), round("d", 4, "c"), round("e", 5, "d")],
    )
    expect(told).toEqual({ a: [0, 0, null], b: [1, 0, null], c2: [2, 0, null], c: [2, 1, 0], d: [3, 1, null], e: [4, 1, null] })
  })
  it("each take has a row of its own, and a branch of a branch begins at it", () => {
    const told = places([round("a", 1, null), round("b3", 2, "a", 2)], [round("b", 2, "a"), round("b2", 2, "a", 1), round("c", 3, "b"), round("c2", 3, "b", 1)])
    expect(told).toMatchObject({ b: [1, 1, 0], b2: [1, 2, 0], c: [2, 1, null], c2: [2, 3, 1] })
  })
  it("other pictures for the first round follow nothing", () => {
    expect(places([round("a2", 1, null, 1)], [round("a", 1, null)])).toEqual({ a2: [0, 0, null], a: [0, 1, 0] })
  })
  it("an address means the round that counts, a take, or what was set aside last", () => {
    const session = { round_views: [round("a", 1, null), round("b2", 2, "a", 1)], superseded: [round("b", 2, "a"), round("c", 3, "b")] }
    expect([roundMeant(session, 2)?.id, roundMeant(session, 2, 0)?.id, roundMeant(session, 3)?.id, roundMeant(session, 4)?.id]).toEqual(["b2", "b", "c", undefined])
  })
})

describe("marks", () => {
  const shows = (id: string, index: number, ...samples: string[]) =>
    ({ ...round(id, index, null), candidates: samples.map((sample_id) => ({ id: `${id}.${sample_id}`, sample_id, favourite: false, pinned: false }) as CandidateView) })
  const session = { round_views: [shows("a", 1, "x", "y"), shows("b", 2, "x")], superseded: [shows("c", 2, "x", "z")] } as unknown as SessionView
  it("are on the picture, wherever it is shown", () => {
    const after = marked(session, "x", { pinned: true })
    expect([...after.round_views, ...after.superseded].map(({ candidates }) => candidates.map(({ pinned }) => pinned))).toEqual([[true, false], [true], [true, false]])
  })
  it("a favourite is listed once, where it was first shown", () => {
    const after = marked(marked(session, "x", { favourite: true }), "z", { favourite: true })
    expect(favouritesOf(after).map(({ candidate }) => candidate.id)).toEqual(["a.x", "c.z"])
  })
})
