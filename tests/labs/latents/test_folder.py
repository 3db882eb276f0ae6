"""The folder of a run: there whole or not, never half a file, mirrors of the newest, junk refused."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from pilotage.core.hashing import sha256_hex
from pilotage.labs.latents import folder as folder_module
from pilotage.labs.latents.envelope import encode
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.paths import FOLDERS
from pilotage.labs.latents.state import RunConfig

ConfigOf = Callable[[str], RunConfig]


def files(folder: RunFolder) -> set[str]:
    return {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file()}


def test_a_new_run_has_its_three_files_and_eight_folders_and_is_created(folder: RunFolder) -> None:
    assert files(folder) == {"config.json", "events.jsonl", "summary.json"}
    assert {path.name for path in folder.path.iterdir() if path.is_dir()} == set(FOLDERS)
    assert json.loads((folder.path / "summary.json").read_text())["state"] == "created"
    config = json.loads((folder.path / "config.json").read_text())
    assert (config["run_id"], config["training"], config["viz_indices"]) == (folder.run_id, {"seed": 7}, [0, 3])


def test_a_run_is_read_back_as_it_was_written(folder: RunFolder, runs: Path, config_of: ConfigOf) -> None:
    again = RunFolder.open(runs, folder.run_id)
    assert again.config() == config_of(folder.run_id)
    assert again.summary() == folder.summary()


def test_an_id_is_taken_once_and_what_lies_there_stays(folder: RunFolder, runs: Path, config_of: ConfigOf) -> None:
    folder.write("mixture_health", 1, b"kept")
    with pytest.raises(ConflictError):
        RunFolder.create(runs, config_of(folder.run_id))
    assert folder.file("mixture/mixture_health_epoch_1.json").read_bytes() == b"kept"
    assert [path.name for path in runs.iterdir()] == [folder.run_id], "nothing half made is left"


def test_an_artifact_says_its_path_bytes_sha256_schema_and_epoch(folder: RunFolder) -> None:
    artifact = folder.write("posterior_local_png", 3, b"png", i=7, m=16)
    assert artifact.path == "samples/posterior_local_epoch_3_idx_7_m_16.png"
    assert (artifact.bytes, artifact.sha256) == (3, sha256_hex(b"png"))
    assert (artifact.schema, artifact.epoch) == ("posterior_local_png/1", 3)
    assert folder.file(artifact.path).read_bytes() == b"png"
    assert files(folder) >= {artifact.path, "samples/posterior_local_latest_idx_7_m_16.png"}
    assert not [name for name in files(folder) if name.endswith(".part")]


@pytest.mark.parametrize("name", ["latent_2d_pca", "latent_3d_umap", "mixture_health"])
def test_the_mirror_holds_the_newest_epoch_whatever_the_order_of_writing(folder: RunFolder, name: str) -> None:
    for epoch in (2, 10, 9, 1, 10):
        folder.write(name, epoch, f"epoch {epoch}".encode())
    (mirror,) = [path for path in files(folder) if "latest" in path]
    assert folder.file(mirror).read_bytes() == b"epoch 10"
    assert folder.epochs(name) == (1, 2, 9, 10)


def test_a_mirror_in_a_folder_of_its_own_belongs_to_the_same_keys(folder: RunFolder) -> None:
    folder.write("forward_layer", 1, b"a", i=4, layer_id="enc.conv1")
    folder.write("forward_layer", 2, b"b", i=4, layer_id="enc.conv2")
    folder.write("forward_layer", 3, b"c", i=5, layer_id="enc.conv1")
    assert folder.file("network/forward/latest/idx_4/layer_enc.conv1/summary.json").read_bytes() == b"a"
    assert folder.epochs("forward_layer", i=4, layer_id="enc.conv1") == (1,)
    assert folder.epochs("forward_layer", i=9, layer_id="enc.conv1") == ()


def test_a_mirror_is_renewed_when_its_epoch_is_written_anew(folder: RunFolder) -> None:
    folder.write("latents", 1, b"before")
    folder.write("latents", 1, b"after")
    assert folder.file("checkpoints/latents_latest.npy").read_bytes() == b"after"


def test_a_file_that_is_made_once_more_keeps_its_bytes_if_it_says_the_same(folder: RunFolder) -> None:
    def said(spent: float, place: int) -> bytes:
        return encode("latent_2d", run_id="r", epoch=1, seed=None, inputs_sha256="", compute_ms=spent,
                      meta={"compute_ms": spent}, data=[place])  # fmt: skip

    first = folder.write("latent_2d_pca", 1, said(12.5, 1))
    assert folder.write("latent_2d_pca", 1, said(1e-5, 1)) == first
    assert folder.file(first.path).read_bytes() == said(12.5, 1)
    assert folder.write("latent_2d_pca", 1, said(12.5, 2)) != first
    assert folder.file(first.path).read_bytes() == said(12.5, 2)


def test_a_disk_without_second_names_gets_a_copy(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(folder_module.os, "link", refuse)
    folder.write("knn_pca", 1, b"x")
    assert folder.file("neighbors/knn_pca_latest.json").read_bytes() == b"x"


def test_writers_at_once_leave_the_newest_in_the_mirror_and_no_crumb(folder: RunFolder) -> None:
    def write(start: int) -> None:
        for epoch in range(start, 40, 4):
            folder.write("knn_umap", epoch, f"{epoch}".encode())

    threads = [threading.Thread(target=write, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert folder.epochs("knn_umap") == tuple(range(40))
    assert folder.file("neighbors/knn_umap_latest.json").read_bytes() == b"39"
    assert not [name for name in files(folder) if name.endswith(".part")]


def test_a_write_that_fails_leaves_what_was_there(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("knn_pca", 1, b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module.os, "fsync", full)
    with pytest.raises(StorageError) as refused:
        folder.write("knn_pca", 1, b"after")
    assert "space" in refused.value.hint
    assert folder.file("neighbors/knn_pca_epoch_1.json").read_bytes() == b"before"
    assert len(files(folder)) == 5


def replaced(name: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_text((run / name).read_text().replace(old, new, 1))


def into_link(name: str) -> Callable[[Path], object]:
    return lambda run: (run / name).rename(run.parent / "aside") and (run / name).symlink_to(run.parent / "aside")


JUNK: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no config": ("config.json", lambda run: (run / "config.json").unlink()),
    "config is no JSON": ("config.json", lambda run: (run / "config.json").write_bytes(b"\x80\x04junk")),
    "config is deep": ("config.json", lambda run: (run / "config.json").write_text("[" * 200_000)),
    "config is of another run": ("config.json", replaced("config.json", "abcdef", "abcdee")),
    "config says more": ("config.json.shell", replaced("config.json", "{", '{"shell": 1, ')),
    "config is a link": ("config.json", into_link("config.json")),
    "summary has no such state": ("summary.json.state", replaced("summary.json", '"created"', '"paused"')),
    "no log": ("events.jsonl", lambda run: (run / "events.jsonl").unlink()),
    "log is a folder": ("events.jsonl", lambda run: (run / "events.jsonl").unlink() or (run / "events.jsonl").mkdir()),
    "a folder is a link": ("samples", into_link("samples")),
    "a folder is a file": ("network", lambda run: (run / "network").rmdir() or (run / "network").write_text("")),
}


@pytest.mark.parametrize("junk", JUNK)
def test_a_folder_with_junk_is_refused_and_the_file_is_named(folder: RunFolder, runs: Path, junk: str) -> None:
    RunFolder.open(runs, folder.run_id)
    field, spoil = JUNK[junk]
    spoil(folder.path)
    with pytest.raises(InvalidInputError) as refused:
        RunFolder.open(runs, folder.run_id)
    assert refused.value.field == field


def test_a_run_that_is_not_there_or_is_a_link_is_not_found(folder: RunFolder, runs: Path, tmp_path: Path) -> None:
    (runs / "demo-digits").symlink_to(folder.path, target_is_directory=True)
    (runs / "demo-file").write_text("")
    for run_id in ("lat_ffffffffffffffff", "demo-digits", "demo-file", "../runs", str(folder.path)):
        with pytest.raises(NotFoundError):
            RunFolder.open(runs, run_id)
    shutil.move(runs, tmp_path / "elsewhere")
    runs.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert RunFolder.open(runs, folder.run_id).config().run_id == folder.run_id, "the folder of all runs may be a link"


def test_no_link_leads_a_read_or_a_write_out_of_the_run(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "secret", folder.path / "mixture" / "mixture_health_epoch_1.json")
    os.symlink(tmp_path / "elsewhere", folder.path / "network" / "forward")
    for path in ("mixture/mixture_health_epoch_1.json", "config.json", "../../secret", "samples"):
        with pytest.raises(NotFoundError):
            folder.file(path)
    with pytest.raises(StorageError):
        folder.write("forward_input", 1, b"x", i=1)
    folder.write("mixture_health", 1, b"own")
    assert (tmp_path / "secret").read_text() == "secret", "a link in the place of a file is replaced, not followed"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_cancel_is_a_flag_that_is_set_seen_and_cleared(folder: RunFolder, runs: Path) -> None:
    assert not folder.cancel_requested
    RunFolder.open(runs, folder.run_id).request_cancel()
    assert folder.cancel_requested
    folder.clear_cancel()
    folder.clear_cancel()
    assert not folder.cancel_requested


def test_an_envelope_says_what_it_is_and_rounds_to_six_digits() -> None:
    made = {"run_id": "r_1", "epoch": 2, "seed": None, "inputs_sha256": "ab", "compute_ms": 1.26}
    data = encode("latent_2d", **made, method="pca", dims=2, data={"z": np.array([[1 / 3, 2e-9 / 3]], np.float32)})
    assert json.loads(data) == {
        "schema_version": 1, "kind": "latent_2d", "run_id": "r_1", "epoch": 2, "method": "pca", "dims": 2,
        "indices_ref": None, "seed": None, "inputs_sha256": "ab", "compute_ms": 1.3,
        "data": {"z": [[0.333333, 6.66667e-10]]},
    }  # fmt: skip
    assert data == encode("latent_2d", **made, dims=np.int64(2), data={"z": [(1 / 3, 2e-9 / 3)]}, method="pca")
    for bad in (float("nan"), float("inf"), object()):
        with pytest.raises(InvalidInputError):
            encode("latent_2d", **made, data=bad)
