"""The house's own rules and scripts: sizes, pins, the installer's judgement, no trace of one machine."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import build_web
import check_sizes
import provision
import steps

ROOT = Path(__file__).resolve().parents[2]


def pins() -> dict[str, str]:
    lines = (line.strip() for line in provision.CONSTRAINTS.read_text().splitlines())
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]
    return [Requirement(text) for text in texts if not text.startswith("pilotage")]


def test_every_dependency_is_pinned_to_a_version_within_its_range() -> None:
    known = pins()
    for requirement in declared():
        assert requirement.specifier.contains(known[canonicalize_name(requirement.name)]), requirement


def test_the_tests_run_with_the_pinned_versions() -> None:
    for requirement in declared():
        assert metadata.version(requirement.name).split("+")[0] == pins()[canonicalize_name(requirement.name)], (
            requirement.name
        )


def test_no_file_names_a_folder_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    machine = re.compile(r"(?<![\w.])/(?:work|root|opt|home/(?!me/)[a-z]\w*)/[a-z.]")
    found = []
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".ts", ".tsx", ".yaml", ".json", ""} and path.is_file():
            found += [f"{name}: {line.strip()[:80]}" for line in path.read_text().splitlines() if machine.search(line)]
    assert found == []


def test_nothing_is_read_that_could_run_code() -> None:
    reader = re.compile(
        r"\b(pickle|dill|joblib|shelve|marshal)\b.*\bimport|import (pickle|dill|joblib|shelve|marshal)\b"
        r"|torch\.load\((?!.*weights_only=True)|allow_pickle\s*=\s*True|trust_remote_code\s*=\s*True"
        r"|yaml\.(unsafe_|full_)?load\(|(?<![.\w])(eval|exec)\(|shell\s*=\s*True|os\.system\("
    )
    code = [*(ROOT / "src").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
    lines = [(path, line) for path in code for line in path.read_text().splitlines()]
    assert [f"{path.name}: {line.strip()}" for path, line in lines if reader.search(line)] == []
    assert reader.search("    model = torch.load(path)")
    assert reader.search("    eval(text)")


def test_a_long_function_is_seen_and_its_docstring_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_sizes, "ROOT", tmp_path)
    file = tmp_path / "long.py"
    file.write_text('def f():\n    """A.\n\n    B.\n    """\n    # why\n\n' + "    x = 1\n" * 41 + "def _g(): ...\n")
    sizes = {(size.what, size.rule): size.size for size in check_sizes.measure(file)}
    assert sizes[("long.py:f", "function")] == 42
    assert sizes[("long.py", "names")] == 1


@pytest.mark.parametrize(
    ("said", "good"),
    [("v20.19.0", True), ("v20.18.3", False), ("v21.7.0", False), ("v22.11.0", False), ("v22.12.0", True),
     ("v26.1.0", True), ("", False)],
)  # fmt: skip
def test_node_is_taken_only_in_versions_that_the_build_works_with(said: str, good: bool, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {said}\n")
    node.chmod(0o755)
    assert build_web.is_recent(str(node)) is good


def test_the_web_app_is_built_again_when_a_source_changes_and_not_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_web, "SOURCES", tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.ts").write_text("1")
    before = build_web.fingerprint()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.js").write_text("2")
    assert build_web.fingerprint() == before
    (tmp_path / "src" / "app.ts").write_text("2")
    assert build_web.fingerprint() != before


@pytest.mark.parametrize(
    ("line", "megabytes"),
    [
        ("Downloading torch-2.13.0.whl (191.8 MB)", 191.8),
        ("Downloading a.metadata (12 kB)", 0.012),
        ("Collecting x", 0),
    ],
)
def test_the_installer_reads_sizes_from_what_pip_says(line: str, megabytes: float) -> None:
    assert steps.fetched(line) == pytest.approx(megabytes)


def test_a_package_that_an_interrupted_install_left_in_pieces_is_noticed(tmp_path: Path) -> None:
    info = tmp_path / "thing-1.0.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    package = metadata.Distribution.at(info)
    assert not provision.is_whole(package), "no record: pip was stopped before it wrote one"
    (tmp_path / "thing.py").write_text("1\n")
    digest = hashlib.sha256(b"1\n").hexdigest()
    info.joinpath("RECORD").write_text(f"thing.py,sha256={digest},2\nthing-1.0.dist-info/RECORD,,\n")
    assert provision.is_whole(package)
    (tmp_path / "thing.py").write_text("")
    assert not provision.is_whole(package)


def test_the_types_of_the_app_are_checked_by_a_suite_of_their_own() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text())
    assert package["scripts"]["typecheck"] == "tsc --noEmit"
    assert '"web-types": Suite(60, (npm, "run", "typecheck"' in (ROOT / "scripts" / "suites.py").read_text()
