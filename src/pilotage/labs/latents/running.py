"""A run from its folder to its end: the one function that terminal, jobs and library train by."""

from __future__ import annotations

import queue
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from pilotage.core.errors import ConflictError, InvalidInputError, PilotageError
from pilotage.core.progress import CancelToken
from pilotage.labs.latents.backfill import missing
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.paths import artifact_path
from pilotage.labs.latents.plan import recording_of, training_of
from pilotage.labs.latents.projector import Projector
from pilotage.labs.latents.scribe import Scribe
from pilotage.labs.latents.state import RunState
from pilotage.labs.latents.writer import RunWriter

if TYPE_CHECKING:
    from pilotage.labs.latents.recording import Recorder
    from pilotage.models.latents.checkpoints import Checkpoint
    from pilotage.models.latents.training import Batch, Epoch

INTERRUPTED = {"code": "interrupted", "message": "whoever trained it ended without a word"}


def run(folder: RunFolder, images: ImageSet, *, cancel: CancelToken | None = None) -> RunState:
    """Train a run, or go on where a cancelled, failed or interrupted one stood, and record all of it.

    It goes on from its newest whole checkpoint, and what it then learns and writes is what it would have had without
    the break. Maps are made beside the training; the run ends when the last of them is there.

    Args:
        folder: of the run, as `plan.run_config` and `RunFolder.create` made it.
        images: what it learns from.
        cancel: asked before each step, and so is `folder.cancel_requested`; whichever comes first.

    Returns:
        `completed`, `cancelled` or `failed`: the reason is in the run's summary.

    Raises:
        ConflictError: the run is complete, somebody else trains it, or it is of other pictures.
        InvalidInputError: the folder holds junk.
        StorageError: the log cannot be written, so that nothing can be told.
    """
    wanted = folder.config().data.get("sha256")
    if wanted != images.sha256:
        raise ConflictError(f"the run is of other pictures than {images.name}", field="data", wanted=wanted)
    with RunWriter.opened(folder) as writer:
        if writer.summary.state == "running":
            writer.emit("run.failed", INTERRUPTED)
            folder.clear_cancel()  # that was meant for whoever trained it
        folder.clear_parts()
        resume = _newest_checkpoint(folder)
        writer.emit("run.started", {"after_epoch": 0 if resume is None else resume.header.epoch})
        try:
            completed = _train(writer, images, _Either(folder, cancel or CancelToken()), resume)
            writer.emit("run.completed" if completed else "run.cancelled", {"epoch": writer.summary.epoch})
        except PilotageError as fault:
            writer.emit("run.failed", _reason(fault))
        except BaseException as fault:
            with suppress(PilotageError):
                writer.emit("run.failed", {"code": "lab_error", "message": f"{type(fault).__name__}: {fault}"[:300]})
            raise
        finally:
            folder.clear_cancel()
        return writer.summary.state


class _Either(CancelToken):
    """Set when the caller's is, or when somebody asked in the folder, from whatever process."""

    def __init__(self, folder: RunFolder, other: CancelToken) -> None:
        super().__init__()
        self._folder, self._other = folder, other

    @property
    def cancelled(self) -> bool:
        return self._other.cancelled or self._folder.cancel_requested


def _train(writer: RunWriter, images: ImageSet, cancel: CancelToken, resume: Checkpoint | None) -> bool:
    """Whether it came to its end."""
    from pilotage.labs.latents.recording import Recorder  # noqa: PLC0415  (needs torch)
    from pilotage.models.latents.training import train  # noqa: PLC0415

    config = training_of(writer.folder.config())
    learned, held_out = (images.examples(rows) for rows in images.split())
    recorder = Recorder(writer, images)
    watch = _Watch(writer, recorder)
    try:
        if resume is not None:
            writer.tell_rest([artifact_path("checkpoint", resume.header.epoch)])
            watch.catch_up(resume.header.epoch)
        outcome = train(
            config, learned, held_out=held_out, on_batch=watch.on_batch, on_epoch=watch.on_epoch, cancel=cancel,
            resume=resume,
        )  # fmt: skip
        return watch.settle(lambda: cancel.cancelled) and outcome.completed
    finally:
        watch.close()


class _Watch:
    """Records a training beside it, has its maps made, and tells of each as it comes."""

    def __init__(self, writer: RunWriter, recorder: Recorder) -> None:
        self._writer, self._recorder, self._projector = writer, recorder, Projector(writer)
        config = writer.folder.config()
        self._recording, self._epochs = recording_of(config), training_of(config).epochs
        self._scribe = Scribe()
        self._scribe.later(recorder.begin)
        self._written: queue.SimpleQueue[int] = queue.SimpleQueue()  # epochs whose maps can be made

    def on_batch(self, batch: Batch) -> None:
        self._recorder.on_batch(batch)
        self._announce()

    def on_epoch(self, epoch: Epoch) -> None:
        self._scribe.later(self._recorder.on_epoch(epoch))
        self._scribe.later(partial(self._written.put, epoch.epoch))

    def catch_up(self, last: int) -> None:
        """Make what the epochs up to the checkpoint's should have left beside it."""
        self._recorder.draw_samples(last)
        there = [epoch for epoch in self._writer.folder.epochs("latents") if epoch <= last]
        due = [(epoch, method) for epoch in there for method in self._recording.methods(epoch, self._epochs)]
        for epoch, method in missing(self._writer, due):
            self._projector.post(epoch, method)

    def settle(self, is_cancelled: Callable[[], bool]) -> bool:
        """Wait until all is written and each map is there or told to have failed; False if somebody wanted to stop."""
        self._scribe.settle()
        self._announce()
        return self._projector.settle(is_cancelled)

    def close(self) -> None:
        """Write what waits, and end the process that makes maps; what it had begun can be made later."""
        self._scribe.close()
        self._projector.close()
        self._projector.announce()

    def _announce(self) -> None:
        """Ask for the maps of what was written, and tell of those that have come, without waiting."""
        with suppress(queue.Empty):
            while True:
                epoch = self._written.get_nowait()
                for method in self._recording.methods(epoch, self._epochs):
                    self._projector.post(epoch, method)
        self._projector.announce()


def _newest_checkpoint(folder: RunFolder) -> Checkpoint | None:
    """The newest that is whole; one that a disk has damaged is passed over."""
    from pilotage.models.latents.checkpoints import load  # noqa: PLC0415  (needs torch)

    for epoch in reversed(folder.epochs("checkpoint")):
        with suppress(InvalidInputError):
            return load(folder.file(artifact_path("checkpoint", epoch)))
    return None


def _reason(fault: PilotageError) -> dict[str, Any]:
    """What ended it, as JSON has it."""
    facts = {name: value for name, value in fault.facts.items() if isinstance(value, str | int)}
    return {"code": fault.code, "message": str(fault), "hint": fault.hint, "field": fault.field, **facts}
