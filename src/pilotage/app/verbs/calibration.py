"""What one unit of an axis changes, and what a place decides beside the noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pilotage.app.verbs.base import Json
from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.errors import UnsupportedInputError
from pilotage.core.progress import CancelToken, Progress
from pilotage.core.strategies import invalid_input
from pilotage.sessions import calibrations, diagnosis, views
from pilotage.sessions.calibration_views import CalibrationView, calibration_view


class CalibrationVerbs(SessionVerbs):
    """What one unit of an axis changes, and what a place decides beside the noise."""

    def calibrate(self, config: Mapping[str, Any], **options: Any) -> views.JobView:
        """Measure every axis that a session of `config` would have; the job's result says what each does.

        `options` are those of `CalibrationPlan`: features, carriers, seeds.
        """
        checked = self.check_config(config)
        calibrations.require_measurable(self.show_model(checked.model))
        try:
            plan = calibrations.CalibrationPlan(config=checked, **options)
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        return views.job_view(calibrations.enqueue_calibration(self.ports, self.engine, plan))

    def get_calibration(self, config: Mapping[str, Any]) -> CalibrationView:
        """Which axes of a config are measured, and what one unit of each changes."""
        checked = self.check_config(config)
        info = self.show_model(checked.model)
        calibrations.require_measurable(info)
        return calibration_view(self.store, checked, info.vocabulary)

    def diagnose_space(self, config: Mapping[str, Any], **options: Any) -> views.JobView:
        """How much of what pictures differ in comes from the place, how much from the noise; in all and by axis.

        `options` are those of `DiagnosisPlan`: features, places, seeds.
        """
        checked = self.check_config(config)
        info = self.show_model(checked.model)
        if info.capabilities.modality != "image":
            raise UnsupportedInputError(f"{info.name} makes no pictures to look at", field="model")
        try:
            plan = diagnosis.DiagnosisPlan(config=checked, **options)
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        return views.job_view(diagnosis.enqueue_diagnosis(self.ports, self.engine, plan))

    def _run_calibrate(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        plan = calibrations.CalibrationPlan.model_validate(payload["plan"])
        return calibrations.run_calibration(
            self.ports, plan, self.catalog.get(payload["model"]), progress=progress, cancel=cancel
        )

    def _run_diagnose(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        plan = diagnosis.DiagnosisPlan.model_validate(payload["plan"])
        return diagnosis.run_diagnosis(
            self.ports, plan, self.catalog.get(payload["model"]), progress=progress, cancel=cancel
        )
