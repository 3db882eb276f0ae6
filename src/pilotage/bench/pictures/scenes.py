"""A case made ready: the space that is searched, the hidden target, and the two ways in which pictures are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pilotage.bench.pictures.cases import PictureCase
from pilotage.core.errors import GenerationError, InvalidInputError
from pilotage.core.media import Media
from pilotage.core.seeds import stream, stream_seed
from pilotage.core.shapes import Array
from pilotage.features import Features, Layout, Statistics
from pilotage.models import GenerationRequest, Model, Row
from pilotage.sessions.config import parse_config
from pilotage.sessions.spaces import build_space
from pilotage.spaces import Conditioning, SteeringSpace
from pilotage.spaces.region import unit_directions

ERROR_RATE = 0.2  # of the duels between two of the best eighth of random pictures, the share that the worse one wins
N_RANDOM, BEST_SHARE = 64, 8  # pictures of random places; the best one of so many counts as good
HELD_OUT = tuple(stream_seed(0, "held-out noise", index) % 2**32 for index in range(4))
NEAREST, FARTHEST = 0.5, 0.9  # of the region's radius: how far from the prompt a hidden place lies


@dataclass(frozen=True, slots=True)
class Sight:
    """One way to look at pictures, and the target as it shows it.

    Attributes:
        features: what is measured.
        target: (m, p) the target's pictures, each with a noise of its own.
        scale: mean squared distance of random places' pictures from them.
    """

    features: Features
    target: Array
    scale: float

    def scores(self, described: Array) -> Array:
        """(n,) how near each of (n, p) pictures is to the target's: 0 like a random place, 1 the same picture.

        Where the target has several pictures there must be as many, each with the noise of its counterpart.
        """
        return 1.0 - ((described - self.target) ** 2).sum(axis=1) / self.scale


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that a trial needs besides its arm.

    Attributes:
        model: makes the pictures.
        request: size, steps and guidance, as a session has them.
        space: as a session of the prompt has it.
        target: (d,) the hidden place; of a wish, the place of the region that is nearest to it.
        judged: as the judge sees pictures.
        held_out: as nobody saw them in the search: other features, four other noises.
        temperature: of the judge's choices, in units of its score.
    """

    model: Model
    request: GenerationRequest
    space: SteeringSpace
    target: Array
    judged: Sight
    held_out: Sight
    temperature: float

    def render(self, u: Array, noises: Sequence[int]) -> list[Media]:
        """One picture for each of (n, d) places, each with its noise.

        Raises:
            GenerationError: a picture failed.
        """
        rows = [Row(self.space.decode(z), noise) for z, noise in zip(self.space.from_unit(u), noises, strict=True)]
        return _rendered(self.model, self.request, rows)

    def nearness(self, u: Array) -> float:
        """How much nearer to the target than the prompt a place (d,) lies: 1 at the target, 0 as far as the prompt."""
        return 1.0 - float(np.linalg.norm(u - self.target) / np.linalg.norm(self.target))


@lru_cache(maxsize=64)
def scene_of(model: Model, case: PictureCase) -> Scene:
    """The scene of a case; nothing in it depends on a trial's seed.

    A judge of a hidden place sees where light, colour and edges are, and the global statistics are held out; a judge
    of a wish sees those statistics, and the layout is held out.

    Raises:
        InvalidInputError: a wish for a model that reads no text.
        GenerationError: a picture failed.
    """
    if case.wish and not model.info.capabilities.captions:
        raise InvalidInputError(f"{model.info.name} reads no text, so it cannot be wished of", field="case.wish")
    request = {"prompt": case.prompt, "steps": case.steps}
    config = parse_config({"request": request, "model": case.model}, model.info)
    space = build_space(model, config)
    anchor = _wished(model, config.request, case) if case.wish else None
    target = _hidden_place(space, case) if anchor is None else _nearest_place(space, anchor)
    wanted = space.decode(space.from_unit(target[None])[0]) if anchor is None else anchor
    seen, unseen = (Statistics(), Layout()) if case.wish else (Layout(), Statistics())
    noises = (stream_seed(0, "target noise", case.name) % 2**32, *HELD_OUT)
    pictures = _rendered(model, config.request, [Row(wanted, noise) for noise in noises])
    random = _random_pictures(model, config.request, space)
    judged, held_out = _sight(seen, pictures[:1], random), _sight(unseen, pictures[1:], random)
    temperature = _temperature(judged.scores(seen.describe_all(random)))
    return Scene(model, config.request, space, target, judged, held_out, temperature)


def _hidden_place(space: SteeringSpace, case: PictureCase) -> Array:
    rng = stream(case.place, "hidden place", case.prompt)
    return unit_directions(1, space.dim, rng=rng)[0] * rng.uniform(NEAREST, FARTHEST)


def _wished(model: Model, request: GenerationRequest, case: PictureCase) -> Conditioning:
    return model.encode(request.model_copy(update={"prompt": case.wish}))


def _nearest_place(space: SteeringSpace, wanted: Conditioning) -> Array:
    return space.region.clip(space.to_unit(space.encode(wanted)[None]))[0]


def _random_pictures(model: Model, request: GenerationRequest, space: SteeringSpace) -> list[Media]:
    """Of places spread evenly over the region, each with a noise of its own."""
    places = space.from_unit(space.region.sobol(N_RANDOM, rng=stream(0, "random places")))
    noises = [stream_seed(0, "random noise", index) % 2**32 for index in range(N_RANDOM)]
    return _rendered(model, request, [Row(space.decode(z), noise) for z, noise in zip(places, noises, strict=True)])


def _sight(features: Features, target: Sequence[Media], random: Sequence[Media]) -> Sight:
    wanted, others = features.describe_all(target), features.describe_all(random)
    return Sight(features, wanted, float(((others[:, None] - wanted) ** 2).sum(axis=2).mean()))


def _temperature(scores: Array) -> float:
    """That at which the worse of two of the best eighth wins `ERROR_RATE` of the duels.

    Source: Astudillo et al. 2023, qEUBO (arXiv 2303.15746). Differs: an eighth of few pictures, not a percent of many.
    """
    from scipy.optimize import brentq  # noqa: PLC0415  (half a second that a door need not pay)

    best = np.sort(scores)[-max(2, len(scores) // BEST_SHARE) :]
    gaps = np.abs(best[:, None] - best)[np.triu_indices(len(best), 1)]

    def errors(log_temperature: float) -> float:
        return float((1.0 / (1.0 + np.exp(np.minimum(gaps / np.exp(log_temperature), 500.0)))).mean()) - ERROR_RATE

    return float(np.exp(brentq(errors, -25.0, 5.0)))


def _rendered(model: Model, request: GenerationRequest, rows: Sequence[Row]) -> list[Media]:
    """In batches as large as the model takes."""
    size = model.info.capabilities.max_batch
    outputs = [out for at in range(0, len(rows), size) for out in model.generate(request, rows[at : at + size])]
    failed = next((out.error for out in outputs if out.media is None), None)
    if failed is not None:
        raise GenerationError(f"a picture failed: {failed}")
    return [out.media for out in outputs if out.media is not None]
