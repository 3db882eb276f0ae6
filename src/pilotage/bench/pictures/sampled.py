"""Arms whose pictures a sampler places: with the answers, as a session does, or without them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pilotage.bench.methods import PilotageConfig, handed_over
from pilotage.bench.pictures.base import Arm, Looks
from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.elicitation import Item, Judgement
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS, View
from pilotage.spaces import Region


class Steered(Arm):
    """A sampler and a preference model as a session runs them; what comes out is what the belief puts first."""

    def __init__(self, config: PilotageConfig, region: Region, seed: int) -> None:
        super().__init__(region, seed)
        self._sampler = SAMPLERS.build(config.sampler)
        self._model = PREFERENCE_MODELS.build(config.preference_model)
        self._looks: Looks = {}
        self._view = self._look()

    def propose(self, n: int) -> Array:
        """The sampler's."""
        return self._sampler.propose(self._view, n=n, rng=self.rng()).u

    def forecast(self, places: Array) -> Array:
        """As a session stores it with its candidates."""
        return self._view.posterior.p_best(places)

    def learn(self, judgement: Judgement, looks: Looks) -> None:
        """Fold it."""
        super().learn(judgement, looks)
        self._looks = {**self._looks, **looks} if self._sampler.needs_descriptors else {}
        self._view = self._look()

    def best(self) -> Item:
        """Of all that was shown, the one believed best."""
        place = tuple(handed_over(self._view))
        return next(item for judgement in self.history for item in judgement.items if item.u == place)

    def _look(self) -> View:
        posterior = self._model.fold(self.region, self.history)
        return View(self.region, posterior, self.history, len(self.history) + 1, self._looks)


class NoUpdateConfig(StrategyConfig, frozen=True, validate_default=True):
    """Every round is drawn as a sampler draws its first one; choices guide nothing."""

    kind: Literal["no_update"] = "no_update"
    sampler: Annotated[
        dict[str, Any], BeforeValidator(lambda value: SAMPLERS.parse(value).model_dump(mode="json"))
    ] = Field(PilotageConfig().sampler, description="Whose first round.")  # fmt: skip


class NoUpdate(Arm):
    """Resampling about the prompt."""

    def __init__(self, config: NoUpdateConfig, region: Region, seed: int) -> None:
        super().__init__(region, seed)
        self._sampler = SAMPLERS.build(config.sampler)
        self._view = View(region, PREFERENCE_MODELS.build("winner_average").fold(region, ()), (), 1)

    def propose(self, n: int) -> Array:
        """A first round, drawn anew."""
        return self._sampler.propose(self._view, n=n, rng=self.rng()).u
