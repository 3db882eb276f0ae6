"""Tidy tables of what was recorded, as CSV or Parquet, each with its codebook beside it."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pilotage.core.errors import InvalidInputError, ModelUnavailableError, StorageError
from pilotage.core.hashing import canonical_json
from pilotage.reports.codebook import TABLES, Column
from pilotage.reports.subject import public_config, public_ref
from pilotage.store import (
    AnswerRow,
    CandidateRow,
    Reader,
    RoundRow,
    Row,
    RunRow,
    SampleRow,
    SessionRow,
    cursor,
)

Json = dict[str, Any]
R = TypeVar("R", bound=Row)
PAGE = 500
ENDINGS = (".csv", ".parquet")


def export_table(reader: Reader, table: str, path: Path) -> list[Path]:
    """Write one table and its codebook; the two paths.

    Args:
        reader: what holds the rows.
        table: sessions, rounds, candidates, answers, runs or samples.
        path: ends in .csv or .parquet; missing folders are made, an older file is replaced when all is written.

    Raises:
        InvalidInputError: an unknown table or ending.
        ModelUnavailableError: Parquet without pyarrow.
        StorageError: the file can't be written.
    """
    if table not in TABLES:
        raise InvalidInputError(f"no table {table!r}", hint=f"One of: {', '.join(TABLES)}.", field="table")
    if path.suffix not in ENDINGS:
        raise InvalidInputError(f"{path.name} must end in {' or '.join(ENDINGS)}", field="path")
    write = _write_csv if path.suffix == ".csv" else _parquet_writer()
    columns = TABLES[table]
    codebook = path.with_suffix(".codebook.json")
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        count = write(part, columns, table_rows(reader, table))
        os.replace(part, path)
        codebook.write_text(json.dumps(_codebook(table, path, columns, count), indent=2, ensure_ascii=False) + "\n")
    except OSError as cause:
        raise StorageError(f"cannot write {path.name}: {cause.strerror}", field="path") from cause
    finally:
        if part.parent.is_dir():
            part.unlink(missing_ok=True)
    return [path, codebook]


def table_rows(reader: Reader, table: str) -> Iterator[Json]:
    """The rows of a table as column -> value, oldest session or run first."""
    return _ROWS[table](reader)


def _sessions(reader: Reader) -> Iterator[Json]:
    for session in _all(reader, SessionRow):
        samples = reader.list(SampleRow, where={"session_id": session.id})
        yield {
            **session.model_dump(),
            "model": public_ref(session.model),
            "config": public_config(session.config),
            "distinct_renders": len({sample.artifact for sample in samples if sample.artifact}),
        }


def _rounds(reader: Reader) -> Iterator[Json]:
    for session in _all(reader, SessionRow):
        for round_ in reader.list(RoundRow, where={"session_id": session.id}):
            yield round_.model_dump()


def _candidates(reader: Reader) -> Iterator[Json]:
    for round_ in _rounds(reader):
        for candidate in reader.list(CandidateRow, where={"round_id": round_["id"]}):
            sample = reader.find(SampleRow, candidate.sample_id or "")
            forecast = {f"forecast_{name}": candidate.forecast.get(name) for name in ("mean", "sd", "p_best")}
            yield {
                **candidate.model_dump(),
                **forecast,
                "round_index": round_["index"],
                "artifact": sample.artifact if sample else None,
            }


def _answers(reader: Reader) -> Iterator[Json]:
    for round_ in _rounds(reader):
        for answer in reader.list(AnswerRow, where={"round_id": round_["id"]}):
            yield {**answer.model_dump(), "round_index": round_["index"]}


def _runs(reader: Reader) -> Iterator[Json]:
    for run in _all(reader, RunRow):
        yield {**run.model_dump(), "model": public_ref(run.model)}


def _samples(reader: Reader) -> Iterator[Json]:
    for run in _all(reader, RunRow):
        for sample in reader.list(SampleRow, where={"run_id": run.id}):
            yield sample.model_dump()


_ROWS: dict[str, Callable[[Reader], Iterator[Json]]] = {
    "sessions": _sessions,
    "rounds": _rounds,
    "candidates": _candidates,
    "answers": _answers,
    "runs": _runs,
    "samples": _samples,
}


def _all(reader: Reader, kind: type[R]) -> Iterator[R]:
    """Every row of a kind, a page at a time."""
    page: Sequence[R] = reader.list(kind, limit=PAGE)
    while page:
        yield from page
        page = reader.list(kind, after=cursor(page[-1]), limit=PAGE)


def _write_csv(path: Path, columns: Sequence[Column], rows: Iterator[Json]) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for count, row in enumerate(rows, start=1):  # noqa: B007  (the last number is the count)
            writer.writerow([_as_text(column, row[column.name]) for column in columns])
    return count


def _parquet_writer() -> Callable[[Path, Sequence[Column], Iterator[Json]], int]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as cause:
        raise ModelUnavailableError(
            "Parquet files are written with pyarrow", hint="pip install 'pilotage[tables]', or write a .csv."
        ) from cause
    types = {
        "text": pa.string(), "json": pa.string(), "integer": pa.int64(), "number": pa.float64(),
        "boolean": pa.bool_(), "time": pa.timestamp("us", tz="UTC"),
    }  # fmt: skip

    def write(path: Path, columns: Sequence[Column], rows: Iterator[Json]) -> int:
        schema = pa.schema([
            pa.field(c.name, types[c.type], metadata={"meaning": c.meaning, "unit": c.unit}) for c in columns
        ])  # fmt: skip
        data = [{column.name: _as_cell(column, row[column.name]) for column in columns} for row in rows]
        parquet.write_table(pa.Table.from_pylist(data, schema=schema), path)
        return len(data)

    return write


def _as_cell(column: Column, value: Any) -> Any:
    """JSON as text; anything else as it is."""
    return canonical_json(value) if column.type == "json" and value is not None else value


def _as_text(column: Column, value: Any) -> str:
    cell = _as_cell(column, value)
    if isinstance(cell, datetime):
        return cell.isoformat()
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _codebook(table: str, path: Path, columns: Sequence[Column], count: int) -> Json:
    return {
        "table": table, "file": path.name, "rows": count, "empty": "An empty cell means: unknown, or not so.",
        "columns": [{"name": c.name, "type": c.type, "unit": c.unit or None, "meaning": c.meaning} for c in columns],
    }  # fmt: skip
