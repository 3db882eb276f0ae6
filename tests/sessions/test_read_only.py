"""What was imported or thrown away is not changed: every act on it is refused, and says what helps."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import SessionDeletedError, SessionReadOnlyError
from pilotage.store import SessionRow

ACTS = {
    "ask": lambda lab, s, c, r: lab.request_round(s),
    "undo": lambda lab, s, c, r: lab.revert(s, 1),
    "regenerate": lambda lab, s, c, r: lab.regenerate(s, r),
    "pause": lambda lab, s, c, r: lab.pause(s),
    "resume": lambda lab, s, c, r: lab.resume(s),
    "finish": lambda lab, s, c, r: lab.finish(s, c),
    "reopen": lambda lab, s, c, r: lab.reopen(s),
    "mark": lambda lab, s, c, r: lab.mark(s, c, favourite=True),
    "retry": lambda lab, s, c, r: lab.retry_candidate(s, c),
    "point": lambda lab, s, c, r: lab.render_point(s, [0.0, 0.0]),
    "verify": lambda lab, s, c, r: lab.verify(s, c),
    "final": lambda lab, s, c, r: lab.render_final(s, c, {}),
    "assign": lambda lab, s, c, r: lab.assign(s, None),
}


@pytest.mark.parametrize("state", ["imported", "deleted"])
@pytest.mark.parametrize("act", ACTS)
def test_no_act_changes_a_session_that_is_kept_as_it_is(
    steer: Any, lab: Any, snapshot: Any, act: str, state: str
) -> None:
    session = steer()
    session.step()
    session.pick(1)
    session.step()
    row = lab.store.get(SessionRow, session.id)
    kept = {"origin": {"app_version": "0"}} if state == "imported" else {"deleted_at": row.created_at}
    with lab.store.transaction() as tx:
        tx.put(row.model_copy(update=kept))
    before = snapshot(lab.store)
    last = session.last()
    with pytest.raises(SessionReadOnlyError if state == "imported" else SessionDeletedError) as caught:
        ACTS[act](lab, session.id, last.candidates[1].id, last.id)
    assert caught.value.hint
    assert snapshot(lab.store) == before
