"""Steering in a trained space: a run is a model like any other, and a session's candidates lie on its map."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.library import Session
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, PilotageError
from pilotage.elicitation.answers import KINDS
from pilotage.labs.latents.steering import AXES, AxesKind
from pilotage.samplers import SAMPLERS
from pilotage.sessions.views import SessionView

TINY = {"epochs": 3, "pretrain_epochs": 1, "hidden": 16, "batch_size": 256, "components": 4, "latent_dims": 5}
MAPPED = {"points": 40, "umap_every": 0, "samples_every": 0}
Ids = list[str]
SAID: dict[str, Callable[[Ids], dict[str, Any]]] = {
    "ranking": lambda ids: {"order": ids},
    "pairwise": lambda ids: {"winner": ids[1], "loser": ids[0]},
    "worst": lambda ids: {"worst": ids[2], "best": ids[1]},
    "versus": lambda ids: {"incumbent": ids[0], "verdicts": dict.fromkeys(ids[1:], "better")},
    "tie": lambda ids: {"items": ids[:2]},
    "ratings": lambda ids: {"stars": {name: 1 + place % 5 for place, name in enumerate(ids)}},
    "approval": lambda ids: {"approved": {name: place % 2 == 0 for place, name in enumerate(ids)}},
    "shortlist": lambda ids: {"kept": ids[:2]},
    "undecided": lambda ids: {"why": "alike"},
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return local_lab(Settings(home=tmp_path_factory.mktemp("home"), device="cpu"))


@pytest.fixture(scope="module")
def run_id(lab: Lab) -> str:
    run = lab.launch_run("digits8", "small", TINY, recording=MAPPED)
    raise_if_failed(lab.wait(str(run.job_id)))
    return run.id


def begun(lab: Lab, model: str, **config: Any) -> Session:
    settings = {"request": {"prompt": ""}, "model": model, "seed": 7, "query_kinds": list(SAID)}
    return Session.open(lab.create_session({**settings, **config}).id, lab)


def played(lab: Lab, model: str, *kinds: str, **config: Any) -> SessionView:
    """A session that was answered so, round by round."""
    session = begun(lab, model, **config)
    for kind in kinds:
        ids = [one.id for one in session.ask()]
        session.tell({"kind": kind, **SAID[kind](ids)})
    return lab.get_session(session.id)


@pytest.mark.parametrize("axes", AXES)
def test_a_session_steers_along_each_kind_of_axes_and_comes_again_byte_for_byte(
    lab: Lab, run_id: str, axes: AxesKind
) -> None:
    start = lab.latent_start(run_id, axes=axes, points=[3, 5, 8])
    session = played(lab, start.model, "ranking", "ratings", "worst")
    assert [axis["name"] for axis in session.axes] == start.axes
    assert (session.region, session.radius) == ("ball", 1.0)
    check = raise_if_failed(lab.wait(lab.verify_replay(session.id).id)).result or {}
    assert (check["different"], check["missing"]) == (0, 0)
    assert check["equal"] >= 9
    again = played(lab, start.model, "ranking", "ratings", "worst")
    for one, other in zip(session.round_views, again.round_views, strict=True):
        assert [c.z for c in one.candidates] == [c.z for c in other.candidates]
        assert [c.artifact for c in one.candidates] == [c.artifact for c in other.candidates]


def test_every_sampler_and_every_way_of_answering_steers_there(lab: Lab, run_id: str) -> None:
    assert SAID.keys() == KINDS.keys()
    model, kinds = lab.latent_start(run_id).model, list(SAID)
    for place, sampler in enumerate(SAMPLERS.entries()):
        first, then = kinds[place % len(kinds)], kinds[(place + 4) % len(kinds)]
        session = played(lab, model, first, then, sampler=sampler)
        assert [round_.answer.kind for round_ in session.round_views if round_.answer] == [first, then], sampler


def test_a_session_begins_at_the_mean_of_the_pictures_that_were_chosen(lab: Lab, run_id: str) -> None:
    z = np.load(lab.run_file(run_id, "checkpoints/latents_epoch_3.npy")).astype(float)
    chosen = [2, 11, 17, 17]
    start = lab.latent_start(run_id, points=chosen)
    assert (start.points, start.epoch, len(start.z)) == (3, 3, len(start.axes))
    session = begun(lab, start.model)
    session.ask()
    mapped = lab.map_session(session.id)
    with np.load(lab.run_file(run_id, "projections/reducer_2d_epoch_3_pca.npz")) as reducer:
        wanted = (z[chosen[:3]].mean(axis=0) - reducer["mean"]) @ reducer["axes"].T
    baseline = mapped.candidates[0]
    assert baseline.point == pytest.approx(wanted.tolist(), abs=0.01)
    view = session.view.round_views[0].candidates
    assert [(one.candidate_id, one.artifact) for one in mapped.candidates] == [(one.id, one.artifact) for one in view]
    assert view[0].role == "baseline"
    assert len({tuple(one.point) for one in mapped.candidates}) == len(view)
    media = lab.get_media(view[0].artifact or "")
    assert Image.open(io.BytesIO(media.data)).size == (224, 224)
    assert lab.latent_start(run_id).z == pytest.approx([0.0] * len(start.axes), abs=1e-9)


def test_one_picture_alone_is_drawn_again_at_the_start(lab: Lab, run_id: str) -> None:
    """What is shown first is what the run's own decoder makes of that picture's latent."""
    from pilotage.labs.latents.steered_run import enlarged
    from pilotage.models.latents.checkpoints import load
    from pilotage.models.latents.reading import decode

    z = np.load(lab.run_file(run_id, "checkpoints/latents_epoch_3.npy"))
    net = load(lab.run_file(run_id, "checkpoints/epoch_3.safetensors")).model()
    session = begun(lab, lab.latent_start(run_id, points=[9], axes="classes").model)
    session.ask()
    shown = lab.get_media(session.view.round_views[0].candidates[0].artifact or "").pixels()
    wanted = enlarged(decode(net, z[9:10])[0])
    assert np.abs(shown.astype(int) - wanted).max() <= 2  # a ref keeps three digits of the latent


def test_the_runs_sessions_are_found_from_it(lab: Lab, run_id: str) -> None:
    session = begun(lab, f"latent:{run_id}", name="mine")
    begun(lab, "analytic", query_kinds=["ranking"])
    found = lab.latent_sessions(run_id)
    assert (found[0].id, found[0].name) == (session.id, "mine")
    assert all(one.model.startswith(f"latent:{run_id}") for one in found)


def test_complete_runs_are_listed_as_models_that_take_no_prompt(lab: Lab, run_id: str) -> None:
    (listed,) = [info for info in lab.list_models() if info.family == "latent"]
    assert listed.ref == f"latent:{run_id}"
    assert (listed.capabilities.modality, listed.capabilities.text) == ("image", False)
    assert listed.fingerprint is None
    assert lab.show_model(f"latent:{run_id}?epoch=2&axes=classes").name == "digits8, epoch 2, by classes"


def test_a_session_there_is_told_compared_and_taken_elsewhere_as_any(lab: Lab, run_id: str, tmp_path: Path) -> None:
    one, other = (played(lab, f"latent:{run_id}?axes={axes}", "ranking", "ranking") for axes in ("pca", "classes"))
    lab.finish(one.id, str(one.incumbent_id))
    assert len(lab.report(one.id).chapters) == 2
    assert len(lab.compare([one.id, other.id])) == 2
    assert lab.get_advice(one.id).sentence
    lab.bundle(one.id, tmp_path / "one.zip")
    elsewhere = local_lab(Settings(home=tmp_path / "other"))
    came = elsewhere.import_bundle(tmp_path / "one.zip")
    artifacts = [[c.artifact for c in round_.candidates] for round_ in came.round_views]
    assert artifacts == [[c.artifact for c in round_.candidates] for round_ in lab.get_session(one.id).round_views]
    with pytest.raises(NotFoundError) as caught:
        elsewhere.map_session(came.id)
    assert caught.value.field == "model"


@pytest.mark.parametrize(
    ("asked", "kind", "field"),
    [
        ({"epoch": 9}, NotFoundError, "model"),
        ({"points": [40]}, InvalidInputError, "points"),
        ({"points": [-1]}, InvalidInputError, "points"),
        ({"axes": "tsne"}, InvalidInputError, "model"),
    ],
)
def test_a_start_that_there_is_not_is_refused_by_field(
    lab: Lab, run_id: str, asked: dict[str, Any], kind: type[PilotageError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        lab.latent_start(run_id, **asked)
    assert caught.value.field == field


def test_maps_and_sessions_that_do_not_belong_together_are_refused(lab: Lab, run_id: str) -> None:
    session = begun(lab, f"latent:{run_id}")
    for where, kind, field in (
        ((session.id, "umap"), NotFoundError, "method"),
        ((session.id, "tsne"), InvalidInputError, "method"),
        ((begun(lab, "analytic", query_kinds=["ranking"]).id,), InvalidInputError, "session_id"),
    ):
        if field == "method":
            session.ask()
        with pytest.raises(kind) as caught:
            lab.map_session(*where)
        assert caught.value.field == field
    with pytest.raises(NotFoundError):
        lab.map_session("ses_0000000000000000")


def test_a_run_that_is_gone_ends_its_sessions_with_the_reason_and_loses_nothing(lab: Lab) -> None:
    run = lab.launch_run("digits8", "small", {**TINY, "epochs": 2}, recording={**MAPPED, "pca_every": 0})
    with pytest.raises(ConflictError) as early:
        lab.create_session({"request": {"prompt": ""}, "model": f"latent:{run.id}"})
    assert early.value.field == "model"
    raise_if_failed(lab.wait(str(run.job_id)))
    session = played(lab, f"latent:{run.id}", "ranking")
    lab.delete_run(run.id)
    lab.request_round(session.id)
    with pytest.raises(NotFoundError) as caught:
        raise_if_failed(lab.wait(lab.get_session(session.id).round_views[-1].job.id))  # type: ignore[union-attr]
    assert caught.value.field == "model"
    rounds = lab.get_session(session.id).round_views
    assert (rounds[0].state, rounds[-1].job.state) == ("answered", "failed")  # type: ignore[union-attr]
    assert all(lab.get_media(one.artifact or "").data for one in rounds[0].candidates)
    with pytest.raises(NotFoundError):
        lab.show_model(f"latent:{run.id}")
