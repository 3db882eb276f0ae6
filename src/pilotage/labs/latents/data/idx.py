"""IDX: the format of MNIST and its kin, plain or gzipped.

Source: the file format as described at yann.lecun.com/exdb/mnist: two zero bytes, a type, the number of dimensions,
their sizes as big-endian 32-bit integers, the values.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError

_BYTES = 0x08  # the one type of values that pictures and labels come in


def read_idx(path: Path, *, max_bytes: int) -> NDArray[np.uint8]:
    """The array of bytes in an IDX file; a gzipped one is known by its first bytes, not by its name.

    Args:
        path: the file.
        max_bytes: that the values may take; more are not read.

    Raises:
        InvalidInputError: no such file, another format, cut short, longer than it says, or too large.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as opened:
            return _array(opened.read, path.name, max_bytes)
    except (OSError, EOFError, zlib.error, struct.error) as cause:
        raise _refusal(path.name, f"cannot be read: {cause}") from cause


def _array(read: Callable[[int], bytes], name: str, max_bytes: int) -> NDArray[np.uint8]:
    zero, kind, rank = struct.unpack(">HBB", read(4))
    if zero or kind != _BYTES or not 1 <= rank <= 4:
        raise _refusal(name, "is no IDX file of bytes")
    shape = struct.unpack(f">{rank}I", read(4 * rank))
    size = math.prod(shape)
    if size > max_bytes:
        raise _refusal(name, f"holds {size} bytes, at most {max_bytes} are taken")
    data = read(size) + read(1)  # one more: what a file hides after its values is no IDX
    if len(data) != size:
        raise _refusal(name, f"should hold {size} bytes and holds {'more' if len(data) > size else len(data)}")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _refusal(name: str, reason: str) -> InvalidInputError:
    return InvalidInputError(
        f"{name[:80]!r} {reason}"[:300], field="data", hint="Copy the file again, or take another."
    )
