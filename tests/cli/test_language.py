"""Language in the terminal, with a tiny model: texts by doses, axes, profiles, and SteerLab's commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pilotage.app.catalog import ModelCatalog
from pilotage.app.settings import Settings
from pilotage.app.steering import Steering
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

Pilotage = Callable[..., Result]
SHORT = ("--max-tokens", "8", "--temperature", "0")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_language.save("llama", tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def steered(home: Path, tiny: str) -> str:
    """The tiny model, with vectors of formality in the home folder."""
    pack = tiny_pack(ModelCatalog(Settings(device="cpu")).language(tiny), "formality", strength=6.0)
    Steering(home / "vectors").keep(pack)
    return tiny


@pytest.fixture
def data(tmp_path: Path) -> tuple[str, str]:
    """Two lists of texts, as SteerLab keeps them."""
    for pole, word in (("positive", "joke"), ("negative", "fact")):
        (tmp_path / f"wit_{pole}.json").write_text(json.dumps({"examples": [f"A {word}, {i}." for i in range(12)]}))
    return str(tmp_path / "wit_positive.json"), str(tmp_path / "wit_negative.json")


def test_an_answer_follows_its_dose(pilotage: Pilotage, steered: str) -> None:
    plain = pilotage("say", "Hello.", "--model", steered, *SHORT).stdout
    formal = pilotage("say", "Hello.", "--model", steered, "--dose", "formality=1", *SHORT).stdout
    assert plain != formal
    told = json.loads(pilotage("say", "Hello.", "--model", steered, "--dose", "formality=1", *SHORT, "--json").stdout)
    assert formal == told["text"] + "\n"
    beside = pilotage("say", "Hello.", "--model", steered, "--beside", "formality", *SHORT, "--json").stdout
    assert [one["dose"] for one in json.loads(beside)] == [-1, -0.5, 0, 0.5, 1]
    pilotage("say", "Hello.", "--model", steered, "--beside", "formality", "--dose", "wit=0.5", code=3)


@pytest.mark.parametrize(("dose", "code"), [("formality=nan", 2), ("formality=2", 2), ("formality", 2), ("wit=0.5", 3)])
def test_a_dose_that_cannot_be_leaves_with_its_code(pilotage: Pilotage, steered: str, dose: str, code: int) -> None:
    pilotage("say", "Hello.", "--model", steered, "--dose", dose, code=code)


def test_an_axis_goes_from_a_template_to_vectors_and_away(
    pilotage: Pilotage, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pilotage("axes", "create", "wit")
    axis = json.loads((tmp_path / "wit.json").read_text())
    axis["pairs"] = [
        {"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}.", "split": split}
        for i, split in enumerate(["train"] * 8 + ["held_out"] * 4)
    ]
    (tmp_path / "wit.json").write_text(json.dumps(axis))
    pilotage("axes", "create", "wit", code=2)
    assert "wit: kept" in pilotage("axes", "import", "wit.json", "--positive", "witty", "--negative", "dry").stdout
    assert "nats a token" in pilotage("axes", "build", "wit", "--model", tiny, "--quick").stdout
    assert "dry ↔ witty" in pilotage("axes", "list", "--model", tiny).stdout
    assert "! 12 answers a pole" in pilotage("axes", "show", "wit", "--model", tiny).stdout
    report = pilotage("axes", "evaluate", "wit", "--model", tiny, "--quick").stdout.splitlines()
    assert len(report) == 2 + 9
    for kind in ("safetensors", "texts", "report", "html"):
        pilotage("axes", "export", "wit", "--model", tiny, "--as", kind, "--out", f"out.{kind}")
    pilotage("axes", "rm", "wit")
    pilotage("axes", "show", "wit", "--model", tiny, code=3)
    assert pilotage("axes", "import", "out.safetensors", "--model", tiny).stdout.startswith("wit: vectors for")


def test_a_profile_is_set_shown_calibrated_and_taken_elsewhere(
    pilotage: Pilotage, steered: str, tmp_path: Path
) -> None:
    profile = pilotage("profiles", "create", "mine", "--axis", "formality").stdout.strip()
    assert "formality +0.50" in pilotage("profiles", "set", profile, "formality=0.5").stdout
    told = pilotage("profiles", "calibrate", profile, "--prompt", "Hello.", "--model", steered, "--rounds", "4",
                    "--max-tokens", "4", says="1\nt\n+\nq\n").stdout  # fmt: skip
    assert told.count("[2]") == 4
    view = json.loads(pilotage("profiles", "show", profile, "--json").stdout)
    assert [event["kind"] for event in view["events"]] == ["doses_set", "compared", "compared", "amount"]
    assert json.loads(pilotage("profiles", "show", profile, "--revision", "1", "--json").stdout)["revision"] == 1
    pilotage("profiles", "export", profile, "--out", str(tmp_path / "mine.json"))
    taken = pilotage("profiles", "import", str(tmp_path / "mine.json")).stdout.strip()
    pilotage("profiles", "rm", profile)
    assert [one["id"] for one in json.loads(pilotage("profiles", "list", "--json").stdout)] == [taken]
    steered_by = pilotage("say", "Hello.", "--model", steered, "--profile", taken, *SHORT).stdout
    assert steered_by != pilotage("say", "Hello.", "--model", steered, *SHORT).stdout


def test_too_much_is_recorded_of_the_axis_that_is_meant(pilotage: Pilotage, home: Path, steered: str) -> None:
    pack = tiny_pack(ModelCatalog(Settings(device="cpu")).language(steered), "sentiment", strength=6.0)
    Steering(home / "vectors").keep(pack)
    profile = pilotage("profiles", "create", "--axis", "formality", "--axis", "sentiment").stdout.strip()
    asked = ("profiles", "calibrate", profile, "--prompt", "Hello.", "--model", steered, "--max-tokens", "4")
    pilotage(*asked, "--rounds", "2", says="+\nwit\nsentiment\n-\nformality\n")
    assert "too much formality" in pilotage(*asked, "--axis", "formality", says="+\nq\n").stdout
    events = json.loads(pilotage("profiles", "show", profile, "--json").stdout)["events"]
    assert [(event["axis"], event["amount"]) for event in events] == [
        ("sentiment", "too_much"), ("formality", "too_little"), ("formality", "too_much"),
    ]  # fmt: skip


def test_the_commands_of_steerlabs_readme_work(
    pilotage: Pilotage, tiny: str, data: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pilotage("create-template", "formality")
    assert len(json.loads(Path("data/formality_positive.json").read_text())) >= 20
    pilotage("create-template", "../formality", code=2)
    positive, negative = data
    computed = pilotage("compute-vectors", "--model", tiny, "--preference", "wit", "--positive-data", positive,
                        "--negative-data", negative, "--quick")  # fmt: skip
    assert "without counterparts" in computed.stderr
    assert "wit" in pilotage("list-vectors", "--model", tiny).stdout
    assert len(pilotage("test-vectors", "--model", tiny, "--preference", "wit", "--max-length", "4").stdout) > 20
    pilotage("test-vectors", "--model", tiny, "--preference", "wit", "--strength", "1", "--max-length", "4")
    assert "wit (" in pilotage("evaluate-steering", "--model", tiny, "--preference", "wit", "--quick").stdout
    assert len(pilotage("list-paper-models").stdout.splitlines()) == 5
    assert pilotage("list-paper-preferences").stdout.splitlines()[0].startswith("cost")


def test_models_of_both_kinds_are_added_listed_shown_and_removed(pilotage: Pilotage, home: Path, tiny: str) -> None:
    assert pilotage("models", "add", tiny, "--name", "mine").stdout.strip() == "mine"
    assert {"starter", "mine"} <= {info["ref"] for info in json.loads(pilotage("models", "list", "--json").stdout)}
    shown = json.loads(pilotage("models", "show", "mine", "--json").stdout)
    assert (shown["family"], shown["n_layers"], len(shown["fingerprint"])) == ("llama", 3, 64)
    (line,) = [one for one in pilotage("models", "list").stdout.splitlines() if one.startswith("mine ")]
    assert " MB " in line
    assert shown["fingerprint"][:12] in line
    assert json.loads(pilotage("models", "show", tiny, "--json").stdout)["family"] == "llama"
    pilotage("models", "add", tiny, "--name", "mine", code=4)
    pilotage("models", "add", tiny, "--name", "../mine", code=2)
    pilotage("models", "rm", "../models/mine", code=3)
    pilotage("models", "rm", "mine")
    pilotage("models", "rm", "mine", code=3)
    assert not list((home / "models").iterdir())


def test_flat_commands_are_not_listed_beside_the_grouped_ones(pilotage: Pilotage) -> None:
    said = pilotage("--help").stdout
    assert "axes" in said
    assert "compute-vectors" not in said


def test_an_export_that_names_no_file_overwrites_none(
    pilotage: Pilotage, steered: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("formality.json").write_text("mine")
    pilotage("axes", "export", "formality", "--model", steered, "--as", "texts", code=2)
    assert Path("formality.json").read_text() == "mine"
    report = pilotage("axes", "export", "formality", "--as", "report").stdout.strip()
    assert report == "formality-report.json"
    assert json.loads(Path(report).read_text())["axis"] == "formality"


def test_calibrating_asks_about_axes_that_the_model_has_vectors_of(pilotage: Pilotage, steered: str) -> None:
    profile = pilotage("profiles", "create", "--axis", "sentiment", "--axis", "formality").stdout.strip()
    pilotage("profiles", "calibrate", profile, "--prompt", "Hello.", "--model", steered, "--rounds", "1",
             "--max-tokens", "4", says="+\n")  # fmt: skip
    event = json.loads(pilotage("profiles", "show", profile, "--json").stdout)["events"][-1]
    assert (event["kind"], event["axis"]) == ("amount", "formality")
