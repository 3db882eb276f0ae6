"""What slips cost, from made-up costs and from a few runs; and rows on errors that are found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.bench import recovery
from pilotage.bench.cache import Cache
from pilotage.bench.robustness import FORGIVING, KINDS, LAPSE, TRUSTING, Cost, measure, rows_of


@pytest.mark.parametrize(("forgiving", "trusting", "held"), [(0.02, 0.1, [True, True]), (0.1, 0.02, [False, False])])
def test_the_loss_has_a_bar_and_so_has_knowing_of_slips(forgiving: float, trusting: float, held: list[bool]) -> None:
    luck = np.random.default_rng(0).normal(scale=0.01, size=20)
    rows = list(rows_of({"winner": Cost(forgiving + luck, trusting + luck)}))
    assert [row.holds for row in rows] == held
    assert rows[1].ours == pytest.approx(trusting - forgiving)
    assert rows[1].spread == pytest.approx((trusting - forgiving,) * 2)  # paired: the luck is shared


def test_only_slips_and_what_the_model_knows_of_them_differ(tmp_path: Path) -> None:
    cost = measure(Cache(tmp_path), kinds=KINDS[:1], seeds=2)["winner"]
    assert cost.forgiving.shape == cost.trusting.shape == (2,)
    trials = [trial for trial, _ in Cache(tmp_path).trials()]
    assert sorted(trial.lapse for trial in trials) == [0.0, 0.0, LAPSE, LAPSE]
    models = [trial.method["preference_model"] for trial in trials]
    assert sorted(model["lapse"] for model in models) == [0.0, 0.0, 0.05, 0.05]
    assert len({str({**model, "lapse": None}) for model in models}) == 1
    assert FORGIVING != TRUSTING


def test_what_was_found_stands_beside_what_can_be_known() -> None:
    rows = {(row.case, row.metric): row for row in recovery.rows(3)}
    picks, rankings = (
        rows[f"recovery, {kind}, lapse 0.1", "error of the lapse rate"] for kind in ("winner", "ranking")
    )
    assert picks.theirs > rankings.theirs > 0.03  # an order tells more than a pick, and neither enough
    near = rows["recovery, winner, lapse 0.1", "lapse within .03"]
    assert near.theirs == pytest.approx(0.29, abs=0.02)
    needed = rows["recovery, winner, lapse 0.1", "answers that would do for the bar without a prior"]
    assert needed.ours > 1000
