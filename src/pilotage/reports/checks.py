"""Whether a bundle is whole: each file of its manifest there, with that size and checksum, and none besides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from pilotage.core.archives import Archive, open_archive
from pilotage.core.errors import InvalidInputError, PilotageError
from pilotage.core.hashing import sha256_hex
from pilotage.core.strategies import invalid_input
from pilotage.reports.manifest import KIND, NAME, SCHEMA_VERSION, BundleFile, Manifest, Strict

NEEDED = ("report.html", "replay.json", "events.jsonl", "config.yaml")


class Verdict(Strict):
    """What a check found: `faults` are empty for a bundle that is whole."""

    session_id: str
    app_version: str
    exported_at: str
    files: int
    size: int
    missing: list[str]
    faults: list[str]


def verify_bundle(file: Path | IO[bytes]) -> Verdict:
    """Check every file of a bundle.

    Raises:
        InvalidInputError: no bundle at all, or one of a newer schema.
    """
    with open_archive(file) as archive:
        manifest = manifest_in(archive)
        faults = faults_of(archive, manifest)
    return Verdict(
        session_id=manifest.session_id, app_version=manifest.app_version, exported_at=manifest.exported_at,
        files=len(manifest.files), size=sum(one.size for one in manifest.files), missing=manifest.missing,
        faults=faults,
    )  # fmt: skip


def manifest_in(archive: Archive) -> Manifest:
    """The manifest of a bundle.

    Raises:
        InvalidInputError: there is none that can be read here.
    """
    if NAME not in archive.sizes:
        raise InvalidInputError(f"the archive has no {NAME}: it is no bundle", field="archive")
    given = parsed(archive.read(NAME), NAME)
    if isinstance(given, dict) and given.get("kind") == KIND and given.get("schema_version") != SCHEMA_VERSION:
        raise InvalidInputError(
            f"the bundle has schema {given.get('schema_version')!r}, which is not known here", field="archive",
            hint="A newer Pilotage wrote it: upgrade.",
        )  # fmt: skip
    try:
        return Manifest.model_validate(given)
    except ValidationError as cause:
        raise invalid_input(cause, prefix=NAME) from cause


def faults_of(archive: Archive, manifest: Manifest) -> list[str]:
    """What is wrong, a line each: files that lack, differ, or are not listed."""
    listed = {one.path for one in manifest.files}
    faults = [f"{path}: is not in the manifest" for path in archive.sizes if path not in {*listed, NAME}]
    faults += [f"{path}: is missing" for path in NEEDED if path not in listed]
    if len(listed) != len(manifest.files):
        faults.append(f"{NAME}: lists a file twice")
    return faults + [fault for one in manifest.files if (fault := _fault(archive, one))]


def parsed(data: bytes, name: str) -> Any:
    """JSON from elsewhere.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        return json.loads(data.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as cause:
        raise InvalidInputError(f"{name} is no JSON: {cause}"[:200], field="archive", entry=name) from cause


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _fault(archive: Archive, listed: BundleFile) -> str | None:
    if listed.path not in archive.sizes:
        return f"{listed.path}: is missing"
    if archive.sizes[listed.path] != listed.size:
        return f"{listed.path}: has {archive.sizes[listed.path]} bytes, not {listed.size}"
    try:
        data = archive.read(listed.path)
    except PilotageError as error:
        return f"{listed.path}: {error}"
    return None if sha256_hex(data) == listed.sha256 else f"{listed.path}: has another checksum than listed"
