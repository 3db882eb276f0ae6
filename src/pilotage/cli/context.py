"""What every command shares: the lab, opened when first needed; progress; exit codes."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from pydantic import BaseModel

from pilotage.core.errors import (
    ConflictError,
    InvalidInputError,
    JobCancelledError,
    ModelUnavailableError,
    NotFoundError,
    PilotageError,
)  # fmt: skip
from pilotage.core.progress import Step

EXIT_CODES = {
    0: "done",
    1: "failed: a generation or the storage",
    2: "bad input; nothing was done",
    3: "no such session, round, run, job or model",
    4: "does not fit the present state; nothing was lost",
    5: "the model cannot be loaded",
    130: "cancelled",
}
_BY_KIND: tuple[tuple[type[PilotageError], int], ...] = (
    (InvalidInputError, 2),
    (NotFoundError, 3),
    (ConflictError, 4),
    (ModelUnavailableError, 5),
    (JobCancelledError, 130),
)


def exit_code(error: PilotageError) -> int:
    """The documented exit code of an error."""
    return next((code for kind, code in _BY_KIND if isinstance(error, kind)), 1)


class Context:
    """Settings given on the command line, and the lab that follows from them."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def settings(self, **more: Any) -> Any:
        """The settings in force."""
        from pilotage.app.settings import Settings  # noqa: PLC0415  (--help must not pay for it)

        return Settings(**{**self._given, **more})

    def lab(self) -> Any:
        """The lab on the home folder, with jobs run here and a bar for their progress.

        Models take as many threads as in a worker, so both render the same bytes.
        """
        from pilotage.app.threads import model_threads, set_threads  # noqa: PLC0415

        set_threads(model_threads())
        from pilotage.app.wiring import local_lab  # noqa: PLC0415

        return local_lab(self.settings(), progress=bar)


def bar(step: Step, /) -> None:
    """One line on a terminal that is rewritten; nothing when stderr is a file."""
    if sys.stderr.isatty():
        filled = round(20 * step.done / step.total) if step.total else 0
        steps = f" {'█' * filled}{'░' * (20 - filled)} {step.done}/{step.total}" if step.total else ""
        click.echo(f"\r\033[K{step.phase}{steps}", err=True, nl=False)
        if step.phase == "saving":
            click.echo("\r\033[K", err=True, nl=False)


def emit(value: BaseModel | list[Any] | dict[str, Any], *, as_json: bool, text: str) -> None:
    """One JSON object on stdout, or the text."""
    if not as_json:
        click.echo(text)
        return
    data = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    click.echo(json.dumps(data, ensure_ascii=False))
