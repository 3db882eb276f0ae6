"""Every field of every JSON file that the lab writes, word by word: programs of others read them."""

from __future__ import annotations

import json
from typing import Any

from pilotage.labs.latents.paths import read_path

ENVELOPE = {
    "schema_version", "kind", "run_id", "epoch", "method", "dims", "indices_ref", "seed", "inputs_sha256",
    "compute_ms", "data",
}  # fmt: skip
OWN = {
    "forward_layer": set(),
    "forward_layers": set(),
    "forward_latent": set(),
    "forward_meta": {"model", "network", "index", "label", "sample_id", "decoded", "mse", "files"},
    "inspect": {"xy", "value", "before_activation", "rf", "files"},
    "inspect_probe": {"xy", "value", "before_activation", "rf", "files"},
    "conv_step": {
        "xy", "origin", "padding", "patch", "kernel", "product", "sums_by_channel", "pre_bias_sum", "bias",
        "pre_activation", "activation", "computed", "captured", "difference", "agrees", "rf", "files",
    },
    "kernel": {"layer_id", "out_channel", "in_channels", "stride", "values", "bias", "files"},
    "kernel_agg": {"layer_id", "out_channel", "in_channels", "stride", "aggregate", "values", "bias", "files"},
    "top_in_channels": {"layer_id", "out_channel", "in_channels", "stride"},
    "perturb_meta": {"delta", "base_value", "new_value", "dim", "vector", "path", "decoded", "files"},
    "topk": {"layer_id", "channel", "metric", "subset_n", "k", "items", "files"},
    "posterior_local": {"idx", "m", "seed_override", "files"},
    "posterior_local_seeded": {"idx", "m", "seed_override", "files"},
    "prior_component": {"component", "m", "seed_override", "files"},
    "prior_component_seeded": {"component", "m", "seed_override", "files"},
}  # fmt: skip
DATA = {
    "forward_layer": {
        "layer_id", "kind", "activation", "reads", "shape", "weights", "picture", "min", "max", "mean", "std",
        "share_zero", "before", "channels",
    },
    "forward_latent": {"mu", "logvar", "qc_probs", "z_sample"},
    "inspect": {"shape", "min", "max", "mean", "values", "activation", "over"},
    "posterior_local": {"z"},
    "prior_component": {"z"},
}  # fmt: skip


def test_files_have_just_the_fields_that_are_promised(lab_of: Any) -> None:
    lab = lab_of()
    answers = [
        lab.forward(2, 20), lab.inspect(2, 20, "enc.conv1", 0), lab.probe(2, 20, "enc.conv1", 0, (1, 1)),
        lab.conv_step(2, 20, "enc.conv1", 0, (1, 1)), lab.kernels(2, "enc.conv1", 0), lab.kernels(2, "enc.conv2", 0),
        lab.perturb(2, 20, "mu", 0, 1), lab.topk(2, "enc.conv1", 0, k=1), lab.posterior_local(2, 20, 1),
        lab.posterior_local(2, 20, 1, seed=1), lab.prior_component(2, 0, 1), lab.prior_component(2, 0, 1, seed=1),
    ]  # fmt: skip
    seen = set()
    for path in (path for answer in answers for path in answer.files if path.endswith(".json")):
        name, said = read_path(path).name, json.loads(lab.folder.file(path).read_bytes())
        seen.add(name)
        assert said.keys() == ENVELOPE | OWN[name], path
        assert (said["kind"], said["run_id"], said["epoch"]) == (name.removesuffix("_seeded"), lab.folder.run_id, 2)
        assert len(said["inputs_sha256"]) == 64
        wanted = DATA.get(name)
        if name == "forward_layer" and said["data"]["kind"] == "dense":
            wanted = DATA[name] - {"channels"} | {"values"}
        assert wanted is None or said["data"].keys() == wanted, path
    assert seen == OWN.keys()
