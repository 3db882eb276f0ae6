"""One trial: an arm looks for a hidden picture round after round, by the picks of a judge who errs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.bench.base import SHOWN
from pilotage.bench.pictures.arms import ARMS
from pilotage.bench.pictures.base import Arm
from pilotage.bench.pictures.cases import PictureCase
from pilotage.bench.pictures.scenes import HELD_OUT, Scene, scene_of
from pilotage.core.media import Media
from pilotage.core.seeds import stream_seed
from pilotage.core.shapes import Array
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Item, Judgement, incumbent
from pilotage.models import Model
from pilotage.sessions.attributes import statistics_of
from pilotage.simulation import Judge, JudgeConfig, NoiseConfig, Query, Thing

ROUNDS = 12


class PictureTrial(BaseModel):
    """What is tried, apart from the seed; plain data, so that its digest names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: PictureCase
    arm: Mapping[str, Any]
    rounds: int = Field(ROUNDS, ge=2, le=100)


@dataclass(frozen=True, slots=True)
class Course:
    """One seed's trial. A score is 0 for the mean of random places' pictures and 1 for the target's.

    Attributes:
        score: as the judge sees it without erring, of the picture that would come out after each round.
        new: the mean of the same over each round's new pictures.
        held_out: score of the last one's place over held-out noises, in features that the judge does not see.
        nearness: how much of the way from the prompt to the target that place is.
        picks: the slot picked in each round; slot 0 is the favourite, at first the prompt's own picture.
        forecasts: the probability that the arm gave the pick before each answer; () if it makes no forecasts.
        renders: distinct pictures that were made for the judge.
    """

    seed: int
    score: tuple[float, ...]
    new: tuple[float, ...]
    held_out: float
    nearness: float
    picks: tuple[int, ...]
    forecasts: tuple[float, ...]
    renders: int


def run(trial: PictureTrial, seed: int, *, open_model: Callable[[str], Model]) -> Course:
    """The trial on one seed: with the case it fixes the judge's errors, each round's noise and the arm's own draws.

    The first two are the same for every arm, so that arms are compared in pairs; they differ from case to case, so
    that what one round's noise does is no trend of all.

    Raises:
        InvalidInputError: no such arm, or a case that the model cannot pose.
        GenerationError: a picture failed.
    """
    with one_blas_thread():
        scene = scene_of(open_model(trial.case.model), trial.case)
        root = stream_seed(seed, "course", trial.case.name)
        arm = ARMS.build(trial.arm)(scene.space.region, stream_seed(root, "arm"))
        return _Search(scene, arm, root).course(seed, trial.rounds)


class _Search:
    def __init__(self, scene: Scene, arm: Arm, root: int) -> None:
        self._scene, self._arm, self._root = scene, arm, root
        names, wanted = scene.judged.features.names, scene.judged.target[0]
        taste = {  # its utility is the score, less 1
            "kind": "look", "target": dict(zip(names, map(float, wanted), strict=True)),
            "sharpness": 2.0 * len(names) / scene.judged.scale,
        }  # fmt: skip
        noise = NoiseConfig(temperature=scene.temperature)
        self._judge = Judge(JudgeConfig(taste=taste, noise=noise), stream_seed(root, "judge"))
        self._seen: dict[str, Array] = {}  # sample -> its description

    def course(self, seed: int, rounds: int) -> Course:
        score, new, picks, forecasts = zip(*(self._round(index) for index in range(rounds)), strict=True)
        place = np.array(self._arm.best().u)
        far = self._scene.render(np.tile(place, (len(HELD_OUT), 1)), HELD_OUT)
        held_out = float(self._scene.held_out.scores(self._scene.held_out.features.describe_all(far)).mean())
        near = self._scene.nearness(place)
        return Course(
            seed, score, new, held_out, near, picks, tuple(p for p in forecasts if p is not None),
            len(self._seen),
        )  # fmt: skip

    def _round(self, index: int) -> tuple[float, float, int, float | None]:
        """(score of what would come out, mean score of the new pictures, the slot picked, its forecast)."""
        arm, favourite = self._arm, incumbent(self._arm.history)
        places = arm.propose(SHOWN - 1)
        if favourite is None:
            places = np.vstack([np.zeros(places.shape[1]), places])
        fresh, pictures = self._made(index, places)
        items = [*([replace(favourite, candidate=f"{index}.0")] if favourite else []), *fresh]
        forecast = arm.forecast(np.array([item.u for item in items]))
        judgement = self._judged(index, items)
        arm.learn(judgement, {item.sample: _look(media) for item, media in zip(fresh, pictures, strict=True)})
        new = float(np.mean([self._score(item) for item in items[1:]]))
        pick = judgement.shown.index(judgement.answer.first[0])
        return self._score(arm.best()), new, pick, float(forecast[pick]) if len(forecast) else None

    def _made(self, index: int, places: Array) -> tuple[list[Item], list[Media]]:
        """The last slots' items, with their pictures."""
        slots = range(SHOWN - len(places), SHOWN)
        names = [f"{index}.{slot}" for slot in slots]
        pictures = self._scene.render(places, [self._noise(index, slot) for slot in slots])
        described = self._scene.judged.features.describe_all(pictures)
        self._seen |= dict(zip(names, described, strict=True))
        return [Item(name, name, tuple(map(float, u))) for name, u in zip(names, places, strict=True)], pictures

    def _judged(self, index: int, items: list[Item]) -> Judgement:
        names = self._scene.judged.features.names
        things = (Thing(item, dict(zip(names, map(float, self._seen[item.sample]), strict=True))) for item in items)
        judgement, _ = self._judge.answer(Query(tuple(things), index=index, depth=1), self._arm.history)
        return judgement

    def _noise(self, index: int, slot: int) -> int:
        """A round's, or each picture's own."""
        return stream_seed(self._root, "noise", index, *((slot,) if self._arm.apart else ())) % 2**32

    def _score(self, item: Item) -> float:
        return float(self._scene.judged.scores(self._seen[item.sample][None])[0])


def _look(media: Media) -> tuple[float, ...]:
    """As a session keeps it for samplers that look at pictures."""
    return tuple(value for _, value in sorted((statistics_of(media) or {}).items()))
