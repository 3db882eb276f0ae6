"""Whether a run's folder is what its log says: every file known, every file that was told of there and unharmed."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.core.hashing import sha256_file
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import CANCEL, CONFIG, EVENTS, PAGE, PART, SUMMARY, RunFolder
from pilotage.labs.latents.paths import read_path
from pilotage.labs.latents.state import summarise


def faults(folder: RunFolder) -> tuple[str, ...]:
    """What is wrong with a run, one sentence each; empty when all is well. Reads every file that was told of.

    Writes that are going on are no fault.
    """
    return (*_strays(folder), *_untrue(folder))


def _strays(folder: RunFolder) -> Iterator[str]:
    """Files that no run has: unknown names, links, and what is neither file nor folder."""
    for above, folders, files in os.walk(folder.path):
        for name in sorted([*folders, *files]):
            path = os.path.relpath(os.path.join(above, name), folder.path).replace(os.sep, "/")
            if os.path.islink(os.path.join(above, name)):
                yield f"{path} is a link"
            elif name in files and not name.endswith(PART) and not _is_known(path):
                yield f"{path} is no file of a run"


def _is_known(path: str) -> bool:
    if path in (CONFIG, EVENTS, SUMMARY, CANCEL, PAGE):
        return True
    try:
        read_path(path)
    except NotFoundError:
        return False
    return True


def _untrue(folder: RunFolder) -> Iterator[str]:
    """Where files contradict the log."""
    try:
        events = EventTail(folder.path / EVENTS).poll()
        if summarise(folder.config(), events) != folder.summary():
            yield f"{SUMMARY} is not what {EVENTS} says"
    except (InvalidInputError, ConflictError) as fault:
        yield f"{EVENTS}: {fault}"
        return
    told = {event.data.get("path"): event.data for event in events if event.type == "artifact.created"}
    for path, said in told.items():
        try:
            file = folder.file(str(path))
        except NotFoundError:
            yield f"{path} was told of and is gone"
            continue
        if file.stat().st_size != said.get("bytes") or sha256_file(file) != said.get("sha256"):
            yield f"{path} has other bytes than it was told of"
