"""What a session that is taken away tells of how it converged."""

from __future__ import annotations

from typing import Any

from pilotage.core.errors import InvalidInputError
from pilotage.reports.record import events_of, record_of
from pilotage.reports.story import story_of
from pilotage.sessions.convergence import remembered


def test_what_is_taken_away_tells_the_course_that_the_lab_tells(told: Any, lab: Any) -> None:
    record = record_of(lab.store, told.id)
    story = story_of(record, list(events_of(lab.store, record)), advise=remembered)
    found = lab.get_convergence(told.id)
    assert story.convergence is not None
    assert story.convergence.course == found.course
    assert (story.convergence.now, story.convergence.before) == (found.now, found.before)
    assert [point.round for point in story.convergence.course] == [1, 2, 3], "the fourth waits for its answer"


def test_without_the_model_that_believes_the_story_is_told_without_its_course(told: Any, lab: Any) -> None:
    def unknown(*_: Any) -> Any:
        raise InvalidInputError("no such preference model")

    record = record_of(lab.store, told.id)
    story = story_of(record, [], advise=unknown)
    assert story.convergence is None
    assert len(story.chapters) == 4
