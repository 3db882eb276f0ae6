"""`recipe.toml`: what a profile trains, on what, for how long. Read once; everything else is told by it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from training.starter.parts import Autoencoder, Data, Denoiser, Towers, Words
from training.starter.strict import Part

RECIPE = Path(__file__).with_name("recipe.toml")
__all__ = ["Budget", "Evaluation", "Profile", "RecipeError", "read_profile"]


class RecipeError(ValueError):
    """The recipe, or the name of a profile, is wrong; the message says where."""


class Budget(Part):
    """How long one network trains, and how.

    Attributes:
        steps: of the optimiser; makes a run repeatable to the bit on one machine.
        minutes: of training, pauses not counted; the learning rate falls over whichever of both ends first.
        batch: pictures a step and process.
        ema: decay of the averaged weights at the end; early on it is (1 + step) / (20 + step).
        checkpoint: seconds between checkpoints, the most that a kill can cost.
        text_lr: the text encoder's learning rate as a part of the UNet's; 0 keeps it as CLIP left it. On
            three objects a quarter lost 1 to 2 % against the whole at every step.
    """

    steps: int | None = Field(None, ge=1)
    minutes: float | None = Field(None, gt=0)
    batch: int = Field(32, ge=1)
    lr: float = Field(1e-3, gt=0)
    warmup: int = Field(50, ge=1)
    ema: float = Field(0.998, ge=0, lt=1)
    checkpoint: float = Field(120, gt=0)
    text_lr: float = Field(1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.steps is None and self.minutes is None:
            raise ValueError("a budget needs steps or minutes")
        return self


class Evaluation(Part):
    """How it is judged; the same for all profiles but `smoke`."""

    steps: int = Field(10, ge=1)
    guidance: float = Field(2.0, ge=1)
    batch: int = Field(16, ge=1)


class Profile(Part):
    """One way to train.

    Attributes:
        processes: each with `threads` threads and its own part of the batch; gradients are averaged over gloo.
        precision: of the forward and backward pass; weights, their average and the optimiser keep 32 bits.
        compile: whether torch.compile is tried; without a C++ compiler the stage says so and goes on without.
    """

    name: str
    seed: int = 0
    device: Literal["cpu", "cuda"] = "cpu"
    processes: int = Field(1, ge=1, le=8)
    threads: int = Field(1, ge=1)
    precision: Literal["fp32", "bf16"] = "bf16"
    channels_last: bool = True
    compile: bool = False
    sets: dict[str, str]
    data: Data = Data()
    words: Words = Words()
    towers: Towers = Towers()
    autoencoder: Autoencoder = Autoencoder()
    denoiser: Denoiser = Denoiser()
    evaluation: Evaluation = Evaluation()
    clip: Budget
    vae: Budget
    unet: Budget
    controlnet: Budget
    resampler: Budget
    ip_adapter: Budget
    decoder: Budget

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for shape in (self.autoencoder, self.denoiser):
            if any(width % shape.groups for width in shape.widths):
                raise ValueError(f"widths {shape.widths} are no multiples of {shape.groups} groups")
        if self.towers.width % self.towers.heads:
            raise ValueError("the towers' width is no multiple of their heads")
        return self


def read_profile(name: str, path: Path = RECIPE) -> Profile:
    """The profile `name`, with what it extends.

    Raises:
        RecipeError: no such file or profile, an unknown key, or a value out of range.
    """
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as cause:
        raise RecipeError(f"{path.name} cannot be read: {cause}") from cause
    try:
        return Profile.model_validate({"name": name, **_resolved(name, tables, ())})
    except ValidationError as cause:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in cause.errors())
        raise RecipeError(f"profile {name}: {faults}") from cause


def _resolved(name: str, tables: Mapping[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
    if name not in tables:
        raise RecipeError(f"no profile {name!r}; one of {', '.join(sorted(tables))}")
    if name in seen:
        raise RecipeError(f"profile {name!r} extends itself")
    own = dict(tables[name])
    parent = own.pop("extends", None)
    return _merged(_resolved(parent, tables, (*seen, name)), own) if parent else own


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, tables within tables; `sets` is replaced whole, and steps by minutes."""
    out = {key: value for key, value in below.items() if not (key == "steps" and "minutes" in above)}
    for key, value in above.items():
        deeper = isinstance(value, dict) and isinstance(out.get(key), dict) and key != "sets"
        out[key] = _merged(out[key], value) if deeper else value
    return out
