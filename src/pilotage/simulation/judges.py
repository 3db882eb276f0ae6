"""A judge: a taste, its errors and a seed; asked the same in the same state, it answers the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.seeds import stream
from pilotage.elicitation import Critique, Judgement
from pilotage.simulation.answering import Chooser, answer, refusal
from pilotage.simulation.base import Query, Taste, Thing
from pilotage.simulation.noise import Mood, NoiseConfig, feelings
from pilotage.simulation.repeats import exchange, exchanged, repeated
from pilotage.simulation.speech import sentence, tags_of
from pilotage.simulation.tastes import TASTES


class JudgeConfig(BaseModel):
    """A judge as data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    taste: Mapping[str, Any]
    noise: NoiseConfig = NoiseConfig()
    confidence: bool = Field(False, description="Whether it says how sure it is.")
    critiques: bool = Field(False, description="Whether it tags what it sees wrong.")


@dataclass(frozen=True, slots=True)
class Rationale:
    """Why an answer is as it is: the truth of the simulation, which no engine is told.

    Attributes:
        utilities: candidate -> true utility, in the taste's unit.
        errors: of blind, reversed, refused: those that were made.
        text: what the judge would write.
    """

    utilities: Mapping[str, float]
    errors: tuple[str, ...]
    text: str


class Judge:
    """Answers every kind of query."""

    def __init__(self, config: JudgeConfig, seed: int, *, taste: Taste | None = None) -> None:
        """A judge by its config; `taste` takes the place of the config's own, where it is no plain data."""
        self.config, self._seed = config, seed
        self.taste = taste or TASTES.build(config.taste)

    def answer(self, query: Query, history: Sequence[Judgement]) -> tuple[Judgement, Rationale]:
        """The judgement of a query, and why.

        Args:
            query: what is asked.
            history: its own judgements before this one, oldest first.

        Raises:
            InvalidInputError: a kind that no judge answers, or things that do not fit the kind or the taste.
        """
        noise = self.config.noise
        worth = self.taste.utility(query.things, _kept(history))
        utilities = {thing.item.candidate: float(u) for thing, u in zip(query.things, worth, strict=True)}
        felt = feelings(noise, utilities, index=query.index, favourite=_favourite(query),
                        mildness=noise.drift * float(self._rng(query, "drift").standard_normal()))  # fmt: skip
        before = repeated(query.things, history)
        errors = tuple(name for name, rate in self._rates(before is not None) if self._rng(query, name).random() < rate)
        if before is not None and "reversed" in errors:
            felt = exchanged(felt, exchange(felt, query.things, before))
        chooser = Chooser(query, Mood(felt, blind="blind" in errors), self._rng(query, "choices"))
        said = refusal(chooser, felt) if "refused" in errors else answer(query.kind, chooser)
        tags = self._tags(query)
        judgement = Judgement(
            chooser.items, said, self._confidence(felt, chooser.names), ties_offered=query.ties_offered,
            critiques=tuple(Critique(name, tag) for name, given in tags.items() for tag in given),
        )  # fmt: skip
        text = sentence(chooser.names, said.first, tags, rng=self._rng(query, "words"))
        return judgement, Rationale(utilities, errors, text)

    def _rng(self, query: Query, purpose: str) -> np.random.Generator:
        """One stream a purpose: a judge who errs more errs in the same places, and in some more."""
        return stream(self._seed, purpose, query.index)

    def _rates(self, again: bool) -> tuple[tuple[str, float], ...]:
        noise = self.config.noise
        return (("blind", noise.lapse), ("reversed", noise.reversal if again else 0.0), ("refused", noise.skip))

    def _confidence(self, felt: Mapping[str, float], names: Sequence[str]) -> int | None:
        """Certain, or a guess, by how often the best would be picked again."""
        if not self.config.confidence:
            return None
        odds = np.exp([felt[name] - max(felt[other] for other in names) for name in names])
        share = float(odds.max() / odds.sum())
        return 3 if share > 0.75 else 2 if share > 0.45 else 1

    def _tags(self, query: Query) -> dict[str, tuple[str, ...]]:
        if not self.config.critiques:
            return {}
        per_unit = self.config.noise.temperature
        wishes = ({name: w / per_unit for name, w in self.taste.wishes(thing).items()} for thing in query.things)
        return {thing.item.candidate: tags_of(wish) for thing, wish in zip(query.things, wishes, strict=True)}


def _kept(history: Sequence[Judgement]) -> list[Thing]:
    """What answers have put first so far."""
    return [Thing(one.sample_of(name)) for one in history for name in one.answer.first]


def _favourite(query: Query) -> str | None:
    return next((thing.item.candidate for thing in query.things if thing.item.sample == query.incumbent), None)
