"""The log of a run: numbered lines, one writer, torn ends cut, nothing that was told ever lost."""

from __future__ import annotations

import json
import os
import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from pilotage.labs.latents.events import EventLog, EventTail

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"")
    return file


def log_on(path: Path, **more: object) -> EventLog:
    return EventLog(path, clock=lambda: NOON, **more)


def told(path: Path) -> list[tuple[int, str]]:
    return [(event.seq, event.type) for event in EventTail(path).poll()]


def test_a_line_holds_number_time_type_version_and_data_and_its_number_is_its_place(path: Path) -> None:
    with log_on(path) as log:
        log.append("run.created", {})
        log.append("train.metrics", {"epoch": 1, "loss": 0.25})
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"seq": 1, "ts": "2026-11-22T12:00:00+00:00", "type": "run.created", "v": 1, "data": {}},
        {
            "seq": 2,
            "ts": "2026-11-22T12:00:00+00:00",
            "type": "train.metrics",
            "v": 1,
            "data": {"epoch": 1, "loss": 0.25},
        },
    ]


def test_a_log_that_is_opened_again_goes_on_where_it_ended(path: Path) -> None:
    for number in (1, 2, 3):
        with log_on(path) as log:
            assert len(log.events) == number - 1
            event = log.append("train.metrics", {"epoch": number})
            assert event is not None
            assert event.seq == number
    assert [event.data["epoch"] for event in EventTail(path).poll()] == [1, 2, 3]


def test_a_log_has_one_writer_at_a_time(path: Path) -> None:
    with log_on(path), pytest.raises(ConflictError):
        log_on(path)
    log_on(path).close()


LINE = '{"data":{},"seq":%d,"ts":"2026-11-22T12:00:00+00:00","type":"run.created","v":1}\n'
WHOLE = "".join(LINE % number for number in range(1, 5)).encode()


@given(cut=st.integers(0, len(WHOLE)))
def test_wherever_a_line_was_torn_the_whole_ones_before_it_stay(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    path.write_bytes(WHOLE[:cut])
    whole = WHOLE[:cut].count(b"\n")
    with log_on(path) as log:
        assert len(log.events) == whole
        log.append("train.progress", {})
    assert [seq for seq, _ in told(path)] == list(range(1, whole + 2))


def test_a_last_line_whose_content_never_reached_the_disk_is_cut(path: Path) -> None:
    with log_on(path) as log:
        log.append("run.created", {})
    with path.open("ab") as file:
        file.write(b"\0" * 80 + b"\n")
    with log_on(path) as log:
        log.append("run.started", {})
    assert told(path) == [(1, "run.created"), (2, "run.started")]


@pytest.mark.parametrize("line", ["{}", "[1]", "null", "2", '{"seq":2}', "[" * 100_000])
def test_a_line_before_the_last_that_is_no_event_is_refused_and_stays(path: Path, line: str) -> None:
    path.write_text(LINE % 1 + line + "\n" + LINE % 3)
    before = path.read_bytes()
    with pytest.raises(InvalidInputError) as refused:
        log_on(path)
    assert refused.value.field == "events.jsonl"
    assert path.read_bytes() == before
    path.write_text(LINE % 1 + LINE % 3 + LINE % 3)  # in another place
    with pytest.raises(InvalidInputError):
        log_on(path)


def test_progress_is_told_five_times_a_second_at_most_and_metrics_always(path: Path) -> None:
    now = [0.0]
    with log_on(path, monotonic=lambda: now[0]) as log:
        for batch in range(100):
            now[0] = batch / 32  # seven of them are just above PACE
            log.append("train.progress", {"batch": batch})
            if batch % 3 == 0:
                log.append("train.metrics", {"epoch": batch})
    events = EventTail(path).poll()
    assert [event.data["batch"] for event in events if event.type == "train.progress"] == list(range(0, 100, 7))
    assert [event.data["epoch"] for event in events if event.type == "train.metrics"] == list(range(0, 100, 3))


def test_what_json_lacks_and_what_no_run_tells_is_refused_before_it_is_written(path: Path) -> None:
    with log_on(path) as log:
        for type_, data in (
            ("train.metrics", {"loss": float("nan")}),
            ("train.metrics", {"x": object()}),
            ("run.paused", {}),
        ):
            with pytest.raises(InvalidInputError):
                log.append(type_, data)
    assert path.read_bytes() == b""


def test_a_reader_beside_the_writer_sees_whole_lines_alone_and_each_once(path: Path) -> None:
    tail = EventTail(path)
    assert tail.poll() == []
    with log_on(path) as log:
        log.append("run.created", {})
        log.append("run.started", {})
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert [event.seq for event in tail.poll()] == [1]
    path.write_bytes(whole)
    assert [event.seq for event in tail.poll()] == [2]
    assert tail.poll() == []


def test_a_full_disk_refuses_the_line_and_leaves_the_log_as_it_was(path: Path) -> None:
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with log_on(path) as log:
            log.append("run.created", {})
            before = path.read_bytes()
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 40, limits[1]))
            with pytest.raises(StorageError):
                log.append("train.metrics", {"epoch": 1})
            assert path.read_bytes() == before, "the part that did fit is taken back"
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            log.append("train.metrics", {"epoch": 1})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, kept)
    assert told(path) == [(1, "run.created"), (2, "train.metrics")]


def test_what_a_newer_pilotage_wrote_is_read_and_stays(path: Path) -> None:
    newer = '{"data":{"how":"x"},"seq":%d,"ts":"2026-11-22T12:00:00+00:00","type":"run.archived","v":2,"by":"them"}\n'
    path.write_text(LINE % 1 + newer % 2)
    with log_on(path) as log:
        assert [(event.type, event.v) for event in log.events] == [("run.created", 1), ("run.archived", 2)]
        log.append("train.progress", {})
    assert path.read_text().startswith(LINE % 1 + newer % 2)
    assert told(path)[-1] == (3, "train.progress")


def test_a_log_that_is_not_there_or_a_link_is_not_opened(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        log_on(tmp_path / "none.jsonl")
    with pytest.raises(NotFoundError):
        EventTail(tmp_path / "none.jsonl").poll()
    os.symlink(path, tmp_path / "link.jsonl")
    with pytest.raises(StorageError):
        log_on(tmp_path / "link.jsonl")
