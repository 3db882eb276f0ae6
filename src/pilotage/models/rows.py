"""What every model asks of a batch of rows before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.core.errors import UnsupportedInputError
from pilotage.models.base import Row


def require_batch(rows: Sequence[Row], limit: int) -> None:
    """Refuse an empty batch, and one larger than `limit` rows.

    Raises:
        UnsupportedInputError: with `field` rows.
    """
    if not 1 <= len(rows) <= limit:
        raise UnsupportedInputError(
            f"one call takes 1 to {limit} rows, got {len(rows)}", field="rows", hint="Ask for fewer at once."
        )
