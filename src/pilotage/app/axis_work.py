"""What takes minutes of an axis: making its vectors for a model, and measuring what they do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pilotage.app.axis_shelf import AxisShelf
from pilotage.app.steering import Steering
from pilotage.core.errors import NotFoundError
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import AxisReport, Heat
from pilotage.labs.language.calibration import Budget, calibrate
from pilotage.labs.language.choosing import METHODS, Cell, choose, choose_layer
from pilotage.labs.language.composition import most_alike
from pilotage.labs.language.evaluation import RANDOMS, evaluate, measured
from pilotage.labs.language.meaning import installed_encoder
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import EVALUATION, FURTHER
from pilotage.labs.language.study import Study
from pilotage.models.language import LanguageModel

Json = dict[str, Any]
BUILD, EVALUATE = "axis_build", "axis_evaluate"
QUICK_PROMPTS, QUICK_TOKENS = 3, 12


class AxisPlan(BaseModel):
    """The payload of both kinds of job: the axis with its texts, since these may be changed while it waits.

    Attributes:
        methods: of extraction, to choose among; none: the vectors that are there are calibrated.
        budget: what dose 1 may cost.
        quick: a glance in place of a measurement: fewer and shorter texts, one method, one random direction.
        seed: of the texts that are written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: Axis
    methods: tuple[str, ...] = Field(tuple(str(one) for one in METHODS), max_length=8)
    budget: Budget = Field(default_factory=Budget)
    quick: bool = False
    seed: int = Field(0, ge=0, lt=2**32)


@dataclass(frozen=True, slots=True)
class AxisWork:
    """The work of one job, on a model that is loaded when it begins; what was measured is kept at the end."""

    model: LanguageModel
    steering: Steering
    shelf: AxisShelf
    plan: AxisPlan
    progress: Progress
    cancel: CancelToken

    def build(self) -> Json:
        """Extract, choose layer and method, calibrate, measure. Re-entrant: it begins anew.

        Raises:
            NotFoundError: the vectors that were to be calibrated are gone, or the axis was deleted meanwhile.
            JobCancelledError: soon after `cancel`.
        """
        study = self._study()
        pack, cells = self._chosen(study)
        pack = calibrate(study, self.plan.axis, pack, budget=self.plan.budget)
        self._require_axis()
        self.steering.keep(pack)  # what took longest is not lost with the rest
        return self._measured(pack, tuple(Heat.of(cell) for cell in cells), built=True)

    def evaluate(self) -> Json:
        """Measure the vectors that are there, on held-out answers and prompts of their own.

        Raises:
            NotFoundError: there are none, or the axis was deleted meanwhile.
            ConflictError: they are not calibrated.
            InvalidInputError: the axis holds nothing out.
        """
        self._study()
        before = self._before()
        return self._measured(self._present(), before.heat if before is not None else ())

    def _measured(self, pack: VectorPack, heat: tuple[Heat, ...], *, built: bool = False) -> Json:
        """The result of the job; a glance is kept where there was nothing before."""
        axis, quick = self.plan.axis, self.plan.quick
        told: Json = {"axis": axis.name, "fingerprint": self._fingerprint, "report": None}
        splits = {one.split for one in axis.pairs} | {one.split for one in axis.texts}
        if built and "held_out" not in splits:
            return told
        study = replace(self._study(), seed=self.plan.seed + 1)  # texts are written anew to be judged
        prompts, further = (EVALUATION[:QUICK_PROMPTS], ()) if quick else (EVALUATION, FURTHER)
        beside = None if quick else most_alike(pack, self.steering.packs(self._fingerprint))
        report = evaluate(study, axis, pack, randoms=3 if quick else RANDOMS, prompts=prompts, further=further,
                          embed=None if quick else installed_encoder(), beside=beside)  # fmt: skip
        report = report.model_copy(update={"heat": heat, "quick": quick})
        self.progress(Step("saving"))
        self._require_axis()
        if built or not quick or self._before() is None:
            self.shelf.keep_report(report)
        if built or (not quick and axis.name in self.steering.own(self._fingerprint)):
            self.steering.keep(measured(pack, report, axis))
        return {**told, "report": report.model_dump(mode="json")}

    def _require_axis(self) -> None:
        """Vectors of an axis of one's own that is gone are nobody's; texts that ship are there for good."""
        name = self.plan.axis.name
        if not self.shelf.owns(name) and self.shelf.axis(name) != self.plan.axis:
            raise NotFoundError(f"the axis {name} was deleted meanwhile", field="axis")

    def _before(self) -> AxisReport | None:
        name = self.plan.axis.name
        own_pack = name in self.steering.own(self._fingerprint)
        return self.shelf.report(self._fingerprint, name, own_pack=own_pack)

    def _chosen(self, study: Study) -> tuple[VectorPack, tuple[Cell, ...]]:
        if not self.plan.methods:
            choice = choose_layer(study, self.plan.axis, self._present())
        else:
            choice = choose(study, self.plan.axis, methods=self.plan.methods[: 1 if self.plan.quick else None])
        return choice.pack, choice.cells

    def _present(self) -> VectorPack:
        packs, name = self.steering.packs(self._fingerprint), self.plan.axis.name
        if name not in packs:
            raise NotFoundError(f"no vectors of {name} for {self.model.info.name}", field="axis",
                                hint=f"pilotage axes build {name}")  # fmt: skip
        return packs[name]

    def _study(self) -> Study:
        self.model.load(progress=self.progress)
        tokens = QUICK_TOKENS if self.plan.quick else 24
        return Study(self.model, tokens=tokens, seed=self.plan.seed, progress=self.progress, cancel=self.cancel)

    @property
    def _fingerprint(self) -> str:
        return self.model.info.fingerprint or self.model.fingerprint()
