"""How steady a person is, told from sets that came again: agreement, noise and slips, each with its band."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from scipy.stats import beta

from pilotage.cli.main import main
from pilotage.sessions.repeats import repeat_of
from pilotage.simulation import steadiness
from pilotage.simulation.steadiness import Steadiness, _share_of
from pilotage.store import RoundRow

LIKED = 0  # the place of what is liked best, by the last axis


def steered(steer: Any, rounds: int, places: Callable[[bool, int], int], *, until: int = 50, **config: Any) -> Any:
    """A session of a person who picks the n-th of what they like; `places(is_again, index)` gives n.

    It ends after so many rounds, or sooner when so many sets came again.
    """
    session = steer(candidates=4, dimension=2, **config)
    seen = set[Any]()
    for index in range(rounds):
        round_ = session.step()
        samples = {candidate.sample_id for candidate in round_.candidates}
        liked = sorted(round_.candidates, key=lambda candidate: -candidate.z[-1])
        session.pick(liked[places(samples <= seen, index)].slot)
        seen |= samples
        agreed = session.view.agreement
        if agreed and agreed.repeats >= until:
            break
    return session


def test_without_repeats_nothing_is_told_and_why_is_said(steer: Any, lab: Any) -> None:
    plain = lab.get_steadiness(steered(steer, 4, lambda again, index: LIKED).id)
    assert (plain.answers, plain.repeats, plain.offered) == (4, 0, False)
    assert plain.agreement is plain.temperature is plain.lapse is None
    assert "never shows a set again" in plain.sentence
    begun = lab.get_steadiness(steer(repeats=4).id)
    assert "it takes 3 sets that come again, and so far none has" in begun.sentence


def test_a_repeat_that_waits_for_its_answer_is_not_betrayed(steer: Any, lab: Any) -> None:
    session = steer(repeats=4)
    for _ in range(12):
        before = lab.get_steadiness(session.id)
        waiting = session.step()
        if repeat_of(lab.store.get(RoundRow, waiting.id)):
            assert lab.get_steadiness(session.id) == before
            break
        session.pick(0)
    else:
        raise AssertionError("no set came again")
    session.pick(0)
    assert lab.get_steadiness(session.id).repeats == before.repeats + 1


def test_who_wavers_and_turns_round_on_repeats_is_found_less_steady_than_who_does_not(steer: Any, lab: Any) -> None:
    steady, wavering = (
        lab.get_steadiness(steered(steer, 60, places, until=steadiness.FEWEST, repeats=4).id)
        for places in (lambda again, index: LIKED, lambda again, index: 1 if again else index % 2)
    )
    assert steady.repeats == wavering.repeats == steadiness.FEWEST
    assert steady.same == steady.repeats
    assert wavering.same < wavering.repeats
    assert steady.agreement.low > wavering.agreement.value
    assert wavering.noise.value > 2 * steady.noise.value
    assert f"the same in {wavering.same} of {wavering.repeats} sets" in wavering.sentence


@pytest.mark.parametrize(("same", "of"), [(0, 3), (3, 3), (4, 9)])
def test_the_band_of_a_share_is_that_of_its_posterior(same: int, of: int) -> None:
    posterior, told = beta(same + 0.5, of - same + 0.5), _share_of(same, of)
    assert (told.low, told.high) == pytest.approx((posterior.ppf(0.05), posterior.ppf(0.95)))
    assert told.value == pytest.approx(posterior.mean())


def test_every_band_holds_its_number(steer: Any, lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steadiness, "FEWEST", 1)
    found = lab.get_steadiness(steered(steer, 12, lambda again, index: index % 2, repeats=4).id)
    for one in (found.agreement, found.noise, found.temperature):
        assert 0 < one.low < one.value < one.high
    assert found.agreement.high < 1


def test_the_terminal_tells_the_same() -> None:
    runner = CliRunner()
    session_id = runner.invoke(main, ["new", "a disc", "--model", "analytic", "--seed", "7"]).output.strip()
    told = runner.invoke(main, ["steadiness", session_id])
    assert told.exit_code == 0, told.output
    found = Steadiness.model_validate_json(runner.invoke(main, ["steadiness", session_id, "--json"]).output)
    assert told.output.strip() == found.sentence
