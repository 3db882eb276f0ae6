"""Seeds and determinism: the same settings and seed give the same proposals, noise and bytes."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.seeds import stream_seed
from pilotage.store import SessionRow


def seeds_by_role(session: Any, rounds: int = 1) -> list[dict[str, set[int]]]:
    """Role -> seeds, for each of some answered rounds."""
    found = []
    for _ in range(rounds):
        session.step()
        session.pick(1)
        by_role: dict[str, set[int]] = {}
        for candidate in session.last().candidates:
            if candidate.carried_from is None:
                by_role.setdefault(candidate.role, set()).add(candidate.seed)
        found.append(by_role)
    return found


def test_by_default_a_round_has_one_seed_and_the_next_round_another(steer: Any) -> None:
    first, second = seeds_by_role(steer(), 2)
    one, other = (set().union(*roles.values()) for roles in (first, second))
    assert len(one) == len(other) == 1
    assert one != other


def test_a_seed_per_candidate_makes_all_distinct(steer: Any) -> None:
    (roles,) = seeds_by_role(steer(seed_policy="fixed-per-candidate", candidates=6))
    assert len(set().union(*roles.values())) == 6


def test_a_seed_per_role_is_shared_inside_a_role_and_distinct_across(steer: Any) -> None:
    (roles,) = seeds_by_role(steer(seed_policy="fixed-per-candidate-role", candidates=6))
    assert len(roles) > 1
    assert all(len(seeds) == 1 for seeds in roles.values())
    assert len(set().union(*roles.values())) == len(roles)


@pytest.mark.parametrize("policy", ["fixed-per-round", "fixed-per-candidate", "fixed-per-candidate-role"])
def test_a_carried_incumbent_keeps_the_seed_of_its_picture(steer: Any, policy: str) -> None:
    session = steer(seed_policy=policy)
    winner = session.step().candidates[3]
    session.pick(3)
    assert session.step().candidates[0].seed == winner.seed


def story(lab: Any, steer: Any, *, seed: int = 11, sampler: str = "auto") -> list[Any]:
    """What is shown in three rounds of picks, ids left out."""
    session = steer(lab=lab, seed=seed, sampler=sampler)
    shown = []
    for slot in (2, 1, 3):
        session.step()
        answered = session.pick(slot)
        shown.append([(c.z, c.seed, c.artifact, c.role, c.forecast) for c in answered.candidates])
    return shown


@pytest.mark.parametrize("sampler", ["auto", "trust_region", "incumbent_challenger", "local", "sobol"])
def test_the_same_settings_and_seed_give_the_same_proposals_forecasts_seeds_and_bytes(
    steer: Any, new_lab: Any, sampler: str
) -> None:
    assert story(new_lab(), steer, sampler=sampler) == story(new_lab(), steer, sampler=sampler)


def test_another_seed_gives_other_proposals_and_other_noise(steer: Any, new_lab: Any) -> None:
    one, other = story(new_lab(), steer, seed=1), story(new_lab(), steer, seed=2)
    assert one[0][1][0] != other[0][1][0]
    assert one[0][1][1] != other[0][1][1]


def test_a_session_without_a_seed_draws_one_and_records_it(steer: Any, lab: Any, new_lab: Any) -> None:
    drawn = steer(seed=None)
    round_ = drawn.step()
    assert drawn.view.config["seed"] == drawn.view.seed == lab.store.get(SessionRow, drawn.id).seed
    again = steer(lab=new_lab(), seed=drawn.view.seed).step()
    assert [candidate.z for candidate in again.candidates] == [candidate.z for candidate in round_.candidates]


def test_fresh_seeds_are_new_equal_in_each_lab_and_not_those_of_any_round(steer: Any, new_lab: Any) -> None:
    seeds = []
    for lab in (new_lab(), new_lab()):
        session = steer(lab=lab)
        used = {candidate.seed for candidate in session.step().candidates}
        session.pick(2)
        run = lab.wait(lab.verify(session.id, session.view.incumbent_id).id).result
        fresh = [sample["seed"] for sample in run["samples"]]
        assert len(set(fresh)) == 4
        assert not used & set(fresh)
        seeds.append(fresh)
    assert seeds[0] == seeds[1]


def test_a_render_by_hand_has_the_noise_of_the_newest_round(steer: Any, lab: Any) -> None:
    session = steer()
    seed = session.step().candidates[0].seed
    result = lab.wait(lab.render_point(session.id, [0.0] * 5).id).result
    assert result["samples"][0]["seed"] == seed == stream_seed(7, "noise", 1, 0) % 2**32
    assert result["samples"][0]["artifact"] == session.last().candidates[0].artifact
