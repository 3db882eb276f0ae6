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
    floor = 1e-9 * max(float(np.abs(signals).max(initial=0.0)), 1e-300)
    for signal, code in zip(signals, codes, strict=True):
        residual, chosen = signal, list[int]()
        for _ in range(min(words, len(atoms))):
            match = np.abs(atoms @ residual)
            match[chosen] = 0.0
            best = int(match.argmax())
            if match[best] <= floor:
                break
            chosen.append(best)
            fitted = np.linalg.lstsq(atoms[chosen].T, signal, rcond=None)[0]
            residual = signal - fitted @ atoms[chosen]
        if chosen:
            code[chosen] = fitted
    return codes


def learn_dictionary(signals: Array, size: int, words: int, *, rng: np.random.Generator, rounds: int = 12) -> Array:
    """(k, p) unit atoms, k <= `size`, over which (m, p) signals are sums of at most `words`.

    It turns with the space: only inner products of the signals enter, never their coordinates.

    Source: K-SVD (Aharon, Elad, Bruckstein 2006): codes by matching pursuit, then each atom by the first singular
    vector of what the others leave of the signals that use it.
    Differs: starts from signals drawn far apart (k-means++ on angles), an atom that no signal uses is dropped, and
    an atom keeps the sign that it had.
    """
    scale = np.linalg.norm(signals, axis=1)
    kept = scale > 1e-9 * max(float(scale.max(initial=0.0)), 1e-300)
    width = np.linalg.matrix_rank(signals)
    atoms = _far_apart(signals[kept] / scale[kept][:, None], min(size, int(kept.sum())), rng)
    frame = np.linalg.svd(signals, full_matrices=False)[2][:width]  # codes cost less inside the signals' span
    inside, atoms = signals @ frame.T, atoms @ frame.T
    for _ in range(rounds):
        codes = sparse_code(inside, atoms, words)
        atoms = _updated(inside, atoms, codes)
    return atoms @ frame


def _far_apart(directions: Array, size: int, rng: np.random.Generator) -> Array:
    """`size` rows, each drawn with probability proportional to its squared sine to the nearest one drawn."""
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
