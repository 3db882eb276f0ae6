from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement, Ranking, Ratings
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.preferences.updaters import UPDATERS, IdealPointBelief
from pilotage.samplers import SAMPLERS, Proposals, Sampler, View
from pilotage.samplers.predecessor import PREDECESSORS
from pilotage.samplers.predecessor_patterns import PATTERNS, Scene, Step, spread
from pilotage.spaces import Region
from pilotage.testing.samplers import SamplerContract, view_after

R = 0.55
DIM = 5
SEEDS = range(20)


class TestPredecessors(SamplerContract):
    @pytest.fixture(params=PREDECESSORS)
    def sampler(self, request: pytest.FixtureRequest) -> Sampler:
        return built(request.param)


def built(kind: str, **settings: object) -> Sampler:
    entry = PREDECESSORS[kind]
    return entry.build(entry.config.model_validate({"kind": kind, **settings}))


def steps(kind: str, z: Array | None = None, *, turn: int = 1, n: int = 4, seed: int = 0) -> list[Step]:
    """A pattern's steps from a state in the predecessor's lengths; the origin if none is given."""
    state = np.zeros(DIM) if z is None else z
    return PATTERNS[kind].steps(Scene(state, R, n, turn, np.random.default_rng(seed)))


def lengths(kind: str, *, turn: int = 1, n: int = 4) -> list[float]:
    return [float(np.linalg.norm(step.offset)) for step in steps(kind, turn=turn, n=n)]


def view_at(place: Array, rounds: int = 1) -> View:
    """What a sampler sees when `place`, in unit coordinates, was picked in each of some rounds."""
    items = Item("a", "a", tuple(map(float, place))), Item("b", "b", (0.9, *(0.0,) * (len(place) - 1)))
    history = (Judgement(items, Ranking(order=("a",))),) * rounds
    region = Region(len(place))
    return View(region, PREFERENCE_MODELS.build("winner_copy").fold(region, history), history, rounds + 1)


def first_round(dim: int = DIM) -> View:
    return view_after(Region(dim), 0)


def ask(kind: str, view: View, seed: int = 0, n: int = 4) -> Proposals:
    return built(kind).propose(view, n=n, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("axis_sweep", [0.18] * 4),
        ("diversity_shell", [0.92 * R] * 4),
        ("spherical_cover", [0.9 * R] * 4),
        ("two_scale_cover", [0.34 * R, 0.78 * R] * 2),
        ("line_search", [0.16, 0.3, 0.14, 0.22]),
        ("random_local", [0, 0.82 * 0.9 * R, 0.88 * 0.9 * R, 0.94 * 0.9 * R]),
        ("quality_diversity_mix", [0.62 * 0.42 * R, 0.42 * R, 0.42 * R, 0.82 * R]),
        ("restart_bridge_mix", [0.28 * R, 0.56 * R, 0.82 * R, 0.82 * R]),
        ("incumbent_mix", [0] * 4),
        ("uncertainty_guided", [0] * 4),
    ],
)
def test_each_slot_goes_as_far_as_the_formula_says(kind: str, expected: list[float]) -> None:
    assert lengths(kind) == pytest.approx(expected)


def test_the_default_probes_four_fixed_ways() -> None:
    offsets = np.array([step.offset for step in steps("exploit_orthogonal")])
    np.testing.assert_allclose(
        offsets,
        [
            [0.18, 0.04, -0.02, 0.05, 0],
            [0.16, -0.08, 0.06, 0, -0.05],
            [0.05 - 0.02, 0.18, 0.08, 0, 0],
            [-0.14, -0.05 - 0.04, 0.12, 0, 0],
        ],
    )


def test_noise_grows_from_slot_to_slot() -> None:
    assert [step.jitter for step in steps("incumbent_mix")] == pytest.approx([0.08, 0.17, 0.2, 0.28])
    assert [step.jitter for step in steps("uncertainty_guided")] == pytest.approx([0.1, 0.18, 0.26, 0.34])


def test_escapes_widen_with_the_rounds_and_annealed_shells_shrink() -> None:
    assert lengths("plateau_escape", turn=1, n=5) == pytest.approx([0.7 * R, 0.7 * R, 0.7 * R, 0.47 * R, 0.42 * R])
    assert lengths("plateau_escape", turn=8, n=5) == pytest.approx([R, R, R, 0.68 * R, 0.7 * R])
    assert lengths("annealed_shell", turn=0) == pytest.approx([0.95 * R] * 4)
    assert lengths("annealed_shell", turn=4) == pytest.approx([0.74 * R] * 4)
    assert lengths("annealed_shell", turn=8) == pytest.approx([0.53 * R] * 4)


def test_patterns_stop_changing_after_eight_rounds() -> None:
    for kind in PATTERNS:
        late, later = (ask(kind, replace(view_at(np.full(DIM, 0.1)), round=r)).u for r in (9, 30))
        np.testing.assert_array_equal(late, later)


def test_spread_directions_turn_their_signs_from_slot_to_slot() -> None:
    weights, norm = (0.5, 0.3, 0.2), np.sqrt(1 + 0.25 + 0.09 + 0.04)
    np.testing.assert_allclose(spread(0, 5, weights) * norm, [1, 0.5, 0.3, 0.2, 0])
    np.testing.assert_allclose(spread(1, 5, weights) * norm, [0, -1, -0.5, 0.3, -0.2])
    np.testing.assert_allclose(spread(2, 5, weights) * norm, [0.2, 0, 1, 0.5, -0.3])
    np.testing.assert_allclose(spread(2, 5, weights, by_four=True) * norm, [0.2, 0, 1, -0.5, -0.3])
    np.testing.assert_allclose(spread(3, 2, weights) * np.sqrt(1.25), [0.5, -1])
    np.testing.assert_allclose(spread(1, 1, weights), [-1])


@pytest.mark.parametrize("kind", ["line_search", "plateau_escape", "quality_diversity_mix", "restart_bridge_mix"])
def test_sideways_is_orthogonal_to_forward(kind: str) -> None:
    sideways = ("lateral_probe", "lateral_plus", "lateral_restart")
    for seed in SEEDS:
        z = np.random.default_rng(seed).uniform(-0.2, 0.2, size=DIM)
        (offset,) = (step.offset for step in steps(kind, z, n=5) if step.name in sideways)
        assert offset @ z == pytest.approx(0, abs=1e-12)
    (offset,) = (step.offset for step in steps(kind, 0.2 * np.eye(DIM)[3], n=5) if step.name in sideways)
    assert offset[3] == pytest.approx(0, abs=1e-12)


def test_forward_is_away_from_the_prompt() -> None:
    z = np.array([0.0, 0.1, -0.2, 0.0, 0.1])
    ahead, far, back = (step.offset for step in steps("line_search", z)[:3])
    np.testing.assert_allclose(ahead / 0.16, z / np.linalg.norm(z))
    np.testing.assert_allclose(far / 0.3, -back / 0.14)


@pytest.mark.parametrize("kind", ["spherical_cover", "two_scale_cover"])
def test_covers_are_farther_apart_than_chance(kind: str) -> None:
    def closest(ways: Array) -> float:
        unit = ways / np.linalg.norm(ways, axis=1, keepdims=True)
        return float((unit @ unit.T)[np.triu_indices(len(unit), 1)].max())

    found = [closest(np.array([step.offset for step in steps(kind, seed=seed)])) for seed in SEEDS]
    chance = [closest(np.random.default_rng(seed).standard_normal((4, DIM))) for seed in SEEDS]
    assert np.mean(found) < 0.25 < np.mean(chance)


def test_restarts_keep_part_of_the_state() -> None:
    assert [step.keep for step in steps("restart_bridge_mix", n=6)] == [1, 1, 0.38, 0.46, 0.18, 0.32]


def test_the_last_slot_is_shown_too() -> None:
    assert [step.name for step in steps("incumbent_mix")] == ["refine", "mix", "mix", "challenger"]
    assert steps("uncertainty_guided")[-1].name == "validation"


@pytest.mark.parametrize("kind", PREDECESSORS)
def test_a_proposal_is_the_state_the_step_and_its_jitter(kind: str) -> None:
    state = np.array([0.1, -0.1, 0.05, 0.0, 0.1])
    for seed in SEEDS:
        found = ask(kind, view_at(state), seed)
        for step, u in zip(steps(kind, R * state, seed=seed), found.u, strict=True):
            target = step.keep * R * state + step.offset
            if np.linalg.norm(target) + step.jitter * np.sqrt(DIM) < (step.most or R):  # never clipped
                assert np.linalg.norm(target) >= step.least
                assert np.abs(R * u - target).max() <= step.jitter + 1e-5


def test_an_exploit_stays_near_the_prompt_and_explorers_stay_away_from_it() -> None:
    for seed in SEEDS:
        away = R * np.linalg.norm(ask("random_local", view_at(np.zeros(DIM) + 0.02), seed).u, axis=1)
        assert away[0] <= 0.28 * R + 1e-9
        assert (away[1:] >= 0.58 * R - 1e-9).all()


@pytest.mark.parametrize("kind", PREDECESSORS)
def test_the_first_round_is_wide(kind: str) -> None:
    for seed in SEEDS:
        found = ask(kind, first_round(), seed)
        z = R * found.u
        away = np.linalg.norm(z, axis=1)
        for facts, length in zip(found.metadata, away, strict=True):
            assert (
                (length <= 0.35 * R + 1e-9) if facts["step"] == "exploit" else (0.95 * R - 1e-9 <= length <= R + 1e-9)
            )
        apart = np.linalg.norm(z[:, None] - z[None], axis=2)[np.triu_indices(4, 1)]
        assert apart.min() > 0.22
        assert found.state["widened"]


def test_lengths_are_divided_by_the_trust_radius() -> None:
    view = view_at(np.zeros(DIM))
    for radius in (0.4, 1.0):
        found = built("axis_sweep", trust_radius=radius).propose(view, n=4, rng=np.random.default_rng(0))
        assert np.diag(found.u) == pytest.approx(np.full(4, 0.18 / radius), abs=0.025 / radius)


def test_what_would_repeat_a_place_is_drawn_anew_and_says_so() -> None:
    found = ask("plateau_escape", first_round(1), n=4)
    names = [facts["step"] for facts in found.metadata]
    assert names == ["forward_escape", "lateral_plus", "anywhere", "anywhere"]
    assert set(found.roles) == {"explore"}


@pytest.mark.parametrize("kind", UPDATERS)
def test_steps_start_where_the_updater_stands(kind: str) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        items = [Item(name, name, tuple(map(float, rng.uniform(-0.2, 0.2, size=DIM)))) for name in "abc"]
        history = (Judgement(tuple(items), Ratings(stars={"a": 5, "b": 2, "c": 3})),)
        posterior = PREFERENCE_MODELS.build(kind).fold(Region(DIM), history)
        (belief,) = posterior.beliefs  # type: ignore[attr-defined]
        assert isinstance(belief, IdealPointBelief)
        steps_taken = R * (ask("axis_sweep", View(Region(DIM), posterior, history, 2), seed).u - belief.centre)
        np.testing.assert_allclose(steps_taken, 0.18 * np.eye(4, DIM), atol=0.025 + 1e-9)


def test_an_ideal_outside_the_region_is_sought_on_its_border() -> None:
    outward = Judgement((Item("a", "a", (1.0, 0.0)), Item("b", "b", (0.8, 0.0))), Ranking(order=("a",)))
    posterior = PREFERENCE_MODELS.build({"kind": "laplace_gp", "ideal_distance": 3.0}).fold(Region(2), [outward] * 6)
    far = replace(view_at(np.zeros(2)), posterior=posterior)
    assert np.linalg.norm(posterior.ideal()[0]) > 1
    assert ask("line_search", far).state["distance_from_anchor"] == pytest.approx(1)


def test_baselines_say_in_their_schema_that_they_are() -> None:
    for table in (SAMPLERS, PREFERENCE_MODELS):
        told = [kind for kind, entry in table.entries().items() if entry.config.model_json_schema().get("tier")]
        assert told == [kind for kind, entry in table.entries().items() if entry.is_baseline]
        assert set(told) == table.entries().keys() & {*PREDECESSORS, *UPDATERS, "item_level", "pairwise_gp"}
        assert list(table.entries())[-len(told) :] == told
