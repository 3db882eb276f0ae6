"""A process beside a worker for long work on a run: niced, few threads, gone with whoever started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from pilotage.app.threads import set_threads
from pilotage.core.errors import PilotageError

MODULE = "pilotage.app.latent_child"
GRACE = 5.0  # seconds for a process that is let go
_TOLD = 400  # characters of a crash


class Child:
    """The running process."""

    def __init__(self, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self._process, self._said = process, said

    @property
    def status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def fault(self, ended: str) -> PilotageError:
        """Why it ended: the error that it told as JSON in the last line of standard error, or what it crashed with.

        Args:
            ended: what is known without its words.
        """
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        words = next((line.strip() for line in reversed(lines) if line.strip()), "")
        said: Any = None
        with suppress(ValueError):
            said = json.loads(words)
        return fault_of(said if isinstance(said, dict) else {}, otherwise=f"{ended}: {words[:_TOLD]}".strip(": "))


@contextmanager
def child(words: Sequence[str], *, threads: int) -> Iterator[Child]:
    """`python -m pilotage.app.latent_child WORDS`; whatever ends this block ends the process too.

    Args:
        words: as that module takes them.
        threads: of the numeric libraries.
    """
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    set_threads(threads, environment)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said,
            env=environment,
        )  # fmt: skip
        assert process.stdin is not None
        try:
            yield Child(process, said)
        finally:
            process.stdin.close()  # which it takes as the end of us
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def fault_of(said: Mapping[str, Any], *, otherwise: str) -> PilotageError:
    """The error that a process told of, as data with `code`, `message`, `hint` and `field`."""
    kinds = [PilotageError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    known = next((kind for kind in kinds if kind.code == said.get("code")), PilotageError)
    hint, field = (str(said.get(name) or "") for name in ("hint", "field"))
    return known(str(said.get("message", otherwise)), hint=hint, field=field)
