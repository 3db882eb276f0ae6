"""What can be told of a session and taken to another machine: page events, the report, bundles."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from pilotage.app.examples import open_finished
from pilotage.app.verbs.takeaway import TakeAwayVerbs
from pilotage.core.errors import InvalidInputError, StorageError
from pilotage.reports import traces
from pilotage.reports.arrival import take_in
from pilotage.reports.bundle import Bundle, bundle_of
from pilotage.reports.record import events_of, record_of
from pilotage.reports.story import Story, story_of
from pilotage.sessions.views import SessionView

NOTES_A_MINUTE = 600  # of all pages together: a person makes some tens


class BundleVerbs(TakeAwayVerbs):
    """What can be told of a session and taken to another machine."""

    _notes_lock = threading.Lock()
    _notes_since: datetime | None = None
    _notes_kept = 0

    def note_page(self, session_id: str, notes: Sequence[traces.PageNote]) -> int:
        """Keep what a page saw of a session; how many notes were kept, for beyond the limit they are dropped."""
        if len(notes) > traces.MAX_NOTES:
            raise InvalidInputError(f"at most {traces.MAX_NOTES} notes at once", field="notes")
        return traces.write_notes(self.ports, session_id, notes[: self._room(len(notes))])

    def report(self, session_id: str) -> Story:
        """The story of a session: each round as it was asked, shown, forecast and answered, and what that changed."""
        with self.store.snapshot() as reader:
            record = record_of(reader, session_id)
        return story_of(record, list(events_of(self.store, record)), self._believe)

    def bundle(self, session_id: str, path: Path) -> Bundle:
        """Write a session as one zip that opens on another machine; an older file is replaced when all is written."""
        made = bundle_of(self.ports, session_id, self._believe, self._advise)
        part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.writelines(made.stream(self.artifacts))
            part.replace(path)
        except OSError as cause:
            raise StorageError(f"cannot write {path.name}: {cause.strerror}", field="path") from cause
        finally:
            if part.parent.is_dir():
                part.unlink(missing_ok=True)
        return made

    def stream_bundle(self, session_id: str) -> Iterator[bytes]:
        """The zip of a session, piece by piece; refused here, before its first piece, if there is no such session."""
        return bundle_of(self.ports, session_id, self._believe, self._advise).stream(self.artifacts)

    def import_bundle(self, file: Path | IO[bytes]) -> SessionView:
        """Open a bundle as a session that is read only; ids that are known here are renewed."""
        return self.get_session(take_in(self.ports, file))

    def open_example(self) -> SessionView:
        """Open the finished session that ships with Pilotage, read only; opened again it is the same one."""
        return self.get_session(open_finished(self.ports))

    def _room(self, wanted: int) -> int:
        """How many of `wanted` notes this minute still takes; they are counted as taken."""
        now = self.ports.clock()
        with self._notes_lock:
            if self._notes_since is None or not timedelta() <= now - self._notes_since < timedelta(minutes=1):
                self._notes_since, self._notes_kept = now, 0
            given = min(wanted, NOTES_A_MINUTE - self._notes_kept)
            self._notes_kept += given
            return given
