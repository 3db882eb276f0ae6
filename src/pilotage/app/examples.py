"""The finished session that ships with Pilotage: a bundle, made on the starter by scripts/make_example.py."""

from __future__ import annotations

import threading
from pathlib import Path

from pilotage.core.archives import open_archive
from pilotage.reports.arrival import take_in
from pilotage.reports.checks import manifest_in
from pilotage.sessions import trash
from pilotage.sessions.ports import Ports
from pilotage.store import SessionRow

BUNDLE = Path(__file__).with_name("finished_session.zip")
_one_at_a_time = threading.Lock()


def open_finished(ports: Ports) -> str:
    """Import the finished session; its id, the same in every lab.

    Asked again it is the session that is here, taken out of the trash if it was put there.
    """
    with open_archive(BUNDLE) as archive:
        session_id = manifest_in(archive).session_id
    with _one_at_a_time:  # else two clicks would be two sessions: an import whose id is taken gets another
        here = ports.store.find(SessionRow, session_id)
        if here is None:
            return take_in(ports, BUNDLE)
        if here.deleted_at is not None:
            trash.restore(ports, session_id)
    return session_id
