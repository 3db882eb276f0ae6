"""Sparse coding: rows as sums of few unit atoms, by orthogonal matching pursuit and K-SVD."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array


def sparse_code(signals: Array, atoms: Array, words: int) -> Array:
    """(m, k) coefficients of (m, p) signals over (k, p) unit atoms, at most `words` of them not zero in a row.

    Source: orthogonal matching pursuit (Pati, Rezaiifar, Krishnaprasad 1993): the atom most correlated with the
    residual joins, then all that joined are fitted again by least squares.
    """
    codes = np.zeros((len(signals), len(atoms)))
    gram, product = atoms @ atoms.T, signals @ atoms.T
    floor = 1e-9 * float(np.abs(product).max(initial=0.0))
    active, chosen = np.arange(len(signals)), np.empty((len(signals), 0), dtype=int)
    for _ in range(min(words, len(atoms))):
        match = np.abs(product[active] - codes[active] @ gram)  # of each atom with the residual
        np.put_along_axis(match, chosen, 0.0, axis=1)
        best = match.argmax(axis=1)
        left = match[np.arange(len(best)), best] > floor
        active, chosen = active[left], np.column_stack([chosen, best])[left]
        wanted = np.take_along_axis(product[active], chosen, axis=1)
        fitted = np.linalg.solve(gram[chosen[:, :, None], chosen[:, None, :]], wanted[..., None])[..., 0]
        codes[active[:, None], chosen] = fitted
    return codes


def learn_dictionary(signals: Array, size: int, words: int, *, rng: np.random.Generator, rounds: int = 12) -> Array:
    """(k, p) unit atoms, k <= `size`, over which (m, p) signals are sums of at most `words`.

    It turns with the space: only inner products of the signals enter, never their coordinates.

    Source: K-SVD (Aharon, Elad, Bruckstein 2006): codes by matching pursuit, then each atom by the first singular
    vector of what the others leave of the signals that use it.
    Differs: starts from signals drawn far apart (k-means++ on angles), an atom that no signal uses is dropped, and
    an atom keeps the sign that it had.
    """
    _, values, right = np.linalg.svd(signals, full_matrices=False)
    frame = right[values > 1e-9 * max(float(values.max(initial=0.0)), 1e-300)]
    inside = signals @ frame.T  # codes cost less inside the signals' span
    length = np.linalg.norm(inside, axis=1, keepdims=True)
    directions = (inside / np.maximum(length, 1e-300))[length[:, 0] > 1e-9 * float(length.max(initial=0.0))]
    atoms = _far_apart(directions, min(size, len(directions)), rng)
    for _ in range(rounds):
        codes = sparse_code(inside, atoms, words)
        atoms = _updated(inside, atoms, codes)
    return atoms @ frame


def _far_apart(directions: Array, size: int, rng: np.random.Generator) -> Array:
    """Up to `size` rows, each drawn with probability proportional to its squared sine to the nearest one drawn."""
    if not len(directions):
        return directions
    first = int(rng.integers(len(directions)))
    chosen, away = [first], 1.0 - (directions @ directions[first]) ** 2
    while len(chosen) < size and away.max() > 1e-9:
        weights = np.clip(away, 0.0, None)
        pick = int(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random()))
        chosen.append(pick)
        away = np.minimum(away, 1.0 - (directions @ directions[pick]) ** 2)
    return directions[chosen]


def _updated(signals: Array, atoms: Array, codes: Array) -> Array:
    """The used atoms, each renewed in turn; `codes` is changed along."""
    renewed = atoms.copy()
    residual = signals - codes @ renewed
    for index in range(len(atoms)):
        users = np.flatnonzero(codes[:, index])
        if len(users) == 0:
            continue
        own = residual[users] + np.outer(codes[users, index], renewed[index])
        left, values, right = np.linalg.svd(own, full_matrices=False)
        sign = 1.0 if right[0] @ renewed[index] >= 0 else -1.0
        renewed[index], codes[users, index] = sign * right[0], sign * values[0] * left[:, 0]
        residual[users] = own - np.outer(codes[users, index], renewed[index])
    return renewed[codes.any(axis=0)]
