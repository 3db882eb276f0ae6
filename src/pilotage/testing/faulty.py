"""A model with something that goes wrong on demand: the analytic scene, and a fault in what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.models import AnalyticModel, GenerationRequest, Model, ModelInfo, Output, Row
from pilotage.spaces import Axis, Conditioning, Region

Outputs = tuple[Output, ...]
Fault = Callable[[int, Outputs], Outputs]  # (number of the call, what came out) -> what is said to come out


class FaultyModel(Model):
    """The analytic scene under another name, with something that goes wrong; `batches` are the sizes of its calls."""

    def __init__(self, fault: Fault) -> None:
        self._scene, self._fault = AnalyticModel(ref="faulty"), fault
        self.batches: list[int] = []

    @property
    def info(self) -> ModelInfo:
        return self._scene.info

    @property
    def loaded(self) -> bool:
        return self._scene.loaded

    def load(self, *, progress: Progress = silent) -> None:
        self._scene.load()

    def encode(self, request: GenerationRequest) -> Conditioning:
        return self._scene.encode(request)

    def own_space(self) -> tuple[Region, tuple[Axis, ...]]:
        return self._scene.own_space()

    def generate(
        self, request: GenerationRequest, rows: Sequence[Row], *, progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> Outputs:  # fmt: skip
        outputs = self._scene.generate(request, rows, progress=progress, cancel=cancel)
        self.batches.append(len(rows))
        return self._fault(len(self.batches), outputs)
