"""Maps that a run has not: computed later, by the code that computes them beside a training."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.labs.latents.cadence import METHODS, Method
from pilotage.labs.latents.folder import Artifact, RunFolder
from pilotage.labs.latents.paths import artifact_path
from pilotage.labs.latents.plan import training_of
from pilotage.labs.latents.projections import artifact_names, project
from pilotage.labs.latents.writer import RunWriter


def backfill(
    folder: RunFolder, kinds: Sequence[Method] = METHODS, epochs: Sequence[int] | None = None
) -> tuple[Artifact, ...]:
    """Make what is missing of the maps of some epochs, and tell of it.

    Args:
        folder: of a run that nobody trains.
        kinds: methods; each brings its maps, neighbours, densities and distortion.
        epochs: all that left latents if None.

    Returns:
        What was written; nothing where all was there.

    Raises:
        InvalidInputError: no such kind.
        NotFoundError: an epoch that left no latents.
        ConflictError: the run is being written to.
        StorageError: the disk is full or refuses.
    """
    if wrong := [kind for kind in kinds if kind not in METHODS]:
        raise InvalidInputError(f"{str(wrong[0])[:60]!r} is none of {', '.join(METHODS)}", field="kinds")
    there = folder.epochs("latents")
    if absent := sorted(set(epochs or ()) - set(there)):
        raise NotFoundError(f"epoch {absent[0]} left no latents", field="epochs")
    made = []
    with RunWriter(folder) as writer:
        asked = there if epochs is None else sorted(set(epochs))
        due = missing(writer, [(epoch, kind) for epoch in asked for kind in kinds])
        for done, (epoch, kind) in enumerate(due, 1):
            for artifact in project(folder, epoch, kind):
                writer.announce(artifact)
                made.append(artifact)
            writer.emit("projection.progress", {
                "epoch": epoch, "method": kind, "state": "done", "done": done, "due": len(due), "error": None,
            })  # fmt: skip
    return tuple(made)


def missing(writer: RunWriter, due: Sequence[tuple[int, Method]]) -> list[tuple[int, Method]]:
    """Those epochs and methods of which a file is not there, or was never told of."""
    folder, told = writer.folder, writer.told
    is_mixture = training_of(folder.config()).kind == "gmvae"

    def is_whole(epoch: int, kind: Method) -> bool:
        paths = [artifact_path(name, epoch) for name in artifact_names(kind, mixture=is_mixture)]
        return all(path in told and (folder.path / path).is_file() for path in paths)

    return [(epoch, kind) for epoch, kind in due if not is_whole(epoch, kind)]
