"""The training loop: the one implementation behind library, commands, jobs and pages. It writes no file."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch  # noqa: TID253  (imported when a model is trained)

from pilotage.core.errors import TrainingError
from pilotage.core.progress import CancelToken
from pilotage.models.latents.checkpoints import Checkpoint
from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.evaluation import Metrics, evaluate
from pilotage.models.latents.examples import Examples
from pilotage.models.latents.nets import LatentModel
from pilotage.models.latents.stepping import SLOWER, Trainee

Stage = Literal["pretrain", "train"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One step was taken.

    Attributes:
        epoch, epochs: from 1.
        batch, batches: of this epoch, from 1.
        loss: what was minimised, of this batch.
    """

    stage: Stage
    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """An epoch is complete.

    Attributes:
        stage: `pretrain` while a mixture VAE only learns to reconstruct.
        epoch, epochs: from 1, the pretraining's among them.
        metrics: name -> value, as the event `train.metrics` has them.
        seconds: wall time of the epoch, its evaluation included, what was made of earlier ones not.
        model: as it is now; to be read before the callback returns, never changed.
        checkpoint: takes a copy of all that going on from here needs.
    """

    stage: Stage
    epoch: int
    epochs: int
    metrics: Metrics
    seconds: float
    model: LatentModel
    checkpoint: Callable[[], Checkpoint]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a training ended.

    Attributes:
        completed: False when it was cancelled.
        epoch: the last that is complete; 0 for none.
        metrics: of that epoch; empty for none in this training.
        model: as trained; after a cancel in the midst of an epoch, what it had become.
    """

    completed: bool
    epoch: int
    metrics: Metrics
    model: LatentModel


def _nothing(fact: Batch | Epoch, /) -> None:
    """Take note of nothing."""


def train(
    config: TrainingConfig,
    examples: Examples,
    *,
    held_out: Examples | None = None,
    on_batch: Callable[[Batch], None] = _nothing,
    on_epoch: Callable[[Epoch], None] = _nothing,
    cancel: CancelToken | None = None,
    resume: Checkpoint | None = None,
) -> Outcome:
    """Train a model.

    The callbacks change nothing about what is learned, whatever they do. On one machine, with one number of threads,
    equal arguments give equal weights to the last bit; so does going on from a checkpoint of any epoch.

    Args:
        config: what to train, and how long.
        examples: what it learns from; at least as many as the mixture has components.
        held_out: what it is evaluated on after each epoch.
        on_batch: told of each step, in this thread; what it raises ends the training.
        on_epoch: told of each epoch, likewise.
        cancel: asked before each step.
        resume: where to go on.

    Raises:
        TrainingError: the loss or a weight is no finite number any more; `facts` has the epoch and batch.
        ConflictError: `resume` is of another configuration or of other examples.
        InvalidInputError: labels are to be learned and there are none, or there are too few examples.
    """
    cancel = cancel or CancelToken()
    with _threads(config.threads):
        trainee = Trainee(config, examples) if resume is None else Trainee.resumed(config, examples, resume)
        metrics: Metrics = {}
        while trainee.epoch < config.epochs:
            begun = time.perf_counter()
            found = _one_epoch(trainee, on_batch, cancel)
            if found is None:
                return Outcome(False, trainee.epoch, metrics, trainee.model)
            metrics = found
            if held_out is not None:
                stage = _stage(config, trainee.epoch)
                metrics = {**metrics, **evaluate(trainee.model, held_out, mixture=stage == "train")}
            on_epoch(_epoch(trainee, metrics, time.perf_counter() - begun))
        return Outcome(True, trainee.epoch, metrics, trainee.model)


def _epoch(trainee: Trainee, metrics: Metrics, seconds: float) -> Epoch:
    return Epoch(
        stage=_stage(trainee.config, trainee.epoch), epoch=trainee.epoch, epochs=trainee.config.epochs,
        metrics=metrics, seconds=seconds, model=trainee.model, checkpoint=trainee.checkpoint,
    )  # fmt: skip


def _stage(config: TrainingConfig, epoch: int) -> Stage:
    return "pretrain" if config.kind == "gmvae" and epoch <= config.pretrain_epochs else "train"


def _one_epoch(trainee: Trainee, on_batch: Callable[[Batch], None], cancel: CancelToken) -> Metrics | None:
    """The epoch's metrics; None if it was cancelled."""
    config, epoch = trainee.config, trainee.epoch + 1
    batches = trainee.begin_epoch()
    for number, rows in enumerate(batches, 1):
        if cancel.cancelled:
            return None
        loss = trainee.step(rows)
        if not math.isfinite(loss):
            raise TrainingError(f"the loss became {loss}", hint=SLOWER, epoch=epoch, batch=number)
        on_batch(Batch(_stage(config, epoch), epoch, config.epochs, number, len(batches), loss))
    return None if cancel.cancelled else trainee.end_epoch()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
