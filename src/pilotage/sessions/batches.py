"""The rows of a run in calls of the model: one if memory allows, else in halves; what was called is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from pilotage.core.errors import OutOfMemoryError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.models import GenerationRequest, Model, Output, Row

HALVING = "halving"  # the phase that says so: `done` of `total` rows are tried next


@dataclass(frozen=True, slots=True)
class Rendered:
    """Outputs of all rows, in order, and how many rows each call really took.

    Attributes:
        halved: how often memory ran out, so that the rest was cut in half.
    """

    outputs: tuple[Output, ...]
    sizes: tuple[int, ...]
    halved: int = 0


def render_rows(
    model: Model, request: GenerationRequest, rows: Sequence[Row], *, sizes: Sequence[int] = (),
    progress: Progress, cancel: CancelToken | None = None,
) -> Rendered:  # fmt: skip
    """All rows, in calls of `sizes` rows each (one call if empty); a call that does not fit is halved.

    Bytes depend on the call that a row was in, so the same sizes give the same bytes.

    Raises:
        OutOfMemoryError: not even the first row fits alone.
        PilotageError: as the model says.
    """
    pending = list(sizes) or [len(rows)]
    outputs: list[Output] = []
    made: list[int] = []
    halved = 0
    while pending:
        size, start = pending.pop(0), len(outputs)
        watched = _of_all(progress, start, call=len(made), calls=len(made) + 1 + len(pending))
        try:
            outputs += model.generate(request, rows[start : start + size], progress=watched, cancel=cancel)
            made.append(size)
        except OutOfMemoryError as short:
            if size == 1 and not any(output.media for output in outputs):
                raise _too_small(model, request, short) from short
            if size == 1:
                outputs.append(Output(None, str(short)))
                made.append(1)
                continue
            half = -(-size // 2)
            halved += 1
            progress(Step(HALVING, half, len(rows)))
            pending = _cut(len(rows) - start, half)
    return Rendered(tuple(outputs), tuple(made), halved)


def marked(group: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> list[dict[str, Any]]:
    """A run's rows, each with the call it was in as `batch`; unmarked where one call took them all."""
    if len(sizes) < 2:
        return [dict(row) for row in group]
    calls = chain.from_iterable([call] * size for call, size in enumerate(sizes))
    return [{**row, "batch": call} for row, call in zip(group, calls, strict=True)]


def sizes_of(group: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """How many rows each call took: the inverse of `marked`."""
    return tuple(len(list(rows)) for _, rows in groupby(row.get("batch", 0) for row in group))


def _cut(rows: int, size: int) -> list[int]:
    return [min(size, rows - done) for done in range(0, rows, size)]


def _of_all(progress: Progress, start: int, *, call: int, calls: int) -> Progress:
    """Progress of one call as a part of all of them: steps add up, rows keep their place."""
    if calls == 1 or progress is silent:
        return progress

    def noted(step: Step, /) -> None:
        previews = tuple((start + row, media) for row, media in step.previews)
        progress(Step(step.phase, call * step.total + step.done, calls * step.total, previews))

    return noted


def _too_small(model: Model, request: GenerationRequest, short: OutOfMemoryError) -> OutOfMemoryError:
    asked = f"{request.width} x {request.height} pixels" if request.width else "this size"
    steps = f" at {request.steps} steps" if request.steps else ""
    return OutOfMemoryError(
        f"the memory of {model.info.device or 'this device'} does not hold one picture of {asked}{steps}: {short}",
        hint="Choose a smaller size, a smaller model or fewer candidates, or close what else uses the memory.",
        field="request.width", width=request.width, height=request.height, steps=request.steps,
    )  # fmt: skip
