"""What lies in the store or beside it: chimeras, links, odd types, and text that means something elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.api import pages
from pilotage.api.app import create_app
from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.artifacts import DiskArtifacts
from pilotage.core.clock import system_clock
from pilotage.core.media import Media
from pilotage.store import ArtifactRow, MemoryStore

BASE = "http://127.0.0.1:8360"
HTML = b"<html><script>alert(1)</script></html>"
EVIL = "</script><script>alert(1)</script>\r\ndata: forged\r\nid: 99\u2028"


@pytest.fixture
def stored(tmp_path: Path) -> Lab:
    """A lab whose artifacts lie in a folder."""
    return Lab(MemoryStore(), DiskArtifacts(tmp_path / "artifacts"), ModelCatalog(Settings()))


def keep(lab: Lab, data: bytes, media_type: str) -> str:
    sha256 = lab.artifacts.put(data)
    with lab.store.transaction() as tx:
        tx.insert(ArtifactRow(id=sha256, created_at=system_clock(), media_type=media_type, size=len(data)))
    return sha256


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/plain", "application/xhtml+xml"])
def test_what_a_browser_would_run_is_a_download_in_a_sandbox(stored: Lab, media_type: str) -> None:
    sha256 = keep(stored, HTML, media_type)
    with TestClient(create_app(stored, Settings(), port=8360), base_url=BASE) as client:
        answer = client.get(f"/api/artifacts/{sha256}")
        assert answer.headers["content-disposition"] == "attachment"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert client.get(f"/api/artifacts/{sha256}?size=thumb").status_code == 422


def test_a_picture_that_is_a_page_as_well_is_only_a_picture(stored: Lab) -> None:
    import numpy as np

    chimera = Media.from_pixels(np.zeros((8, 8, 3), np.uint8)).data + HTML
    sha256 = keep(stored, chimera, "image/png")
    with TestClient(create_app(stored, Settings(), port=8360), base_url=BASE) as client:
        answer = client.get(f"/api/artifacts/{sha256}")
        assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("image/png", "nosniff")
        assert b"script" not in client.get(f"/api/artifacts/{sha256}?size=thumb").content


def test_a_picture_that_is_none_has_no_thumbnail(stored: Lab) -> None:
    broken = keep(stored, b"\x89PNG\r\n\x1a\n" + HTML, "image/png")
    with TestClient(create_app(stored, Settings(), port=8360), base_url=BASE) as client:
        refused = client.get(f"/api/artifacts/{broken}?size=thumb")
    assert (refused.status_code, refused.json()["kind"]) == (422, "input")


def test_a_link_in_the_store_leads_nowhere(stored: Lab, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"of another")
    sha256 = keep(stored, b"plain", "text/plain")
    place = tmp_path / "artifacts" / sha256[:2] / sha256[2:4] / sha256
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    with TestClient(create_app(stored, Settings(), port=8360), base_url=BASE) as client:
        assert client.get(f"/api/artifacts/{sha256}").status_code == 404


def test_a_link_among_the_pages_leads_nowhere(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "secret.txt").write_text("of another")
    (tmp_path / "web" / "own.txt").write_text("ours")
    (tmp_path / "web" / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(pages, "WEB", tmp_path / "web")
    assert client.get("/own.txt").text == "ours"
    assert client.get("/link.txt").status_code == 404


def test_text_that_a_person_wrote_forges_no_event(lab: Any, listen: Any, served: Any) -> None:
    stream = listen(served.base)
    with served.client() as client:
        made = client.post(
            "/api/sessions", json={"model": "analytic", "name": EVIL, "request": {"prompt": EVIL}}
        ).json()
        stream.wait(lambda stream: "session.created" in stream.types())
        raw = stream_bytes(client, made["id"])
    assert made["name"] == EVIL
    assert b"forged" in raw
    assert not [line for line in raw.split(b"\n") if line.startswith((b"data: forged", b"id: 99"))]
    assert 99 not in stream.ids


def stream_bytes(client: Any, topic: str) -> bytes:
    with client.stream("GET", "/api/events", params={"topics": f"{topic},a\r\ndata: x", "after": 0}) as response:
        read = b""
        for part in response.iter_raw():
            read += part
            if b"session.created" in read:
                return read
    raise AssertionError(read)


@pytest.mark.parametrize(
    "cursor", ["' OR 1=1", "W10", "eyJhIjoxfQ", "bnVsbA", "=" * 5, "WyIyMDI1IiwgWyJhIl1d", "\u2603"]
)
def test_a_place_in_a_list_that_is_not_ours_is_bad_input(client: TestClient, cursor: str) -> None:
    refused = client.get("/api/sessions", params={"after": cursor})
    assert (refused.status_code, refused.json()["field"]) == (422, "after"), refused.text


def test_text_of_the_query_language_is_kept_as_text(client: TestClient) -> None:
    names = ["'; DROP TABLE session; --", "%", "_", '" OR ""="', "\\", "$1", ":name", "?"]
    for name in names:
        made = client.post("/api/sessions", json={"model": "analytic", "name": name, "request": {"prompt": name}})
        assert made.json()["name"] == name
    listed = [session["name"] for session in client.get("/api/sessions", params={"limit": 200}).json()["items"]]
    assert listed == names[::-1]
