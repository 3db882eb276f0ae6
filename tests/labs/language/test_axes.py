"""Axes: what their texts must be, how they are split, which files they are read from, what is doubtful about them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.axes import CHOOSE_EVERY, PLAIN_PROMPT, Axis
from pilotage.labs.language.axis_checks import remarks
from pilotage.labs.language.axis_files import axis_of_texts, read_axis, read_texts, template


def pairs(count: int, *, held_out: int = 0) -> list[dict[str, str]]:
    rows = [
        {"prompt": f"Question {i}?", "positive": f"Indeed, number {i}.", "negative": f"Yeah, number {i}."}
        for i in range(count + held_out)
    ]
    return [{**row, "split": "train" if i < count else "held_out"} for i, row in enumerate(rows)]


def axis(**changes: Any) -> dict[str, Any]:
    poles = {"negative": "casual", "positive": "formal"}
    return {"name": "formality", "poles": poles, "pairs": pairs(20, held_out=10), **changes}


@given(st.integers(4, 60), st.integers(1, 20))
def test_no_answer_is_in_two_splits_once_there_are_enough(train: int, held_out: int) -> None:
    made = Axis.of(axis(pairs=pairs(train, held_out=held_out)))
    learned, chosen, kept = (set(made.sides(split).positive) for split in ("train", "choose", "held_out"))
    assert not kept & (learned | chosen)
    assert len(kept) == held_out
    assert len(learned | chosen) == train
    if train >= 2 * CHOOSE_EVERY:
        assert not learned & chosen
        assert len(chosen) == train // CHOOSE_EVERY


def test_equal_places_of_both_sides_answer_the_same_prompt() -> None:
    sides = Axis.of(axis()).sides("train")
    assert sides.paired
    for positive, negative in zip(sides.positive, sides.negative, strict=True):
        assert positive.messages == negative.messages
        assert positive.answer != negative.answer


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "../formality"}, "axis.name"),
        ({"name": "Formality"}, "axis.name"),
        ({"pairs": pairs(3)}, "axis"),
        ({"pairs": []}, "axis"),
        ({"texts": [{"text": "a", "pole": "positive"}]}, "axis"),
        ({"pairs": [*pairs(5), {"prompt": "?", "positive": "Same.", "negative": "Same."}]}, "axis.pairs.5"),
        ({"pairs": [*pairs(5), {"prompt": "?", "positive": " ", "negative": "No."}]}, "axis.pairs.5.positive"),
        ({"pairs": [*pairs(5), {"prompt": "?", "positive": "Yes."}]}, "axis.pairs.5.negative"),
        ({"pairs": "formal"}, "axis.pairs"),
        ({"poles": {"negative": "casual"}}, "axis.poles.positive"),
        ({"surprise": 1}, "axis.surprise"),
    ],
)
def test_what_is_malformed_is_named_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Axis.of(axis(**change))
    assert caught.value.field == field


def test_an_axis_without_held_out_answers_says_so_when_they_are_wanted() -> None:
    with pytest.raises(InvalidInputError, match="no held_out answers"):
        Axis.of(axis(pairs=pairs(8))).sides("held_out")


def test_fingerprints_are_of_the_texts_of_a_split_and_not_of_what_is_said_about_them() -> None:
    made = Axis.of(axis())
    assert Axis.of(axis(description="New words.")).fingerprint() == made.fingerprint()
    for place, (train, held_out) in ((3, (False, True)), (25, (True, False))):
        changed = [*pairs(20, held_out=10)]
        changed[place] = {**changed[place], "positive": "Certainly."}
        other = Axis.of(axis(pairs=changed))
        assert (other.fingerprint() == made.fingerprint()) == train
        assert (other.fingerprint("held_out") == made.fingerprint("held_out")) == held_out


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_json_lines_and_tables_hold_the_same_axis(tmp_path: Path) -> None:
    rows = pairs(9, held_out=3)
    (tmp_path / "whole.json").write_text(json.dumps(axis(pairs=rows)))
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    (tmp_path / "lines.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    write_csv(tmp_path / "table.csv", rows)
    known = {"name": "formality", "poles": {"negative": "casual", "positive": "formal"}}
    read = [read_axis(path, **known) for path in sorted(tmp_path.iterdir())]
    assert len({one.fingerprint() + one.fingerprint("held_out") for one in read}) == 1
    assert len(read) == 4


def test_rows_without_splits_have_every_third_held_out(tmp_path: Path) -> None:
    rows = [{key: value for key, value in row.items() if key != "split"} for row in pairs(12)]
    (tmp_path / "formality.json").write_text(json.dumps(rows))
    made = read_axis(tmp_path / "formality.json")
    assert [one.split for one in made.pairs] == ["train", "train", "held_out"] * 4
    assert made.name == "formality"


@pytest.mark.parametrize("shape", ["list", "examples", "texts", "objects"])
def test_a_pole_is_read_from_every_shape_that_other_tools_write(tmp_path: Path, shape: str) -> None:
    texts = ["One.", "Two."]
    data: Any = {"list": texts, "objects": [{"text": text} for text in texts]}.get(shape, {shape: texts})
    (tmp_path / "pole.json").write_text(json.dumps(data))
    assert read_texts(tmp_path / "pole.json") == ("One.", "Two.")


def test_two_lists_make_an_unpaired_axis_with_a_warning() -> None:
    made = axis_of_texts("mood", [f"Good {i}." for i in range(9)], [f"Bad {i}." for i in range(6)])
    sides = made.sides("train")
    assert (len(sides.positive), len(sides.negative), sides.paired) == (6, 4, False)
    assert sides.positive[0].messages[0].content == PLAIN_PROMPT
    assert "unpaired" in [remark.code for remark in remarks(made)]


@pytest.mark.parametrize("name", ["../mood", "mood/x", "", "Mood", "mood.json", "m" * 49, "mood\n", "con me"])
def test_names_that_could_be_paths_are_refused(name: str) -> None:
    for make in (template, lambda given: axis_of_texts(given, ["a"] * 9, ["b"] * 9)):
        with pytest.raises(InvalidInputError) as caught:
            make(name)
        assert caught.value.field == "axis.name"


@pytest.mark.parametrize(
    ("name", "content"),
    [("axis.json", "{"), ("axis.json", '"formal"'), ("axis.json", "[]"), ("axis.jsonl", "{}\n{"), ("axis.txt", "[]"),
     ("axis.json", "[" * 100_000), ("axis.json", '{"name": "formality"}'), ("axis.json", '{"pairs": null}'),
     ("axis.json", '{"pairs": 3}'), ("axis.json", '{"pairs": {"prompt": "a"}}')],
)  # fmt: skip
def test_files_that_hold_no_axis_are_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InvalidInputError):
        read_axis(tmp_path / name)


def test_a_template_is_an_axis_that_says_what_to_write() -> None:
    made = Axis.of(template("formality"))
    assert "What somebody asks." in made.pairs[0].prompt
    assert {remark.code for remark in remarks(made)} >= {"duplicate", "few"}


def test_good_data_raises_no_remark() -> None:
    assert remarks(Axis.of(axis())) == ()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda row, i: {**row, "positive": row["positive"][:-1] + "!"}, "final_token"),
        (lambda row, i: {**row, "positive": f"{'Very ' * 9}{row['positive']}"}, "lengths"),
        (lambda row, i: {**row, "prompt": "Always the same?"}, "prompt_in_two_splits"),
        (lambda row, i: {**row, "positive": "Quite so."}, "duplicate"),
        (lambda row, i: {**row, "split": "train"}, "nothing_held_out"),
    ],
)
def test_what_would_mislead_a_vector_is_remarked(spoil: Any, code: str) -> None:
    spoiled = [spoil(row, i) for i, row in enumerate(pairs(20, held_out=10))]
    assert [remark.code for remark in remarks(Axis.of(axis(pairs=spoiled)))] == [code]


def test_a_remark_names_the_pairs_that_it_is_about() -> None:
    rows = pairs(20, held_out=10)
    rows[3] = {**rows[3], "positive": rows[0]["positive"]}
    rows[25] = {**rows[25], "prompt": rows[1]["prompt"]}
    found = {remark.code: remark.rows for remark in remarks(Axis.of(axis(pairs=rows)))}
    assert found == {"prompt_in_two_splits": (1, 25), "duplicate": (0, 3)}


def test_poles_may_differ_in_length_where_that_is_the_point() -> None:
    spoiled = [{**row, "positive": f"{'Very ' * 9}{row['positive']}"} for row in pairs(20, held_out=10)]
    assert remarks(Axis.of(axis(pairs=spoiled, length_matters=True))) == ()
