"""What can be done with axes of language: seen, written, made into vectors of a model, measured, taken elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from pilotage.app.axis_shelf import AxisShelf
from pilotage.app.axis_views import AxisDetail, AxisView, Overlaps, PackView
from pilotage.app.axis_work import BUILD, EVALUATE, AxisPlan, AxisWork
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.steering import Steering
from pilotage.app.verbs.base import Base, Json
from pilotage.core.errors import ConflictError, InvalidInputError, ModelUnavailableError, NotFoundError
from pilotage.core.ids import new_id
from pilotage.core.progress import CancelToken, Progress
from pilotage.core.strategies import invalid_input
from pilotage.jobs.base import new_job
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_checks import Remark, remarks
from pilotage.labs.language.axis_files import axis_of_texts, template
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.builtin import builtin_names
from pilotage.labs.language.doses import gram
from pilotage.labs.language.extraction import EXTRACTIONS
from pilotage.labs.language.gguf_files import write_gguf
from pilotage.labs.language.packs import VectorPack, read_pack
from pilotage.labs.language.profiles import Suggestion, suggestions
from pilotage.labs.language.steered_text import SteeredRef
from pilotage.labs.latents.steered_run import LatentRef
from pilotage.models.language import LanguageModel
from pilotage.reports.axis_page import axis_page
from pilotage.sessions import views
from pilotage.store import JobRow

NORMED = 12  # answers that norms are measured on


class LanguageVerbs(Base):
    """What can be done with axes of language. Without a folder, axes and vectors of one's own are kept in memory."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.steering, self.shelf = Steering(), AxisShelf()

    def keep_language_in(self, home: Path) -> None:
        """Keep vectors in `vectors`, and axes and reports beside it, of a home folder."""
        self.steering, self.shelf = Steering(home / "vectors"), AxisShelf(home)

    def list_axes(self, model: str = DEFAULT_LANGUAGE) -> list[AxisView]:
        """All axes, and what is known of their vectors for one model.

        Raises:
            NotFoundError, ModelUnavailableError: there is no such model here.
        """
        fingerprint = self._fingerprint(model)
        found = []
        for name in self.shelf.names():
            with suppress(InvalidInputError):  # a file that was changed by hand: asked for by name, it tells why
                axis = self.shelf.axis(name)
                found.append(AxisView.of(axis, self._pack_view(fingerprint, axis), own=self.shelf.owns(name)))
        return found

    def show_axis(self, name: str, model: str = DEFAULT_LANGUAGE) -> AxisDetail:
        """One axis with its texts, what is doubtful about them, and what was measured with a model.

        Raises:
            NotFoundError: no such axis or model.
        """
        axis, fingerprint = self.shelf.axis(name), self._fingerprint(model)
        report = self._report(name, fingerprint)
        return AxisDetail.full(axis, self._pack_view(fingerprint, axis), report, own=self.shelf.owns(name))

    def axis_template(self, name: str) -> Json:
        """An axis to be filled in; of one that there is, its texts to begin from.

        Raises:
            InvalidInputError: a name that could be a path.
        """
        if name in self.shelf.names():
            return self.shelf.axis(name).model_dump(mode="json", exclude_defaults=True)
        return template(name)

    def listed_language(self, ref: str) -> str:
        """The same ref, if it is one that a client may name.

        Raises:
            NotFoundError: it is not; a path is not, whatever lies there.
        """
        refs = [info.ref for info in self.catalog.language_infos()]
        if ref not in refs:
            hint = f"There are: {', '.join(refs) or 'none'}."
            raise NotFoundError(f"no language model {ref[:200]!r}", hint=hint, field="model")
        return ref

    def require_listed(self, ref: object) -> None:
        """Refuse `MODEL?axes=…` of a language model that a client may not name; other models are not looked at.

        Raises:
            NotFoundError: as `listed_language`.
        """
        if isinstance(ref, str) and LatentRef.parse(ref) is None and (steered := SteeredRef.parse(ref)) is not None:
            self.listed_language(steered.model)

    def check_axis(self, data: Mapping[str, Any]) -> tuple[Remark, ...]:
        """What is doubtful about the texts of an axis; nothing is kept.

        Raises:
            InvalidInputError: it is none, with the field.
        """
        return remarks(Axis.of(data))

    def put_axis(self, data: Mapping[str, Any] | Axis, *, hides: bool = True) -> AxisDetail:
        """Keep an axis of one's own; vectors that were made of it stay as they are until they are made anew.

        Args:
            data: the axis.
            hides: whether it may take the name of one that ships, which counts again once this one is deleted.

        Raises:
            InvalidInputError: it is none, with the field.
            ConflictError: one that ships has its name; field `axis.name`.
        """
        axis = data if isinstance(data, Axis) else Axis.of(data)
        if not hides and axis.name in builtin_names() and not self.shelf.owns(axis.name):
            raise ConflictError(f"an axis {axis.name!r} ships with Pilotage", field="axis.name",
                                hint="Keep yours under another name.")  # fmt: skip
        self.shelf.put(axis)
        try:
            return self.show_axis(axis.name)
        except ModelUnavailableError:
            return AxisDetail.full(axis, None, None, own=True)

    def delete_axis(self, name: str) -> None:
        """Forget an axis of one's own, with its vectors for all models; one that ships counts again.

        Raises:
            NotFoundError: there is neither.
        """
        vectors = self.steering.remove(name)
        if vectors:
            self.shelf.remove_reports(name)
        if self.shelf.owns(name) or not vectors:
            self.shelf.remove(name)

    def build_axis(self, name: str, model: str = DEFAULT_LANGUAGE, **options: Any) -> views.JobView:
        """Make the vectors of an axis for a model, calibrate and measure them; minutes, as a job in the background.

        Args:
            name: of the axis.
            model: whose vectors they become.
            options: as `AxisPlan`: methods, budget, quick, seed.

        Raises:
            NotFoundError: no such axis or model.
            InvalidInputError: an option out of range.
        """
        return self._work(BUILD, self.shelf.axis(name), model, options)

    def compute_vectors(
        self, name: str, positive: Sequence[str], negative: Sequence[str], model: str = DEFAULT_LANGUAGE, **options: Any
    ) -> tuple[views.JobView, AxisDetail]:
        """Make the vectors of an axis from texts of both poles; poles and words of an axis that there is stay.

        The axis is kept as one's own once the job is accepted; one that ships under its name is hidden by it.

        Args:
            name: of the axis.
            positive: texts of one pole.
            negative: texts of the other.
            model: whose vectors they become.
            options: as `build_axis`.

        Raises:
            ConflictError: an axis of one's own has that name and other texts.
            InvalidInputError, NotFoundError: as `build_axis`; a name that is none, or too few texts.
        """
        known = self.shelf.axis(name) if name in self.shelf.names() else None
        words = known.model_dump(include={"poles", "description", "length_matters"}) if known is not None else {}
        axis = axis_of_texts(name, positive, negative, **words)
        if known is not None and self.shelf.owns(name):
            if known.texts != axis.texts:
                raise ConflictError(f"you have an axis {name!r} of other texts", field="preference",
                                    hint="Take another name, or delete that axis first.")  # fmt: skip
            axis = known
        job = self._work(BUILD, axis, model, options)
        return job, self.put_axis(axis)

    def evaluate_axis(self, name: str, model: str = DEFAULT_LANGUAGE, **options: Any) -> views.JobView:
        """Measure what doses of an axis do and damage, as a job in the background; options: quick, seed.

        Raises:
            NotFoundError: no such axis or model, or the model has no vectors of it.
        """
        self.pack(name, model)
        return self._work(EVALUATE, self.shelf.axis(name), model, options)

    def axis_report(self, name: str, model: str = DEFAULT_LANGUAGE) -> AxisReport:
        """What was last measured of an axis with a model.

        Raises:
            NotFoundError: nothing was.
        """
        report = self._report(name, self._fingerprint(model))
        if report is None:
            raise NotFoundError(f"nothing was measured of {name[:60]!r} with {model}", field="axis",
                                hint=f"pilotage axes evaluate {name[:60]}")  # fmt: skip
        return report

    def axis_page(self, name: str, model: str = DEFAULT_LANGUAGE) -> str:
        """What was last measured of an axis with a model, as one HTML page that opens offline.

        Raises:
            NotFoundError: nothing was.
        """
        return axis_page(self.axis_report(name, model))

    def pack(self, name: str, model: str = DEFAULT_LANGUAGE) -> VectorPack:
        """The vectors of an axis for a model.

        Raises:
            NotFoundError: there are none.
        """
        packs = self.steering.packs(self._fingerprint(model))
        if name not in packs:
            raise NotFoundError(f"no vectors of {name[:60]!r} for {model}", field="axis",
                                hint=f"There are: {', '.join(sorted(packs)) or 'none'}.")  # fmt: skip
        return packs[name]

    def steerable(self, model: str) -> dict[str, VectorPack]:
        """The packs that a model can be steered by."""
        return {axis: pack for axis, pack in self.steering.packs(self._fingerprint(model)).items()
                if pack.card.calibrated and pack.card.positions == "answer"}  # fmt: skip

    def import_vectors(self, path: Path, model: str = DEFAULT_LANGUAGE, *, axis: str = "") -> PackView:
        """Take vectors in: a pack of ours, or those of repeng, llama.cpp and steering-vectors, to be calibrated then.

        Args:
            path: .safetensors, .gguf or .pt, on this machine.
            model: that they were made with; it is loaded for vectors of other tools, which don't say.
            axis: what they are of; of a pack of ours it is known.

        Raises:
            InvalidInputError, UnsupportedInputError: no such file, or one that does not fit.
            NotFoundError: no such axis or model.
        """
        known = self.catalog.language(model)
        if path.suffix.lower() == ".safetensors":
            pack = read_pack(path)
            known.load()
            pack.require(known.info)
        else:
            pack = self._foreign(path, known, self.shelf.axis(axis))
        self.shelf.remove_reports(pack.card.axis, known.info.fingerprint or "")  # they are of the vectors before
        self.steering.keep(pack)
        return PackView.of(pack, None, own=True)

    def export_vectors(
        self, name: str, model: str = DEFAULT_LANGUAGE, *, format: Literal["safetensors", "gguf"] = "safetensors"
    ) -> bytes:
        """The vectors of an axis as a file: our pack, or a control vector that does in llama.cpp what dose 1 does here.

        Raises:
            NotFoundError: there are none.
            ConflictError: they are not calibrated, which a control vector needs.
        """
        pack = self.pack(name, model)
        if format == "safetensors":
            return pack.to_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.gguf"
            write_gguf(pack, path, family=self.catalog.language(model).info.family)
            return path.read_bytes()

    def axis_overlaps(self, model: str = DEFAULT_LANGUAGE) -> Overlaps:
        """Cosines between the axes that a model can be steered along."""
        packs = {name: pack for name, pack in self.steering.packs(self._fingerprint(model)).items()
                 if pack.card.calibrated}  # fmt: skip
        return Overlaps(axes=list(packs), cosines=gram(list(packs.values())).round(4).tolist())

    def suggest_doses(self, context: str | None = None, model: str = DEFAULT_LANGUAGE) -> tuple[Suggestion, ...]:
        """Doses that suit a kind of writing, of the axes that the model can be steered along.

        Raises:
            InvalidInputError: no such context.
        """
        packs = self.steering.packs(self._fingerprint(model))
        return suggestions(context, axes=[name for name, pack in packs.items() if pack.card.calibrated])

    def _work(self, kind: str, axis: Axis, model: str, options: Mapping[str, Any]) -> views.JobView:
        """The job; one that is under way for the same axis and model is the same job."""
        self.catalog.language(model)
        try:
            plan = AxisPlan(axis=axis, **options)
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        for method in plan.methods:
            EXTRACTIONS.parse(method)
        payload = {"language": model, "plan": plan.model_dump(mode="json")}
        with self.store.transaction() as tx:
            for job in tx.list(JobRow, where={"state": ("queued", "running")}):
                if job.kind == kind and not job.cancel_requested and job.payload == payload:
                    return views.job_view(job)
            topic = f"axis:{axis.name}"
            fresh = new_job(kind, payload, topic=topic, key=(new_id("axs"),), clock=self.ports.clock, lane="background")
            return views.job_view(self.engine.enqueue(tx, fresh))

    def _run_axis_build(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        return self._axis_work(payload, progress, cancel).build()

    def _run_axis_evaluate(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        return self._axis_work(payload, progress, cancel).evaluate()

    def _axis_work(self, payload: Json, progress: Progress, cancel: CancelToken) -> AxisWork:
        model, plan = self.catalog.language(payload["language"]), AxisPlan.model_validate(payload["plan"])
        return AxisWork(model, self.steering, self.shelf, plan, progress, cancel)

    def _pack_view(self, fingerprint: str, axis: Axis) -> PackView | None:
        pack = self.steering.packs(fingerprint).get(axis.name)
        return None if pack is None else PackView.of(pack, axis, own=axis.name in self.steering.own(fingerprint))

    def _report(self, name: str, fingerprint: str) -> AxisReport | None:
        return self.shelf.report(fingerprint, name, own_pack=name in self.steering.own(fingerprint))

    def _fingerprint(self, model: str) -> str:
        known = self.catalog.language(model)
        return known.info.fingerprint or known.fingerprint()

    @staticmethod
    def _foreign(path: Path, model: LanguageModel, axis: Axis) -> VectorPack:
        from pilotage.labs.language.importing import import_vectors  # noqa: PLC0415

        model.load()
        norms = model.residual_norms(axis.sides("train").positive[:NORMED]).tolist()
        return import_vectors(path, axis, model.info, norms=norms)
