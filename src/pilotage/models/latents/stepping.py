"""A model while it is trained: its optimiser, its generators, one step after the other."""

from __future__ import annotations

from typing import Self

import numpy as np
import torch  # noqa: TID253  (imported when a model is trained)
from torch import Tensor  # noqa: TID253

from pilotage.core.errors import InvalidInputError, TrainingError
from pilotage.core.seeds import stream, stream_seed
from pilotage.models.latents.beginning import fit_gaussians
from pilotage.models.latents.checkpoints import Checkpoint, Header
from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.evaluation import Metrics
from pilotage.models.latents.examples import Examples
from pilotage.models.latents.nets import MixtureVae, build
from pilotage.models.latents.reading import bytes_of, encode
from pilotage.models.latents.tallies import tally_of

PLACED_BY = 10_000  # pictures, at most: whoever cancels waits for them
SLOWER = "Take a smaller learning_rate, or resume from an earlier epoch."
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class Trainee:
    """All that a training changes, so that nothing else need be kept to go on.

    Attributes:
        epoch: the last that is complete; 0 before the first.
        model: as it is now.
    """

    def __init__(self, config: TrainingConfig, examples: Examples) -> None:
        if config.kind == "gmvae" and len(examples) < config.components:
            raise InvalidInputError(
                f"{config.components} components need as many pictures, got {len(examples)}", field="components"
            )
        self.config, self.epoch = config, 0
        self.model = build(config, examples.shape, examples.classes)
        self._examples, self._digest = examples, examples.sha256
        self._images = bytes_of(examples.images)
        self._labels = None if examples.labels is None else torch.tensor(examples.labels)
        self._order = torch.Generator().manual_seed(stream_seed(config.seed, "order"))
        self._noise = torch.Generator().manual_seed(stream_seed(config.seed, "noise"))
        self._optimizer = self._adam()
        self._tally = tally_of(config, 1, self._noise)

    @classmethod
    def resumed(cls, config: TrainingConfig, examples: Examples, checkpoint: Checkpoint) -> Self:
        """As it was when `checkpoint` was taken.

        Raises:
            ConflictError: the checkpoint is of another configuration or other examples.
            InvalidInputError: it lacks something, or holds it in another shape.
        """
        trainee = cls(config, examples)
        checkpoint.require(config, examples.shape, trainee._digest)
        try:
            trainee._restore(checkpoint)
        except (RuntimeError, KeyError, TypeError) as cause:
            raise InvalidInputError(
                f"the checkpoint cannot be gone on from: {cause}"[:300], field="checkpoint", hint="Begin a new run."
            ) from cause
        return trainee

    def checkpoint(self) -> Checkpoint:
        """A copy of everything, as of the end of the last epoch."""
        header = Header(
            config=self.config, shape=self._examples.shape, classes=self._examples.classes,
            examples=self._digest, epoch=self.epoch,
        )  # fmt: skip
        tensors = {f"weights.{name}": value.detach().clone() for name, value in self.model.state_dict().items()}
        for name, parameter in self.model.named_parameters():
            state = self._optimizer.state.get(parameter, {})
            tensors |= {f"adam.{name}.{key}": state[key].clone() for key in _MOMENTS if key in state}
        tensors |= {"generators.order": self._order.get_state(), "generators.noise": self._noise.get_state()}
        return Checkpoint(header, tensors)

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.model.load_state_dict(checkpoint.part("weights."))
        moments = checkpoint.part("adam.")
        for name, parameter in self.model.named_parameters():
            if f"{name}.step" not in moments:  # what no loss has reached yet has none
                continue
            state = {key: moments[f"{name}.{key}"].clone() for key in _MOMENTS}
            if [tuple(state[key].shape) for key in _MOMENTS] != [tuple(parameter.shape)] * 2 + [()]:
                raise TypeError(f"the moments of {name} have another shape")  # Adam itself would read past their end
            self._optimizer.state[parameter] = state
        self._order.set_state(checkpoint.tensors["generators.order"])
        self._noise.set_state(checkpoint.tensors["generators.noise"])
        self.epoch = checkpoint.header.epoch

    def begin_epoch(self) -> tuple[Tensor, ...]:
        """The rows of each batch of the next epoch; the mixture is placed when pretraining is over."""
        if isinstance(self.model, MixtureVae) and 0 < self.epoch == self.config.pretrain_epochs:
            self._place_mixture(self.model)
        self._tally = tally_of(self.config, self.epoch + 1, self._noise)
        order = torch.randperm(len(self._images), generator=self._order)
        return torch.split(order, self.config.batch_size)

    def step(self, rows: Tensor) -> float:
        """Learn from some rows once; the loss before."""
        labels = None if self._labels is None else self._labels[rows]
        x = self._images[rows].float().div_(255)
        loss = self._tally.loss(self.model, x, labels)
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        self._optimizer.step()
        return loss.item()

    def end_epoch(self) -> Metrics:
        """The metrics of the epoch, which is complete now.

        Raises:
            TrainingError: a weight is no finite number any more.
        """
        self.epoch += 1
        for name, weight in self.model.named_parameters():
            if not weight.isfinite().all():
                raise TrainingError(f"{name} has numbers that are none", hint=SLOWER, epoch=self.epoch)
        return self._tally.metrics()

    def _adam(self) -> torch.optim.Adam:
        return torch.optim.Adam(self.model.parameters(), lr=self.config.learning_rate, fused=True)

    def _place_mixture(self, model: MixtureVae) -> None:
        """Gaussians where the latents are, and an optimiser that forgets the slopes of another loss."""
        some = np.sort(stream(self.config.seed, "placing").permutation(len(self._examples))[:PLACED_BY])
        z = encode(model, self._examples.images[some]).z
        means, variances = fit_gaussians(z, self.config.components, stream(self.config.seed, "mixture"))
        with torch.no_grad():
            model.prior_mu.copy_(torch.from_numpy(means))
            model.prior_logvar.copy_(torch.from_numpy(variances).log())
        self._optimizer = self._adam()
