"""Models of the Hugging Face hub: what is here already, and one error for all that can go wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pilotage.core.errors import ModelUnavailableError

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def cached_folder(repository: str, file: str) -> Path | None:
    """The snapshot in the hub's local cache that holds `file`, whole or not; None if there is none."""
    try:
        from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415
    except ImportError:
        return None
    found = try_to_load_from_cache(repository, file)
    return Path(found).parent if isinstance(found, str) else None


@contextmanager
def fetching(repository: str) -> Iterator[None]:
    """Whatever fails inside is told as one error.

    Raises:
        ModelUnavailableError: no network, no permission, no such repository: many classes, one meaning.
    """
    try:
        yield
    except Exception as cause:
        raise ModelUnavailableError(
            f"{repository} cannot be fetched from the hub: {cause}", field="model",
            hint="Check the name and the network, or give a folder on this machine.") from cause  # fmt: skip
