"""What a run records, and how often."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Method = Literal["pca", "umap"]
METHODS: tuple[Method, ...] = ("pca", "umap")


class Recording(BaseModel):
    """What a run writes beside its latents, reconstructions and mixture's health, which each epoch leaves.

    What is due is decided here, never by how busy the machine is. Nothing of it changes what is learned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: int = Field(1000, ge=20, le=20_000, description="Pictures on the maps, the same from first to last epoch.")
    neighbours: int = Field(10, ge=1, le=50, description="Nearest neighbours of each point, in latent space.")
    checkpoint_every: int = Field(1, ge=1, le=1000, description="Epochs from one checkpoint to the next.")
    pca_every: int = Field(1, ge=0, le=1000, description="Epochs from one PCA map to the next; 0 for none.")
    umap_every: int = Field(5, ge=0, le=1000, description="Epochs from one UMAP map to the next; 0 for none.")
    samples_every: int = Field(5, ge=0, le=1000, description="Epochs from samples to samples; 0 for none.")

    def methods(self, epoch: int, last: int) -> tuple[Method, ...]:
        """The maps that are due after an epoch."""
        every: dict[Method, int] = {"pca": self.pca_every, "umap": self.umap_every}
        return tuple(method for method in METHODS if is_due(every[method], epoch, last))

    def has_checkpoint(self, epoch: int, last: int) -> bool:
        """Whether an epoch leaves a checkpoint: samples are drawn from one, so theirs do."""
        return is_due(self.checkpoint_every, epoch, last) or is_due(self.samples_every, epoch, last)


def is_due(every: int, epoch: int, last: int) -> bool:
    """Whether what comes every so many epochs comes after this one: the last epoch has all but what never comes."""
    return every > 0 and (epoch % every == 0 or epoch == last)
