"""Taste profiles: told by earlier sessions in the same space, edited by the person, taken by value, seen to act."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.models import AnalyticModel
from pilotage.preferences.laplace_gp import Taste
from pilotage.samplers import SAMPLERS, View
from pilotage.sessions.consistency import session_findings
from pilotage.sessions.history import judgements_of, posterior_of
from pilotage.sessions.pooling import no_opinion
from pilotage.sessions.taste_settings import Opinion, TasteSettings, edit, settings_of
from pilotage.sessions.taste_taking import guess_of
from pilotage.sessions.tastes import profile_of
from pilotage.spaces import Region
from pilotage.store import SessionRow

SPACE = Region(5)
IDEAL = np.array([0.0, 0.0, 0.0, 0.6, 0.0])


def lived(steer: Any, ideal: Any = IDEAL, rounds: int = 6, **more: Any) -> Any:
    """A session whose person always picks what is nearest to `ideal`; cheap, since it was steered without a belief."""
    session = steer(sampler="local", preference_model="winner_copy", **more)
    for _ in range(rounds):
        shown = session.step()
        away = [np.linalg.norm(np.array(candidate.z) - ideal) for candidate in shown.candidates]
        session.pick(int(np.argmin(away)))
    return session


def space_of(session: Any) -> str:
    return session.view.space_fingerprint


def told_by(lab: Any, session: Any, type_: str) -> list[Any]:
    return [event.data for event in lab.store.events(topic=session.id) if event.type == type_]


@pytest.fixture
def three(steer: Any) -> list[Any]:
    return [lived(steer, seed=seed) for seed in (1, 2, 3)]


def test_a_profile_tells_where_the_sessions_of_its_space_pointed(lab: Any, three: Any) -> None:
    profile = profile_of(lab.store, space_of(three[0]))
    warmth = profile.axes[3]
    assert (warmth.axis.name, profile.prompt) == ("cool ↔ warm", "a disc")
    assert warmth.low < warmth.mean < warmth.high
    assert warmth.mean > 0.2
    assert warmth.mean > 2 * max(abs(axis.mean) for axis in profile.axes if axis is not warmth)
    assert {one.id for one in profile.sessions if one.counts} == {session.id for session in three}
    assert all(one.ideal[3] > 0.2 for one in profile.sessions)
    assert profile.agreement > 0.5


def test_a_space_in_which_nobody_answered_has_no_profile(lab: Any, steer: Any) -> None:
    session = steer()
    session.step()
    with pytest.raises(NotFoundError):
        profile_of(lab.store, space_of(session))


def test_sessions_in_another_space_tell_nothing_here(lab: Any, steer: Any, three: Any) -> None:
    before = profile_of(lab.store, space_of(three[0]))
    lab.catalog.add(AnalyticModel(4, ref="four"))
    other = lived(steer, IDEAL[:4], model="four")
    assert space_of(other) != space_of(three[0])
    assert profile_of(lab.store, space_of(three[0])) == before


def test_of_a_session_and_its_branches_one_counts(lab: Any, three: Any) -> None:
    before = profile_of(lab.store, space_of(three[0]))
    lab.branch(three[0].id, three[0].view.round_views[2].id)
    profile = profile_of(lab.store, space_of(three[0]))
    assert sum(one.counts for one in profile.sessions) == 3
    assert [one.why for one in profile.sessions if not one.counts] == ["a branch with more answers tells the same"]
    assert profile.taste == before.taste


def test_a_session_that_is_left_out_counts_no_more_and_its_branch_takes_its_place(lab: Any, three: Any) -> None:
    space = space_of(three[0])
    whole = profile_of(lab.store, space)
    change(lab, space, TasteSettings(excluded=(three[0].id,)))
    profile = profile_of(lab.store, space)
    assert {one.id for one in profile.sessions if one.counts} == {session.id for session in three[1:]}
    assert profile.axes[3].mean < whole.axes[3].mean
    branch = lab.branch(three[0].id, three[0].view.round_views[2].id)
    assert branch.id in {one.id for one in profile_of(lab.store, space).sessions if one.counts}


def test_the_weight_goes_from_no_opinion_to_all_that_was_told(lab: Any, three: Any) -> None:
    space, means = space_of(three[0]), []
    for weight in (0.0, 0.5, 1.0):
        change(lab, space, TasteSettings(weight=weight))
        taste = profile_of(lab.store, space).taste
        means.append(taste.mean[3])
        if weight == 0:
            assert taste.mean == (0.0,) * 5
            assert taste.sd == pytest.approx([no_opinion(SPACE)] * 5)
    assert means[0] < means[1] < means[2]


def test_the_persons_own_word_on_an_axis_holds_and_no_opinion_is_one(lab: Any, three: Any) -> None:
    space = space_of(three[0])
    change(lab, space, TasteSettings(axes={"cool ↔ warm": Opinion(mean=-0.5, sd=0.1), "low ↔ high": Opinion()}))
    profile = profile_of(lab.store, space)
    assert (profile.taste.mean[3], profile.taste.sd[3]) == pytest.approx((-0.5, 0.1))
    assert (profile.taste.mean[1], profile.taste.sd[1]) == pytest.approx((0.0, no_opinion(SPACE)))
    assert profile.axes[3].told_mean > 0.1
    change(lab, space, TasteSettings())
    assert profile_of(lab.store, space).taste.mean[3] > 0.1


@pytest.mark.parametrize(
    ("settings", "field"),
    [(TasteSettings(excluded=("ses_x",)), "excluded"), (TasteSettings(axes={"soft": Opinion()}), "axes.soft")],
)
def test_edits_of_what_is_not_there_are_refused_and_change_nothing(
    lab: Any, three: Any, snapshot: Any, settings: TasteSettings, field: str
) -> None:
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError) as refused:
        change(lab, space_of(three[0]), settings)
    assert refused.value.field == field
    assert snapshot(lab.store) == before


def change(lab: Any, space: str, settings: TasteSettings) -> None:
    profile = profile_of(lab.store, space)
    names = [axis.axis.name for axis in profile.axes]
    edit(lab.ports, space, settings, axes=names, sessions=[one.id for one in profile.sessions])
    assert settings_of(lab.store, space) == settings


def test_a_session_takes_the_profile_by_value_shows_its_guess_and_forecasts_by_it(
    lab: Any, steer: Any, three: Any
) -> None:
    change(lab, space_of(three[0]), TasteSettings(axes={"cool ↔ warm": Opinion(mean=0.5, sd=0.15)}))
    taste = profile_of(lab.store, space_of(three[0])).taste
    plain, tasted = steer(seed=9), steer(seed=9, taste="profile")
    assert [c.role for c in plain.step().candidates][:2] == ["baseline", None]
    tasted.step()
    assert tasted.view.config["preference_model"]["taste"] == taste.model_dump(mode="json")
    assert plain.view.config["preference_model"]["taste"] is None
    assert told_by(lab, tasted, "session.taste_taken")[0]["sessions"] == 3
    told = tasted.pick(0)
    guess = told.candidates[1]
    assert guess.role == "taste"
    assert guess.z == pytest.approx(list(taste.mean))
    forecasts = [candidate.forecast["p_best"] for candidate in told.candidates]
    assert max(forecasts) == forecasts[1] > 0.4
    assert forecasts[1] > forecasts[0] + 0.1
    assert guess.forecast["mean"] > 0


def test_what_was_taken_stays_whatever_the_profile_becomes(lab: Any, steer: Any, three: Any) -> None:
    tasted = steer(seed=9, taste="profile")
    tasted.step()
    tasted.pick(1)
    taken = tasted.view.config["preference_model"]["taste"]
    lived(steer, -IDEAL, seed=4)
    tasted.step()
    assert tasted.view.config["preference_model"]["taste"] == taken
    again = steer(**{**tasted.view.config, "seed": 9})
    again.step()
    assert places(again.view.round_views[0]) == places(tasted.view.round_views[0])
    child = lab.branch(tasted.id)
    assert child.config["preference_model"]["taste"] == taken
    assert not session_findings(lab.store, lab.store.get(SessionRow, tasted.id), set())


def places(round_: Any) -> list[Any]:
    return [(c.slot, c.z, c.seed, c.artifact) for c in round_.candidates]


def test_later_rounds_are_proposed_from_the_taste_too(lab: Any, steer: Any, three: Any) -> None:
    session = steer(seed=9)
    session.step()
    session.pick(0)
    plain = lab.store.get(SessionRow, session.id)
    taste = profile_of(lab.store, space_of(three[0])).taste.model_dump()
    model = {**plain.config["preference_model"], "taste": taste}
    tasted = plain.model_copy(update={"config": {**plain.config, "preference_model": model}})
    warmth = [proposed_after_the_same_answers(lab, row)[:, 3].mean() for row in (plain, tasted)]
    assert warmth[1] > warmth[0] + 0.1


def proposed_after_the_same_answers(lab: Any, row: SessionRow) -> Any:
    history = judgements_of(lab.store, row)
    view = View(SPACE, posterior_of(row, history), history, 2)
    return SAMPLERS.build("trust_region").propose(view, n=4, rng=np.random.default_rng(0)).u


def test_without_earlier_sessions_the_taste_is_none_and_the_session_says_so(lab: Any, steer: Any) -> None:
    session = steer(taste="profile")
    session.step()
    assert session.view.config["preference_model"]["taste"] is None
    assert told_by(lab, session, "session.taste_taken") == [
        {"session_id": session.id, "space": space_of(session), "sessions": 0, "taste": None}
    ]


def test_a_session_of_two_pictures_keeps_a_place_for_the_new(steer: Any, three: Any) -> None:
    shown = steer(seed=9, taste="profile", candidates=2).step()
    assert len(shown.candidates) == 2


def test_a_model_that_knows_no_taste_refuses_it(steer: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        steer(taste="profile", preference_model="winner_copy")
    assert refused.value.field == "taste"


@pytest.mark.parametrize(
    ("mean", "guess"), [((0.1, 0.0, 0.1), None), ((0.5, 0.0, 0.0), [0.5, 0, 0]), ((3.0, 0.0, 4.0), [0.6, 0, 0.8])]
)
def test_only_a_clear_taste_takes_a_pictures_place_and_it_lies_in_the_region(mean: Any, guess: Any) -> None:
    found = guess_of(Taste(mean=mean, sd=(0.3, 0.3, 0.3)), Region(3))
    assert (found is None) if guess is None else found == pytest.approx(guess)
