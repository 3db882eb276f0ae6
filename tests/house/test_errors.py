"""The error tree keeps its promises: one base, unique stable codes, a sentence each."""

from __future__ import annotations

import builtins
import re

import write_reference
from pilotage.core.errors import PilotageError


def errors() -> list[type[PilotageError]]:
    list(write_reference.modules())
    return [PilotageError, *write_reference.descendants(PilotageError)]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.__dict__.get("code") for error in errors()]
    assert None not in codes, "an error without its own code answers as its parent"
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", str(code)) for code in codes)


def test_every_error_says_in_a_sentence_when_it_is_raised() -> None:
    for error in errors():
        assert (error.__doc__ or "").strip().split("\n")[0].endswith("."), error.__name__


def test_every_exception_of_ours_descends_from_the_one_base() -> None:
    strays = [
        f"{module.__name__}.{name}"
        for module in write_reference.modules()
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, builtins.Exception)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and not issubclass(value, PilotageError)
    ]
    assert strays == []
