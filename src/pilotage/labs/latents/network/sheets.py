"""What one question to the lab leaves behind: a few files, made once for the same checkpoint and picture."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilotage.core.errors import NotFoundError
from pilotage.labs.latents.envelope import encode
from pilotage.labs.latents.folder import Artifact, RunFolder
from pilotage.labs.latents.paths import artifact_path

Keys = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of an answer.

    Attributes:
        name: a key of `paths.PATTERNS`.
        content: a PNG, or the fields that a JSON file has beside its envelope, or instead of the envelope's own.
        keys: what its path asks for beside the question's own keys.
    """

    name: str
    content: bytes | Mapping[str, Any]
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a run.

    Attributes:
        index: name of the JSON file that is written last: the answer is whole when it is there, and lists its files.
        keys: of the path.
        inputs_sha256: of what the answer follows from.
    """

    folder: RunFolder
    epoch: int
    index: str
    keys: Keys
    inputs_sha256: str

    @property
    def path(self) -> str:
        """Of the index."""
        return artifact_path(self.index, self.epoch, **self.keys)


@dataclass(frozen=True, slots=True)
class Answer:
    """The files of an answer.

    Attributes:
        path: of its index, within the run's folder.
        files: paths of all, the index last.
        made: those that were written now, to be told of; none when the answer was there.
    """

    path: str
    files: tuple[str, ...]
    made: tuple[Artifact, ...] = ()


def answered(question: Question, make: Callable[[], Sequence[Piece]]) -> Answer:
    """The answer that is there, if it follows from the same inputs; else it is made and written.

    Args:
        question: what is asked.
        make: computes the pieces, the index last.

    Raises:
        StorageError: the disk is full or refuses.
    """
    path = question.path
    if files := _files_of(question, path):
        return Answer(path, files)
    began = time.perf_counter()
    pieces = make()
    spent = (time.perf_counter() - began) * 1000
    files = tuple(artifact_path(piece.name, question.epoch, **{**question.keys, **piece.keys}) for piece in pieces)
    made = tuple(_write(question, piece, files, spent) for piece in pieces)
    return Answer(path, files, made)


def _files_of(question: Question, path: str) -> tuple[str, ...]:
    """The files of an answer that is there and whole; none otherwise."""
    try:
        said = json.loads(question.folder.file(path).read_bytes())
        if said["inputs_sha256"] != question.inputs_sha256:
            return ()
        for file in said["files"]:
            question.folder.file(file)  # raises if it is gone
        return tuple(said["files"])
    except (NotFoundError, ValueError, KeyError, TypeError):
        return ()


def _write(question: Question, piece: Piece, files: tuple[str, ...], spent: float) -> Artifact:
    content = piece.content
    if not isinstance(content, bytes):
        shared = {
            "kind": piece.name, "run_id": question.folder.run_id, "epoch": question.epoch, "seed": None,
            "inputs_sha256": question.inputs_sha256, "compute_ms": spent,
        }  # fmt: skip
        listed = {"files": files} if piece.name == question.index else {}
        content = encode(**{**shared, **content, **listed})
    return question.folder.write(piece.name, question.epoch, content, **{**question.keys, **piece.keys})
