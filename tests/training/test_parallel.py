from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from training.starter.parallel import alone

pytestmark = pytest.mark.starter

ROOT = Path(__file__).parents[2]
CODE = """
import sys, torch
from pathlib import Path
from training.starter.parallel import join
torch.set_num_threads(1)
ranks = join(int(sys.argv[1]), 2, Path(sys.argv[2]))
mean = ranks.average(torch.tensor([float(ranks.rank), 10.0]))
print(ranks.rank, mean.tolist(), ranks.agree(5.0 + ranks.rank))
"""


def test_one_process_has_nothing_to_average() -> None:
    import torch

    values = torch.arange(3.0)
    assert alone().average(values) is values
    assert alone().agree(0.25) == 0.25
    assert alone().first


def test_two_processes_average_and_agree_with_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CODE]
    both = [
        subprocess.Popen([*command, str(rank), str(tmp_path / "meeting")], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for rank in (0, 1)
    ]
    said = [one.communicate(timeout=120)[0].strip() for one in both]
    assert said == ["0 [0.5, 10.0] 5.0", "1 [0.5, 10.0] 5.0"]
    assert [one.returncode for one in both] == [0, 0]
