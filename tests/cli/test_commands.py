"""The terminal: each command calls one verb, prints what it did, and leaves with its documented code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pilotage import __version__
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.cli.context import EXIT_CODES, exit_code
from pilotage.cli.main import main
from pilotage.core import errors
from pilotage.core.media import Media
from pilotage.elicitation import KINDS

Pilotage = Callable[..., Result]


@pytest.fixture
def session(pilotage: Pilotage) -> str:
    return pilotage("new", "a disc", "--model", "analytic", "--seed", "3").stdout.strip()


@pytest.fixture
def every_kind(pilotage: Pilotage, tmp_path: Path) -> str:
    """A session that takes every kind of answer."""
    settings = {"request": {"prompt": "a disc"}, "model": "analytic", "seed": 3, "query_kinds": list(KINDS)}
    (tmp_path / "settings.yaml").write_text(json.dumps(settings))
    return pilotage("new", "--config", str(tmp_path / "settings.yaml")).stdout.strip()


def test_a_session_goes_from_prompt_to_final_picture(pilotage: Pilotage, session: str, tmp_path: Path) -> None:
    shown = pilotage("step", session, "--out", str(tmp_path / "out")).stdout
    assert shown.startswith("round 1  awaiting")
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == [f"round-1-{i}.png" for i in (1, 2, 3, 4)]
    answered = pilotage("answer", session, "3", "1").stdout.splitlines()
    assert answered[0] == "round 1  answered"
    assert "best so far" in answered[3]
    pilotage("step", session)
    pilotage("answer", session, "1", "--comment", "still the best")
    assert "expected gain of another round: " in pilotage("show", session).stdout
    final = tmp_path / "deep" / "final.png"
    assert "completed" in pilotage("finish", session, "--closeness", "4", "--out", str(final)).stdout
    chosen = Media("image/png", (tmp_path / "out" / "round-1-3.png").read_bytes())
    taken = Media("image/png", final.read_bytes())
    assert (taken.pixels() == chosen.pixels()).all()
    assert b"pilotage" in taken.data
    assert "completed" in pilotage("sessions").stdout


def test_the_terminal_writes_to_the_home_that_the_app_reads(pilotage: Pilotage, session: str, tmp_path: Path) -> None:
    pilotage("step", session)
    pilotage("answer", session, "2")
    view = local_lab(Settings(home=tmp_path / "home")).get_session(session)
    assert (view.answers, view.incumbent_id) == (1, view.round_views[0].candidates[1].id)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (["2"], "ranking"), (["2", "--over", "1"], "pairwise"), (["--stars", "1=2", "--stars", "2=5"], "ratings"),
        (["--approve", "2", "--approve", "3"], "approval"), (["2", "--worst", "1"], "worst"),
        (["2", "--keep", "1", "--keep", "2"], "shortlist"), (["--versus", "2=better", "--versus", "3=same"], "versus"),
        (["2", "--versus", "2=better", "--versus", "3=better"], "versus"), (["--tie", "2", "--tie", "3"], "tie"),
    ],
)  # fmt: skip
def test_each_way_of_answering_has_its_options(
    pilotage: Pilotage, every_kind: str, options: list[str], kind: str
) -> None:
    session = every_kind
    pilotage("step", session)
    answered = json.loads(pilotage("answer", session, *options, "--json").stdout)
    assert answered["answer"]["kind"] == kind
    assert answered["candidates"][1]["is_incumbent"]


@pytest.mark.parametrize("options", [["--undecided", "bad"], ["--keep", "none"], ["--worst", "2"]])
def test_an_answer_that_chooses_nothing_leaves_no_best(pilotage: Pilotage, every_kind: str, options: list[str]) -> None:
    pilotage("step", every_kind)
    answered = json.loads(pilotage("answer", every_kind, *options, "--json").stdout)
    assert answered["state"] == "answered"
    assert not any(candidate["is_incumbent"] for candidate in answered["candidates"])


def test_challengers_are_held_against_the_best_so_far_wherever_it_is_shown(pilotage: Pilotage, every_kind: str) -> None:
    pilotage("step", every_kind)
    pilotage("answer", every_kind, "3")
    pilotage("step", every_kind)
    answered = json.loads(pilotage("answer", every_kind, "--versus", "2=worse", "--json").stdout)
    best = next(candidate for candidate in answered["candidates"] if candidate["role"] == "incumbent")
    assert answered["answer"]["answer"]["incumbent"] == best["id"]
    assert best["is_incumbent"]


def test_tags_and_confidence_go_along(pilotage: Pilotage, session: str) -> None:
    pilotage("step", session)
    tags = ["--tag", "1=too_dark", "--tag", "1=moody", "--tag", "2=good_color"]
    answered = json.loads(pilotage("answer", session, "2", *tags, "--confidence", "1", "--json").stdout)
    first, second = (candidate["id"] for candidate in answered["candidates"][:2])
    assert answered["answer"]["tags"] == {first: ["too_dark", "moody"], second: ["good_color"]}
    assert answered["answer"]["confidence"] == 1


@pytest.mark.parametrize(
    "command", [["step", "{}"], ["show", "{}"], ["sessions"], ["models", "list"], ["models", "show", "analytic"],
                ["generate", "a disc", "--model", "analytic", "--seed", "1", "--out", "{tmp}"]],
)  # fmt: skip
def test_json_is_one_object_on_stdout(pilotage: Pilotage, session: str, command: list[str], tmp_path: Path) -> None:
    filled = [part.format(session, tmp=tmp_path / "out") for part in command]
    assert json.loads(pilotage(*filled, "--json").stdout)


def test_pictures_are_made_without_steering(pilotage: Pilotage, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    printed = pilotage("generate", "a disc", "--model", "analytic", "-n", "2", "--seed", "5", "--out", out).stdout
    paths = [line.split()[0] for line in printed.splitlines()]
    assert len(paths) == 2
    assert all(Media("image/png", Path(path).read_bytes()).pixels().shape == (64, 64, 3) for path in paths)


def test_settings_come_from_a_file_and_the_command_line_goes_over_it(pilotage: Pilotage, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("model: analytic\ncandidates: 3\nseed: 4\nrequest:\n  prompt: from the file\n")
    made = pilotage(
        "new", "--config", str(file), "--set", "candidates=6", "--set", "sampler.kind=sobol", "--json"
    ).stdout
    config = json.loads(made)["config"]
    assert (config["candidates"], config["seed"], config["request"]["prompt"]) == (6, 4, "from the file")
    assert config["sampler"]["kind"] == "sobol"


def test_tables_are_exported_with_their_codebook(pilotage: Pilotage, session: str, tmp_path: Path) -> None:
    printed = pilotage("export", "--table", "sessions", "--out", str(tmp_path / "s.csv")).stdout.split()
    assert printed == [str(tmp_path / "s.csv"), str(tmp_path / "s.codebook.json")]
    assert session in (tmp_path / "s.csv").read_text()


BAD: list[tuple[list[str], int, str]] = [
    (["new", "", "--model", "starter"], 2, "request.prompt"),
    (["new", "x", "--model", "analytic", "--set", "smapler=sobol"], 2, "Did you mean 'sampler'?"),
    (["new", "x", "--model", "analytic", "--set", "request.width=banana"], 2, "request.width"),
    (["new", "x", "--model", "analytic", "--set", "candidates"], 2, "KEY=VALUE"),
    (["new", "x", "--model", "analytic", "--set", "candidates=["], 2, "candidates"),
    (["new", "x", "--model", "analytic", "--set", "seed.deep=1", "--seed", "1"], 2, "seed"),
    (["new", "x", "--model", "no such model"], 3, "Give 'starter'"),
    (["new", "x", "--seed", "banana"], 2, "--seed"),
    (["step", "ses_nobody"], 3, "ses_nobody"),
    (["answer", "{}", "1"], 4, "pilotage step"),
    (["finish", "{}"], 2, "Answer a round first"),
    (["show", "ses_nobody"], 3, "not_found"),
    (["cancel", "job_nobody"], 3, "job_nobody"),
    (["export", "--table", "secrets", "--out", "x.csv"], 2, "sessions, rounds"),
    (["generate", "x", "--model", "analytic", "--set", "width=64", "--out", "{tmp}"], 2, "width"),
    (["generate", "x", "--model", "analytic", "--seed", "-1", "--out", "{tmp}"], 2, "seed"),
]


@pytest.mark.parametrize(("command", "code", "told"), BAD, ids=[" ".join(row[0]) for row in BAD])
def test_bad_input_leaves_with_its_code_and_says_what_to_do(
    pilotage: Pilotage, session: str, command: list[str], code: int, told: str, tmp_path: Path
) -> None:
    result = pilotage(*(part.format(session, tmp=tmp_path / "out") for part in command), code=code)
    assert told in result.stderr
    assert result.stdout == ""


def test_bad_answers_leave_the_round_open(pilotage: Pilotage, session: str) -> None:
    pilotage("step", session)
    for options in (["9"], ["0"], ["nobody"], [], ["1", "--stars", "1=2"], ["--stars", "1=1000000000"],
                    ["--stars", "1"], ["--stars", "1=x"], ["1", "1"], ["1", "--comment", "x" * 5000],
                    ["--over", "1"], ["1", "2", "--over", "3"], ["--tie", "1", "--tie", "2"],
                    ["1", "--tag", "2"], ["1", "--tag", "9=dull"], ["1", "--confidence", "4"]):  # fmt: skip
        pilotage("answer", session, *options, code=2)
    pilotage("step", session, code=4)
    pilotage("answer", session, "1")
    pilotage("answer", session, "2", "--round", "1", code=4)


@pytest.mark.parametrize("text", ["[1, 2", "- a\n- list\n", "\x00"])
def test_a_file_that_is_no_yaml_mapping_is_refused(pilotage: Pilotage, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    assert "config" in pilotage("new", "--config", str(tmp_path / "bad.yaml"), code=2).stderr


def test_a_setting_of_the_environment_that_makes_no_sense_is_named(
    pilotage: Pilotage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_PORT", "banana")
    assert "[port]" in pilotage("sessions", code=2).stderr


def test_a_place_that_cannot_be_written_leaves_the_session_open(
    pilotage: Pilotage, session: str, tmp_path: Path
) -> None:
    pilotage("step", session)
    pilotage("answer", session, "1")
    (tmp_path / "file").write_text("in the way")
    assert "storage" in pilotage("finish", session, "--out", str(tmp_path / "file" / "x.png"), code=1).stderr
    assert json.loads(pilotage("show", session, "--json").stdout)["state"] == "active"


def test_every_error_has_a_documented_exit_code() -> None:
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.PilotageError)
    ]
    assert len(kinds) > 10
    assert all(exit_code(kind("x")) in EXIT_CODES for kind in kinds)
    assert exit_code(errors.ShapeError("x")) == 2
    assert exit_code(errors.UnsafeModelError("x")) == 5
    assert exit_code(errors.RoundOpenError("x")) == 4
    assert exit_code(errors.StorageError("x")) == 1


def test_help_documents_the_exit_codes_and_every_command(pilotage: Pilotage) -> None:
    told = pilotage("--help").stdout
    assert all(f"{code}  {meaning}" in told for code, meaning in EXIT_CODES.items())
    for name, command in main.commands.items():
        assert (f"  {name} " in told) != command.hidden
        assert command.help
        assert pilotage(name, "--help").stdout
    assert __version__ in pilotage("--version").stdout


def test_nothing_made_yet_is_said_plainly(pilotage: Pilotage) -> None:
    assert pilotage("sessions").stdout == "no sessions yet\n"
    assert json.loads(pilotage("sessions", "--json").stdout) == []


def test_what_a_run_needs_is_built_when_it_is_first_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["--help"])
    assert list(tmp_path.iterdir()) == []


def test_stopping_by_hand_leaves_a_round_that_the_next_step_finishes(
    pilotage: Pilotage, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pilotage.models.analytic import AnalyticModel

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(AnalyticModel, "generate", interrupted)
        assert "Run the command again" in pilotage("step", session, code=130).stderr
    assert "round 1  awaiting" in pilotage("step", session).stdout
