"""Lab: one verb per act. The library, the terminal and the API call these and nothing below them."""

from __future__ import annotations

from pilotage.app import axis_work, latent_backfill, latent_training
from pilotage.app.catalog import ModelCatalog
from pilotage.app.verbs.base import raise_if_failed
from pilotage.app.verbs.bundles import BundleVerbs
from pilotage.app.verbs.calibration import CalibrationVerbs
from pilotage.app.verbs.conversations import ConversationVerbs
from pilotage.app.verbs.doses import DoseVerbs
from pilotage.app.verbs.experiments import ExperimentVerbs
from pilotage.app.verbs.latent_steering import LatentSteeringVerbs
from pilotage.app.verbs.replay import ReplayVerbs
from pilotage.app.verbs.retention import RetentionVerbs
from pilotage.app.verbs.revisions import RevisionVerbs
from pilotage.app.verbs.sessions import advise, believe
from pilotage.app.verbs.takeaway import TakeAwayVerbs
from pilotage.app.verbs.taste import TasteVerbs
from pilotage.artifacts import ArtifactStore
from pilotage.core.clock import Clock, system_clock
from pilotage.jobs import Verbs
from pilotage.reports import embeddings
from pilotage.sessions import again, calibrations, diagnosis
from pilotage.store import Store

__all__ = ["Lab", "advise", "believe", "raise_if_failed"]


class Lab(
    RetentionVerbs, BundleVerbs, TakeAwayVerbs, RevisionVerbs, ExperimentVerbs, ReplayVerbs, CalibrationVerbs,
    TasteVerbs, ConversationVerbs, DoseVerbs, LatentSteeringVerbs,
):  # fmt: skip
    """Everything that can be done, over one store, one artifact folder, one catalog and one engine."""

    def __init__(
        self, store: Store, artifacts: ArtifactStore, catalog: ModelCatalog, *, clock: Clock = system_clock
    ) -> None:
        super().__init__(store, artifacts, catalog, clock=clock)
        self.believe_with(believe, advise)
        catalog.use_packs(lambda model, axes: self.steering.usable(model, axes))  # noqa: PLW0108  (it has a home later)

    def verbs(self) -> Verbs:
        """What each kind of job does; for whichever engine or worker runs them."""
        return {
            "step": self._run_step,
            "retry": self._run_retry,
            "render": self._run_render,
            "warm": self._run_warm,
            embeddings.KIND: self._run_embeddings,
            again.KIND: self._run_again,
            "replay": self._run_replay,
            calibrations.KIND: self._run_calibrate,
            diagnosis.KIND: self._run_diagnose,
            axis_work.BUILD: self._run_axis_build,
            axis_work.EVALUATE: self._run_axis_evaluate,
            latent_training.TRAIN: self._run_train_latents,
            latent_backfill.BACKFILL: self._run_backfill,
        }
