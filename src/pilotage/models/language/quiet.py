"""Silence of transformers while it reads files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet(*, bars_of: Any = None) -> Iterator[None]:
    """No progress bars and no advice on stderr; all is put back.

    Args:
        bars_of: a module of transformers that draws bars of its own, which its switch does not reach.
    """
    from transformers.utils import logging as theirs

    logging: Any = theirs  # untyped
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    own = getattr(bars_of, "tqdm", None)
    if own is not None:
        bars_of.tqdm = _no_bar
    try:
        yield
    finally:
        if own is not None:
            bars_of.tqdm = own
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _no_bar(items: Any, **_: Any) -> Any:
    return items
