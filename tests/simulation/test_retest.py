"""A session's own answers as traces: repeats tell whoever changes their mind from whoever does not."""

from __future__ import annotations

from typing import Any

from pilotage.sessions.history import judgements_of, posterior_of
from pilotage.simulation.fitting import fit
from pilotage.simulation.noise import NoiseConfig
from pilotage.simulation.retest import traces_of
from pilotage.store import SessionRow


def reversal_of(steer: Any, *, turns: bool) -> tuple[float, int]:
    """The fitted rate of turning round after 24 rounds of a judge who likes the last axis, and the repeats seen."""
    session = steer(repeats=4, candidates=4, dimension=2)
    lab, repeats = session.lab, 0
    for _ in range(24):
        round_ = session.step()
        is_again = len({c.sample_id for c in round_.candidates} & seen_before(session)) == len(round_.candidates)
        liked = sorted(round_.candidates, key=lambda c: -c.z[-1])
        repeats += is_again
        session.pick(liked[1 if is_again and turns else 0].slot)
    row = lab.store.get(SessionRow, session.id)
    judgements = judgements_of(lab.store, row)
    traces = traces_of(judgements, posterior_of(row, judgements))
    assert len(traces) == 24
    assert traces[0].favourite is None
    assert traces[-1].favourite in {item.sample for item in traces[-1].judgement.items}
    return fit(traces, free=("temperature", "reversal"), start=NoiseConfig()).noise.reversal, repeats


def seen_before(session: Any) -> set[str]:
    return {c.sample_id for view in session.view.round_views[:-1] for c in view.candidates}


def test_a_person_who_turns_round_on_repeats_is_found_to_do_so_more_than_one_who_does_not(steer: Any) -> None:
    steady, seen = reversal_of(steer, turns=False)
    turning, again = reversal_of(steer, turns=True)
    assert min(seen, again) >= 2
    assert turning > steady
