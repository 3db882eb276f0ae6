"""Outcomes of `learning_images` on disk."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter

import pilotage
from pilotage.bench.ledger import Ledger
from pilotage.bench.pictures.arms import ARMS
from pilotage.bench.pictures.trials import Course, PictureTrial
from pilotage.bench.sources import digests, folder_of
from pilotage.core.hashing import digest
from pilotage.core.versions import installed

_HERE = ("arms", "base", "sampled", "scenes", "trials", "unguided")  # modules that decide an outcome
_ROOMS = ("elicitation", "features", "models", "simulation", "spaces")
_ENGINE = ("preferences", "samplers")  # only of arms that have a sampler
_PACKAGES = ("numpy", "scipy", "torch", "diffusers", "transformers", "pilotage-starter")


class Courses(Ledger[PictureTrial, Course]):
    """A folder of outcomes. A model of the same name is taken for the same model."""

    trial: ClassVar[type[Any]] = PictureTrial
    outcome: ClassVar[TypeAdapter[Any]] = TypeAdapter(Course)

    def name_of(self, trial: PictureTrial) -> str:
        """Prompt, wish and arm."""
        return re.sub(r"\W+", "-", f"pictures {trial.case.prompt} {trial.case.wish} {trial.arm['kind']}")

    def code_of(self, trial: PictureTrial) -> str:
        """Sources of ours, of plug-ins, and versions of what renders."""
        rooms = Path(pilotage.__file__).parent
        sources = [*(rooms / "bench" / "pictures" / f"{name}.py" for name in _HERE), rooms / "sessions" / "spaces.py"]
        sources += [rooms / room for room in (*_ROOMS, *(_ENGINE if "sampler" in trial.arm else ()))]
        package = ARMS.entries()[trial.arm["kind"]].config.__module__.partition(".")[0]
        added = () if package == "pilotage" else (folder_of(package),)
        return digest([installed(_PACKAGES), *digests((*sources, *added))])
