"""Files of axes: JSON, JSON lines or CSV; whole axes, or plain lists of texts; and templates to begin from."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.axes import LEAST, Axis

SUFFIXES = (".json", ".jsonl", ".csv")
MAX_BYTES = 16 << 20
HOLD_OUT_EVERY = 3  # of answers that name no split
_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_PLAIN = ("examples", "texts")  # keys under which other tools keep a pole's list of texts


def read_axis(path: Path, **known: Any) -> Axis:
    """The axis in a file: a JSON object of an axis, or rows of pairs or of texts.

    Rows are objects, or lines of a CSV, with `prompt`, `positive`, `negative` and perhaps `split`; or `text`, `pole`
    and perhaps `prompt`, `split`. Where no row names a split, every third is held out.

    Args:
        path: .json, .jsonl or .csv.
        known: fields of the axis that the file lacks, or that replace its own: name, poles, description, licence.

    Raises:
        InvalidInputError: not such a file, or its content at fault, with the field.
    """
    data = _read(path)
    content: dict[str, Any] = dict(data) if isinstance(data, Mapping) and "pairs" in data else _rows(data, path)
    for kind in ("pairs", "texts"):
        content[kind] = _held_out(content.get(kind, []))
    name = _safe_name(str(known.get("name") or content.get("name") or path.stem))
    poles = {"negative": f"less {name}", "positive": f"more {name}"}
    return Axis.of({"poles": poles, **content, **known, "name": name})


def read_texts(path: Path) -> tuple[str, ...]:
    """The texts of one pole: a list, or an object with the list as `examples` or `texts`; a CSV's column `text`.

    Raises:
        InvalidInputError: not such a file.
    """
    data = _read(path)
    if isinstance(data, Mapping):
        data = next((data[key] for key in _PLAIN if key in data), None)
    if not isinstance(data, list):
        raise _malformed(path, "a list of texts, or an object with one as `examples` or `texts`")
    texts = [row.get("text") if isinstance(row, Mapping) else row for row in data]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise _malformed(path, "texts that are not empty")
    return tuple(str(text) for text in texts)


def axis_of_texts(name: str, positive: Sequence[str], negative: Sequence[str], **known: Any) -> Axis:
    """An axis from two lists of texts that answer nothing in common; every third is held out.

    Raises:
        InvalidInputError: a name that is none, or too few texts.
    """
    texts = [
        *_held_out([{"text": text, "pole": "positive"} for text in positive]),
        *_held_out([{"text": text, "pole": "negative"} for text in negative]),
    ]
    poles = {"negative": f"less {name}", "positive": f"more {name}"}
    return Axis.of({"poles": poles, **known, "name": _safe_name(name), "texts": texts})


def template(name: str) -> dict[str, Any]:
    """An axis to be filled in: its pairs say what belongs there.

    Raises:
        InvalidInputError: a name that could be a path.
    """
    row = {
        "prompt": "What somebody asks.",
        "positive": "An answer near the positive pole.",
        "negative": "The same answer near the negative pole.",
    }
    held_out = {**row, "prompt": "Something else that somebody asks.", "split": "held_out"}
    return {
        "name": _safe_name(name),
        "poles": {"negative": f"less {name}", "positive": f"more {name}"},
        "description": "What changes from one pole to the other, and what stays.",
        "licence": "unknown",
        "pairs": [{**row, "split": "train"}] * LEAST + [held_out],
    }


def _safe_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name[:60]!r} is no name of an axis", field="axis.name",
            hint="Lower-case letters, digits and underscores, beginning with a letter; 48 at most.")  # fmt: skip
    return name


def _read(path: Path) -> Any:
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        raise InvalidInputError(f"there is no file of an axis at {path.name!r}", field="path",
                                hint=f"A file that ends in one of {', '.join(SUFFIXES)}.")  # fmt: skip
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"{path.name} is larger than {MAX_BYTES >> 20} MB", field="path")
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return json.loads(text)
        if path.suffix.lower() == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(io.StringIO(text))]
    except (UnicodeDecodeError, ValueError, csv.Error, RecursionError) as cause:
        raise InvalidInputError(f"{path.name} cannot be read: {cause}"[:300], field="path") from cause


def _rows(data: Any, path: Path) -> dict[str, Any]:
    """The rows of a list as pairs or texts, by what the first has."""
    if isinstance(data, Mapping) and isinstance(data.get("texts"), list):
        return dict(data)
    if not isinstance(data, list) or not data or not all(isinstance(row, Mapping) for row in data):
        raise _malformed(path, "an axis, or rows of `prompt`, `positive`, `negative`, or of `text`, `pole`")
    return {"texts" if "text" in data[0] else "pairs": data}


def _held_out(rows: Any) -> Any:
    """The rows with a split each: their own, or else every third held out. What is no list of rows stays as it is."""
    if not isinstance(rows, list) or any(not isinstance(row, Mapping) or "split" in row for row in rows):
        return rows
    return [{**row, "split": "train" if place % HOLD_OUT_EVERY else "held_out"} for place, row in enumerate(rows, 1)]


def _malformed(path: Path, wanted: str) -> InvalidInputError:
    return InvalidInputError(f"{path.name} does not hold {wanted}", field="path")
