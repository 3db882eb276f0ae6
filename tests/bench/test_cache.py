"""Outcomes on disk: resumed, never mixed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pilotage.bench import cache as module
from pilotage.bench.cache import Cache, code_of
from pilotage.bench.names import CASES, method_named
from pilotage.bench.preferences import outcomes_of, plan_of
from pilotage.bench.sources import digests
from pilotage.bench.trials import Trial, run


def trial(method: str = "local") -> Trial:
    return Trial(function=CASES["bowl8"], method=method_named(method), rounds=3)


def test_what_was_run_is_read_back(tmp_path: Path) -> None:
    cache, outcome = Cache(tmp_path), run(trial(), 4)
    cache.add(trial(), outcome)
    assert Cache(tmp_path).read(trial()) == {4: outcome}
    assert Cache(tmp_path).read(trial("sobol")) == {}


def test_a_line_that_a_crash_cut_off_costs_that_seed_alone(tmp_path: Path) -> None:
    cache, outcomes = Cache(tmp_path), [run(trial(), seed) for seed in range(3)]
    cache.add(trial(), outcomes[0])
    cache.add(trial(), outcomes[1])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    cache.add(trial(), outcomes[2])
    assert cache.read(trial()) == {0: outcomes[0], 2: outcomes[2]}


def test_other_code_has_a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "pilotage"
    for name in ("elicitation", "preferences", "samplers", "simulation", "spaces"):
        (room / name).mkdir(parents=True)
    shutil.copytree(Path(module.__file__).parent, room / "bench")
    monkeypatch.setattr(module, "pilotage", type("Package", (), {"__file__": str(room / "__init__.py")}))

    def codes(source: str) -> dict[str, str]:
        (room / "samplers" / "rule.py").write_text(source)
        digests.cache_clear()
        return {name: code_of(trial(name)) for name in ("default", "local")}

    before, told, changed = codes("STEP = 1\n"), codes('"""A rule."""\nSTEP = 1  # one\n'), codes("STEP = 2\n")
    digests.cache_clear()
    assert told == before  # what is only said changes no outcome
    assert changed["default"] != before["default"]
    assert changed["local"] == before["local"]  # a rival knows nothing of our samplers


def test_what_another_package_believes_depends_on_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "installed", lambda packages: {name: "99" for name in packages if name == "choix"})
    assert code_of(trial("eubo+item_level")) != code_of(trial("eubo+laplace_gp"))


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    few, more = (plan_of(["bowl8"], ["local", "sobol"], answers=["winner"], seeds=n, rounds=3) for n in (2, 3))
    done: list[int] = []
    first = outcomes_of(few, Cache(tmp_path), progress=lambda step: done.append(step.total))
    assert done == [4] * 4
    done.clear()
    both = outcomes_of(more, Cache(tmp_path), progress=lambda step: done.append(step.total))
    assert done == [2] * 2
    assert {key: runs[:2] for key, runs in both.items()} == first


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    plan = plan_of(["bowl8"], ["local", "sobol+winner_average"], answers=["ranking"], seeds=2, rounds=3)
    one, two = (outcomes_of(plan, Cache(tmp_path / str(n)), processes=n) for n in (1, 2))
    assert {key: [run.utility for run in runs] for key, runs in one.items()} == {
        key: [run.utility for run in runs] for key, runs in two.items()
    }
