"""What a model makes up: pictures from around one picture's latent, and from one component of the prior."""

from __future__ import annotations

import numpy as np
import torch  # noqa: TID253  (imported when a model is run)
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.core.seeds import stream_seed
from pilotage.labs.latents.network import pictures
from pilotage.labs.latents.network.sheets import Piece
from pilotage.models.latents.examples import Pictures
from pilotage.models.latents.nets import LatentModel, MixtureVae
from pilotage.models.latents.reading import decode, encode

MAX_SAMPLES = 64
_NO_MIXTURE = "an autoencoder gives each picture one latent and has no prior: nothing can be drawn from it"


def sample_seed(root: int, kind: str, place: int) -> int:
    """The seed of the samples of a place (a picture's position, a component): the same in every epoch.

    Args:
        root: the training's seed.
        kind: `posterior_local` or `prior_component`.
        place: of what.
    """
    return stream_seed(root, kind, place)


def posterior_local(
    model: LatentModel, picture: Pictures, *, i: int, m: int, seed: int, is_override: bool = False
) -> list[Piece]:
    """Pictures decoded from q(z|x) of one; the first of them are the same for every larger m.

    Args:
        model: nobody trains it, or it stands still.
        picture: (H, W, C) bytes.
        i: its position in the set.
        m: how many, 1..64.
        seed: of the noise.
        is_override: somebody chose the seed.

    Raises:
        UnsupportedInputError: an autoencoder.
        InvalidInputError: `m` out of range.
    """
    _mixture(model)
    found = encode(model, picture[None])
    assert found.logvar is not None
    return _sheet(model, "posterior_local", {"idx": i}, found.z[0], found.logvar[0], m, seed, is_override)


def prior_component(model: LatentModel, *, c: int, m: int, seed: int, is_override: bool = False) -> list[Piece]:
    """Pictures decoded from p(z|c); arguments as of `posterior_local`, `c` the component.

    Raises:
        UnsupportedInputError: an autoencoder.
        InvalidInputError: no such component, or `m` out of range.
    """
    mixture = _mixture(model)
    if not 0 <= c < mixture.config.components:
        raise InvalidInputError(f"c must be 0..{mixture.config.components - 1}", field="c")
    with torch.inference_mode():
        mu, logvar = (part[c].numpy() for part in mixture.prior)
    return _sheet(model, "prior_component", {"component": c}, mu, logvar, m, seed, is_override)


def _mixture(model: LatentModel) -> MixtureVae:
    if not isinstance(model, MixtureVae):
        raise UnsupportedInputError(_NO_MIXTURE, field="kind", hint="Train a mixture VAE.")
    return model


def _sheet(
    model: LatentModel, kind: str, place: dict[str, int], mu: NDArray[np.float32], logvar: NDArray[np.float32],
    m: int, seed: int, is_override: bool,
) -> list[Piece]:  # fmt: skip
    if not 1 <= m <= MAX_SAMPLES:
        raise InvalidInputError(f"m must be 1..{MAX_SAMPLES}", field="m")
    noise = np.random.default_rng(seed).standard_normal((m, len(mu)), dtype=np.float32)
    z = mu + noise * np.exp(logvar / 2)
    name = f"{kind}_seeded" if is_override else kind
    fields = {"kind": kind, **place, "m": m, "seed": seed, "seed_override": is_override, "data": {"z": z}}
    return [Piece(f"{name}_png", pictures.png(pictures.tiled(decode(model, z)))), Piece(name, fields)]
