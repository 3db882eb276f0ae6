from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch  # noqa: TID253

from pilotage.core.errors import ConflictError, InvalidInputError, TrainingError
from pilotage.core.progress import CancelToken
from pilotage.core.seeds import stream_seed
from pilotage.labs.latents.data import builtin
from pilotage.models.latents import PRESETS, Examples, TrainingConfig, stepping
from pilotage.models.latents.checkpoints import Checkpoint
from pilotage.models.latents.nets import AutoEncoder, build
from pilotage.models.latents.reading import decode, encode
from pilotage.models.latents.training import Batch, Epoch, Outcome, train


def weights(outcome: Outcome) -> dict[str, bytes]:
    return {name: value.numpy().tobytes() for name, value in outcome.model.state_dict().items()}


def epochs_of(config: TrainingConfig, examples: Examples, **more: object) -> list[Epoch]:
    seen: list[Epoch] = []
    train(config, examples, on_epoch=seen.append, **more)  # type: ignore[arg-type]
    return seen


def test_equal_seeds_give_equal_weights_to_the_last_bit_and_another_seed_others(
    config: TrainingConfig, blobs: Examples
) -> None:
    first, again = train(config, blobs), train(config, blobs)
    assert weights(first) == weights(again)
    assert first.metrics == again.metrics
    assert weights(train(config.model_copy(update={"seed": 1}), blobs)) != weights(first)


def test_looking_changes_nothing_about_what_is_learned(config: TrainingConfig, blobs: Examples) -> None:
    def look(epoch: Epoch) -> None:
        torch.manual_seed(epoch.epoch)
        torch.randn(7)
        decode(epoch.model, encode(epoch.model, blobs.images).z)
        epoch.checkpoint()

    watched = train(config, blobs, held_out=blobs, on_batch=lambda _: torch.rand(1), on_epoch=look)
    assert weights(watched) == weights(train(config, blobs))


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_going_on_from_any_epoch_gives_the_weights_of_a_training_that_never_stopped(
    config: TrainingConfig, blobs: Examples, stop: int
) -> None:
    kept: dict[int, Checkpoint] = {}
    whole = train(config, blobs, on_epoch=lambda epoch: kept.setdefault(epoch.epoch, epoch.checkpoint()) and None)
    resumed = train(config, blobs, resume=kept[stop])
    assert weights(resumed) == weights(whole)
    assert resumed.metrics == whole.metrics
    assert (resumed.completed, resumed.epoch) == (True, config.epochs)


def test_an_autoencoder_has_nothing_to_pretrain(blobs: Examples) -> None:
    config = TrainingConfig(kind="ae", channels=2, hidden=8, latent_dims=3, epochs=2, pretrain_epochs=1)
    assert [epoch.stage for epoch in epochs_of(config, blobs)] == ["train", "train"]


def test_more_epochs_can_be_added_to_a_training_that_is_complete(config: TrainingConfig, blobs: Examples) -> None:
    short = epochs_of(config, blobs)[-1].checkpoint()
    more = config.model_copy(update={"epochs": config.epochs + 1})
    assert weights(train(more, blobs, resume=short)) == weights(train(more, blobs))


def test_it_goes_on_with_nothing_but_its_own_configuration_and_examples(blobs: Examples) -> None:
    config = TrainingConfig(epochs=1, channels=2, hidden=8, components=3)
    checkpoint = epochs_of(config, blobs)[0].checkpoint()
    with pytest.raises(ConflictError, match="kld_weight") as caught:
        train(config.model_copy(update={"kld_weight": 2.0}), blobs, resume=checkpoint)
    assert caught.value.field == "kld_weight"
    other = Examples(255 - blobs.images, blobs.labels, blobs.classes)
    with pytest.raises(ConflictError, match="examples"):
        train(config, other, resume=checkpoint)


def test_a_cancel_ends_it_before_the_next_batch(config: TrainingConfig, blobs: Examples) -> None:
    cancel, seen = CancelToken(), []

    def at_the_sixth(batch: Batch) -> None:
        seen.append(batch)
        if len(seen) == 6:
            cancel.cancel()

    outcome = train(config, blobs, on_batch=at_the_sixth, cancel=cancel)
    assert [(batch.epoch, batch.batch) for batch in seen] == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2)]
    assert (outcome.completed, outcome.epoch) == (False, 1)


def test_cancelled_before_it_began_it_has_no_epoch(config: TrainingConfig, blobs: Examples) -> None:
    cancel = CancelToken()
    cancel.cancel()
    outcome = train(config, blobs, cancel=cancel)
    assert (outcome.completed, outcome.epoch, outcome.metrics) == (False, 0, {})


def test_numbers_that_run_off_are_told_with_the_epoch_they_did_so_in(blobs: Examples) -> None:
    config = TrainingConfig(network="mlp", hidden=8, recon="mse_sum", learning_rate=1, components=3, epochs=2)

    def spoil(epoch: Epoch) -> None:
        with torch.no_grad():
            epoch.model.state_dict()["enc.fc1.weight"].fill_(float("nan"))

    with pytest.raises(TrainingError, match="the loss became nan") as caught:
        train(config, blobs, on_epoch=spoil)
    assert (caught.value.facts["epoch"], caught.value.facts["batch"]) == (2, 1)
    assert caught.value.hint


def test_a_mixture_needs_as_many_pictures_as_components(blobs: Examples) -> None:
    few = Examples(blobs.images[:4], None)
    with pytest.raises(InvalidInputError) as caught:
        train(TrainingConfig(components=5), few)
    assert caught.value.field == "components"


def test_the_number_of_threads_holds_during_training_alone(blobs: Examples) -> None:
    before, seen = torch.get_num_threads(), set()
    config = TrainingConfig(epochs=1, channels=2, hidden=8, components=3, threads=before + 1)
    train(config, blobs, on_batch=lambda _: seen.add(torch.get_num_threads()))
    assert seen == {before + 1}
    assert torch.get_num_threads() == before


def test_an_autoencoder_learns_as_a_loop_written_by_hand_does(blobs: Examples) -> None:
    config = TrainingConfig(kind="ae", channels=2, hidden=8, latent_dims=3, epochs=2, batch_size=50, class_weight=0.3)
    ours = train(config, blobs)
    model = build(config, blobs.shape, blobs.classes)
    assert isinstance(model, AutoEncoder)
    x = torch.from_numpy(blobs.images / 255).float().permute(0, 3, 1, 2)
    labels, adam = torch.tensor(blobs.labels), torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    order = torch.Generator().manual_seed(stream_seed(config.seed, "order"))
    for _ in range(2):
        total = 0.0
        for rows in torch.split(torch.randperm(120, generator=order), 50):
            z = model.encode(x[rows])
            assert model.label is not None
            off = (model.decode(z).sigmoid() - x[rows]).square().mean()
            loss = off - 0.3 * model.label(z).log_softmax(1)[range(len(rows)), labels[rows]].mean()
            adam.zero_grad()
            torch.autograd.backward(loss)
            adam.step()
            total += loss.item() * len(rows) / 120
    assert ours.metrics["loss"] == pytest.approx(total, rel=1e-5)
    for name, weight in model.state_dict().items():
        torch.testing.assert_close(ours.model.state_dict()[name], weight, atol=1e-5, rtol=1e-4)


def test_an_autoencoder_learns_pictures_and_labels(blobs: Examples) -> None:
    config = TrainingConfig(
        kind="ae", channels=4, hidden=32, latent_dims=4, epochs=25, batch_size=32, learning_rate=5e-3
    )
    seen = epochs_of(config, blobs, held_out=blobs)
    first, last = seen[0].metrics, seen[-1].metrics
    assert last["held_out_accuracy"] == 1.0
    assert last["recon"] < first["recon"] / 2  # type: ignore[operator]
    assert last["loss"] == pytest.approx(last["recon"] + last["class_loss"])  # type: ignore[operator]


def test_the_mixture_finds_the_classes_without_labels(blobs: Examples) -> None:
    config = TrainingConfig(
        network="mlp", hidden=64, latent_dims=3, components=3, epochs=16, pretrain_epochs=10, batch_size=16,
        recon="bce_sum", responsibilities="vade", learning_rate=5e-3,
    )  # fmt: skip
    unlabelled = Examples(blobs.images)
    seen = epochs_of(config, unlabelled, held_out=blobs)
    assert seen[0].metrics.keys() == {"loss", "recon", "held_out_recon"}  # of a mixture not placed yet nothing is told
    assert [epoch.stage for epoch in seen] == ["pretrain"] * 10 + ["train"] * 6
    assert seen[-1].metrics["held_out_accuracy"] > 0.95  # type: ignore[operator]


def test_the_small_preset_finds_most_handwritten_digits_in_seconds() -> None:
    digits = builtin("digits8")
    rows, held_out = digits.split()
    outcome = train(PRESETS["small"].config, Examples(digits.images[rows]), held_out=digits.examples(held_out))
    assert outcome.metrics["held_out_accuracy"] > 0.6  # type: ignore[operator]
    assert outcome.metrics["held_out_information"] > 1.8  # type: ignore[operator]


def test_of_many_pictures_some_place_the_mixture_the_same_each_time(
    blobs: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainingConfig(channels=2, hidden=8, components=3, epochs=2, pretrain_epochs=1)
    seen: list[int] = []
    fit = stepping.fit_gaussians

    def counted(z: np.ndarray, components: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        seen.append(len(z))
        return fit(z, components, rng)

    monkeypatch.setattr(stepping, "fit_gaussians", counted)
    monkeypatch.setattr(stepping, "PLACED_BY", 50)
    assert weights(train(config, blobs)) == weights(train(config, blobs))
    assert seen == [50, 50]


DIAGNOSTICS = {
    "cat_kl_weight", "entropy_bonus_weight", "qc_entropy_mean", "qc_neff", "qc_pmax", "qc_argmax_counts",
}  # fmt: skip


def test_the_mixtures_metrics_hold_every_diagnostic_and_add_up(blobs: Examples) -> None:
    config = TrainingConfig(
        epochs=3, channels=2, hidden=8, components=3, categorical_kl_anneal=True, categorical_kl_anneal_epochs=2,
        categorical_kl_max_weight=3, entropy_bonus_enable=True, entropy_bonus_weight=0.5, entropy_bonus_epochs=2,
        kld_weight=0.25,
    )  # fmt: skip
    for epoch in epochs_of(config, blobs):
        found = epoch.metrics
        assert found.keys() >= DIAGNOSTICS | {"loss", "recon", "kld_c", "kld_z"}
        counts = found["qc_argmax_counts"]
        assert isinstance(counts, list)
        assert sum(counts) == len(blobs)
        m = {name: value for name, value in found.items() if not isinstance(value, list)}
        assert m["cat_kl_weight"] == pytest.approx(3 * (epoch.epoch - 1) / 2)
        assert m["entropy_bonus_weight"] == pytest.approx(0.5 * (3 - epoch.epoch) / 2)
        assert 1 <= m["qc_neff"] <= 3.001
        assert 1 / 3 - 1e-6 <= m["qc_pmax"] <= 1
        total = m["recon"] + 0.25 * (m["cat_kl_weight"] * m["kld_c"] + m["kld_z"])
        assert m["loss"] == pytest.approx(total - m["entropy_bonus_weight"] * m["qc_entropy_mean"], rel=1e-5)


@pytest.fixture
def told(blobs: Examples) -> Callable[[int], list[Batch]]:
    def run(size: int) -> list[Batch]:
        seen: list[Batch] = []
        train(
            TrainingConfig(epochs=1, channels=2, hidden=8, components=3, batch_size=size), blobs, on_batch=seen.append
        )
        return seen

    return run


def test_every_picture_is_seen_once_an_epoch_a_smaller_last_batch_included(told: Callable[[int], list[Batch]]) -> None:
    assert [(batch.batch, batch.batches) for batch in told(50)] == [(1, 3), (2, 3), (3, 3)]
    assert len(told(4096)) == 1
