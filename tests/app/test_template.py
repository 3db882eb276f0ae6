"""The YAML template: it holds every key, says what it is for, and is a session of defaults as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from pilotage.app.advice import advice, keys
from pilotage.app.template import TABLES, template
from pilotage.cli.main import main
from pilotage.models import AnalyticModel, GenerationRequest
from pilotage.sessions.config import SessionConfig, parse_config
from pilotage.spaces import PROFILES

PROMPTS = ["", "a disc", "a: red | fox # 'quoted' \"twice\"", "- dash", "é\nnext line", "null", "{x}"]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_as_it_stands_it_is_a_session_of_defaults(prompt: str) -> None:
    assert yaml.safe_load(template({"request": {"prompt": prompt}})) == {"request": {"prompt": prompt}}


def test_with_every_default_uncovered_it_is_the_same_session() -> None:
    uncovered = re.sub(r"^( *)# (?=[a-z_]+:)", r"\1", template({"request": {"prompt": "a disc"}}), flags=re.MULTILINE)
    given = yaml.safe_load(uncovered)
    assert set(given) == set(keys(SessionConfig))
    assert set(given["request"]) == set(keys(GenerationRequest))
    given["model"] = "analytic"
    plain = parse_config({"model": "analytic", "request": {"prompt": "a disc"}}, AnalyticModel().info)
    assert parse_config(given, AnalyticModel().info) == plain


def test_the_file_that_the_terminal_prints_makes_a_session(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "new", *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    file = tmp_path / "session.yaml"
    file.write_text(run("a disc", "--template").replace("# model: starter", "model: analytic"))
    assert not (tmp_path / "home").exists(), "it creates nothing"
    made = json.loads(run("--config", str(file), "--json"))
    assert (made["config"]["request"]["prompt"], made["model"]) == ("a disc", "analytic")


def test_a_config_in_a_file_is_the_same_config_again(steer: Any, lab: Any) -> None:
    config = steer(
        model="starter", axes=["red ↔ blue", "a: b ↔ c # d"], candidates=6, radius=1.5, dimension=3, name="one: two",
        seed_policy="fixed-per-candidate", sampler={"kind": "sobol"}, preference_model="winner_average", basis="hybrid",
        request={"prompt": "a fox\n# no comment", "negative_prompt": "'dark'", "steps": 5},
    ).view.config  # fmt: skip
    text = lab.write_config(config)
    assert lab.check_config(yaml.safe_load(text)).model_dump(mode="json") == config
    assert "auto: " in text, "it still says what else there is"


def test_only_what_differs_from_the_defaults_is_given() -> None:
    config = {"request": {"prompt": "a disc", "negative_prompt": ""}, "candidates": 4, "sampler": "auto",
              "basis": {"kind": "attributes_pca"}, "seed": 3}  # fmt: skip
    assert yaml.safe_load(template(config)) == {"request": {"prompt": "a disc"}, "seed": 3}


def test_a_misspelt_setting_is_refused_and_not_left_out() -> None:
    with pytest.raises(ValidationError, match="candidats"):
        template({"request": {"prompt": "a disc"}, "candidats": 6})


def test_it_explains_dimension_basis_and_every_other_key() -> None:
    text = re.sub(r"\s*\n *#:? *", " ", template())
    for profile in PROFILES:
        assert f"{profile.name}: {profile.advice}" in text
    for key in keys(SessionConfig):
        assert advice("session", key) in text, key
    for table in TABLES.values():
        for kind, entry in table.entries().items():
            assert (kind if entry.is_baseline else f"{kind}: ") in text, kind


def test_the_settings_that_it_offers_for_each_kind_are_that_kinds_own() -> None:
    offered: list[dict[str, Any]] = [
        yaml.safe_load(f"{{{line}}}") for line in re.findall(r"with its settings: (.*)", template())
    ]
    assert len(offered) >= 8
    for given in offered:
        ((key, settings),) = given.items()
        config = TABLES[key].parse(settings)
        assert config.model_dump(mode="json") == {**TABLES[key].parse(settings["kind"]).model_dump(mode="json")}
