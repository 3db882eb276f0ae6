"""A favourite that stands makes a round look elsewhere, if something may be there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.preferences import PREFERENCE_MODELS, Posterior
from pilotage.preferences.stopping import doubting
from pilotage.samplers import SAMPLERS, Proposals, View
from pilotage.sessions.events import RoundProposed
from pilotage.sessions.stagnation import ROLE, widened
from pilotage.spaces import Region
from pilotage.store import RoundRow, SessionRow

BALL = Region(4)
MODEL = PREFERENCE_MODELS.build("laplace_gp")


def view_after(stood: int) -> View:
    """What is known after a favourite has stood so many rounds against rivals close by."""
    rng = np.random.default_rng(1)
    best, history = Item("best", "best", (0.3, 0.0, 0.0, 0.0)), list[Judgement]()
    for turn in range(stood + 1):
        near = np.array(best.u) + 0.2 * BALL.sample(2, rng=rng)
        rivals = [Item(f"{turn}.{i}", f"{turn}.{i}", tuple(u)) for i, u in enumerate(near.tolist())]
        history.append(Judgement((best, *rivals), Ranking(order=("best",))))
    return View(BALL, MODEL.fold(BALL, history), tuple(history), len(history) + 1)


def proposed(view: View, n: int = 3) -> Proposals:
    return SAMPLERS.build("trust_region").propose(view, n=n, rng=np.random.default_rng(0))


def look(view: View, proposals: Proposals, patience: int = 4) -> Proposals:
    def doubt() -> Posterior:
        return doubting(MODEL).fold(BALL, view.history)

    return widened(view, proposals, patience=patience, doubt=doubt, rng=np.random.default_rng(5))


def test_before_the_patience_is_over_nothing_is_touched() -> None:
    view = view_after(3)
    proposals = proposed(view)
    assert look(view, proposals) is proposals
    assert look(view_after(6), proposals, patience=0) is proposals


@pytest.mark.parametrize("n", [1, 3, 8])
def test_then_one_place_in_three_lies_far_from_all_that_was_shown_and_says_why(n: int) -> None:
    view = view_after(4)
    found = look(view, proposed(view, n))
    elsewhere = found.u[[i for i, role in enumerate(found.roles) if role == ROLE]]
    assert len(elsewhere) == max(1, n // 3)
    assert len(found.u) == n
    assert BALL.contains(found.u)
    gaps = np.linalg.norm(elsewhere[:, None] - view.shown[None], axis=2)
    assert gaps.min() > np.linalg.norm(proposed(view, n).u - view.centre, axis=1).max() / 2
    assert gaps.min() > 0.4
    escape = found.state["escape"]
    assert (escape["stood"], escape["widened"]) == (4, True)
    assert 0 < escape["gain"] < 1
    assert "elsewhere" in escape["reason"]
    assert found.metadata[-1]["distance_to_nearest_shown"] == pytest.approx(gaps.min(axis=1)[-1])


def test_what_promises_most_close_by_is_not_elsewhere() -> None:
    view = view_after(4)

    class Near:
        """Likes what is near the favourite best, and everything better than it."""

        def draw(self, u: Any, n: int, *, rng: Any) -> Any:
            return np.tile(10.0 - np.linalg.norm(u - view.centre, axis=1), (n, 1)) + rng.random((n, len(u)))

    found = widened(view, proposed(view), patience=4, doubt=Near, rng=np.random.default_rng(0))  # type: ignore[arg-type]
    far = found.u[list(found.roles).index(ROLE)]
    assert np.linalg.norm(view.shown - far, axis=1).min() > 0.4


def test_places_on_a_map_stay_on_it() -> None:
    view = view_after(5)
    sheet = SAMPLERS.build("plane").propose(view, n=8, rng=np.random.default_rng(0))
    assert look(view, sheet) is sheet


def test_where_nothing_better_is_expected_it_says_so_and_looks_on_as_before() -> None:
    view = view_after(4)

    class Sure:
        """Knows that nothing beats the favourite."""

        def draw(self, u: Any, n: int, *, rng: Any) -> Any:
            return -1.0 - rng.random((n, len(u)))

    proposals = proposed(view)
    found = widened(view, proposals, patience=4, doubt=Sure, rng=np.random.default_rng(0))  # type: ignore[arg-type]
    assert found.roles == proposals.roles
    np.testing.assert_array_equal(found.u, proposals.u)
    assert (found.state["escape"]["widened"], found.state["escape"]["gain"]) == (False, 0.0)


def stand(session: Any, rounds: int) -> Any:
    """Pick the second picture once, and then the best so far again and again; the round after."""
    for turn in range(rounds):
        session.step()
        session.pick(0 if turn else 1)
    return session.step()


def test_a_session_looks_elsewhere_and_keeps_the_reason_with_the_round(steer: Any, lab: Any) -> None:
    session = steer(stagnation_patience=2)
    last = stand(session, 3)
    assert last.sampler_state is None
    told = session.pick(0)
    assert [one.role for one in told.candidates].count(ROLE) == 1
    assert told.sampler_state["escape"]["stood"] == 2
    events = [event for event in lab.store.events(after=0, limit=10_000) if event.type == RoundProposed.type]
    assert events[-1].data["sampler_state"]["escape"] == told.sampler_state["escape"]


def test_a_session_that_is_older_than_the_setting_goes_on_as_it_was(steer: Any, lab: Any) -> None:
    ours, older, off = (steer(stagnation_patience=patience) for patience in (2, 2, 0))
    with lab.store.transaction() as tx:
        row = tx.get(SessionRow, older.id)
        tx.put(row.model_copy(update={"config": {k: v for k, v in row.config.items() if k != "stagnation_patience"}}))
    states = [lab.store.get(RoundRow, stand(session, 3).id).sampler_state for session in (ours, older, off)]
    assert ["escape" in state for state in states] == [True, False, False]
    assert states[1] == states[2]
