"""Whatever is deleted, cleaned, packed, taken away and brought back: no session or bundle loses a picture."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.artifacts import ArtifactStore, DiskArtifacts, MemoryArtifacts
from pilotage.core.clock import system_clock
from pilotage.core.errors import CleanedError, ConflictError, NotFoundError, SessionReadOnlyError
from pilotage.core.hashing import sha256_hex
from pilotage.jobs import InlineEngine
from pilotage.reports.checks import verify_bundle
from pilotage.sessions.acts import Submission
from pilotage.sessions.cleaning import Choice
from pilotage.store import MarkRow, MemoryStore, SampleRow

SOAK = int(os.environ.get("PILOTAGE_SOAK", "0"))
CONFIG = {"model": "analytic", "candidates": 3, "request": {"prompt": "a disc"},
          "preference_model": "winner_average", "sampler": "local"}  # fmt: skip
MOST = 4
which = st.integers(0, MOST - 1)
slots = st.integers(0, 2)


class Retention(RuleBasedStateMachine):
    """A few sessions of one lab, and the days that pass; the base keeps its artifacts in memory."""

    @initialize()
    def begin(self) -> None:
        self.now = system_clock()
        self.lab = Lab(MemoryStore(), self.artifacts(), ModelCatalog(Settings()), clock=lambda: self.now)
        self.lab.use_engine(InlineEngine(self.lab.store, self.lab.verbs(), clock=lambda: self.now))
        self.living: list[str] = []
        self.trashed: dict[str, Any] = {}
        self.gone: list[str] = []
        self.bundles: list[tuple[bytes, dict[str, bytes]]] = []
        self.imported: dict[str, set[str]] = {}
        self.create(1)

    def artifacts(self) -> ArtifactStore:
        return MemoryArtifacts(lambda: self.now)

    def pick(self, which: int, *, imported: bool = False) -> str | None:
        """A session that lives; one that is read only, if those will do."""
        found = [id_ for id_ in self.living if imported or self.lab.get_session(id_).origin is None]
        return found[which % len(found)] if found else None

    @precondition(lambda self: len(self.living) < MOST)
    @rule(seed=st.integers(0, 2))
    def create(self, seed: int) -> None:
        self.living.append(self.lab.create_session({**CONFIG, "seed": seed}).id)

    @rule(which=which, slot=slots, undone=st.booleans())
    def go_on(self, which: int, slot: int, undone: bool) -> None:
        """Answer the open round, then make the next; perhaps mark a picture of that, and take it back."""
        if (id_ := self.pick(which)) is None:
            return
        rounds = self.lab.get_session(id_).round_views
        with suppress(ConflictError):
            if rounds and rounds[-1].state == "awaiting":
                order = [rounds[-1].candidates[slot % len(rounds[-1].candidates)].id]
                self.lab.answer(id_, rounds[-1].index, Submission(answer={"kind": "ranking", "order": order}))
            job = self.lab.request_round(id_).job
            assert job is not None
            self.lab.wait(job.id)
            if undone and len(rounds) > 0:
                self.lab.mark(id_, self.lab.get_session(id_).round_views[-1].candidates[slot].id, favourite=True)
                self.lab.undo(id_)

    @rule(which=which, slot=slots)
    def verify(self, which: int, slot: int) -> None:
        if id_ := self.pick(which):
            for round_ in self.lab.get_session(id_).round_views[-1:]:
                for candidate in round_.candidates[slot : slot + 1]:
                    self.lab.wait(self.lab.verify(id_, candidate.id).id)

    @rule(which=which)
    def finish_or_reopen(self, which: int) -> None:
        if id_ := self.pick(which):
            session = self.lab.get_session(id_)
            if session.state == "completed":
                self.lab.reopen(id_)
            elif session.incumbent_id:
                self.lab.finish(id_, session.incumbent_id)

    @rule(which=which, branched=st.booleans())
    def delete(self, which: int, branched: bool) -> None:
        if id_ := self.pick(which, imported=True):
            if branched and any(round_.shown_at for round_ in self.lab.get_session(id_).round_views):
                self.living.append(self.lab.branch(id_).id)
            self.living.remove(id_)
            self.trashed[id_] = (self.now, self.seen(id_))
            self.lab.delete_session(id_)

    @rule(which=which)
    def restore(self, which: int) -> None:
        for id_ in [*self.trashed][which : which + 1]:
            _, before = self.trashed.pop(id_)
            self.lab.restore_session(id_)
            self.living.append(id_)
            assert self.seen(id_) == before, "what came back is not what went"

    @rule(days=st.sampled_from([0.04, 1.1, 3, 8, 32]), reproducible=st.booleans(), archive=st.booleans())
    def clean(self, days: float, reproducible: bool, archive: bool) -> None:
        self.now += timedelta(days=days)
        report = self.lab.clean(Choice(reproducible=reproducible, archive=archive))
        due = {id_ for id_, (at, _) in self.trashed.items() if self.now - at >= timedelta(days=7)}
        assert report.faults == []
        assert set(report.purged) == due
        for id_ in due:
            del self.trashed[id_]
            self.gone.append(id_)

    @rule(which=which)
    def bundle(self, which: int) -> None:
        """Whatever was cleaned before, a bundle is whole."""
        if id_ := self.pick(which, imported=True):
            data = b"".join(self.lab.stream_bundle(id_))
            assert verify_bundle(BytesIO(data)).faults == []
            self.bundles = [*self.bundles, (data, self.seen(id_))][-2:]

    @precondition(lambda self: self.bundles and len(self.living) < MOST)
    @rule(which=which)
    def take_in(self, which: int) -> None:
        """Whatever was cleaned or deleted since, a bundle opens as what it was made of, and is read only."""
        data, shown = self.bundles[which % len(self.bundles)]
        made = self.lab.import_bundle(BytesIO(data)).id
        self.living.append(made)
        self.gone = [id_ for id_ in self.gone if id_ != made]  # a session that was purged comes back by its own name
        assert self.seen(made) == shown
        self.imported[made] = self.held(made)
        with pytest.raises(SessionReadOnlyError):
            self.lab.request_round(made)

    @rule(which=which)
    def render_again(self, which: int) -> None:
        """Whatever a clean took of a session comes back as it was."""
        if (id_ := self.pick(which)) is None:
            return
        for sample in self.lab.store.list(SampleRow, where={"session_id": id_}):
            if sample.artifact and not self.lab.artifacts.has(sample.artifact):
                job = self.lab.wait(self.lab.render_again(sample.run_id).id)
                assert job.state == "succeeded", job.error
                assert sha256_hex(self.lab.get_media(sample.artifact).data) == sample.artifact

    def seen(self, id_: str) -> dict[str, bytes]:
        """Every picture on a session's page, favourites of rounds that were taken back included."""
        view = self.lab.get_session(id_)
        names = {c.artifact for round_ in view.round_views for c in round_.candidates}
        marked = {mark.sample_id for mark in self.lab.store.list(MarkRow, where={"session_id": id_, "favourite": True})}
        names |= {sample.artifact for sample in self.lab.store.list(SampleRow, where={"id": tuple(marked)})}
        return {name: self.lab.get_media(name).data for name in names if name}

    def held(self, id_: str) -> set[str]:
        """Every picture that a session has, rounds that were taken back included."""
        made = [sample.artifact for sample in self.lab.store.list(SampleRow, where={"session_id": id_})]
        return {name for name in made if name and self.lab.artifacts.has(name)}

    @invariant()
    def an_imported_session_keeps_all_that_came_with_it(self) -> None:
        for id_ in self.imported.keys() & {*self.living, *self.trashed}:
            assert self.held(id_) == self.imported[id_]

    @invariant()
    def every_picture_of_a_living_session_loads(self) -> None:
        for id_ in (*self.living, *self.trashed):
            assert all(sha256_hex(data) == name for name, data in self.seen(id_).items())

    def teardown(self) -> None:
        for id_ in self.gone:
            with pytest.raises(NotFoundError):
                self.lab.get_session(id_)
        assert self.lab.fsck().findings == []

    @invariant()
    def what_was_cleaned_says_so(self) -> None:
        for row in self.lab.store.list(SampleRow):
            if row.artifact and not self.lab.artifacts.has(row.artifact):
                with pytest.raises(CleanedError):
                    self.lab.get_media(row.artifact)


class RetentionOnDisk(Retention):
    """The same over files, which age by the machine's clock: the lab's own runs ahead of it."""

    def artifacts(self) -> ArtifactStore:
        self.folder = Path(tempfile.mkdtemp())
        return DiskArtifacts(self.folder)

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folder)


size = settings(
    max_examples=SOAK or 40, stateful_step_count=60 if SOAK else 30, deadline=None, derandomize=not SOAK,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
TestInMemory = Retention.TestCase
TestOnDisk = RetentionOnDisk.TestCase
TestInMemory.settings = TestOnDisk.settings = size
