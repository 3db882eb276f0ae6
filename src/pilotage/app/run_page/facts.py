"""What the page of a run shows: read from its files, nothing computed but shorter numbers."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.labs.latents.cadence import METHODS
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import EVENTS, RunFolder
from pilotage.labs.latents.paths import artifact_path
from pilotage.labs.latents.plan import training_of
from pilotage.models.latents import differences

Json = dict[str, Any]
_HEALTH = ("p", "neff", "mean_entropy", "information", "components")


def facts_of(folder: RunFolder) -> Json:
    """The run as the page has it: what it was asked for, its metrics, maps, mixture and pictures by epoch.

    Raises:
        InvalidInputError: a file of the run is damaged.
    """
    config, summary = folder.config(), folder.summary()
    data = {name: config.data.get(name) for name in ("name", "licence", "source", "count", "class_names", "viz_labels")}
    return {
        "id": config.run_id, "kind": config.training.get("kind"), "epochs": config.training.get("epochs"),
        "state": summary.state, "epoch": summary.epoch, "error": summary.error, "created_at": str(config.created_at),
        "data": data, "indices": config.viz_indices,
        "knobs": [asdict(one) for one in differences(training_of(config))],
        "metrics": _metrics(folder), "maps": {method: _maps(folder, method) for method in METHODS},
        "mixture": {epoch: _health(folder, epoch) for epoch in folder.epochs("mixture_health")},
        "sprite": _sprite(folder),
        "reconstructions": {epoch: artifact_path("reconstructions_png", epoch)
                            for epoch in folder.epochs("reconstructions_png")},
    }  # fmt: skip


def _metrics(folder: RunFolder) -> list[Json]:
    """Of each epoch, the newest that was told of it, ascending."""
    told = {event.data["epoch"]: event.data for event in EventTail(folder.path / EVENTS).poll()
            if event.type == "train.metrics" and "epoch" in event.data}  # fmt: skip
    return [{name: _short(value) for name, value in told[epoch].items() if isinstance(value, int | float)}
            for epoch in sorted(told)]  # fmt: skip


def _maps(folder: RunFolder, method: str) -> dict[int, Json]:
    found = {}
    for epoch in folder.epochs(f"latent_2d_{method}"):
        said = _read(folder, f"latent_2d_{method}", epoch)
        points = [[_short(one) for one in point] for point in said["data"]["points"]]
        found[epoch] = {"points": points, "trustworthiness": said.get("trust", {}).get("trustworthiness")}
    return found


def _health(folder: RunFolder, epoch: int) -> Json:
    said = _read(folder, "mixture_health", epoch)
    own = said["data"]
    confidence = [round(one, 3) for one in own.get("confidence", ())]
    return {**{name: said[name] for name in _HEALTH}, "light": own["light"], "component": own["component"],
            "confidence": confidence}  # fmt: skip


def _sprite(folder: RunFolder) -> Json | None:
    """Where the pictures of the points lie; None where the run has kept none."""
    try:
        said = _read(folder, "pictures", 0)
        folder.file(path := artifact_path("pictures_png", 0))
    except NotFoundError:
        return None
    return {"path": path, **said["data"]}


def _read(folder: RunFolder, name: str, epoch: int) -> Json:
    path = artifact_path(name, epoch)
    try:
        said = json.loads(folder.file(path).read_bytes())
        if isinstance(said, dict) and isinstance(said["data"], dict):
            return said
    except (ValueError, KeyError):
        pass
    raise InvalidInputError(f"{path} is damaged", field=path)


def _short(value: float) -> float:
    return float(f"{value:.4g}")
