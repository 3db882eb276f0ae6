"""The diffusers script draws the session's picture again, without Pilotage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotage.core.media import Media
from pilotage.reports.takeaway import file_name

pytestmark = pytest.mark.starter


@pytest.fixture
def chosen(steer: Any) -> Any:
    session = steer(model="starter", request={"prompt": 'a red fox """', "steps": 6}, axes=["red ↔ blue"], dimension=3)
    session.step()
    session.pick(2)
    return session


def draw(session: Any, folder: Path) -> tuple[str, Media]:
    """Run the script in a folder of its own; what it prints, and its picture."""
    lab = session.lab
    for kind in ("embeddings", "script"):
        (folder / file_name(session.id, kind)).write_bytes(lab.take_away(session.id, kind).data)
    script = file_name(session.id, "script")
    assert "import pilotage\n" not in (folder / script).read_text()
    ran = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=True)
    return ran.stdout, Media("image/png", (folder / f"{session.id}-again.png").read_bytes())


def test_the_script_draws_the_picture_again_and_says_where_the_model_comes_from(chosen: Any, tmp_path: Path) -> None:
    printed, again = draw(chosen, tmp_path)
    assert printed.startswith("model: ")
    place, axis = chosen.view.round_views[0].candidates[2].z[0], chosen.view.axes[0]
    told = (tmp_path / file_name(chosen.id, "script")).read_text()
    assert f"{place:+.3f} of {axis['scale']:.3f}  red ↔ blue\n" in told
    there, here = (media.pixels().astype(int) for media in (again, chosen.lab.take_away(chosen.id, "png")))
    assert np.abs(there - here).max() <= 1  # it was drawn in a batch of four


def test_a_final_render_at_another_size_and_scheduler_comes_back_byte_for_byte(steer: Any, tmp_path: Path) -> None:
    session = steer(model="starter", request={"prompt": "a red fox", "steps": 6, "scheduler": "ddim"}, dimension=3)
    session.step()
    session.pick(1)
    lab = session.lab
    lab.wait(lab.render_final(session.id, session.view.incumbent_id, {"steps": 8, "width": 96}).id)
    _, again = draw(session, tmp_path)
    taken = lab.take_away(session.id, "png")
    assert taken.pixels().shape == (64, 96, 3)
    np.testing.assert_array_equal(again.pixels(), taken.pixels())


def test_the_line_in_a_real_picture_names_the_sampler_as_other_tools_do(chosen: Any) -> None:
    data = chosen.lab.take_away(chosen.id, "png").data
    assert b"Steps: 6, Sampler: DPM++ 2M, CFG scale: 2, Seed: " in data
