"""One pipeline call for all rows of a batch, with progress, previews and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import GenerationError, OutOfMemoryError, PilotageError, UnsupportedInputError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.models.base import Output, Row
from pilotage.models.diffusion.decoding import decode_rows
from pilotage.models.diffusion.loading import Loaded
from pilotage.models.diffusion.previews import previews_of
from pilotage.models.diffusion.schedulers import build_scheduler
from pilotage.models.requests import GenerationRequest
from pilotage.models.shortage import give_back_memory, is_out_of_memory
from pilotage.spaces import Conditioning

_PREVIEWS = 5  # per run: enough to see it come, few enough to cost nothing


class Watcher:
    """The callback at the end of each denoising step: stops, reports, shows."""

    def __init__(
        self,
        progress: Progress,
        cancel: CancelToken | None,
        to_rgb: Callable[[], NDArray[np.float32]],
    ) -> None:
        self._progress, self._cancel, self._to_rgb = progress, cancel, to_rgb

    def __call__(self, pipeline: Any, index: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """As diffusers' `callback_on_step_end`. Raises JobCancelledError out of the pipeline's loop."""
        self.check()
        if self._progress is not silent:
            done, total = index + 1, pipeline.num_timesteps
            shown = done == total or done % max(1, round(total / _PREVIEWS)) == 0
            previews = self._previews(tensors["latents"]) if shown else ()
            self._progress(Step("generating", done, total, previews))
        return {}

    def _previews(self, latents: Any) -> tuple[tuple[int, Media], ...]:
        """A look at each row; none if that fails, which must not cost the pictures."""
        try:
            return previews_of(latents, self._to_rgb())
        except Exception:  # memory, mostly: the decoder's, or the image library's
            return ()

    def check(self) -> None:
        """Raise JobCancelledError if somebody asked to stop."""
        if self._cancel is not None:
            self._cancel.check()


def run_batch(
    loaded: Loaded, request: GenerationRequest, rows: Sequence[Row], base: Conditioning, watcher: Watcher
) -> tuple[Output, ...]:
    """The outputs of `rows` under a complete request; `base` supplies what a row's conditioning leaves out.

    Raises:
        UnsupportedInputError: a row's conditioning has another shape than the model's.
        JobCancelledError: from the watcher.
        OutOfMemoryError: the rows do not fit into memory together; what the try took is given back.
        GenerationError: the pipeline failed as a whole.
    """
    short = ""
    try:
        return decode_rows(loaded, _denoised(loaded, request, rows, base, watcher), watcher.check)
    except PilotageError:
        raise
    except Exception as cause:  # torch's errors have no common class of their own
        if not is_out_of_memory(cause):
            raise GenerationError(f"the model failed: {cause}", hint="Try fewer rows or a smaller size.") from cause
        short = str(cause)
    give_back_memory()  # outside of the handler: the error's frames hold the tensors that must go
    raise OutOfMemoryError(
        f"{len(rows)} at once do not fit into memory: {short}", hint="Try fewer rows or a smaller size."
    )


def _denoised(
    loaded: Loaded, request: GenerationRequest, rows: Sequence[Row], base: Conditioning, watcher: Watcher
) -> Any:
    """(n, c, h, w) latents of all rows, by one pipeline call."""
    import torch

    pipeline = loaded.pipeline
    arguments = {
        argument: torch.from_numpy(stack_rows(name, rows, base)).to(loaded.device, getattr(torch, loaded.dtype))
        for name, argument in loaded.family.outputs.items()
    }
    pipeline.scheduler = build_scheduler(request.scheduler or "", loaded.own_scheduler)
    try:
        with np.errstate(invalid="ignore"):
            return pipeline(
                **arguments,
                width=request.width, height=request.height,
                num_inference_steps=request.steps, guidance_scale=request.guidance,
                generator=[torch.Generator("cpu").manual_seed(row.seed) for row in rows],
                callback_on_step_end=watcher, output_type="latent",
            ).images  # fmt: skip
    finally:
        pipeline.scheduler = loaded.own_scheduler


def stack_rows(name: str, rows: Sequence[Row], base: Conditioning) -> NDArray[np.float32]:
    """(n, *shape) the array `name` of each row, from `base` where a row has none.

    Raises:
        UnsupportedInputError: a row's array has another shape than `base`'s.
    """
    arrays = [row.conditioning.get(name, base[name]) for row in rows]
    for index, array in enumerate(arrays):
        if array.shape != base[name].shape:
            raise UnsupportedInputError(
                f"{name} of row {index} is {array.shape}, this model has {base[name].shape}",
                field=f"rows.{index}.conditioning",
            )
    return np.stack(arrays)
