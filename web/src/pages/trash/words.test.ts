import { describe, expect, it } from "vitest"
import type { Deletion, ExperimentDeletion } from "../../client/types"
import { consequences, emptied, experimentConsequences, left, size } from "./words"

const NOW = Date.parse("2026-03-01T12:00:00Z")
const plain: Deletion = {
  session_id: "ses_1", name: "a fox", rounds: 1, answers: 2, pictures: 4, bytes: 3_400_000, shared_pictures: 0,
  shared_bytes: 0, shared_by: [], experiment: null, jobs: 0, deleted_at: null, final_at: null,
}
const experiment: ExperimentDeletion = {
  experiment_id: "exp_1", name: "foxes", sessions: [], staying: 0, rounds: 0, answers: 0, pictures: 0, bytes: 0, shared_pictures: 0,
  shared_bytes: 0, jobs: 0, deleted_at: null, final_at: null,
}

describe("what is said of a deletion", () => {
  it("says sizes in the unit that fits", () => {
    expect([999, 1500, 3_440_000].map(size)).toEqual(["999 B", "2 kB", "3.4 MB"])
  })

  it("counts the days that are left, and never promises one too many", () => {
    expect(left("2026-03-08T11:59:00Z", NOW)).toBe("6 days left")
    expect(left("2026-03-02T12:00:00Z", NOW)).toBe("1 day left")
    expect(left("2026-03-02T11:59:00Z", NOW)).toBe("less than a day left")
    expect(left("2026-03-01T11:00:00Z", NOW)).toBe("gone with the next clean")
  })

  it("says only what is so", () => {
    expect(consequences(plain)).toEqual(["1 round, 2 answers and 4 pictures go (3.4 MB)."])
  })

  it("names who keeps pictures, what it belongs to and what stops", () => {
    const shared = [{ id: "ses_2", name: "bolder", is_branch: true, pictures: 3 }]
    const told = { ...plain, shared_pictures: 3, shared_bytes: 2000, shared_by: shared, experiment: "warm", jobs: 1 }
    expect(consequences(told).slice(1)).toEqual([
      "3 pictures stay (2 kB): “bolder” shows them.",
      "Its branch stays as it is.",
      "It is part of the experiment “warm”, which will be one session shorter.",
      "1 job under way will be cancelled.",
    ])
  })

  it("says of an experiment whether its sessions go with it or stay", () => {
    expect(experimentConsequences(experiment)).toEqual(["Its name, its description and its settings go."])
    expect(experimentConsequences({ ...experiment, staying: 2 })[1]).toMatch(/^Its 2 sessions stay as they are/)
    const gone = { ...experiment, sessions: ["ses_1"], rounds: 3, answers: 2, pictures: 12, bytes: 3_400_000, shared_pictures: 1, shared_bytes: 2000, jobs: 1 }
    expect(experimentConsequences(gone).slice(1)).toEqual([
      "1 session goes with it: 3 rounds, 2 answers and 12 pictures (3.4 MB).",
      "1 picture stays (2 kB): other sessions show it.",
      "1 job under way will be cancelled.",
    ])
  })

  it("says what emptying the trash takes", () => {
    expect(emptied([plain, plain], [experiment])).toBe("2 sessions (6.8 MB) and 1 experiment go for good and cannot be restored then.")
    expect(emptied([], [experiment])).toBe("1 experiment goes for good and cannot be restored then.")
  })
})
