"""A judge's errors, fitted to what it answered: maximum posterior probability under the likelihood that it answers by.

Ordinary picks hardly tell a lapse from a hot temperature. Sets whose best is beyond doubt do, and sets that are shown
again tell a change of mind from both: so a tenth of a session's sets should be repeats, of the most decided ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.elicitation import THRESHOLD, TIE, Form, Judgement, Undecided, drift, stages
from pilotage.simulation.base import Thing
from pilotage.simulation.noise import NoiseConfig
from pilotage.simulation.repeats import exchange, exchanged, repeated

SHARE_PRIOR = (2.0, 21.0)  # Beta, of lapse, reversal and fatigue: most likely five of a hundred
TEMPERATURE_LOG_SD = 1.5
BIAS_SD = 1.0  # of tie, threshold, position and habit about where they start, in noise units
_SHARES = ("lapse", "reversal", "fatigue")
_FEATURES = ("utility", "threshold", "position", "habit", "tie")
FITTED = ("temperature", *_SHARES, *_FEATURES[1:])


@dataclass(frozen=True, slots=True)
class Trace:
    """One answer with what is known of its query.

    Attributes:
        judgement: what was shown and answered.
        utilities: candidate -> its utility: the truth of a simulation, or a model's mean.
        favourite: the sample that was the favourite when it was asked.
    """

    judgement: Judgement
    utilities: Mapping[str, float]
    favourite: str | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found.

    Attributes:
        noise: the most probable errors; those that were not free are as at the start.
        sd: parameter -> its posterior sd, by the curvature.
        n: answers used.
    """

    noise: NoiseConfig
    sd: Mapping[str, float]
    n: int


def fit(
    traces: Sequence[Trace], *, free: Sequence[str] = ("temperature", "lapse"), start: NoiseConfig | None = None
) -> Fit:
    """The errors that make the answers, oldest first, most probable.

    Args:
        traces: all answers of one judge; refusals count for `skip` alone.
        free: which of `FITTED` to fit; the rest stay as at the start.
        start: where to begin.

    Raises:
        InvalidInputError: nothing was answered, or a parameter that cannot be fitted.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  (half a second that a door need not pay)

    unknown = [name for name in free if name not in FITTED]
    if unknown:
        raise InvalidInputError(f"{unknown[0]!r} cannot be fitted", field="free", hint=f"Of: {', '.join(FITTED)}.")
    noise = start or NoiseConfig()
    problem = _tabulate(traces)
    if not len(problem.winners):
        raise InvalidInputError("no answer chooses anything", field="traces")
    origin = np.array([_to_line(name, getattr(noise, name)) for name in free])

    def loss(x: Array) -> float:
        return -problem.log_likelihood(_noise(noise, free, x)) - _log_prior(free, x, origin)

    found = minimize(loss, origin, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6, "maxiter": 4000})
    sd = np.sqrt(np.maximum(np.diag(np.linalg.pinv(_curvature(loss, found.x))), 0.0))
    skipped = sum(isinstance(trace.judgement.answer, Undecided) for trace in traces)
    best = _noise(noise, free, found.x).model_copy(update={"skip": skipped / len(traces)})
    return Fit(
        best, {name: float(s) * _slope(name, x) for name, s, x in zip(free, sd, found.x, strict=True)}, len(traces)
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """All stages of all answers, padded: `logits = offset + features . parameters`.

    Attributes:
        features: (2, stages, width, 5) what multiplies each of `_FEATURES`, straight and with the two best exchanged.
        offsets: (stages, width), -inf where there is no form.
        winners: (stages,).
        owners: (stages,) which answer each stage belongs to.
        indices: (answers,) the position of each in the log.
        again: (answers,) whether each is of a set that was judged before.
    """

    features: Array
    offsets: Array
    winners: Any
    owners: Any
    indices: Array
    again: Any

    def log_likelihood(self, noise: NoiseConfig) -> float:
        """Of all answers: each is given with open eyes, straight or reversed, or blindly."""
        n = len(self.indices)
        temperature = noise.temperature * (1.0 + noise.fatigue * self.indices[self.owners])
        scale = np.stack([
            1.0 / temperature, noise.threshold / temperature, *(np.full(len(temperature), value)
            for value in (noise.position, noise.habit, noise.tie)),
        ], axis=1)  # fmt: skip
        logits = self.offsets + np.einsum("rswf,sf->rsw", self.features, scale)
        rows = np.arange(len(self.winners))
        straight, turned = (
            np.bincount(self.owners, one[rows, self.winners] - np.logaddexp.reduce(one, axis=1), n) for one in logits
        )
        blind = np.bincount(self.owners, -np.log(np.isfinite(self.offsets).sum(axis=1)), n)
        turning = np.where(self.again, noise.reversal, 0.0)
        seeing = np.logaddexp(_log(1.0 - turning) + straight, _log(turning) + turned)
        return float(np.logaddexp(_log(1.0 - noise.lapse) + seeing, _log(noise.lapse) + blind).sum())


def _tabulate(traces: Sequence[Trace]) -> _Problem:
    """Critiques and confidence are statements of their own: they are left out."""
    stacks, winners, owners, indices, again = list[Array](), list[int](), list[int](), list[int](), list[bool]()
    for index, trace in enumerate(traces):
        if isinstance(trace.judgement.answer, Undecided):
            continue
        before = _before(traces, index)
        straight = _values(trace, index)
        turned = _turned(trace, straight, before)
        for stage in stages(replace(trace.judgement, critiques=(), confidence=None), index):
            stacks.append(np.array([[_row(form, values) for form in stage.forms] for values in (straight, turned)]))
            winners.append(stage.winner)
            owners.append(len(indices))
        indices.append(index)
        again.append(before is not None)
    width = max((stack.shape[1] for stack in stacks), default=1)
    table = np.zeros((2, len(stacks), width, 1 + len(_FEATURES)))
    table[..., 0] = -np.inf
    for s, stack in enumerate(stacks):
        table[:, s, : stack.shape[1]] = stack
    return _Problem(
        table[..., 1:], table[0, ..., 0], np.array(winners, int), np.array(owners, int),
        np.array(indices, float), np.array(again, bool),
    )  # fmt: skip


def _before(traces: Sequence[Trace], index: int) -> Judgement | None:
    things = [Thing(item) for item in traces[index].judgement.items]
    return repeated(things, [trace.judgement for trace in traces[:index]])


def _values(trace: Trace, index: int) -> dict[str, Array]:
    """Latent -> what multiplies each of `_FEATURES` in it."""
    n = len(trace.judgement.items)
    lean = np.linspace(0.5, -0.5, n) if n > 1 else np.zeros(1)
    values = {
        item.candidate: np.array([trace.utilities[item.candidate], 0, lean[slot], item.sample == trace.favourite, 0])
        for slot, item in enumerate(trace.judgement.items)
    }
    unit = np.eye(len(_FEATURES))
    return {**values, THRESHOLD: unit[1], TIE: unit[4], drift(index): np.zeros(len(_FEATURES))}


def _turned(trace: Trace, straight: Mapping[str, Array], before: Judgement | None) -> dict[str, Array]:
    if before is None:
        return dict(straight)
    things = [Thing(item) for item in trace.judgement.items]
    return exchanged(straight, exchange(trace.utilities, things, before))


def _row(form: Form, values: Mapping[str, Array]) -> Array:
    """(6,) the offset, then the features."""
    total = sum((weight * values[str(latent)] for latent, weight in form.weights), np.zeros(len(_FEATURES)))
    return np.concatenate([[form.offset], total])


def _noise(start: NoiseConfig, free: Sequence[str], x: Array) -> NoiseConfig:
    return start.model_copy(update={name: _from_line(name, value) for name, value in zip(free, x, strict=True)})


def _to_line(name: str, value: float) -> float:
    if name == "temperature":
        return float(np.log(value))
    if name in _SHARES:
        share = min(max(value, 0.02), 0.98)
        return float(np.log(share / (1.0 - share)))
    return value


def _from_line(name: str, x: float) -> float:
    if name == "temperature":
        return float(np.exp(np.clip(x, -30.0, 30.0)))
    return float(1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0)))) if name in _SHARES else float(x)


def _slope(name: str, x: float) -> float:
    """How much the parameter changes per unit of its line."""
    value = _from_line(name, x)
    return value if name == "temperature" else value * (1.0 - value) if name in _SHARES else 1.0


def _log_prior(free: Sequence[str], x: Array, origin: Array) -> float:
    """Densities of the parameters themselves for shares, of their lines for the rest."""
    total = 0.0
    for name, value, start in zip(free, x, origin, strict=True):
        if name in _SHARES:
            share = _from_line(name, value)
            total += (SHARE_PRIOR[0] - 1.0) * _log(share) + (SHARE_PRIOR[1] - 1.0) * _log(1.0 - share)
        else:
            total -= 0.5 * ((value - start) / (TEMPERATURE_LOG_SD if name == "temperature" else BIAS_SD)) ** 2
    return float(total)


def _log(share: Any) -> Any:
    return np.log(np.maximum(share, 1e-300))


def _curvature(loss: Callable[[Array], float], at: Array) -> Array:
    """(p, p) second differences of the loss."""
    step, eye = 1e-3, np.eye(len(at))
    return np.array([
        [(loss(at + step * (a + b)) - loss(at + step * (a - b)) - loss(at - step * (a - b)) + loss(at - step * (a + b)))
         / (4.0 * step * step) for b in eye]
        for a in eye
    ])  # fmt: skip
