from __future__ import annotations

from math import exp

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.elicitation import (
    Answer,
    Approval,
    Critique,
    Item,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Undecided,
    Versus,
    Worst,
)  # fmt: skip
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.preferences.formulas import FORMULAS, Evidence, read
from pilotage.preferences.updaters import IdealPointBelief
from pilotage.spaces import Region

A, B, C = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([-1.0, 0.0])
STARS = Ratings(stars={"a": 5, "b": 4, "c": 2})
ORDER = Ranking(order=("a", "b", "c"))
PICK = Ranking(order=("a",))
SOUND = [kind for kind, formula in FORMULAS.items() if not formula.fault]


def judged(answer: Answer, *critiques: Critique, places: tuple[Array, ...] = (A, B, C)) -> Judgement:
    """An answer about a, b and c."""
    items = [Item(name, f"sample {name}", tuple(map(float, u))) for name, u in zip("abc", places, strict=False)]
    return Judgement(tuple(items), answer, critiques=critiques)


def state(kind: str, *history: Judgement, dim: int = 2) -> Array:
    """Where an updater stands after a history, in unit coordinates; at the origin before."""
    (belief,) = PREFERENCE_MODELS.build(kind).fold(Region(dim), history).beliefs
    assert isinstance(belief, IdealPointBelief)
    return belief.centre


def moved(kind: str, answer: Answer, *critiques: Critique, current: str | None = None) -> Array:
    """Where a formula goes from the origin; lengths as they stand in it."""
    evidence = read(judged(answer, *critiques), current)
    assert evidence is not None
    return FORMULAS[kind].move(np.zeros(2), np.array([A, B, C]), evidence)


def share(gap: float) -> float:
    return 1 / (1 + exp(-gap))


def mix(*weights: float, floor: float = 0.0) -> Array:
    """The centre of A, B, C by weights, as shares, each raised by a floor."""
    shares = np.array(weights) / sum(weights)
    return (floor + (1 - 3 * floor) * shares) @ np.array([A, B, C])


def test_those_that_see_the_choice_alone_go_their_share_of_the_way() -> None:
    for kind, part in {"winner_copy": 1.0, "winner_average": 0.5, "linear_preference": 0.65}.items():
        for answer in (PICK, ORDER, STARS):
            np.testing.assert_allclose(moved(kind, answer), part * A)


def test_score_weighted_goes_to_the_centre_of_all_scores() -> None:
    kind = "score_weighted_preference"
    np.testing.assert_allclose(moved(kind, STARS), 0.68 * mix(4, 3, 1))
    np.testing.assert_allclose(moved(kind, ORDER), 0.68 * mix(3, 2, 1))
    np.testing.assert_allclose(moved(kind, Approval(approved={"a": True, "b": True, "c": False})), 0.68 * mix(1, 1, 0))
    np.testing.assert_allclose(moved(kind, PICK), 0.68 * A)


def test_softmax_leaves_what_was_not_liked() -> None:
    p, q = share(1 / 0.42), share(1 / 0.58)  # one approved, one rejected: each softmax is of two
    expected = 0.58 * mix(p, 1 - p, 0) + 0.18 * A - 0.12 * mix(1 - q, q, 0)
    np.testing.assert_allclose(moved("softmax_preference", Approval(approved={"a": True, "b": False})), expected)


def test_borda_weighs_ranks_and_leaves_the_lower_half() -> None:
    expected = 0.46 * mix(3, 2, 1) + 0.14 * A - 0.07 * mix(0, 1, 1)
    np.testing.assert_allclose(moved("borda_preference", ORDER), expected)
    np.testing.assert_allclose(moved("borda_preference", STARS), expected)


def test_contrastive_goes_from_the_lower_half_to_the_upper() -> None:
    kind = "contrastive_preference"
    np.testing.assert_allclose(moved(kind, ORDER), 0.55 * (A - mix(0, 1, 1)))
    np.testing.assert_allclose(moved(kind, Pairwise(winner="a", loser="b")), 0.55 * (A - B))
    np.testing.assert_allclose(moved(kind, STARS), 0.38 * A)  # deaf to stars


def test_bradley_terry_fits_pairs() -> None:
    worth = 0.0
    for _ in range(12):
        worth += 0.22 * share(-2 * worth)
    expected = 0.5 * mix(exp(worth), exp(-worth), 1) + 0.1 * A
    np.testing.assert_allclose(moved("bradley_terry_preference", Pairwise(winner="a", loser="b")), expected)


def test_bradley_terry_weighs_pairs_of_ranks_by_nearness_and_of_stars_by_difference() -> None:
    def fit(weights: dict[tuple[int, int], float]) -> Array:
        worth = [0.0, 0.0, 0.0]
        for _ in range(12):
            errors = {(i, j): w * share(worth[j] - worth[i]) for (i, j), w in weights.items()}
            for (i, j), error in errors.items():
                worth[i] += 0.22 * error
                worth[j] -= 0.22 * error
        return 0.5 * mix(*map(exp, worth)) + 0.1 * A

    kind = "bradley_terry_preference"
    np.testing.assert_allclose(moved(kind, ORDER), fit({(0, 1): 1, (0, 2): 1 / 2, (1, 2): 1}))
    np.testing.assert_allclose(moved(kind, STARS), fit({(0, 1): 1, (0, 2): 3, (1, 2): 2}))
    np.testing.assert_allclose(moved(kind, PICK), fit({(0, 1): 1, (0, 2): 1}))


def test_plackett_luce_fits_the_order() -> None:
    a = b = 0.0
    for _ in range(16):
        p = share(a - b)
        a, b = a + 0.2 * (1 - p - 0.015 * a), b + 0.2 * (-(1 - p) - 0.015 * b)
    expected = 0.48 * mix(exp(a), exp(b), 1, floor=0.04) + 0.12 * A
    np.testing.assert_allclose(moved("plackett_luce_preference", Ranking(order=("a", "b"))), expected)


def test_a_challenger_that_came_near_pulls_more_than_one_far_behind() -> None:
    kind = "challenger_mixture_preference"
    near = share(2 / 0.22)
    expected = 0.42 * A + 0.36 * mix(0, near, 1 - near) + 0.06 * 1
    np.testing.assert_allclose(moved(kind, STARS, current="sample b"), expected)
    np.testing.assert_allclose(moved(kind, PICK), 0.42 * A + 0.36 * mix(0, 1, 1))


def test_advantage_softmax_weighs_what_beats_the_incumbent() -> None:
    kind = "advantage_softmax_preference"
    weights = exp(0), exp(-1 / 0.22 - 0.12), exp(-3 / 0.22)
    np.testing.assert_allclose(moved(kind, STARS, current="sample b"), 0.46 * mix(*weights, floor=0.035) + 0.1 * A)
    weights = exp(-0.35 + 0.18), exp(-0.65), exp(-0.65)
    np.testing.assert_allclose(moved(kind, STARS, current="sample a"), 0.46 * mix(*weights, floor=0.035) + 0.1 * A)


def test_critique_weighted_goes_from_blame_to_praise_and_without_tags_to_the_choice() -> None:
    kind = "critique_weighted_preference"
    praise, blames = Critique("c", "good_detail"), [Critique("b", "too_dark"), Critique("b", "too_busy")]
    np.testing.assert_allclose(moved(kind, STARS, praise, *blames), 0.55 * (C - B))
    np.testing.assert_allclose(moved(kind, STARS, praise), 0.4 * C)
    np.testing.assert_allclose(moved(kind, STARS, *blames), 0.4 * (A - B))
    np.testing.assert_allclose(moved(kind, STARS), 0.4 * A)
    np.testing.assert_allclose(moved(kind, STARS, Critique("c", "a word of my own")), 0.4 * A)


@pytest.mark.parametrize("kind", [kind for kind in FORMULAS if kind != "critique_weighted_preference"])
def test_tags_leave_all_others_alone(kind: str) -> None:
    np.testing.assert_array_equal(moved(kind, STARS, Critique("b", "good_detail")), moved(kind, STARS))


@pytest.mark.parametrize(
    ("answer", "same"),
    [
        (Worst(worst="b", best="a"), Pairwise(winner="a", loser="b")),
        (
            Shortlist(kept=("a", "b"), favourite="a"),
            Approval(approved={"a": True, "b": True, "c": False}, favourite="a"),
        ),
        (Tie(items=("a", "b")), PICK),
        (Versus(incumbent="c", verdicts={"a": "better", "b": "worse"}), PICK),
    ],
    ids=lambda answer: answer.kind,
)
def test_newer_kinds_of_answers_are_read_as_the_nearest_old_one(answer: Answer, same: Answer) -> None:
    for kind in FORMULAS:
        np.testing.assert_array_equal(moved(kind, answer), moved(kind, same))


@pytest.mark.parametrize("kind", FORMULAS)
def test_an_answer_that_chooses_nothing_moves_nothing(kind: str) -> None:
    first = judged(ORDER, places=(0.4 * A, 0.4 * B, 0.4 * C))
    nothing = [judged(Approval(approved={"a": False})), judged(Undecided(why="bad")), judged(Shortlist(kept=()))]
    np.testing.assert_allclose(state(kind, first, *nothing), state(kind, first))


@pytest.mark.parametrize("kind", FORMULAS)
def test_the_state_stays_in_the_region(kind: str) -> None:
    outward = [judged(Ranking(order=("a", "c", "b")), places=(A, B, 0.9 * A))] * 12
    assert Region(2).contains(state(kind, *outward)[None])


@pytest.mark.parametrize("kind", FORMULAS)
def test_moves_add_up_to_the_state_one_for_each_answer(kind: str) -> None:
    history = [judged(ORDER), judged(Undecided(why="alike")), judged(STARS)]
    (belief,) = PREFERENCE_MODELS.build(kind).fold(Region(2), history).beliefs
    assert isinstance(belief, IdealPointBelief)
    np.testing.assert_allclose(belief.moves[0], state(kind, history[0]))
    np.testing.assert_allclose(belief.moves[1], 0)
    np.testing.assert_allclose(belief.moves.sum(axis=0), state(kind, *history))


def test_lengths_are_divided_by_the_trust_radius() -> None:
    small = judged(STARS, places=(0.3 * A, 0.1 * B, 0.1 * C))
    second = judged(Ratings(stars={"a": 2, "b": 5}), places=(0.3 * A, 0.1 * B, 0.1 * C))
    still = PREFERENCE_MODELS.build({"kind": "challenger_mixture_preference", "trust_radius": 0.9})
    (belief,) = still.fold(Region(2), [small, second]).beliefs
    shift = 0.06 * (5 - 2)
    expected = state("challenger_mixture_preference", small, second) - shift / 0.55 + shift / 0.9
    np.testing.assert_allclose(belief.centre, expected, atol=1e-5)


def scene(seed: int) -> tuple[Array, Array, Evidence]:
    """A state, what was shown, and a pick of the incumbent or stars that lift another over it."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-0.3, 0.3, size=(4, 3))
    items = [Item(name, name, (0.0,)) for name in "abcd"]
    answer = PICK if seed % 2 else Ratings(stars={"a": 2, "b": 5, "c": 3, "d": 1})
    evidence = read(Judgement(tuple(items), answer), "a")
    assert evidence is not None
    return rng.uniform(-0.3, 0.3, size=3), places, evidence


def faulty(*kinds: str) -> list[object]:
    """All kinds, those named as ones that are known to break the law."""
    return [
        pytest.param(kind, marks=pytest.mark.xfail(strict=True, reason=FORMULAS[kind].fault)) if kind in kinds else kind
        for kind in FORMULAS
    ]


@pytest.mark.parametrize("kind", faulty(*(kind for kind in FORMULAS if kind not in SOUND)))
def test_picking_the_place_where_it_stands_again_moves_nothing(kind: str) -> None:
    _, places, evidence = scene(1)
    np.testing.assert_allclose(FORMULAS[kind].move(places[0], places, evidence), places[0])


@pytest.mark.parametrize("kind", faulty("borda_preference", "contrastive_preference", "critique_weighted_preference"))
def test_moving_the_space_moves_the_state_with_it(kind: str) -> None:
    for seed in range(6):
        z, places, evidence = scene(seed)
        away = np.array([0.1, -0.2, 0.3])
        np.testing.assert_allclose(
            FORMULAS[kind].move(z + away, places + away, evidence), FORMULAS[kind].move(z, places, evidence) + away
        )


@pytest.mark.parametrize("kind", faulty("challenger_mixture_preference"))
def test_turning_the_space_turns_the_state_with_it(kind: str) -> None:
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((3, 3)))[0]
    for seed in range(6):
        z, places, evidence = scene(seed)
        turned = FORMULAS[kind].move(z @ turn, places @ turn, evidence)
        np.testing.assert_allclose(turned, FORMULAS[kind].move(z, places, evidence) @ turn, atol=1e-12)


def test_the_rows_that_are_sound_come_first() -> None:
    assert list(FORMULAS)[: len(SOUND)] == SOUND
    assert SOUND[0] == "winner_average"


def test_the_share_of_the_average_can_be_set() -> None:
    model = PREFERENCE_MODELS.build({"kind": "winner_average", "step": 0.25})
    (belief,) = model.fold(Region(2), [judged(PICK)]).beliefs
    np.testing.assert_allclose(belief.centre, 0.25 * A, atol=1e-6)
    with pytest.raises(InvalidInputError) as refused:
        PREFERENCE_MODELS.build({"kind": "winner_copy", "step": 0.25})
    assert refused.value.field == "preference_model.step"
