"""How well a model does on examples: the same terms as in training, and whether clusters are the classes."""

from __future__ import annotations

import numpy as np
import torch  # noqa: TID253  (imported when a model is trained)
from numpy.typing import NDArray

from pilotage.core.seeds import stream_seed
from pilotage.models.latents.divergences import reconstruction
from pilotage.models.latents.examples import Examples
from pilotage.models.latents.nets import AutoEncoder, LatentModel, MixtureVae
from pilotage.models.latents.objectives import mixture_terms
from pilotage.models.latents.reading import BATCH, to_tensor

Metrics = dict[str, float | list[int]]
Probabilities = NDArray[np.floating]


def evaluate(model: LatentModel, examples: Examples, *, mixture: bool = True) -> Metrics:
    """Terms and diagnostics on examples that need not be those of the training.

    Of an autoencoder `held_out_recon` and, with labels, `held_out_class_loss` and `held_out_accuracy`. Of a mixture
    VAE `held_out_recon`, `held_out_kld_c`, `held_out_kld_z`, their plain sum `held_out_loss` (the negative ELBO where
    reconstruction is `bce_sum`), `held_out_information` (I(x;c), nats) and, with labels, `held_out_accuracy`. The
    noise is the same at each call.

    Args:
        model: what is evaluated.
        examples: on what.
        mixture: False while a mixture VAE only learns to reconstruct: `held_out_recon` alone, without noise.
    """
    with torch.inference_mode():
        if isinstance(model, AutoEncoder):
            found = _autoencoder(model, examples)
        else:
            found = _mixture(model, examples) if mixture else _reconstructing(model, examples)
    return {f"held_out_{name}": value for name, value in found.items()}


def cluster_accuracy(labels: NDArray[np.integer], clusters: NDArray[np.integer]) -> float:
    """The share of examples whose cluster is that of their class, classes given to clusters as fits best, one to one.

    Args:
        labels: (N,) from 0.
        clusters: (N,) from 0.

    Source: Kuhn 1955, Naval Research Logistics Quarterly 2, 83-97 (scipy's linear_sum_assignment).
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  (slow to import)

    table = np.zeros((int(labels.max()) + 1, int(clusters.max()) + 1), dtype=np.int64)
    np.add.at(table, (labels, clusters), 1)
    return float(table[linear_sum_assignment(table, maximize=True)].sum() / len(labels))


def information(probabilities: Probabilities) -> float:
    """I(x;c) of (N, K) responsibilities, in nats: entropy of their mean less their mean entropy; log K at most."""
    return float(_entropy(probabilities.mean(0)) - _entropy(probabilities).mean())


def _entropy(p: Probabilities) -> NDArray[np.float64]:
    p = np.asarray(p, dtype=np.float64)
    return -(p * np.log(np.where(p > 0, p, 1))).sum(-1)


def _autoencoder(model: AutoEncoder, examples: Examples) -> Metrics:
    recon, logits = 0.0, []
    for rows in _slices(len(examples)):
        x = to_tensor(examples.images[rows])
        z = model.encode(x)
        recon += float(reconstruction(model.config.recon, model.decode(z), x)) * len(x)
        if model.label is not None:
            logits.append(model.label(z))
    found: Metrics = {"recon": recon / len(examples)}
    if logits and examples.labels is not None:
        labels, told = torch.tensor(examples.labels), torch.cat(logits)
        found["class_loss"] = float(torch.nn.functional.cross_entropy(told, labels))
        found["accuracy"] = float((told.argmax(1) == labels).double().mean())
    return found


def _reconstructing(model: MixtureVae, examples: Examples) -> Metrics:
    recon = 0.0
    for rows in _slices(len(examples)):
        x = to_tensor(examples.images[rows])
        recon += float(reconstruction(model.config.recon, model.decode(model.encode(x)[0]), x)) * len(x)
    return {"recon": recon / len(examples)}


def _mixture(model: MixtureVae, examples: Examples) -> Metrics:
    generator = torch.Generator().manual_seed(stream_seed(model.config.seed, "evaluation"))
    noise = torch.randn(len(examples), model.config.latent_dims, generator=generator)
    sums, probabilities = np.zeros(3), []
    for rows in _slices(len(examples)):
        x = to_tensor(examples.images[rows])
        terms = mixture_terms(model, x, noise[rows])
        sums += np.array([float(terms.recon), float(terms.kld_c), float(terms.kld_z)]) * len(x)
        probabilities.append(terms.log_qc.exp().numpy())
    recon, kld_c, kld_z = (float(total) / len(examples) for total in sums)
    qc = np.concatenate(probabilities)
    found: Metrics = {
        "recon": recon, "kld_c": kld_c, "kld_z": kld_z, "loss": recon + kld_c + kld_z, "information": information(qc),
    }  # fmt: skip
    if examples.labels is not None:
        found["accuracy"] = cluster_accuracy(examples.labels, qc.argmax(1))
    return found


def _slices(count: int) -> list[slice]:
    return [slice(start, start + BATCH) for start in range(0, count, BATCH)]
