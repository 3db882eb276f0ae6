"""Each example runs as written, with the result that it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pilotage.core.media import Media
from pilotage.testing import tiny_language

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(name: str, folder: Path, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name], cwd=folder, env={**os.environ, **env}, capture_output=True, text=True,
        check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_every_example_says_what_to_expect_and_is_tested_here(path: Path) -> None:
    text = path.read_text()
    assert "Expected: " in text
    assert path.name in Path(__file__).read_text()


def test_a_function_of_your_own_is_steered_to_the_wish(tmp_path: Path) -> None:
    frequency, damping = (float(number) for number in re.findall(r"\d+\.\d+", run("your_own_function.py", tmp_path)))
    assert abs(frequency - 5) < 1
    assert abs(damping - 0.3) < 0.15


def test_learning_beats_the_dice(tmp_path: Path) -> None:
    learning, dice = (float(number) for number in re.findall(r": (\d+\.\d+)", run("beat_the_dice.py", tmp_path)))
    assert learning < 0.5 * dice


@pytest.mark.starter
def test_a_fox_is_steered_to_blue(tmp_path: Path) -> None:
    printed = run("steer_a_fox.py", tmp_path)
    bluest = [float(number) for number in re.findall(r"bluest ([+-]\d+\.\d)", printed)]
    assert len(bluest) == 5
    assert bluest == sorted(bluest)  # the incumbent stays, so the best never gets worse
    assert bluest[-1] > bluest[0] + 10
    red, _, blue = Media("image/png", (tmp_path / "fox.png").read_bytes()).pixels().mean(axis=(0, 1))
    assert blue - red == pytest.approx(bluest[-1], abs=0.06)


@pytest.mark.slow
def test_an_axis_of_language_is_made_served_and_measured(tmp_path: Path) -> None:
    # A tiny model knows nothing of the sea: that an axis does what it says is measured on the real one.
    tiny_language.save("llama", tmp_path / "models" / "tiny", max_position_embeddings=4096)
    printed = run("language_workflow.py", tmp_path, MODEL="tiny", PILOTAGE_HOME=str(tmp_path), PILOTAGE_DEVICE="cpu")
    assert "over /chat, the same: True" in printed
    effect, floor, perplexity = (float(number) for number in re.findall(r"-?\d+\.\d+", printed.splitlines()[-1]))
    assert effect != 0
    assert floor >= 0
    assert perplexity > 0
    assert (tmp_path / "vectors").is_dir()
