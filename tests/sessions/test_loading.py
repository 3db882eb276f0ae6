"""A session's rows are read in a handful of queries, and each finds its round."""

from __future__ import annotations

from typing import Any

from pilotage.sessions.views import round_view, session_view
from pilotage.store import Reader, Store


class Counted(Reader):
    """A store's reader that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self.store, self.asked = store, 0

    def find(self, kind: Any, id_: str) -> Any:
        self.asked += 1
        return self.store.find(kind, id_)

    def list(self, kind: Any, **wanted: Any) -> Any:
        self.asked += 1
        return self.store.list(kind, **wanted)


def asked_for(session: Any, lab: Any) -> int:
    reader = Counted(lab.store)
    session_view(reader, session.id)
    return reader.asked


def test_a_longer_session_is_read_in_as_many_queries(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    short = asked_for(session, lab)
    for _ in range(3):
        session.step()
        session.pick(1)
    assert asked_for(session, lab) == short <= 9


def test_a_round_is_the_same_alone_and_in_its_session(steer: Any, lab: Any) -> None:
    session = steer()
    for _ in range(3):
        session.step()
        session.pick(1)
    whole = session_view(lab.store, session.id)
    assert [round_view(lab.store, session.id, index) for index in (1, 2, 3)] == whole.round_views
    assert [len(round_.candidates) for round_ in whole.round_views] == [len(whole.round_views[0].candidates)] * 3
    assert whole.round_views[2].candidates[0].carried_from_round == 2


def test_the_picture_of_a_session_is_the_same_in_its_list_and_on_its_page(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(2)
    (listed,), _ = lab.list_sessions()
    assert listed.artifact == session_view(lab.store, session.id).artifact == session.last().candidates[2].artifact
