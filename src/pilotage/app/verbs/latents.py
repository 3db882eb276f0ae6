"""What can be done with latent runs: launched, watched, stopped, resumed, cloned, taken along, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pilotage.app.latent_backfill import BACKFILL, backfill_run
from pilotage.app.latent_choices import LatentPreset, LatentSchema, departures
from pilotage.app.latent_example import open_finished_run
from pilotage.app.latent_files import zipped
from pilotage.app.latent_shelf import LatentShelf
from pilotage.app.latent_training import TRAIN, train_run
from pilotage.app.latent_views import LatentDeletion, LatentEvent, LatentRunDetail, LatentRunView
from pilotage.app.memory import MemoryBudget
from pilotage.app.network_questions import NetworkAnswer, NetworkDesk, NetworkQuestion
from pilotage.app.picture_sets import PictureSetView
from pilotage.app.verbs.base import Json
from pilotage.app.verbs.calls import CallVerbs, answering
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.core.ids import new_id
from pilotage.core.progress import CancelToken, Progress
from pilotage.core.strategies import invalid_input
from pilotage.jobs.base import new_job
from pilotage.jobs.calls import Handler
from pilotage.labs.latents.cadence import METHODS, Method, Recording
from pilotage.labs.latents.data import ImageSet
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import EVENTS, RunFolder
from pilotage.labs.latents.plan import cloned, run_config, training_of
from pilotage.labs.latents.sprites import sample
from pilotage.labs.latents.state import RunConfig
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import PRESETS, TrainingConfig
from pilotage.sessions import views
from pilotage.store import Cursor, JobRow, LatentRunRow, following

ASK = "ask_network"
PREVIEWED, PREVIEWED_IN_A_ROW = 40, 10  # pictures of a set
_ENDED = ("completed", "cancelled", "failed")


class LatentVerbs(CallVerbs):
    """What can be done with latent runs."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.latents = LatentShelf(self.store)

    def keep_latents_in(self, home: Path) -> None:
        """Keep runs in `runs`, and picture sets beside it, of a home folder."""
        self.latents = LatentShelf(self.store, home)

    def list_picture_sets(self) -> list[PictureSetView]:
        """All sets of pictures that a run can learn from."""
        return self.latents.sets.views()

    def picture_preview(self, name: str) -> bytes:
        """Some pictures of a set as one PNG, always the same; the classes take turns.

        Raises:
            NotFoundError: no set has this name; field `data`.
        """
        return sample(self.latents.sets.get(name), PREVIEWED, columns=PREVIEWED_IN_A_ROW)

    def import_pictures(self, path: Path, name: str = "", *, side: int = 32, licence: str = "") -> PictureSetView:
        """Take pictures of one's own in: an `.npz`, a folder with IDX files, or a folder of pictures.

        Raises:
            InvalidInputError: none that can be read, or no name.
            ConflictError: a set of this name is there.
        """
        return self.latents.sets.take(path, name, side=side, licence=licence)

    def latent_schema(self) -> LatentSchema:
        """What can be chosen about a training and about what it records."""
        return LatentSchema(training=TrainingConfig.model_json_schema(), recording=Recording.model_json_schema())

    def latent_presets(self) -> list[LatentPreset]:
        """Configurations with a name, and where each departs from the plain form."""
        return LatentPreset.all()

    def check_training(self, preset: str = "default", training: Mapping[str, Any] | None = None) -> TrainingConfig:
        """The configuration that a preset and some knobs make; nothing is begun.

        Raises:
            NotFoundError: no such preset; field `preset`.
            InvalidInputError: a knob out of range; field `training.KNOB`.
        """
        if preset not in PRESETS:
            raise NotFoundError(f"no preset {preset[:60]!r}", field="preset", hint=f"There are {', '.join(PRESETS)}.")
        try:
            return TrainingConfig.model_validate({**PRESETS[preset].config.model_dump(), **(training or {})})
        except ValidationError as cause:
            raise invalid_input(cause, prefix="training") from cause

    def launch_run(
        self, data: str = "digits", preset: str = "default", training: Mapping[str, Any] | None = None,
        *, recording: Mapping[str, Any] | None = None,
    ) -> LatentRunView:  # fmt: skip
        """Make a run, and train it in the background.

        Args:
            data: the picture set.
            preset: what the knobs are that `training` does not name.
            training: knobs.
            recording: what is written, and how often.

        Raises:
            NotFoundError: no such set or preset.
            InvalidInputError: a knob out of range, or one that does not fit the pictures.
            StorageError: the disk is full.
        """
        knobs = self.check_training(preset, training)
        try:
            recorded = Recording.model_validate(recording or {})
        except ValidationError as cause:
            raise invalid_input(cause, prefix="recording") from cause
        images = self._images(data, knobs)
        return self._make(run_config(new_id("lat"), images, knobs, recorded, created_at=self.ports.clock()))

    def clone_run(self, run_id: str, training: Mapping[str, Any] | None = None) -> LatentRunView:
        """Make a run with the configuration of another one and other values for some knobs, and train it.

        Raises:
            NotFoundError: no such run, or its picture set is gone.
            InvalidInputError: a knob out of range.
        """
        config = cloned(self.latents.folder(run_id).config(), new_id("lat"), training or {},
                        created_at=self.ports.clock())  # fmt: skip
        self._pictures_of(config)
        return self._make(config)

    def open_latent_example(self) -> LatentRunView:
        """Put the finished run that ships with Pilotage among the others; opened again it is the same one.

        Raises:
            StorageError: the disk is full.
        """
        return LatentRunView.of(self.latents.mirror(open_finished_run(self.latents)).catch_up())

    def list_runs(
        self, *, states: Sequence[str] = (), kind: str | None = None, data: str | None = None,
        after: Cursor | None = None, limit: int = 50,
    ) -> tuple[list[LatentRunView], Cursor | None]:  # fmt: skip
        """Runs, newest first, and the cursor of the next page."""
        self.latents.settle()
        where: Json = {"state": tuple(states)} if states else {}
        where |= {name: value for name, value in (("kind", kind), ("data", data)) if value is not None}
        rows = self.store.list(LatentRunRow, where=where, after=after, limit=limit, newest_first=True)
        return [LatentRunView.of(row) for row in rows], following(rows, limit)

    def show_latent_run(self, run_id: str) -> LatentRunDetail:
        """A run with its configuration and the files that it has made.

        Raises:
            NotFoundError: no such run.
            InvalidInputError: its folder is damaged; the field names the file.
        """
        folder, mirror = self.latents.folder(run_id), self.latents.mirror(run_id)
        view, config = LatentRunView.of(mirror.catch_up()), folder.config()
        return LatentRunDetail(
            **view.model_dump(), config=config.model_dump(mode="json"), resumed=mirror.summary.resumed,
            differences=departures(training_of(config)),
            artifacts=list(mirror.told.values()), checkpoints=folder.epochs("checkpoint"),
        )  # fmt: skip

    def run_events(self, run_id: str, *, after: int = 0, limit: int = 500) -> list[LatentEvent]:
        """Lines of a run's log above a number, in their order.

        Raises:
            NotFoundError: no such run.
        """
        tail = EventTail(self.latents.folder(run_id).path / EVENTS)
        found = [event for event in tail.poll() if event.seq > after][:limit]
        return [LatentEvent(seq=e.seq, ts=e.ts, type=e.type, v=e.v, data=dict(e.data)) for e in found]

    def run_file(self, run_id: str, path: str) -> Path:
        """Where a file of a run lies.

        Raises:
            NotFoundError: no such run, or no such artifact; no other file can be named.
        """
        return self.latents.folder(run_id).file(path)

    def cancel_run(self, run_id: str) -> LatentRunView:
        """Ask a run to stop; it does within a batch. One that has not begun is cancelled at once.

        Raises:
            NotFoundError: no such run.
            ConflictError: it has ended.
        """
        folder, mirror = self.latents.folder(run_id), self.latents.mirror(run_id)
        jobs = self._jobs(run_id)
        has_ended = mirror.catch_up().state in _ENDED
        if has_ended and not jobs:
            raise ConflictError(f"the run is {mirror.summary.state}", field="run_id")
        if not has_ended:
            folder.request_cancel()
        for job in jobs:
            self.engine.cancel(job.id)
        if mirror.catch_up().state == "created" and not self._jobs(run_id):
            with RunWriter(folder) as run:
                run.emit("run.cancelled", {"epoch": None})
        return LatentRunView.of(mirror.catch_up())

    def resume_run(self, run_id: str) -> LatentRunView:
        """Go on with a run that was cancelled or failed, from its last checkpoint.

        Raises:
            NotFoundError: no such run, or its picture set is gone.
            ConflictError: it runs, or is complete.
        """
        folder, mirror = self.latents.folder(run_id), self.latents.mirror(run_id)
        state = mirror.catch_up().state
        if self._jobs(run_id) or state == "completed":
            said = "complete" if state == "completed" else "being trained"
            raise ConflictError(f"the run is {said}", field="run_id", hint="Clone it to train it anew.")
        self._pictures_of(folder.config())
        folder.clear_cancel()
        return self._enqueue(run_id)

    def delete_run(self, run_id: str, *, dry_run: bool = False) -> LatentDeletion:
        """Delete a run with its files and events.

        Args:
            run_id: the run.
            dry_run: only say what would go.

        Raises:
            NotFoundError: no such run.
            ConflictError: it is being trained.
        """
        path = self.latents.folder(run_id).path
        if self._jobs(run_id):
            raise ConflictError("the run is being trained", field="run_id", hint="Cancel it first.")
        sizes = [file.stat().st_size for file in path.rglob("*") if file.is_file()]
        if not dry_run:
            self.latents.remove(run_id)
            self.latents.forget([run_id], at=self.ports.clock())
        return LatentDeletion(run_id=run_id, files=len(sizes), bytes=sum(sizes), deleted=not dry_run)

    async def ask_network(self, run_id: str, question: NetworkQuestion) -> NetworkAnswer:
        """Ask a checkpoint of a run; the files of the answer lie in the run's folder, and are made once.

        Raises:
            NotFoundError: no such run, or no checkpoint of that epoch.
            InvalidInputError, UnsupportedInputError: no such picture, layer, channel or place; the field names it.
        """
        await asyncio.to_thread(self.latents.folder, run_id)
        question.arguments()
        asked = {"run_id": run_id, "question": question.model_dump(mode="json", exclude_none=True)}
        return NetworkAnswer.model_validate(await self._once(ASK, asked))

    def call_handlers(self, budget: MemoryBudget) -> Mapping[str, Handler]:
        """What a process that has models answers calls with; questions to networks too."""
        desk = NetworkDesk(self.latents)

        def ask(asked: Json, cancel: CancelToken) -> Json:
            question = NetworkQuestion.model_validate(asked["question"])
            return desk.answer(asked["run_id"], question).model_dump(mode="json")

        return {**super().call_handlers(budget), ASK: answering(ask)}

    def backfill_run(
        self, run_id: str, kinds: Sequence[Method] = METHODS, epochs: Sequence[int] | None = None
    ) -> views.JobView:
        """Make what is missing of a run's maps, as a job in the background.

        Args:
            run_id: of a run that nobody trains.
            kinds: methods; each brings its maps, neighbours, densities and distortion.
            epochs: all that left latents if None.

        Raises:
            NotFoundError: no such run, or an epoch that left no latents.
            InvalidInputError: no such kind.
            ConflictError: the run is being trained.
        """
        there = self.latents.folder(run_id).epochs("latents")
        if wrong := [kind for kind in kinds if kind not in METHODS]:
            raise InvalidInputError(f"{wrong[0][:60]!r} is none of {', '.join(METHODS)}", field="kinds")
        if absent := sorted(set(epochs or ()) - set(there)):
            raise NotFoundError(f"epoch {absent[0]} left no latents", field="epochs")
        if self._jobs(run_id):
            raise ConflictError("the run is being worked on", field="run_id", hint="Wait until it has ended.")
        payload = {"run_id": run_id, "kinds": list(kinds), "epochs": None if epochs is None else list(epochs)}
        job = new_job(BACKFILL, payload, topic=run_id, key=(new_id("bkf"),), clock=self.ports.clock, lane="background")
        with self.store.transaction() as tx:
            return views.job_view(self.engine.enqueue(tx, job))

    def export_run(self, run_id: str, path: Path) -> Path:
        """Write a run as one zip archive: its folder as it is, and a page in it that opens by a double click.

        Raises:
            NotFoundError: no such run.
            StorageError: the disk is full or refuses.
        """
        return zipped(self.latents.folder(run_id), path)

    def _run_backfill(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        folder, mirror = self.latents.folder(payload["run_id"]), self.latents.mirror(payload["run_id"])
        return backfill_run(mirror, folder, payload["kinds"], payload["epochs"], progress=progress, cancel=cancel)

    def _make(self, config: RunConfig) -> LatentRunView:
        RunFolder.create(self.latents.runs, config)
        self.latents.mirror(config.run_id).catch_up()
        return self._enqueue(config.run_id)

    def _pictures_of(self, config: RunConfig) -> ImageSet:
        """The pictures that a run learned from, or that its clone will."""
        images = self._images(str(config.data.get("name")), training_of(config))
        if images.sha256 != config.data.get("sha256"):
            raise ConflictError(f"{images.name} holds other pictures now", field="data", hint="Launch a new run.")
        return images

    def _images(self, data: str, training: TrainingConfig) -> ImageSet:
        """The set; it is one that this training can learn from."""
        images = self.latents.sets.get(data)
        if training.kind == "ae" and images.labels is None:
            raise InvalidInputError(f"{data} has no labels, which an autoencoder learns", field="data",
                                    hint="Train a mixture VAE, which needs none.")  # fmt: skip
        learned = len(images.split()[0])
        if training.kind == "gmvae" and training.components > learned:
            raise InvalidInputError(f"{data} has {learned} pictures to learn from", field="training.components",
                                    hint="Ask for fewer components.")  # fmt: skip
        return images

    def _enqueue(self, run_id: str) -> LatentRunView:
        """The job that trains; asked for twice, it is one."""
        with self.store.transaction() as tx:
            job = next((job for job in tx.list(JobRow, where=_active(run_id)) if job.kind == TRAIN), None)
            if job is None:
                fresh = new_job(TRAIN, {"run_id": run_id}, topic=run_id, key=(new_id("trn"),), clock=self.ports.clock,
                                lane="background")  # fmt: skip
                job = self.engine.enqueue(tx, fresh)
        return LatentRunView.of(self.latents.mirror(run_id).catch_up(job_id=job.id))

    def _jobs(self, run_id: str) -> Sequence[JobRow]:
        return self.store.list(JobRow, where=_active(run_id))

    def _run_train_latents(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        folder = self.latents.folder(payload["run_id"])
        return train_run(self.store, folder, self.latents.sets_folder, progress=progress, cancel=cancel)


def _active(run_id: str) -> Json:
    return {"topic": run_id, "state": ("queued", "running")}
