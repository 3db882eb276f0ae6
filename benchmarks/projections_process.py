"""A layout by one of two packages, as a process of its own: what it cost to import and, turn by turn, to compute.

python projections_process.py pilotage|umap-learn POINTS.npy LAYOUTS.npy TURNS
"""

import json
import sys
import time

import numpy as np

K = 15


def ours():
    """The library's, from points to layout, neighbours included."""
    from pilotage.labs.latents.maps import neighbours, umap

    return lambda points, seed: umap(points, neighbours(points, K), 2, seed=seed).layout


def theirs():
    """The same of umap-learn, with as many neighbours (it counts the point itself) and one thread."""
    import umap

    return lambda points, seed: umap.UMAP(n_neighbors=K + 1, random_state=seed, n_jobs=1).fit_transform(points)


def main(package, points, layouts, turns):
    points = np.load(points)
    begun = time.process_time()
    lay_out = {"pilotage": ours, "umap-learn": theirs}[package]()
    imported = time.process_time() - begun
    seconds, found = [], []
    for turn in range(int(turns) + 2):
        begun = time.process_time()
        found.append(lay_out(points, max(turn - 1, 0)))  # the first two have the same seed
        seconds.append(time.process_time() - begun)
    np.save(layouts, np.array(found))
    print(json.dumps({"import": imported, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
