"""The one training loop: optimiser, averaged weights, checkpoints, processes. Tasks say what a step learns."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from training.starter import checkpoints
from training.starter.parallel import Ranks
from training.starter.recipe import Budget, Profile

_CLIPPED = 1.0  # largest norm of a gradient
_SPOKEN = 50  # steps between two lines
_COOLED = 0.02  # of the learning rate at the end
__all__ = ["Place", "Task", "Turn", "learning_rate", "train"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One step's luck, by seed, task, step and process alone: a resumed run needs no state of a generator."""

    numpy: np.random.Generator
    torch: torch.Generator
    progress: float = 0.0


class Task(Protocol):
    """What is learnt.

    Attributes:
        name: of the stage.
        trained: modules by name, whose weights that need a gradient are trained and averaged.
        factors: part of the learning rate, by a module's name; 1 where nothing is said.
    """

    name: str
    trained: Mapping[str, nn.Module]
    factors: Mapping[str, float]

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """The loss of one batch."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Device and precision."""

    device: str
    precision: str

    @classmethod
    def of(cls, profile: Profile) -> Place:
        """A profile's."""
        return cls(profile.device, profile.precision)

    @contextmanager
    def autocast(self) -> Iterator[None]:
        """The forward pass in bf16 where the profile says so; gradients come back in 32 bits.

        On CPUs attention is then written out: the backward pass of the fused kernel in bf16 took a third of a
        UNet's step (20.6 ms a picture with it, 14.8 without, 18.3 all in 32 bits, on one core with AMX).
        """
        with ExitStack() as stack:
            if self.precision == "bf16":
                stack.enter_context(torch.autocast(self.device, torch.bfloat16))
                if self.device == "cpu":
                    stack.enter_context(sdpa_kernel(SDPBackend.MATH))
            yield


def learning_rate(budget: Budget, step: int, progress: float) -> float:
    """Linear warm-up, flat for a third, then a cosine to 2 %."""
    fall = max(0.0, progress - 1 / 3) * 1.5
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, fall)))
    return budget.lr * min(1.0, (step + 1) / budget.warmup) * (_COOLED + (1 - _COOLED) * cosine)


@dataclass
class _State:
    """Weights in training, their average, the optimiser, and how far it is."""

    weights: dict[str, nn.Parameter]
    averaged: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    buffer: Tensor | None = None  # all gradients in a row, kept: fresh memory each step cost more than the copy

    def progress(self, budget: Budget) -> float:
        by_step = self.step / budget.steps if budget.steps else 0.0
        return max(by_step, self.seconds / 60 / budget.minutes if budget.minutes else 0.0)

    def saved(self) -> dict[str, Any]:
        return {
            "weights": {name: one.detach() for name, one in self.weights.items()}, "averaged": self.averaged,
            "optimiser": self.optimiser.state_dict(), "step": self.step, "seconds": self.seconds, "losses": self.losses,
        }  # fmt: skip

    def restore(self, saved: Mapping[str, Any]) -> None:
        with torch.no_grad():
            for name, one in self.weights.items():
                one.copy_(saved["weights"][name])
                self.averaged[name].copy_(saved["averaged"][name])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.seconds, self.losses = saved["step"], saved["seconds"], list(saved["losses"])


def train(
    task: Task, profile: Profile, budget: Budget, folder: Path, *, ranks: Ranks, say: Callable[[str], Any] = print,
    stop_after: int | None = None,
) -> dict[str, float]:  # fmt: skip
    """Train to the budget's end from the last checkpoint, then put the averaged weights into the task's modules.

    Args:
        task: what to learn.
        profile: seed, device, precision.
        budget: how long and how.
        folder: of the checkpoint.
        ranks: this process among all.
        say: told a line now and then.
        stop_after: leave at this step with no checkpoint, as a kill would; for tests.

    Returns:
        Steps, seconds, samples a second, and the last mean loss.
    """
    state, path = _begin(task, budget), folder / "checkpoint.pt"
    if saved := checkpoints.load(path, profile.device):
        state.restore(saved)
    place, since = Place.of(profile), time.monotonic()
    while (progress := ranks.agree(state.progress(budget))) < 1:
        if state.step == stop_after:
            return {}
        began = time.monotonic()
        _step(task, state, budget, (profile.seed, ranks, place), progress)
        state.seconds += time.monotonic() - began
        if ranks.first and state.step % _SPOKEN == 0:
            speed = state.step * budget.batch * ranks.world / max(state.seconds, 1e-9)
            mean = float(np.mean(state.losses[-_SPOKEN:]))
            say(f"{task.name} {state.step} {state.seconds:.0f} s {speed:.1f}/s loss {mean:.4f} {progress:.1%}")
        if ranks.first and time.monotonic() - since > budget.checkpoint:
            checkpoints.save(path, state.saved())
            since = time.monotonic()
    if ranks.first:
        checkpoints.save(path, state.saved())
    with torch.no_grad():
        for name, one in state.weights.items():
            one.copy_(state.averaged[name])
    rate = state.step * budget.batch * ranks.world / max(state.seconds, 1e-9)
    return {"steps": state.step, "seconds": round(state.seconds, 1), "samples a second": round(rate, 2),
            "loss": round(float(np.mean(state.losses[-_SPOKEN:])), 5)}  # fmt: skip


def _begin(task: Task, budget: Budget) -> _State:
    groups, weights = [], dict[str, nn.Parameter]()
    for part, module in task.trained.items():
        own = {f"{part}.{name}": one for name, one in module.named_parameters() if one.requires_grad}
        factor = task.factors.get(part, 1.0)
        if own and factor > 0:
            groups.append({"params": list(own.values()), "factor": factor})
            weights |= own
    optimiser = torch.optim.AdamW(groups, lr=budget.lr, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    return _State(weights, {name: one.detach().clone() for name, one in weights.items()}, optimiser)


def _turn(seed: int, name: str, step: int, rank: int, progress: float = 0.0, device: str = "cpu") -> Turn:
    """The luck of one step."""
    entropy = np.random.SeedSequence([seed, zlib.crc32(name.encode()), step, rank])
    generator = torch.Generator(device).manual_seed(int(entropy.generate_state(1, np.uint64)[0] >> 1))
    return Turn(np.random.default_rng(entropy), generator, progress)


def _step(task: Task, state: _State, budget: Budget, where: tuple[int, Ranks, Place], progress: float) -> None:
    seed, ranks, place = where
    rate = learning_rate(budget, state.step, progress)
    for group in state.optimiser.param_groups:
        group["lr"] = rate * group["factor"]
    with place.autocast():
        loss = task.loss(_turn(seed, task.name, state.step, ranks.rank, progress, place.device), budget.batch)
    loss.backward()  # type: ignore[no-untyped-call]
    owned = [one for one in state.weights.values() if one.grad is not None]
    gradients = [one.grad for one in owned if one.grad is not None]
    if state.buffer is None:
        state.buffer = torch.empty(sum(one.numel() for one in gradients), device=gradients[0].device)
    flat = ranks.average(torch.cat([one.reshape(-1) for one in gradients], out=state.buffer))
    flat *= (_CLIPPED / (flat.norm() + 1e-6)).clamp(max=1.0)
    for one, part in zip(gradients, torch.split(flat, [one.numel() for one in gradients]), strict=True):
        one.copy_(part.view_as(one))
    state.optimiser.step()
    state.optimiser.zero_grad(set_to_none=True)
    keep = min(budget.ema, (1 + state.step) / (20 + state.step))
    with torch.no_grad():
        torch._foreach_lerp_(list(state.averaged.values()), list(state.weights.values()), 1 - keep)
    state.step += 1
    state.losses = [*state.losses[-2 * _SPOKEN :], float(loss.detach())]
