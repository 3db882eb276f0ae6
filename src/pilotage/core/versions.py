"""Installed packages: their versions, so that what was made can say what made it; and those that must be there."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from pilotage.core.errors import ModelUnavailableError


def installed(packages: Iterable[str]) -> dict[str, str]:
    """The versions of those of `packages` that are installed, in their order."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def require(package: str, *, extra: str, field: str) -> None:
    """Nothing, if an optional package of one of our extras is there, which `field` asks for; it is not imported.

    Raises:
        ModelUnavailableError: it is not installed.
    """
    if find_spec(package) is None:
        raise ModelUnavailableError(f"{package} is not installed", hint=f"pip install 'pilotage[{extra}]'", field=field)
