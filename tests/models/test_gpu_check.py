"""The GPU check runs from end to end where there is no GPU, and its shapes are those of the real models."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("diffusers")

import gpu_check
import gpu_models
from pilotage.testing import tiny_diffusion as tiny

CASES = ("cold load", "round of 4", "previews on", "cancelled within", "memory for half of them", "3 rounds made again")


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_every_case_is_measured_on_tiny_shapes(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = gpu_check.main(["--device", "cpu", "--tiny", "--only", family, "--json"])
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    rows = {row["case"]: row for row in told["rows"]}
    assert list(rows) == [f"{family} float32: {case}" for case in CASES]
    assert (status, told["tiny"], "cpu" in told["device"]) == (0, True, True)
    halves, again = rows[f"{family} float32: memory for half of them"], rows[f"{family} float32: 3 rounds made again"]
    assert (halves["ours"], halves["holds"]) == (2, True)
    assert again["ours"] == again["bar"] == 13


def test_a_case_that_fails_is_a_line_and_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(check: gpu_check.Check) -> None:
        raise RuntimeError("a kernel | is missing")

    monkeypatch.setattr(gpu_check.Check, "previews", broken)
    assert gpu_check.main(["--device", "cpu", "--tiny", "--only", "sd15"]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| sd15")]
    assert len(lines) == len(CASES)
    assert "RuntimeError: a kernel / is missing" in lines[2]
    assert "MISSED" in lines[2]


@pytest.mark.parametrize(
    ("family", "unet", "text"),
    [("sd15", 859_520_964, [123_060_480]), ("sdxl", 2_567_463_684, [123_060_480, 694_659_840])],
)
def test_the_shapes_have_as_many_parameters_as_the_published_models(family: str, unet: int, text: list[int]) -> None:
    with gpu_models.made_on("meta", "float32"):
        tokens = (tiny.tokenizer(77), tiny.tokenizer(77, pad="!</w>"))
        pipeline = gpu_models.sd15(tokens[0]) if family == "sd15" else gpu_models.sdxl(*tokens)

    def count(part: object) -> int:
        return sum(parameter.numel() for parameter in part.parameters())

    assert count(pipeline.unet) == unet
    assert count(pipeline.vae) == 83_653_863
    encoders = [getattr(pipeline, name) for name in ("text_encoder", "text_encoder_2") if hasattr(pipeline, name)]
    assert [count(encoder) for encoder in encoders] == text
