"""What can be done with models."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.app.prompts import PromptCheck, check_prompt
from pilotage.app.verbs.base import Base, Json
from pilotage.core.progress import CancelToken, Progress
from pilotage.models import ModelInfo
from pilotage.sessions import renders, views


class ModelVerbs(Base):
    """What can be done with models."""

    def list_models(self) -> Sequence[ModelInfo]:
        """The models that can be named without a path."""
        return self.catalog.infos()

    def show_model(self, ref: str) -> ModelInfo:
        """One model, by whatever reference."""
        return self.catalog.get(ref).info

    def unknown_words(self, ref: str, text: str) -> Sequence[str]:
        """The words of `text` that the model doesn't know."""
        return self.show_model(ref).vocabulary.unknown_words(text)

    def check_prompt(self, ref: str, prompt: str) -> PromptCheck:
        """The words of a prompt that the model doesn't know, each with known ones like it."""
        return check_prompt(self.show_model(ref).vocabulary, prompt)

    def warm(self, ref: str) -> views.JobView:
        """Load a model ahead of its first use."""
        info = self.show_model(ref)
        job = renders.warm_job(info.ref, clock=self.ports.clock)
        with self.store.transaction() as tx:
            return views.job_view(self.engine.enqueue(tx, job))

    def _run_warm(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        return renders.warm(self.catalog.get(payload["model"]), progress=progress)
