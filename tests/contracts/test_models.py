from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.models import AnalyticModel, GenerationRequest, Model, Output, Row, from_callable
from pilotage.testing.models import ModelContract


class TestAnalytic(ModelContract):
    @pytest.fixture(params=[1, 5, 8])
    def model(self, request: pytest.FixtureRequest) -> Model:
        return AnalyticModel(request.param)


def stripes(x: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 9, size=(8, 8, 3))
    return (100 + 10 * x.sum() + noise).astype(np.uint8)


class TestCallableImage(ModelContract):
    @pytest.fixture
    def model(self) -> Model:
        return from_callable(stripes, 3, bounds=(0.0, 10.0))


class TestCallableNumber(ModelContract):
    @pytest.fixture
    def model(self) -> Model:
        return from_callable(lambda x: float((x**2).sum() + x[0]), 2)


class TestCallableText(ModelContract):
    @pytest.fixture
    def model(self) -> Model:
        return from_callable(lambda x: f"{x[0]:.3f} of sugar", 1, bounds=[[0.0, 2.0]])


class ForgetsTheSeed(AnalyticModel):
    """Broken on purpose: noise that no seed decides."""

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        drawn = np.random.default_rng().integers(2**62, size=len(rows))
        return super().generate(
            request,
            [replace(row, seed=int(seed)) for row, seed in zip(rows, drawn, strict=True)],
            progress=progress,
            cancel=cancel,
        )


class LosesTheBatch(AnalyticModel):
    """Broken on purpose: deaf to cancelling, and one bad row takes the others with it."""

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        outputs = super().generate(request, rows, progress=progress)
        return tuple(Output(None, "failed") for _ in rows) if any(o.error for o in outputs) else outputs


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (ForgetsTheSeed(), "test_the_same_rows_give_the_same_bytes"),
        (LosesTheBatch(), "test_a_row_of_nan_fails_alone"),
        (LosesTheBatch(), "test_cancelling_stops_it_within_a_step"),
    ],
)
def test_the_contract_catches_a_broken_model(broken: Model, promise: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(ModelContract(), promise)(broken, GenerationRequest(prompt=""))
