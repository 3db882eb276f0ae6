"""A session as one zip that opens on another machine: report, replay, events, pictures, config, and their checksums."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, cast

import yaml

from pilotage import __version__
from pilotage.artifacts import ArtifactStore
from pilotage.core.hashing import canonical_json, sha256_hex
from pilotage.core.media import EXTENSIONS
from pilotage.records import events_to_jsonl
from pilotage.reports.manifest import NAME, BundleFile, Class, Manifest
from pilotage.reports.page import report_page
from pilotage.reports.record import events_of, record_of
from pilotage.reports.replay import replay_of
from pilotage.reports.story import Believe, story_of
from pilotage.sessions.convergence import Advise
from pilotage.sessions.ports import Ports

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # zip's first day: equal content gives equal bytes
CHUNK = 1 << 18
_TEXT = EXTENSIONS["text/plain"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle, ready to be written.

    Attributes:
        manifest: what it holds: path, sha256, size and class of each file, and who made it when.
        texts: path -> bytes of what was written for it.
        pictures: path -> sha256 of the artifacts; read one at a time.
    """

    manifest: Manifest
    texts: Mapping[str, bytes]
    pictures: Mapping[str, str]

    def stream(self, artifacts: ArtifactStore) -> Iterator[bytes]:
        """The zip, piece by piece.

        Raises:
            NotFoundError: a picture went missing meanwhile.
        """
        sink = _Sink()
        with zipfile.ZipFile(cast("IO[bytes]", sink), "w") as packed:
            for path, data in self.texts.items():
                packed.writestr(_entry(path, zipfile.ZIP_DEFLATED), data)
                yield from sink.full()
            for path, sha in self.pictures.items():  # already compressed
                packed.writestr(_entry(path, zipfile.ZIP_STORED), artifacts.get(sha))
                yield from sink.full()
        yield sink.rest()


def bundle_of(ports: Ports, session_id: str, believe: Believe | None, advise: Advise | None) -> Bundle:
    """The bundle of a session.

    Raises:
        NotFoundError: no such session.
    """
    now = ports.clock()
    with ports.store.snapshot() as reader:
        record = record_of(reader, session_id)
    events = list(events_of(ports.store, record))
    story = story_of(record, events, believe, advise)
    replay = replay_of(record, story, exported_at=now)
    here = {path: facts for path, facts in replay["artifacts"].items() if ports.artifacts.has(facts["sha256"])}
    pictures = {facts["sha256"]: path for path, facts in here.items()}
    written = {sha: ports.artifacts.get(sha).decode() for sha, path in pictures.items() if path.endswith(_TEXT)}
    texts = {
        "report.html": report_page(story, pictures, now, written).encode(),
        "replay.json": canonical_json(replay).encode(),
        "events.jsonl": events_to_jsonl(events).encode(),
        "config.yaml": yaml.safe_dump(story.config, allow_unicode=True).encode(),
    }
    files = [_described(path, data) for path, data in texts.items()]
    files += [BundleFile(path=path, sha256=facts["sha256"], size=facts["size"], kind=facts["class"])
              for path, facts in sorted(here.items())]  # fmt: skip
    manifest = Manifest(
        app_version=__version__, exported_at=now.isoformat(), session_id=session_id, device=story.device, files=files,
        missing=sorted(replay["artifacts"].keys() - here.keys()),
    )  # fmt: skip
    first = {NAME: canonical_json(manifest.model_dump(mode="json", by_alias=True)).encode()}
    return Bundle(manifest, {**first, **texts}, {path: facts["sha256"] for path, facts in sorted(here.items())})


def _described(path: str, data: bytes) -> BundleFile:
    kind: Class = "reproducible" if path == "report.html" else "essential"
    return BundleFile(path=path, sha256=sha256_hex(data), size=len(data), kind=kind)


def _entry(path: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, LONG_AGO)
    entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, method
    return entry


class _Sink:
    """Where a zip is written when nothing can be sought: what was written is taken away again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        pass

    def full(self) -> Iterator[bytes]:
        if len(self._held) >= CHUNK:
            yield self.rest()

    def rest(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data
