"""Maps of a latent space: functions of arrays that read no file and need no torch.

A run computes the neighbours once, in latent space; each method then lays the points out, and what is drawn over a
map (densities, distortion, lost neighbours) is computed from the same arrays. One thread; equal input, equal bytes.
"""

from pilotage.labs.latents.maps.aligning import Alignment, align
from pilotage.labs.latents.maps.density import Density, bandwidth, density
from pilotage.labs.latents.maps.distortion import Distortion, distances_on, distortion
from pilotage.labs.latents.maps.grids import Grid, grid_over
from pilotage.labs.latents.maps.neighbours import Neighbours, nearest, neighbours
from pilotage.labs.latents.maps.pca import Pca, pca
from pilotage.labs.latents.maps.trust import Trust, trust
from pilotage.labs.latents.maps.umap import Umap, umap

__all__ = [
    "Alignment", "Density", "Distortion", "Grid", "Neighbours", "Pca", "Trust", "Umap",
    "align", "bandwidth", "density", "distances_on", "distortion", "grid_over", "nearest", "neighbours", "pca",
    "trust", "umap",
]  # fmt: skip
