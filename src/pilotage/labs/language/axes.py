"""Axes of language: two poles, and pairs of answers that differ in nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import digest
from pilotage.core.strategies import invalid_input
from pilotage.models.language.requests import Exchange, Message

T = TypeVar("T")
Split = Literal["train", "choose", "held_out"]
PLAIN_PROMPT = "Write a sentence."  # what a text without a prompt is read as the answer to
CHOOSE_EVERY = 4  # of the training pairs, so that layers are chosen on pairs that no vector was made of
LEAST = 4  # training pairs, or texts of a pole: fewer say more of their topics than of the axis
_Line = Annotated[str, Field(min_length=1, max_length=8000)]
_Word = Annotated[str, Field(min_length=1, max_length=60)]
_FROZEN = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Contrast(BaseModel):
    """One prompt and two answers to it, one a pole."""

    model_config = _FROZEN

    prompt: str = Field("", max_length=8000)
    positive: _Line
    negative: _Line
    split: Literal["train", "held_out"] = "train"

    @model_validator(mode="after")
    def _differ(self) -> Contrast:
        if self.positive == self.negative:
            raise ValueError("both answers are the same")
        return self


class Loose(BaseModel):
    """One text of one pole, without its counterpart."""

    model_config = _FROZEN

    text: _Line
    pole: Literal["positive", "negative"]
    prompt: str = Field("", max_length=8000)
    split: Literal["train", "held_out"] = "train"


class Poles(BaseModel):
    """What the two ends of an axis are called."""

    model_config = _FROZEN

    negative: _Word
    positive: _Word


@dataclass(frozen=True, slots=True)
class Sides:
    """The answers of one split, a pole each; `paired` if equal places answer the same prompt."""

    positive: tuple[Exchange, ...]
    negative: tuple[Exchange, ...]
    paired: bool


class Axis(BaseModel):
    """What a steering vector is made from and measured on. Holds `pairs` or `texts`.

    Attributes:
        name: lower-case letters, digits and underscores; files are named by it.
        licence: of the texts.
        length_matters: whether the poles are meant to differ in length.
        pairs: contrasts; those of the split `held_out` are only ever measured on.
        texts: instead of pairs, texts of either pole that answer nothing in common.
    """

    model_config = _FROZEN

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")
    poles: Poles
    description: str = Field("", max_length=2000)
    licence: str = Field("unknown", max_length=200)
    length_matters: bool = False
    pairs: tuple[Contrast, ...] = Field((), max_length=5000)
    texts: tuple[Loose, ...] = Field((), max_length=10000)

    @model_validator(mode="after")
    def _enough(self) -> Axis:
        if bool(self.pairs) == bool(self.texts):
            raise ValueError("give pairs, or texts of both poles; one of the two")
        for pole in ("positive", "negative"):
            count = self._count(pole)
            if count < LEAST:
                raise ValueError(f"{count} {pole} answers to learn from; at least {LEAST} are needed")
        return self

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Axis:
        """An axis from what a file or a client says.

        Raises:
            InvalidInputError: with the first field at fault, the rest in `facts`.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as cause:
            raise invalid_input(cause, prefix="axis") from cause

    def fingerprint(self, split: Literal["train", "held_out"] = "train") -> str:
        """sha256 of the answers that vectors are made and chosen by, or of those that they are measured on."""
        told = [one.model_dump(mode="json") for one in self.pairs if one.split == split]
        told += [one.model_dump(mode="json") for one in self.texts if one.split == split]
        return digest({"name": self.name, "poles": self.poles.model_dump(), "answers": told})

    def sides(self, split: Split) -> Sides:
        """The answers of a split, ready to be read by a model.

        `choose` is every fourth training answer, and `train` the other three, so that what is chosen by looking at
        one was not made from it; with few answers both are all of them.

        Raises:
            InvalidInputError: the axis has no such answers.
        """
        stored = "held_out" if split == "held_out" else "train"
        if self.pairs:
            pairs = _part([one for one in self.pairs if one.split == stored], split)
            positive = [_exchange(one.prompt, one.positive) for one in pairs]
            negative = [_exchange(one.prompt, one.negative) for one in pairs]
        else:
            texts = [one for one in self.texts if one.split == stored]
            positive, negative = (
                [_exchange(one.prompt, one.text) for one in _part([one for one in texts if one.pole == pole], split)]
                for pole in ("positive", "negative")
            )
        if not positive or not negative:
            raise InvalidInputError(f"axis {self.name} has no {split} answers", field="axis.pairs")
        return Sides(tuple(positive), tuple(negative), paired=bool(self.pairs))

    def _count(self, pole: str) -> int:
        return sum(one.split == "train" for one in self.pairs) + sum(
            one.split == "train" and one.pole == pole for one in self.texts
        )


def _part(items: Sequence[T], split: Split) -> Sequence[T]:
    if split == "held_out" or len(items) < 2 * CHOOSE_EVERY:
        return items
    return [item for place, item in enumerate(items, start=1) if (place % CHOOSE_EVERY == 0) == (split == "choose")]


def _exchange(prompt: str, answer: str) -> Exchange:
    return Exchange((Message(role="user", content=prompt or PLAIN_PROMPT),), answer)
