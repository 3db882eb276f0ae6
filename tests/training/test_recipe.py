from __future__ import annotations

from pathlib import Path

import pytest
from training.starter.paths import Workspace, open_workspace, write_whole
from training.starter.recipe import Budget, RecipeError, read_profile


@pytest.mark.parametrize("name", ["cpu", "gpu", "smoke", "pair"])
def test_every_profile_can_be_read_and_its_vocabulary_is_there(name: str) -> None:
    from training.starter.vocabulary import read_vocabulary

    profile = read_profile(name)
    words = read_vocabulary(profile.data.vocabulary)
    assert set(words.styles) == set(profile.sets)


def test_the_cpu_profile_has_enough_objects_and_those_of_the_first_checkpoint() -> None:
    from training.starter.vocabulary import read_vocabulary

    objects = {icon.object for icon in read_vocabulary(read_profile("cpu").data.vocabulary).objects}
    assert len(objects) >= 150
    assert {"fox", "cat face", "jack-o-lantern", "tropical fish", "watermelon"} <= objects


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="no profile 'cpux'; one of cpu, gpu, pair, smoke"):
        read_profile("cpux")


def changed(tmp_path: Path, text: str) -> Path:
    recipe = Path(__file__).parents[2] / "training" / "starter" / "recipe.toml"
    path = tmp_path / "recipe.toml"
    path.write_text(recipe.read_text() + text)
    return path


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[x]\nextends = 'smoke'\nprocesess = 2\n", "processesx?|procesess: Extra"),
        ("[x]\nextends = 'smoke'\nunet = { stepps = 2 }\n", "unet.stepps: Extra"),
        ("[x]\nextends = 'smoke'\nunet = { batch = 0 }\n", "unet.batch"),
        ("[x]\nextends = 'smoke'\ndenoiser = { widths = [20, 32, 32] }\n", "no multiples of 16 groups"),
        ("[x]\nextends = 'x'\n", "extends itself"),
        ("[x\n", "cannot be read"),
    ],
)
def test_a_wrong_recipe_says_where(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(RecipeError, match=fault):
        read_profile("x", changed(tmp_path, text))


def test_a_budget_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="steps or minutes"):
        Budget()


def test_a_stage_is_done_for_the_very_profile_that_it_was_done_with(tmp_path: Path) -> None:
    space = open_workspace("smoke", tmp_path)
    assert not space.done("data")
    space.finish("data", icons=3)
    assert space.done("data")
    assert space.facts("data") == {"icons": 3}
    other = type(space)(space.profile.model_copy(update={"seed": 8}), tmp_path)
    assert not other.done("data")


def stages() -> tuple[str, ...]:
    from training.starter.__main__ import ORDER  # needs the extra `training`, which other tests here do without

    return ORDER


def finished(root: Path) -> Workspace:
    space = open_workspace("smoke", root)
    for stage in stages():
        space.finish(stage)
    return space


def undone_of(space: Workspace) -> list[str]:
    return [stage for stage in stages() if not space.done(stage)]


def test_more_time_for_a_training_undoes_it_and_what_rests_on_it_alone(tmp_path: Path) -> None:
    space = finished(tmp_path)
    longer = space.profile.unet.model_copy(update={"steps": 99})
    other = type(space)(space.profile.model_copy(update={"unet": longer}), tmp_path)
    undone = undone_of(other)
    assert undone == ["unet", "controlnet", "resampler", "ip_adapter", "decoder", "export", "evaluate", "sheets"]


@pytest.mark.parametrize("stage", ["controlnet", "ip_adapter", "decoder"])
def test_what_no_other_training_reads_undoes_no_other_training(stage: str, tmp_path: Path) -> None:
    space = finished(tmp_path)
    longer = getattr(space.profile, stage).model_copy(update={"steps": 99})
    other = type(space)(space.profile.model_copy(update={stage: longer}), tmp_path)
    assert undone_of(other) == [stage, "export", "evaluate", "sheets"]


def test_what_the_folder_says_of_steps_and_guidance_is_exported_anew(tmp_path: Path) -> None:
    space = finished(tmp_path)
    judged = space.profile.evaluation.model_copy(update={"guidance": 5.0})
    other = type(space)(space.profile.model_copy(update={"evaluation": judged}), tmp_path)
    assert undone_of(other) == ["export", "evaluate", "sheets"]


def test_minutes_stand_for_the_steps_of_the_profile_that_is_extended() -> None:
    cpu, gpu = read_profile("cpu").unet, read_profile("gpu").unet
    assert (cpu.steps, cpu.minutes) == (18_000, None)
    assert (gpu.steps, gpu.minutes) == (None, 12)


def test_a_checkpoint_goes_on_with_more_time_and_not_on_another_training(tmp_path: Path) -> None:
    space = open_workspace("smoke", tmp_path)
    checkpoint = space.of("controlnet") / "checkpoint.pt"

    def kept_after(**changed: int) -> bool:
        space.begin("controlnet")
        checkpoint.write_bytes(b"weights")
        budgets = {name: getattr(space.profile, name).model_copy(update={"steps": n}) for name, n in changed.items()}
        type(space)(space.profile.model_copy(update=budgets), tmp_path).begin("controlnet")
        return checkpoint.exists()

    assert kept_after()
    assert kept_after(controlnet=99, ip_adapter=99)
    assert not kept_after(unet=99)


def test_another_denoiser_leaves_the_vae_and_its_latents(tmp_path: Path) -> None:
    space = finished(tmp_path)
    denoiser = space.profile.denoiser.model_copy(update={"gamma": 7.0})
    other = type(space)(space.profile.model_copy(update={"denoiser": denoiser}), tmp_path)
    assert undone_of(other)[0] == "unet"


def test_a_write_that_is_cut_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state"
    write_whole(path, b"before")

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"after, but never whole")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]
