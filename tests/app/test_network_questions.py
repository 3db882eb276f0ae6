"""Questions to a run that somebody trains: answered at once, and told of as soon as nobody does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pilotage.app.lab import Lab
from pilotage.app.network_questions import NetworkDesk, NetworkQuestion
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.writer import RunWriter

QUESTION = NetworkQuestion(ask="perturb", epoch=12, i=3, key="mu", d=0, delta=0.5)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path / "home"))


def test_an_answer_that_was_given_while_somebody_wrote_to_the_run_is_told_when_it_is_asked_for_again(lab: Lab) -> None:
    run_id = lab.open_latent_example().id
    folder, desk = lab.latents.folder(run_id), NetworkDesk(lab.latents)
    with RunWriter(folder):
        answer = desk.answer(run_id, QUESTION)
    assert not {told["path"] for told in lab.show_latent_run(run_id).artifacts} & set(answer.files)
    assert desk.answer(run_id, QUESTION) == answer
    shown = lab.show_latent_run(run_id)
    assert {told["path"] for told in shown.artifacts} >= set(answer.files)
    assert desk.answer(run_id, QUESTION) == answer
    assert lab.show_latent_run(run_id).seq == shown.seq
    assert faults(folder) == ()
