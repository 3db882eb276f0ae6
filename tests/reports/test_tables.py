"""Tables: every row that was recorded, tidy, with a codebook that knows every column."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError, ModelUnavailableError, StorageError
from pilotage.reports import tables
from pilotage.reports.codebook import TABLES
from pilotage.store import AnswerRow, CandidateRow, RoundRow, Row, RunRow, SampleRow, SessionRow

ROWS: dict[str, type[Row]] = {
    "sessions": SessionRow, "rounds": RoundRow, "candidates": CandidateRow, "answers": AnswerRow, "runs": RunRow,
    "samples": SampleRow,
}  # fmt: skip


@pytest.fixture
def recorded(steer: Any, lab: Any) -> Any:
    """Two sessions; the first with two answers and a final picture, and a run without steering."""
    session = steer(name="=sum(a), “quoted”")
    for slot in (2, 1):
        session.step()
        session.pick(slot, comment="first line\nsecond line")
    lab.finish(session.id, session.view.incumbent_id, closeness=5, comment="done")
    steer().step()
    lab.wait(lab.generate({"prompt": ""}, model="analytic", n=2, seed=1).id)
    return session


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", TABLES)
def test_the_codebook_explains_every_field_of_a_row_once(table: str) -> None:
    names = [column.name for column in TABLES[table]]
    assert len(set(names)) == len(names)
    assert set(ROWS[table].model_fields) <= set(names)
    assert all(column.meaning.endswith(".") for column in TABLES[table])


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_written_and_its_codebook_lies_beside(recorded: Any, lab: Any, tmp_path: Path, table: str) -> None:
    path, codebook = lab.export_table(table, tmp_path / "out" / f"{table}.csv")
    rows, book = read(path), json.loads(codebook.read_text())
    stored = lab.store.list(ROWS[table])
    assert {row["id"] for row in rows} == {row.id for row in stored}
    assert len(rows) == len(stored) == book["rows"] > 0
    assert list(rows[0]) == [column["name"] for column in book["columns"]]
    assert sorted(entry.name for entry in path.parent.iterdir()) == sorted([path.name, codebook.name])


def test_a_sessions_row_holds_what_studies_compare(recorded: Any, lab: Any, tmp_path: Path) -> None:
    row = read(lab.export_table("sessions", tmp_path / "s.csv")[0])[0]
    assert (row["name"], row["state"], row["closeness"], row["outcome"]) == (
        "=sum(a), “quoted”",
        "completed",
        "5",
        "done",
    )
    assert (row["dimension"], row["sampler"], row["rounds"], row["answers"]) == ("5", "auto", "2", "2")
    assert row["basis"]
    assert (row["prompt_family"], row["renders"], row["distinct_renders"]) == ("a disc", "7", "7")
    assert json.loads(row["query_kinds"]) == ["ranking", "pairwise", "ratings", "approval"]
    assert row["final_id"] == recorded.view.final_id


def test_candidates_carry_the_forecast_that_was_made_before_the_click(recorded: Any, lab: Any, tmp_path: Path) -> None:
    rows = [r for r in read(lab.export_table("candidates", tmp_path / "c.csv")[0]) if r["session_id"] == recorded.id]
    by_id = {candidate.id: candidate for round_ in recorded.view.round_views for candidate in round_.candidates}
    assert len(rows) == len(by_id) == 8
    for row in rows:
        candidate = by_id[row["id"]]
        assert float(row["forecast_p_best"]) == candidate.forecast["p_best"]
        assert json.loads(row["z"]) == candidate.z
        assert row["artifact"] == candidate.artifact
    assert [row["round_index"] for row in rows] == ["1"] * 4 + ["2"] * 4


def test_text_with_commas_quotes_and_lines_comes_back(recorded: Any, lab: Any, tmp_path: Path) -> None:
    answers = read(lab.export_table("answers", tmp_path / "a.csv")[0])
    assert [row["comment"] for row in answers] == ["first line\nsecond line"] * 2
    assert all(row["decision_ms"] == "" for row in answers)


@pytest.mark.parametrize("table", TABLES)
def test_parquet_holds_the_same_rows_with_types(recorded: Any, lab: Any, tmp_path: Path, table: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    written = parquet.read_table(lab.export_table(table, tmp_path / "t.parquet")[0])
    rows = read(lab.export_table(table, tmp_path / "t.csv")[0])
    assert written.column_names == list(rows[0])
    assert [row["id"] for row in written.to_pylist()] == [row["id"] for row in rows]
    assert str(written.schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    assert written.schema.field("id").metadata[b"meaning"].startswith(b"Identifier")
    for column in TABLES[table]:
        if column.type == "integer":
            assert str(written.schema.field(column.name).type) == "int64"


def test_an_empty_lab_gives_tables_with_a_head_and_no_rows(lab: Any, tmp_path: Path) -> None:
    for ending in (".csv", ".parquet"):
        path, codebook = lab.export_table("sessions", tmp_path / f"s{ending}")
        assert path.stat().st_size > 0
        assert json.loads(codebook.read_text())["rows"] == 0


def test_more_rows_than_a_page_are_all_written(
    steer: Any, lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "PAGE", 3)
    ids = [steer().id for _ in range(8)]
    assert [row["id"] for row in read(lab.export_table("sessions", tmp_path / "s.csv")[0])] == ids


@pytest.mark.parametrize(
    ("table", "name", "field"),
    [("secrets", "x.csv", "table"), ("sessions", "x.xlsx", "path"), ("sessions", "x", "path")],
)
def test_unknown_tables_and_endings_are_refused(lab: Any, tmp_path: Path, table: str, name: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.export_table(table, tmp_path / name)
    assert caught.value.field == field
    assert list(tmp_path.glob("x*")) == []


def test_parquet_without_pyarrow_says_what_to_install(
    lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModelUnavailableError) as caught:
        lab.export_table("sessions", tmp_path / "s.parquet")
    assert "pilotage[tables]" in caught.value.hint


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(lab: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        lab.export_table("sessions", tmp_path / "file" / "s.csv")
