"""Where everything of a run lies: the contract's path patterns, word by word, and nothing that climbs out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.labs.latents.paths import FOLDERS, PATTERNS, artifact_path, read_path, run_path

# Every file of an epoch and every mirror that the contract names, in its order.
CONTRACT = Path(__file__).with_name("contract_paths.txt").read_text().split()

VALUES = {
    "N": "12", "i": "0", "M": "16", "c": "3", "layer_id": "enc.conv1", "x": "5", "y": "27", "in_channel": "9",
    "key": "z_sample", "d": "1", "tag": "m0.25", "metric": "max", "n": "500", "k": "9", "dataset_idx": "4999",
}  # fmt: skip


def filled(pattern: str) -> str:
    return re.sub(r"<(\w+)>", lambda match: VALUES[match[1]], pattern)


def test_every_path_of_the_contract_is_in_the_table_with_just_its_keys() -> None:
    for pattern in CONTRACT:
        place = read_path(filled(pattern))
        assert place.epoch == (12 if "<N>" in pattern else None), pattern
        wanted = [VALUES[name] for name in re.findall(r"<(\w+)>", pattern) if name != "N"]
        assert list(place.keys.values()) == wanted, pattern
        assert artifact_path(place.name, place.epoch, **place.keys) == filled(pattern)


def test_what_the_contract_does_not_name_lies_in_its_folders_with_a_mirror_too() -> None:
    named = {read_path(filled(pattern)).name for pattern in CONTRACT}
    ours = sorted(PATTERNS.keys() - named)
    assert ours == [
        "checkpoint", "inspect_probe", "latents", "pictures", "pictures_png",
        "posterior_local_seeded", "posterior_local_seeded_png",
        "prior_component_seeded", "prior_component_seeded_png", "reconstructions_png", "reducer_2d_pca",
        "reducer_2d_umap", "reducer_3d_pca", "reducer_3d_umap",
    ]  # fmt: skip
    assert all(template.split("/")[0] in FOLDERS and "{at}" in template for template in PATTERNS.values())


KEYS = {
    "layer_id": st.sampled_from(["enc.conv1", "dec.deconv2", "label", "enc.z"]),
    "metric": st.sampled_from(["max", "mean"]),
    "key": st.sampled_from(["z", "mu", "logvar", "z_sample"]),
    "tag": st.sampled_from(["p1", "m0.5", "p0.125", "m10"]),
}
WHOLE = st.integers(0, 10**9 - 1)


@given(st.data())
def test_a_path_says_all_that_it_was_made_of_and_no_two_are_alike(data: st.DataObject) -> None:
    places = []
    for _ in range(2):
        name = data.draw(st.sampled_from(sorted(PATTERNS)))
        keys = [key for key in re.findall(r"\{(\w+)\}", PATTERNS[name]) if key != "at"]
        places.append((name, data.draw(st.none() | WHOLE), {key: str(data.draw(KEYS.get(key, WHOLE))) for key in keys}))
    paths = [artifact_path(name, epoch, **keys) for name, epoch, keys in places]
    assert [(place.name, place.epoch, dict(place.keys)) for place in map(read_path, paths)] == places
    assert (paths[0] == paths[1]) == (places[0] == places[1])


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "..", "config.json", "../other_run/config.json", "samples/../config.json", "samples/", "/etc/passwd",
        "projections/latent_2d_epoch_1.json/..", "projections/latent_2d_epoch_01.json",
        "projections/./latent_2d_latest.json", "projections/latent_2d_epoch_-1.json",
        "projections/latent_2d_epoch_٣.json", "projections/latent_2d_latest.json\n",
        "projections\\latent_2d_latest.json", "projections//latent_2d_latest.json",
        "projections/LATENT_2D_LATEST.JSON", "projections/latent_2d_latest.json\0",
        "network/forward/epoch_1/idx_1/layer_../summary.json", "network/forward/epoch_1/idx_1/layer_a..b/summary.json",
        "network/forward/epoch_1/idx_1/layer_a/b/summary.json", "network/forward/epoch_1/idx_1/layer_.a/summary.json",
        "network/perturb/epoch_1/idx_1/vector_z/dim_0/delta_p0.50/meta.json",
    ],
)  # fmt: skip
def test_no_other_path_can_be_named(path: str) -> None:
    with pytest.raises(NotFoundError):
        read_path(path)


@pytest.mark.parametrize(
    ("name", "epoch", "keys", "field"),
    [
        ("latent_9d", 1, {}, "name"),
        ("latent_2d_pca", -1, {}, "epoch"),
        ("latent_2d_pca", 1, {"i": 1}, "i"),
        ("forward_layer", 1, {"i": 1}, "layer_id"),
        ("forward_layer", 1, {"i": 1, "layer_id": "../../.."}, "layer_id"),
        ("forward_layer", 1, {"i": "1/../2", "layer_id": "enc.z"}, "i"),
        ("forward_input", 1, {"i": -3}, "i"),
        ("forward_input", 1, {"i": True}, "i"),
        ("forward_layer", 1, {"i": 1, "layer_id": "a" * 65}, "layer_id"),
        ("inspect", 1, {"i": 1, "layer_id": "enc.z", "c": -1}, "c"),
    ],
)
def test_a_key_that_is_missing_unknown_or_climbs_is_refused(name: str, epoch: int, keys: dict, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        artifact_path(name, epoch, **keys)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "run_id", ["", ".", "..", "a/b", "../x", "run", "con", "nul", "Run_1", "r_", "-r", "r" * 65, "r_\n"]
)
def test_no_other_folder_can_be_named_as_a_run(run_id: str) -> None:
    with pytest.raises(NotFoundError):
        run_path(Path("runs"), run_id)


def test_a_run_is_named_by_its_drawn_id_or_by_a_name_in_parts() -> None:
    for run_id in ("lat_0123456789abcdef", "demo-digits"):
        assert run_path(Path("runs"), run_id) == Path("runs") / run_id
