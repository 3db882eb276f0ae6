"""Where everything of a run lies: one table, from a name to a path and back."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pilotage.core.errors import InvalidInputError, NotFoundError

FOLDERS = (
    "projections", "neighbors", "density", "distortion", "mixture", "samples", "network", "checkpoints",
)  # fmt: skip
_FORWARD = "network/forward/{at}/idx_{i}"
_INSPECT = "network/inspect/{at}/idx_{i}/layer_{layer_id}/ch_{c}"
_KERNEL = "network/kernels/{at}/layer_{layer_id}/out_{c}"
_PERTURB = "network/perturb/{at}/idx_{i}/vector_{key}/dim_{d}/delta_{tag}"
_TOPK = "network/topk/{at}/layer_{layer_id}/ch_{c}/metric_{metric}/subset_{n}/k_{k}"
_LOCAL = "samples/posterior_local_{at}_idx_{i}_m_{m}"
_COMPONENT = "samples/prior_component_{at}_c_{c}_m_{m}"

# `{at}` is `epoch_<N>` in the file of an epoch, and `latest` in its mirror.
PATTERNS: Mapping[str, str] = MappingProxyType({
    "latent_2d_pca": "projections/latent_2d_{at}.json",  # the one projection without its method in its name
    "latent_3d_pca": "projections/latent_3d_{at}_pca.json",
    "latent_2d_umap": "projections/latent_2d_{at}_umap.json",
    "latent_3d_umap": "projections/latent_3d_{at}_umap.json",
    "reducer_2d_pca": "projections/reducer_2d_{at}_pca.npz",
    "reducer_3d_pca": "projections/reducer_3d_{at}_pca.npz",
    "reducer_2d_umap": "projections/reducer_2d_{at}_umap.npz",
    "reducer_3d_umap": "projections/reducer_3d_{at}_umap.npz",
    "knn_pca": "neighbors/knn_pca_{at}.json",
    "knn_umap": "neighbors/knn_umap_{at}.json",
    "posterior_2d_pca": "density/posterior_2d_{at}_pca.json",
    "posterior_2d_umap": "density/posterior_2d_{at}_umap.json",
    "prior_2d_pca": "density/prior_2d_{at}_pca.json",
    "prior_2d_umap": "density/prior_2d_{at}_umap.json",
    "prior_empirical_2d_pca": "density/prior_empirical_2d_{at}_pca.json",
    "prior_empirical_2d_umap": "density/prior_empirical_2d_{at}_umap.json",
    "metric_ratio_2d_pca": "distortion/metric_ratio_2d_{at}_pca.json",
    "metric_ratio_2d_umap": "distortion/metric_ratio_2d_{at}_umap.json",
    "mixture_health": "mixture/mixture_health_{at}.json",
    "posterior_local_png": _LOCAL + ".png",
    "posterior_local": _LOCAL + ".json",
    "posterior_local_seeded_png": _LOCAL + "_seed_{seed}.png",
    "posterior_local_seeded": _LOCAL + "_seed_{seed}.json",
    "prior_component_png": _COMPONENT + ".png",
    "prior_component": _COMPONENT + ".json",
    "prior_component_seeded_png": _COMPONENT + "_seed_{seed}.png",
    "prior_component_seeded": _COMPONENT + "_seed_{seed}.json",
    "reconstructions_png": "samples/reconstructions_{at}.png",
    "pictures_png": "samples/pictures_{at}.png",  # of epoch 0: what is shown, before anything is learned
    "pictures": "samples/pictures_{at}.json",
    "forward_input": _FORWARD + "/input.png",
    "forward_recon": _FORWARD + "/recon.png",
    "forward_layers": _FORWARD + "/layers.json",
    "forward_latent": _FORWARD + "/latent.json",
    "forward_meta": _FORWARD + "/forward_meta.json",
    "forward_layer": _FORWARD + "/layer_{layer_id}/summary.json",
    "forward_grid": _FORWARD + "/layer_{layer_id}/grid.png",
    "forward_vector": _FORWARD + "/layer_{layer_id}/vector.png",
    "inspect": _INSPECT + "/inspect.json",
    "inspect_channel": _INSPECT + "/channel.png",
    "inspect_heat": _INSPECT + "/heat_rgba.png",
    "inspect_overlay": _INSPECT + "/overlay.png",
    "inspect_probe": _INSPECT + "/x_{x}_y_{y}/inspect.json",
    "conv_step": "network/conv_step/{at}/idx_{i}/layer_{layer_id}/out_{c}/x_{x}_y_{y}/conv_step.json",
    "kernel": _KERNEL + "/kernel.json",
    "kernel_png": _KERNEL + "/kernel.png",
    "kernel_agg": _KERNEL + "/kernel_agg.json",
    "kernel_agg_png": _KERNEL + "/kernel_agg.png",
    "top_in_channels": _KERNEL + "/top_in_channels.json",
    "kernel_in_png": _KERNEL + "/kernel_in_{in_channel}.png",
    "perturb_recon": _PERTURB + "/recon.png",
    "perturb_meta": _PERTURB + "/meta.json",
    "topk": _TOPK + "/topk.json",
    "topk_input": _TOPK + "/input_{dataset_idx}.png",
    "checkpoint": "checkpoints/{at}.safetensors",
    "latents": "checkpoints/latents_{at}.npy",
})  # fmt: skip

_RUN_ID = re.compile(r"(?=.{3,64}\Z)[a-z][a-z0-9]*(?:[_-][a-z0-9]+)+")  # two parts at least: never a device's name
_WHOLE = "0|[1-9][0-9]{0,18}"
_KEYS = {
    "epoch": "0|[1-9][0-9]{0,8}",
    "layer_id": r"(?=[a-z0-9._]{1,64}(?:/|\Z))[a-z][a-z0-9]*(?:[._][a-z0-9]+)*",
    "metric": "max|mean",
    "key": "z|mu|logvar|z_sample",
    "tag": r"[pm][0-9]{1,4}(?:\.[0-9]{0,2}[1-9])?",
}  # all others are whole numbers


@dataclass(frozen=True, slots=True)
class Place:
    """What a path names.

    Attributes:
        name: a key of `PATTERNS`.
        epoch: the epoch of the file; None for the mirror of the newest.
        keys: the other parts of the path, as they stand there.
    """

    name: str
    epoch: int | None
    keys: Mapping[str, str] = field(default_factory=dict)


def artifact_path(name: str, epoch: int | None, **keys: int | str) -> str:
    """The path of an artifact in its run's folder; without an epoch, of the mirror of the newest.

    Args:
        name: a key of `PATTERNS`.
        epoch: from 0, or None.
        keys: what the pattern asks for, and nothing else.

    Raises:
        InvalidInputError: no such name, or a key (the field) that is missing, unknown or not of its form.
    """
    if name not in PATTERNS:
        raise InvalidInputError(f"no artifact is named {name[:60]!r}", field="name")
    at = "latest" if epoch is None else f"epoch_{_spelled('epoch', epoch)}"
    spelled = {key: _spelled(key, value) for key, value in keys.items()}
    wanted = _REGEXES[name].groupindex.keys() - {"epoch"}
    if wrong := sorted(wanted ^ keys.keys()):
        raise InvalidInputError(f"{name} needs {', '.join(sorted(wanted)) or 'no keys'}", field=wrong[0])
    return PATTERNS[name].format(at=at, **spelled)


def read_path(path: str) -> Place:
    """What a path in a run's folder names: the inverse of `artifact_path`.

    Raises:
        NotFoundError: no artifact can lie there.
    """
    for name in PATTERNS:
        if place := _read(name, path):
            return place
    raise NotFoundError(f"no artifact of a run lies at {path[:120]!r}", field="path")


def run_path(runs: Path, run_id: str) -> Path:
    """The folder of a run.

    Raises:
        NotFoundError: what is given is no id of a run, so that no other folder can be named.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise NotFoundError(f"no run {run_id[:80]!r}", field="run_id")
    return runs / run_id


def _spelled(key: str, value: int | str) -> str:
    text = value if isinstance(value, str) else str(operator.index(value))
    if isinstance(value, bool) or not re.fullmatch(_KEYS.get(key, _WHOLE), text):
        raise InvalidInputError(f"{text[:60]!r} cannot be a part of a path as {key}", field=key)
    return text


def _read(name: str, path: str) -> Place | None:
    match = _REGEXES[name].fullmatch(path)
    if match is None:
        return None
    keys = match.groupdict()
    epoch = keys.pop("epoch")
    return Place(name, None if epoch is None else int(epoch), keys)


def _regex(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    keys = [
        f"(?:epoch_(?P<epoch>{_KEYS['epoch']})|latest)" if key == "at" else f"(?P<{key}>{_KEYS.get(key, _WHOLE)})"
        for key in parts[1::2]
    ]
    return re.compile("".join(re.escape(text) + key for text, key in zip(parts[::2], [*keys, ""], strict=True)))


_REGEXES = {name: _regex(template) for name, template in PATTERNS.items()}
