"""Bundles: a session in one zip that is whole, tells nothing of this machine, and opens in another lab."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.errors import InvalidInputError, NotFoundError, SessionReadOnlyError, StorageError
from pilotage.reports.arrival import SessionImported
from pilotage.reports.checks import verify_bundle
from pilotage.sessions.acts import Submission
from pilotage.store import ROWS, ArtifactRow, JobRow, SessionRow

HERE = Path(__file__).parent
TIMES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")
IDS = re.compile(r"\b(?:ses|rnd|cnd|ans|run|smp|job|mrk)_[0-9a-z]{16}\b")


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rewritten(path: Path, **changes: bytes | None) -> Path:
    """The bundle with some of its files changed, added or left out."""
    found = parts(path)
    for name, data in changes.items():
        if data is None:
            del found[name]
        else:
            found[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in found.items():
            packed.writestr(name, data)
    return path


def resigned(path: Path, name: str, data: bytes) -> Path:
    """The bundle with one file changed and its manifest telling so: what a forger would send."""
    manifest = json.loads(parts(path)["manifest.json"])
    for file in manifest["files"]:
        if file["path"] == name:
            file |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return rewritten(path, **{name: data, "manifest.json": json.dumps(manifest).encode()})


def plain(path: Path) -> dict[str, Any]:
    """A bundle without times, its ids numbered in the order in which they appear."""
    found = parts(path)
    text = "\n".join(found[name].decode() for name in ("replay.json", "events.jsonl", "report.html"))
    seen: dict[str, str] = {}
    same = IDS.sub(lambda m: seen.setdefault(m[0], f"{m[0][:3]}-{len(seen)}"), TIMES.sub("T", text))
    return {"text": same, "pictures": {n: d for n, d in found.items() if n.startswith("pictures/")},
            "config": found["config.yaml"]}  # fmt: skip


def test_a_bundle_holds_the_whole_session_in_one_order_with_its_manifest_first(told: Any, bundled: Any) -> None:
    found = parts(bundled(told.id))
    manifest = json.loads(found["manifest.json"])
    names = list(found)
    assert names[:5] == ["manifest.json", "report.html", "replay.json", "events.jsonl", "config.yaml"]
    assert names[5:] == sorted(names[5:])
    assert len(names[5:]) == 13
    assert [file["path"] for file in manifest["files"]] == names[1:]
    for file in manifest["files"]:
        data = found[file["path"]]
        assert (file["size"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    classes = {file["path"].partition("/")[0]: file["class"] for file in manifest["files"]}
    assert classes == {
        "report.html": "reproducible", "replay.json": "essential", "events.jsonl": "essential",
        "config.yaml": "essential", "pictures": "essential",
    }  # fmt: skip
    assert (manifest["schema_version"], manifest["session_id"], manifest["device"]) == (1, told.id, "cpu")
    assert yaml.safe_load(found["config.yaml"]) == told.view.config


def test_the_same_session_gives_the_same_bytes_at_the_same_time(told: Any, lab: Any, bundled: Any) -> None:
    now = lab.ports.clock()
    object.__setattr__(lab.ports, "clock", lambda: now)
    assert bundled(told.id, name="1.zip").read_bytes() == bundled(told.id, name="2.zip").read_bytes()


def test_nothing_of_this_machine_is_in_a_bundle(told: Any, lab: Any, bundled: Any, tmp_path: Path) -> None:
    folder = str(tmp_path / "models of mine")
    ref = f"{folder}/mine.safetensors"
    log = f"{folder.replace(' ', '_')}/log.txt"
    fault = {"code": "x", "message": f"cannot read '{ref}'", "hint": f"see {log}", "field": ""}
    with lab.store.transaction() as tx:
        row = tx.get(SessionRow, told.id)
        tx.put(row.model_copy(update={"model": ref, "config": {**row.config, "model": ref}}))
        job = tx.get(JobRow, told.last().job.id)
        tx.put(job.model_copy(update={"error": fault, "worker_id": "somebodys-desktop:0"}))
    for name, data in parts(bundled(told.id)).items():
        assert not name.startswith("/")
        assert "\\" not in name
        if not name.startswith("pictures/"):
            text = data.decode()
            for secret in ("models of mine", "models_of_mine", str(tmp_path), "somebodys-desktop"):
                assert secret not in text, (secret, name)


def test_a_bundle_opens_in_another_lab_and_gives_the_same_bundle_there(
    told: Any, lab: Any, new_lab: Any, bundled: Any, tmp_path: Path
) -> None:
    lab.mark(told.id, told.view.round_views[0].candidates[1].id, favourite=True)
    lab.wait(lab.regenerate(told.id, told.last().id).job.id)
    first, other = bundled(told.id), new_lab()
    session = other.import_bundle(first)
    assert session.id == told.id
    again = bundled(session.id, lab=other, name="again.zip")
    for name, data in parts(first).items():
        if name not in ("manifest.json", "replay.json", "report.html"):
            assert parts(again)[name] == data, name
    assert plain(again) == plain(first)


def test_imported_twice_it_is_two_sessions_with_ids_of_their_own(
    told: Any, lab: Any, bundled: Any, snapshot: Any
) -> None:
    lab.mark(told.id, told.view.round_views[0].candidates[1].id, pinned=True)
    first, before = bundled(told.id), snapshot(lab.store)
    copy = lab.import_bundle(first)
    assert copy.id != told.id
    after, _ = snapshot(lab.store)
    for kind in ROWS:
        assert [row for row in after[kind] if row in before[0][kind]] == before[0][kind], kind
    own, its = [lab.get_session(key).model_dump() for key in (told.id, copy.id)]
    assert own.keys() == its.keys()
    same = [IDS.sub("id", json.dumps(one["round_views"], sort_keys=True, default=str)) for one in (own, its)]
    assert same[0] == same[1]
    assert not set(IDS.findall(str(own["round_views"]))) & set(IDS.findall(str(its["round_views"])))
    assert plain(bundled(copy.id, name="2.zip")) == plain(first)
    assert lab.get_belief(copy.id) == lab.get_belief(told.id)


def test_an_imported_session_is_read_only_and_says_where_it_came_from(told: Any, new_lab: Any, bundled: Any) -> None:
    lab = new_lab()
    session = lab.import_bundle(bundled(told.id))
    row = lab.store.get(SessionRow, session.id)
    assert (row.origin["session_id"], row.origin["schema_version"]) == (told.id, 2)
    assert row.origin["imported_at"]
    with pytest.raises(SessionReadOnlyError):
        lab.request_round(session.id)
    with pytest.raises(SessionReadOnlyError):
        lab.undo(session.id)
    told_so = [event for event in lab.store.events(topic="lab") if event.type == SessionImported.type]
    assert [event.data["session_id"] for event in told_so] == [session.id]


def test_work_that_was_under_way_elsewhere_is_not_under_way_here(
    told: Any, lab: Any, new_lab: Any, bundled: Any
) -> None:
    lab.regenerate(told.id, told.last().id)
    assert told.last().job.state == "queued"
    other = new_lab()
    last = other.import_bundle(bundled(told.id)).round_views[-1]
    assert (last.state, last.job.state) == ("failed", "cancelled")
    assert last.job.ended_at is not None


def test_a_branch_of_an_imported_session_can_be_steered_on(told: Any, new_lab: Any, bundled: Any, steer: Any) -> None:
    lab = new_lab()
    session = lab.import_bundle(bundled(told.id))
    branch = lab.branch(session.id, session.round_views[1].id)
    round_ = branch.round_views[-1]
    order = [round_.candidates[1].id]
    lab.answer(branch.id, round_.index, Submission(answer={"kind": "ranking", "order": order}))
    job = lab.wait(lab.request_round(branch.id).job.id)
    assert job.state == "succeeded", job.error


def test_a_branch_has_a_bundle_with_the_pictures_that_it_shares(
    told: Any, lab: Any, new_lab: Any, bundled: Any
) -> None:
    branch = lab.branch(told.id, told.view.round_views[2].id)
    path = bundled(branch.id)
    assert verify_bundle(path).faults == []
    other = new_lab()
    session = other.import_bundle(path)
    shown = [c.artifact for round_ in session.round_views for c in round_.candidates]
    assert all(artifact and other.artifacts.has(artifact) for artifact in shown)
    assert len(shown) == 12


def test_a_picture_that_was_cleaned_is_told_as_missing_and_stays_so(
    told: Any, lab: Any, new_lab: Any, bundled: Any
) -> None:
    sha = told.view.round_views[0].candidates[3].artifact
    assert lab.artifacts.remove([sha], before=datetime.max.replace(tzinfo=UTC)) == [sha]
    path = bundled(told.id)
    assert verify_bundle(path).missing == [f"pictures/{sha}.png"]
    assert verify_bundle(path).faults == []
    other = new_lab()
    other.import_bundle(path)
    assert other.store.get(ArtifactRow, sha).cleaned_at is not None


def test_a_replay_of_schema_1_still_opens_without_its_pictures(new_lab: Any) -> None:
    lab = new_lab()
    session = lab.import_bundle(HERE / "replay-1.json")
    old = json.loads((HERE / "replay-1.json").read_text())
    assert (session.name, session.answers, session.seed) == ("an old one", 1, 7)
    assert [round_.state for round_ in session.round_views] == ["answered", "awaiting"]
    assert session.round_views[0].answer.comment == "kept <b>verbatim</b>"
    before = [c["forecast"]["p_best"] for c in old["rounds"][0]["candidates"]]
    assert [c.forecast["p_best"] for c in session.round_views[0].candidates] == before
    story = lab.report(session.id)
    assert story.chapters[1].pictures[0].badges == ["incumbent", "carried"]
    assert story.chapters[0].pictures[0].artifact


def test_a_session_without_a_round_has_a_bundle_too(steer: Any, new_lab: Any, bundled: Any) -> None:
    session, other = steer(), new_lab()
    path = bundled(session.id)
    assert verify_bundle(path).faults == []
    assert other.import_bundle(path).round_views == []
    assert other.report(session.id).chapters == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"events.jsonl": b""}, "events.jsonl: has 0 bytes, not"),
        ({"config.yaml": None}, "config.yaml: is missing"),
        ({"extra.txt": b"hi"}, "extra.txt: is not in the manifest"),
        ({"pictures": b"\x89PNG"}, "has 4 bytes, not"),
    ],
)
def test_a_damaged_bundle_is_found_out_and_refused(
    told: Any, bundled: Any, lab: Any, snapshot: Any, change: dict[str, bytes | None], fault: str
) -> None:
    path = bundled(told.id)
    picture = next(name for name in parts(path) if name.startswith("pictures/"))
    rewritten(path, **{(picture if name == "pictures" else name): data for name, data in change.items()})
    found = verify_bundle(path).faults
    assert len(found) == 1
    assert fault in found[0]
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError, match="damaged") as caught:
        lab.import_bundle(path)
    assert caught.value.facts["faults"] == found
    assert snapshot(lab.store) == before


def test_one_flipped_bit_in_a_picture_is_found(told: Any, bundled: Any) -> None:
    path = bundled(told.id)
    name, data = next((n, bytearray(d)) for n, d in parts(path).items() if n.startswith("pictures/"))
    data[-1] ^= 1
    assert verify_bundle(rewritten(path, **{name: bytes(data)})).faults == [f"{name}: has another checksum than listed"]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("candidates", 0, "round_id"), "rnd_0000000000000000", "doesn't hold"),
        (("candidates", 0, "session_id"), "ses_0000000000000000", "doesn't hold"),
        (("candidates", 1, "sample_id"), "smp_0000000000000000", "doesn't hold"),
        (("candidates", 0, "z"), [0.0], "outside its space"),
        (("rounds", 1, "index"), 1, "one place"),
        (("answers", 0, "answer", "order"), ["cnd_0000000000000000"], "not a candidate"),
        (("answers", 0, "tags"), {"cnd_0000000000000000": ["too_dark"]}, "was not shown"),
        (("answers", 0, "confidence"), 7, "confident"),
        (("answers", 0, "directions"), {"brightness": [1.0]}, "outside its space"),
        (("sessions", 0, "config", "candidates"), "many", "candidates"),
        (("sessions", 0, "command"), "rm", "command"),
        (("jobs", 0, "topic"), "ses_0000000000000000", "doesn't hold"),
    ],
)
def test_a_forged_replay_is_refused_whole(
    told: Any, bundled: Any, new_lab: Any, path: tuple[Any, ...], value: Any, reason: str
) -> None:
    file, lab = bundled(told.id), new_lab()
    replay = json.loads(parts(file)["replay.json"])
    place = replay["rows"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InvalidInputError, match=reason):
        lab.import_bundle(resigned(file, "replay.json", json.dumps(replay).encode()))
    assert not lab.store.list(SessionRow)


def test_a_forged_picture_is_refused(told: Any, bundled: Any, new_lab: Any) -> None:
    file, lab = bundled(told.id), new_lab()
    name = next(name for name in parts(file) if name.startswith("pictures/"))
    with pytest.raises(InvalidInputError, match="not what the replay says"):
        lab.import_bundle(resigned(file, name, b"<html><script>alert(1)</script>"))
    assert not lab.store.list(SessionRow)


def test_rows_of_another_session_are_never_taken_over(told: Any, bundled: Any, lab: Any, steer: Any) -> None:
    victim = steer()
    victim.step()
    file = bundled(told.id)
    forged = parts(file)["replay.json"].decode().replace(told.view.round_views[0].id, victim.last().id)
    before = lab.get_session(victim.id)
    copy = lab.import_bundle(resigned(file, "replay.json", forged.encode()))
    assert lab.get_session(victim.id) == before
    assert copy.round_views[0].id != victim.last().id


@pytest.mark.parametrize("depth", ["[" * 100_000, '{"schema_version": 99}', "{", '{"schema_version": 1}', '{"a": NaN}'])
def test_a_document_that_is_no_replay_is_refused(lab: Any, depth: str) -> None:
    with pytest.raises(InvalidInputError):
        lab.import_bundle(io.BytesIO(depth.encode()))


def test_a_newer_bundle_says_that_one_must_upgrade(told: Any, bundled: Any, lab: Any) -> None:
    path = bundled(told.id)
    newer = {**json.loads(parts(path)["manifest.json"]), "schema_version": 99}
    with pytest.raises(InvalidInputError) as caught:
        verify_bundle(rewritten(path, **{"manifest.json": json.dumps(newer).encode()}))
    assert "upgrade" in caught.value.hint


def test_a_disk_that_refuses_leaves_the_older_file_and_no_part(told: Any, lab: Any, bundled: Any) -> None:
    path = bundled(told.id)
    whole = path.read_bytes()
    with pytest.raises(StorageError):
        lab.bundle(told.id, path / "below a file.zip")
    lab.artifacts.get = lambda sha: (_ for _ in ()).throw(NotFoundError("gone"))
    with pytest.raises(NotFoundError):
        lab.bundle(told.id, path)
    assert path.read_bytes() == whole
    assert [entry.name for entry in path.parent.glob(".*.part")] == []


def test_there_is_no_bundle_of_nobody(lab: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        lab.bundle("ses_nobody", tmp_path / "x.zip")
    with pytest.raises(NotFoundError):
        lab.stream_bundle("ses_nobody")


@pytest.fixture(params=["sqlite", "postgres"])
def database_lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A lab on a real database and a real folder."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    lab = local_lab(Settings(home=tmp_path / request.param, database=url))
    yield lab
    lab.store.close()


def test_every_database_gives_the_bytes_that_memory_gives(told: Any, lab: Any, bundled: Any, database_lab: Any) -> None:
    lab.mark(told.id, told.view.round_views[0].candidates[1].id, pinned=True)
    now = lab.ports.clock()
    for one in (lab, database_lab):
        object.__setattr__(one.ports, "clock", lambda: now)
    first = bundled(told.id)
    session = database_lab.import_bundle(first)
    assert bundled(session.id, lab=database_lab, name="again.zip").read_bytes() == first.read_bytes()


def test_a_session_steered_on_a_database_has_a_bundle_that_comes_back_whole(
    steer: Any, database_lab: Any, new_lab: Any, bundled: Any
) -> None:
    session = steer(lab=database_lab, request={"prompt": "狐 ↔ лиса"})
    for _ in range(2):
        session.step()
        session.pick(1, comment="näher", gesture={"b": 1, "a": [2.5, None]})
    path = bundled(session.id, lab=database_lab)
    assert verify_bundle(path).faults == []
    other = new_lab()
    assert plain(bundled(other.import_bundle(path).id, lab=other, name="again.zip")) == plain(path)
