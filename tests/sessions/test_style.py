"""Style calibration: a round 0 of probes, one shortlist, and a belief that all later rounds have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import View
from pilotage.sessions.consistency import session_findings
from pilotage.sessions.history import judgements_of, posterior_of
from pilotage.sessions.style import REACH, StyleProbes
from pilotage.spaces import Region
from pilotage.store import SessionRow

PROBES = 15


def keep(session: Any, *slots: int, **more: Any) -> Any:
    names = [session.last().candidates[slot].id for slot in slots]
    return session.answer({"kind": "shortlist", "kept": names, "favourite": names[0]}, index=0, **more)


def picked_by_warmth(session: Any, sign: int) -> Any:
    """Keep the five probes that lie farthest along one side of the fourth axis, the farthest as the favourite."""
    session.step()
    warmth = [sign * candidate.z[3] for candidate in session.last().candidates]
    return keep(session, *np.argsort(warmth)[::-1][:5])


def posterior_after(lab: Any, session: Any) -> Any:
    row = lab.store.get(SessionRow, session.id)
    return posterior_of(row, judgements_of(lab.store, row))


def places(round_: Any) -> list[Any]:
    return [(c.slot, c.role, c.z, c.seed, c.artifact, c.forecast) for c in round_.candidates]


def test_a_session_may_begin_with_a_round_0_of_probes_that_takes_a_shortlist(steer: Any) -> None:
    session = steer(style_probes=PROBES, candidates=3, query_kinds=["ranking"])
    shown = session.step()
    assert (shown.index, len(shown.candidates), shown.query_kinds) == (0, PROBES, ["shortlist", "undecided"])
    told = keep(session, 4, 2, 9)
    assert {candidate.role for candidate in told.candidates} == {"probe"}
    assert session.view.incumbent_id == told.candidates[4].id
    following = session.step()
    assert (following.index, len(following.candidates), following.query_kinds) == (1, 3, ["ranking"])
    assert following.candidates[0].carried_from == told.candidates[4].id


def test_without_being_asked_for_there_is_no_round_0(steer: Any) -> None:
    assert steer().step().index == 1


@pytest.mark.parametrize("region", [Region(1), Region(2), Region(5), Region(12), Region(3, "box")])
def test_probes_lie_within_reach_far_from_each_other_and_from_the_prompt(region: Region) -> None:
    belief = PREFERENCE_MODELS.build("laplace_gp").fold(region, ())
    found = StyleProbes().propose(View(region, belief, (), 1), n=PROBES, rng=np.random.default_rng(3))
    assert (region.size(found.u) <= REACH + 1e-9).all()
    places = np.vstack([np.zeros(region.dim), found.u])
    gaps = np.linalg.norm(places[:, None] - places, axis=2)[np.triu_indices(PROBES + 1, 1)]
    chance = [_least_gap(REACH * region.sample(PROBES, rng=np.random.default_rng(seed))) for seed in range(100)]
    assert gaps.min() > np.max(chance)


def _least_gap(u: Any) -> float:
    places = np.vstack([np.zeros(u.shape[1]), u])
    return float(np.linalg.norm(places[:, None] - places, axis=2)[np.triu_indices(len(places), 1)].min())


def test_the_picks_raise_the_belief_where_they_lie(steer: Any, lab: Any) -> None:
    session = steer(style_probes=PROBES)
    told = picked_by_warmth(session, 1)
    kept = [candidate.id in told.answer.answer["kept"] for candidate in told.candidates]
    u = np.array([candidate.z for candidate in told.candidates])
    mean, _ = posterior_after(lab, session).mean_cov(u)
    assert mean[kept].mean() > mean[np.logical_not(kept)].mean() + 1.0
    ideal, _ = posterior_after(lab, session).ideal()
    assert ideal[3] > 0.2


def test_round_1_honours_what_was_picked(steer: Any) -> None:
    found = {}
    for sign in (1, -1):
        session = steer(style_probes=PROBES, sampler="trust_region")
        picked_by_warmth(session, sign)
        session.step()
        told = session.pick(0)
        assert told.sampler_state["gains"], "steps around the favourite alone would leave the other picks out"
        found[sign] = np.array([candidate.z for candidate in told.candidates[1:]])
    assert (found[1][:, 3] > 0).all()
    assert (found[-1][:, 3] < 0).all()


def test_the_same_seed_and_picks_give_the_same_rounds_bit_by_bit(steer: Any, lab: Any) -> None:
    rounds = []
    for _ in range(2):
        session = steer(style_probes=PROBES)
        picked_by_warmth(session, 1)
        session.step()
        session.pick(1)
        rounds.append([places(round_) for round_ in session.view.round_views])
    assert rounds[0] == rounds[1]
    branch = lab.branch(session.id, session.view.round_views[1].id)
    assert [round_.index for round_ in branch.round_views] == [0, 1]
    assert not session_findings(lab.store, lab.store.get(SessionRow, branch.id), set())


def test_a_style_calibration_can_be_taken_back_and_given_again(steer: Any, lab: Any) -> None:
    session = steer(style_probes=PROBES)
    first = picked_by_warmth(session, 1)
    session.step()
    lab.undo(session.id)  # nothing but the style calibration is answered
    assert [(r.index, r.state) for r in session.view.round_views] == [(0, "awaiting")]
    again = keep(session, 0, 1, 2)
    assert [c.artifact for c in again.candidates] == [c.artifact for c in first.candidates]
    assert session.step().candidates[0].carried_from == again.candidates[0].id
    assert not session_findings(lab.store, lab.store.get(SessionRow, session.id), set())


@pytest.mark.parametrize("slots", [(), tuple(range(PROBES))])
def test_keeping_none_or_all_tells_nothing_and_is_refused(steer: Any, snapshot: Any, lab: Any, slots: Any) -> None:
    session = steer(style_probes=PROBES)
    session.step()
    before = snapshot(lab.store)
    names = [session.last().candidates[slot].id for slot in slots]
    with pytest.raises(InvalidInputError) as refused:
        session.answer({"kind": "shortlist", "kept": names})
    assert refused.value.field == "answer.kept"
    assert snapshot(lab.store) == before


def test_whoever_likes_none_says_so_and_goes_on(steer: Any) -> None:
    session = steer(style_probes=PROBES)
    session.step()
    session.answer({"kind": "undecided", "why": "bad"}, index=0)
    following = session.step()
    assert (following.index, following.candidates[0].role) == (1, "baseline")


def test_other_ways_of_answering_wait_for_round_1(steer: Any) -> None:
    session = steer(style_probes=PROBES)
    session.step()
    with pytest.raises(InvalidInputError) as refused:
        session.pick(0)
    assert refused.value.field == "answer.kind"


@pytest.mark.parametrize("probes", [-1, 1, 2, 17, 3.5, True])
def test_a_number_of_probes_that_cannot_be_is_refused(steer: Any, probes: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        steer(style_probes=probes)
    assert refused.value.field == "style_probes"


def test_a_style_calibration_is_told_carried_away_and_opened_elsewhere(
    steer: Any, lab: Any, new_lab: Any, tmp_path: Any
) -> None:
    session = steer(style_probes=PROBES)
    told = picked_by_warmth(session, 1)
    session.step()
    session.pick(1)
    chapters = lab.report(session.id).chapters
    assert [(chapter.index, chapter.asked, len(chapter.pictures)) for chapter in chapters] == [
        (0, "shortlist", PROBES), (1, "ranking", 4),
    ]  # fmt: skip
    lab.bundle(session.id, tmp_path / "session.zip")
    there = new_lab().import_bundle(tmp_path / "session.zip")
    assert [round_.index for round_ in there.round_views] == [0, 1]
    assert len(there.round_views[0].answer.answer["kept"]) == len(told.answer.answer["kept"])
