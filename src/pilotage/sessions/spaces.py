"""A session's steering space: the captions go through the model, the basis makes axes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pilotage.core.errors import ConflictError
from pilotage.core.hashing import canonical_json
from pilotage.core.progress import Progress, Step, silent
from pilotage.models import Model
from pilotage.sessions.config import SessionConfig
from pilotage.spaces import BASES, Axis, BasisConfig, Conditioning, Region, SteeringSpace, dimension_of
from pilotage.spaces.modes import in_mode
from pilotage.store import SessionRow


def build_space(
    model: Model, config: SessionConfig, *, recorded: Sequence[Mapping[str, Any]] = (), progress: Progress = silent
) -> SteeringSpace:
    """The space that a config asks for. The same model, config and record give the same space, byte for byte.

    Args:
        model: encodes the captions; loaded if need be.
        config: prompt, axes, dimension, radius and basis decide.
        recorded: a begun session's axes as it keeps them: the scales that they were measured to have hold.
        progress: told of loading and encoding.

    Raises:
        InvalidInputError: axes that the model can't tell apart, or more dimensions than captions span.
        ModelUnavailableError: the model can't be loaded.
    """
    progress(Step("loading"))
    model.load(progress=progress)
    progress(Step("encoding"))
    space = _build(model, canonical_json(config.model_dump(mode="json", include=set(_DECISIVE))))
    known = [Axis.model_validate(axis) for axis in recorded]
    if len(known) != space.dim or all(axis.scale == own.scale for axis, own in zip(known, space.axes, strict=True)):
        return space
    return space.rescaled([axis.scale if axis.measured else None for axis in known])


def require_same_space(session: SessionRow, space: SteeringSpace, model: Model) -> None:
    """Refuse to go on in a space whose coordinates mean something else.

    Compared are the weights, the axes and their units, not the space's bytes: the last bits of an
    embedding depend on the number of threads.

    Raises:
        ConflictError: the model or its axes are not those that the session began with.
    """
    recorded = [Axis.model_validate(axis) for axis in session.axes]
    same_axes = [axis.name for axis in recorded] == [axis.name for axis in space.axes] and np.allclose(
        [axis.unit for axis in recorded], [axis.unit for axis in space.axes], rtol=1e-3
    )
    if not same_axes or session.model_fingerprint != model.info.fingerprint:
        raise ConflictError(
            "the model or the library changed since this session began, so its coordinates would mean something else",
            hint="Start a new session, or bring back the model that it began with.",
        )


_DECISIVE = ("request", "axes", "dimension", "radius", "basis")


@lru_cache(maxsize=16)
def _build(model: Model, config_json: str) -> SteeringSpace:
    config = SessionConfig.model_validate_json(config_json)
    own = model.own_space()
    return _own(model, config, *own) if own is not None else _from_captions(model, config)


def _own(model: Model, config: SessionConfig, region: Region, axes: tuple[Axis, ...]) -> SteeringSpace:
    """The space of a model that is steered by its own coordinates: z = u, one unit an axis."""
    anchor = model.encode(config.request)
    basis = {name: np.eye(region.dim, dtype=np.float32) for name in anchor.steered}
    return SteeringSpace(anchor, basis, axes, region, radius=1.0)


def _from_captions(model: Model, config: SessionConfig) -> SteeringSpace:
    asked = BASES.parse(config.basis)
    basis = BASES.build(asked)
    prompt, vocabulary, texts = config.request.prompt, model.info.vocabulary, config.axis_texts
    captions = basis.captions(prompt, texts, vocabulary)
    embeddings = dict(zip(captions, model.embed(captions), strict=True))
    directions, axes = basis.build(prompt, texts, dimension_of(config.dimension), vocabulary, embeddings)
    if isinstance(asked, BasisConfig):
        known = embeddings[prompt]
        directions = in_mode(asked.mode, directions, known.conditioning, known.content)
    anchor = model.encode(config.request)
    rows = [anchor.steered.unflat(direction) for direction in directions]
    stacked = Conditioning({name: np.stack([row[name] for row in rows]) for name in anchor.steered})
    return SteeringSpace(anchor, stacked, axes, Region(len(axes)), radius=config.radius)
