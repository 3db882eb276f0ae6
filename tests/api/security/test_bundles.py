"""A bundle from a stranger, sent to the door: every trick is refused by field, and nothing of it is kept."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pilotage.api import bodies

ZIP = {"Content-Type": "application/zip"}
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028'\"--><svg onload=alert(1)>"


@pytest.fixture
def honest(steer: Any, lab: Any, tmp_path: Path) -> dict[str, bytes]:
    """The files of a bundle whose session has markup wherever a person can write."""
    session = steer(name=EVIL, request={"prompt": EVIL})
    session.step()
    session.pick(1, comment=EVIL)
    session.step()
    lab.bundle(session.id, tmp_path / "honest.zip")
    with zipfile.ZipFile(tmp_path / "honest.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(files: dict[str, bytes], *more: tuple[Any, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (*files.items(), *more):
            archive.writestr(name, data)
    return file.getvalue()


def resigned(files: dict[str, bytes], path: str, data: bytes) -> dict[str, bytes]:
    """The files with one changed wherever it is named by its hash: what a careful forger would send."""
    old, new = hashlib.sha256(files[path]).hexdigest(), hashlib.sha256(data).hexdigest()
    forged = {name.replace(old, new): content for name, content in {**files, path: data}.items()}
    for name in ("manifest.json", "replay.json"):
        forged[name] = forged[name].replace(old.encode(), new.encode())
    told = json.loads(forged["manifest.json"])
    for file in told["files"]:
        content = forged[file["path"]]
        file |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    record = json.loads(forged["replay.json"])
    resize(record, new, len(data))
    forged["replay.json"] = json.dumps(record).encode()
    for file in told["files"]:
        if file["path"] == "replay.json":
            file |= {
                "sha256": hashlib.sha256(forged["replay.json"]).hexdigest(), "size": len(forged["replay.json"])
            }  # fmt: skip
    return {**forged, "manifest.json": json.dumps(told).encode()}


def resize(node: Any, artifact: str, size: int) -> None:
    if isinstance(node, dict):
        if node.get("id") == artifact and "size" in node:
            node["size"] = size
        for part in node.values():
            resize(part, artifact, size)
    elif isinstance(node, list):
        for part in node:
            resize(part, artifact, size)


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def animated() -> bytes:
    file, frames = io.BytesIO(), [Image.new("RGB", (64, 64), (n, 0, 0)) for n in range(20)]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def test_an_honest_bundle_is_opened(client: Any, honest: dict[str, bytes]) -> None:
    made = client.post("/api/bundles", content=packed(honest), headers=ZIP)
    assert made.status_code == 201, made.text
    assert made.json()["name"] == EVIL


@pytest.mark.parametrize(
    "trick", ["slip", "absolute", "link", "twice", "bomb", "stray", "no zip", "empty", "cut", "comment"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_plays_a_trick_is_refused_and_leaves_nothing(
    client: Any, lab: Any, honest: dict[str, bytes], snapshot: Any, trick: str
) -> None:
    whole = packed(honest)
    sent = {
        "slip": packed(honest, ("../../evil.py", b"x")),
        "absolute": packed(honest, ("/etc/cron.d/evil", b"x")),
        "link": packed(honest, (link("pictures/evil.png"), b"/etc/passwd")),
        "twice": packed(honest, ("replay.json", honest["replay.json"])),
        "bomb": packed(honest, ("pictures/zeros.png", bytes(60_000_000))),
        "stray": packed(honest, ("evil.html", b"<script>alert(1)</script>")),
        "no zip": b"MZ\x90\x00" * 100,
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "comment": whole[:-2] + b"\x02\x00hi",
    }[trick]
    before = snapshot(lab.store)
    refused = client.post("/api/bundles", content=sent, headers=ZIP)
    told = refused.json()
    assert (refused.status_code, told["kind"], told["field"]) == (422, "input", "archive"), told
    assert snapshot(lab.store) == before


@pytest.mark.parametrize("what", ["page", "vector", "half", "film", "vast"])
def test_a_picture_that_is_none_is_refused_even_if_every_checksum_is_right(
    client: Any, lab: Any, honest: dict[str, bytes], snapshot: Any, what: str
) -> None:
    path = next(name for name in honest if name.endswith(".png"))
    wide = honest[path][:16] + (60_000).to_bytes(4, "big") * 2 + honest[path][24:]
    data = {
        "page": b"<html><script>alert(1)</script></html>",
        "vector": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "half": honest[path][: len(honest[path]) // 2],
        "film": animated(),
        "vast": wide,
    }[what]
    before = snapshot(lab.store)
    refused = client.post("/api/bundles", content=packed(resigned(honest, path, data)), headers=ZIP)
    assert (refused.status_code, refused.json()["kind"]) == (422, "input"), refused.text
    assert "no picture that can be read" in refused.json()["detail"], refused.text
    assert snapshot(lab.store) == before


def test_the_forger_of_these_tests_is_good_enough(client: Any, honest: dict[str, bytes]) -> None:
    path = next(name for name in honest if name.endswith(".png"))
    other = io.BytesIO()
    Image.fromarray(np.full((64, 64, 3), 7, np.uint8)).save(other, "PNG")
    made = client.post("/api/bundles", content=packed(resigned(honest, path, other.getvalue())), headers=ZIP)
    assert made.status_code == 201, made.text


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_an_upload_of_another_type_is_refused(client: Any, honest: dict[str, bytes], kind: str) -> None:
    refused = client.post("/api/bundles", content=packed(honest), headers={"Content-Type": kind})
    assert refused.status_code == 415


def test_an_upload_from_another_site_is_refused(client: Any, honest: dict[str, bytes]) -> None:
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert client.post("/api/bundles", content=packed(honest), headers={**ZIP, **headers}).status_code == 403


def test_an_upload_is_bounded_whether_it_says_its_length_or_not(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MAX_UPLOAD", 100_000)
    said = client.post("/api/bundles", content=bytes(100_001), headers=ZIP)
    streamed = client.post("/api/bundles", content=(bytes(10_000) for _ in range(11)), headers=ZIP)
    for refused in (said, streamed):
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_what_a_person_wrote_runs_nowhere_in_an_exported_report(honest: dict[str, bytes]) -> None:
    report = honest["report.html"].decode()
    assert "alert(1)" in report, "the text itself is there"
    assert EVIL not in report
    for tag in re.findall(r"<(?:script|img|svg)\b[^>]*>", report):
        assert "alert" not in tag
        assert "onload" not in tag
        assert "onerror" not in tag
    assert "<script>alert" not in report
