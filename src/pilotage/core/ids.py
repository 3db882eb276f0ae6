"""Identifiers: `ses_…` drawn once for what a person makes, derived for what follows from it."""

from __future__ import annotations

import secrets

from pilotage.core.hashing import sha256_hex

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def new_id(prefix: str) -> str:
    """A fresh identifier of 80 random bits. It never reaches a model or a seed."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(16))


def derived_id(prefix: str, *parts: str | int) -> str:
    """The identifier that follows from `parts`: the same work done twice gets the same one."""
    text = "\x1f".join(str(part) for part in parts)
    number = int(sha256_hex(text.encode())[:20], 16)
    return f"{prefix}_" + "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, 80, 5))
