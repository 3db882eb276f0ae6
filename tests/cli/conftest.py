"""The terminal as its tests use it: commands on a home of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pilotage.cli.main import main


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder that commands work on."""
    return tmp_path / "home"


@pytest.fixture
def pilotage(home: Path) -> Callable[..., Result]:
    """Run a command on `home`, or on the home `on`; `code` is what it must leave with, `says` what is typed."""

    def run(*arguments: str, code: int = 0, says: str | None = None, on: Path = home) -> Result:
        result = CliRunner().invoke(main, ["--home", str(on), *arguments], input=says)
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return run
