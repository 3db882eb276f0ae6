"""The light on real trainings: three that collapse, each in its way, what cures them, and one that does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest

from pilotage.core.errors import ShapeError
from pilotage.labs.latents.collapse import BIT, FAINT, Light, diagnose, latent_information, turned
from pilotage.labs.latents.data.builtin import builtin
from pilotage.labs.latents.drawing import explained
from pilotage.labs.latents.mixture import MixtureHealth, mixture_health
from pilotage.models.latents import PRESETS, Examples, TrainingConfig

SHORT = {"network": "mlp", "hidden": 64, "learning_rate": 2e-3, "epochs": 10}
PLAIN = TrainingConfig(**SHORT)  # the plain form: squared error, a mean over pixels
SUMMED = PLAIN.model_copy(update={"recon": "bce_sum"})
FREE = SUMMED.model_copy(
    update={"categorical_kl_anneal": True, "categorical_kl_anneal_epochs": 1, "categorical_kl_max_weight": 0.0}
)
BONUS = SUMMED.model_copy(
    update={"entropy_bonus_enable": True, "entropy_bonus_weight": 20.0, "entropy_bonus_epochs": 20}
)
SHY = PRESETS["default"].config.model_copy(update={"epochs": 9, "pretrain_epochs": 4})  # 108 steps: it hardly draws yet
HEALTHY = SHY.model_copy(update={"batch_size": 32})


@dataclass(frozen=True)
class Trained:
    """What is known after the last epoch, and the lights of all."""

    health: MixtureHealth
    told: float
    explained: float
    lights: tuple[Light, ...]


@lru_cache
def trained(config: TrainingConfig) -> Trained:
    """A short training on handwritten digits."""
    from pilotage.models.latents.reading import decode, encode
    from pilotage.models.latents.training import Epoch, train

    images = builtin("digits").images[np.random.default_rng(0).permutation(5000)[:1500]]
    lights: list[Light] = []
    last: list[tuple[MixtureHealth, float, float]] = []
    shown = images[:500]

    def look(epoch: Epoch) -> None:
        found = encode(epoch.model, shown)
        assert found.qc_probs is not None
        assert found.logvar is not None
        share = explained(shown, decode(epoch.model, found.z), shown.mean(axis=0))
        last[:] = [(mixture_health(found.qc_probs), latent_information(found.z, found.logvar), share)]
        lights.append(diagnose(*last[0], config, epoch.epoch))

    train(config, Examples(images), on_epoch=look)
    return Trained(*last[0], tuple(lights))


def test_a_mean_over_pixels_lets_the_kl_go_to_zero_and_a_sum_cures_it() -> None:
    light = trained(PLAIN).lights[-1]
    assert (light.status, light.kinds[0]) == ("collapsed", "kl_zero")
    assert light.change is not None
    assert (light.change.field, light.change.value, light.change.proposed) == ("recon", "mse_mean", "bce_sum")
    assert trained(PLAIN).told < 0.1
    cured = trained(turned(PLAIN, light.change))
    assert cured.told > 2
    assert "kl_zero" not in cured.lights[-1].kinds


def test_without_the_categorical_kl_few_components_are_used_and_with_it_more() -> None:
    light = trained(FREE).lights[-1]
    assert (light.status, light.kinds) == ("collapsed", ("few_components",))
    assert light.change is not None
    assert (light.change.field, light.change.proposed) == ("categorical_kl_max_weight", 1.0)
    cured = trained(turned(FREE, light.change))
    assert cured.health.neff > 2 * trained(FREE).health.neff
    assert "few_components" not in cured.lights[-1].kinds


def test_a_strong_bonus_makes_soft_responsibilities_though_all_components_are_used() -> None:
    light = trained(BONUS).lights[-1]
    assert (light.status, light.kinds) == ("collapsed", ("soft_responsibilities",))
    assert trained(BONUS).health.neff > 9.5  # by this figure alone it looks perfect
    assert light.change is not None
    assert (light.change.field, light.change.proposed) == ("entropy_bonus_enable", False)
    cured = trained(turned(BONUS, light.change))
    assert cured.health.information > 5 * trained(BONUS).health.information
    assert "soft_responsibilities" not in cured.lights[-1].kinds


def test_a_decoder_that_has_hardly_begun_draws_all_alike_though_z_tells_much_and_smaller_batches_cure_it() -> None:
    light = trained(SHY).lights[-1]
    assert (light.status, light.kinds[0]) == ("collapsed", "drawn_alike")
    assert trained(SHY).told > 2 * BIT
    assert light.change is not None
    assert turned(SHY, light.change) == HEALTHY
    assert trained(HEALTHY).explained > 10 * max(trained(SHY).explained, FAINT / 10)
    assert trained(HEALTHY).lights[-1].status == "healthy"


def test_the_default_is_silent_in_every_epoch() -> None:
    lights = trained(HEALTHY).lights
    assert [light.status for light in lights] == ["waiting"] * 7 + ["healthy"] * 2
    assert all(light.kinds == () and light.change is None for light in lights)


def health(q: list[float]) -> MixtureHealth:
    return mixture_health(np.array([q]))


def test_a_schedule_that_ends_before_the_training_is_told() -> None:
    config = TrainingConfig(epochs=30, entropy_bonus_enable=True, entropy_bonus_epochs=12, recon="bce_sum")
    soft = health([0.1] * 10)
    assert diagnose(soft, 5.0, 1.0, config, 8).until == 12
    assert diagnose(soft, 5.0, 1.0, config, 13).until is None
    for_ever = config.model_copy(update={"entropy_bonus_epochs": 40})
    assert diagnose(soft, 5.0, 1.0, for_ever, 8).until is None
    pretrained = config.model_copy(update={"pretrain_epochs": 10})
    assert diagnose(soft, 5.0, 1.0, pretrained, 20).until == 22


ONE, EVEN = health([1.0] + [0.0] * 9), health([0.1] * 10)


@pytest.mark.parametrize(
    "seen", [(ONE, 5.0, 1.0), (EVEN, 5.0, 1.0), (ONE, 0.0, 0.0), (EVEN, 0.0, 0.0), (EVEN, 5.0, 0.0)]
)
@pytest.mark.parametrize("preset", ["default", "seed", "small"])
def test_there_always_is_a_knob_to_turn_and_it_makes_another_valid_configuration(
    seen: tuple[MixtureHealth, float, float], preset: str
) -> None:
    config = PRESETS[preset].config
    for _ in range(6):  # turned again and again, as one does who is not helped
        light = diagnose(*seen, config, config.epochs)
        assert light.change is not None
        assert light.said
        assert json.loads(json.dumps(light.fields()))["change"]["field"] == light.change.field
        after = turned(config, light.change)
        assert after != config
        config = after


@pytest.mark.parametrize(
    ("used", "is_few"),
    [
        ([1.0], False),  # all that there is
        ([0.99, 0.01], True),
        ([0.65, 0.35], False),
        ([0.97, 0.02, 0.01], True),
        ([0.6, 0.3, 0.1], False),
        ([0.97, 0.01, 0.01, 0.01], True),
        ([0.2] * 5, False),
    ],
)
def test_one_component_for_all_pictures_is_few_however_few_there_are(used: list[float], is_few: bool) -> None:
    sure = mixture_health(np.repeat(np.eye(len(used)), np.round(np.array(used) * 100).astype(int), axis=0))
    config = TrainingConfig(components=len(used), recon="bce_sum")
    assert diagnose(sure, 5.0, 1.0, config, config.epochs).kinds == (("few_components",) if is_few else ())


def test_what_z_tells_is_nothing_if_all_pictures_are_alike_and_the_channels_capacity_else() -> None:
    rng = np.random.default_rng(0)
    assert latent_information(np.ones((50, 3)), np.zeros((50, 3))) == 0
    z = rng.standard_normal((20000, 2)) * [3.0, 0.0]
    assert latent_information(z, np.zeros((20000, 2))) == pytest.approx(0.5 * np.log(10), rel=0.02)
    assert latent_information(z[:, :1], np.full((20000, 1), np.log(9.0))) == pytest.approx(BIT / 2, rel=0.02)
    with pytest.raises(ShapeError, match="logvar"):
        latent_information(z, np.zeros((20000, 3)))


def test_what_is_explained_is_all_by_the_pictures_nothing_by_their_mean_and_less_by_what_is_farther() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (40, 9, 8, 3), dtype=np.uint8)
    middle = pictures.mean(axis=0)
    flat = np.broadcast_to(middle.round().astype(np.uint8), pictures.shape)
    assert explained(pictures, pictures, middle) == 1
    assert explained(pictures, flat, middle) == pytest.approx(0, abs=1e-4)
    assert explained(pictures, 255 - pictures, middle) < -1
    near = (0.5 * pictures + 0.5 * middle).round().astype(np.uint8)
    assert explained(pictures, near, middle) == pytest.approx(0.75, abs=1e-3)
    alike = pictures[:1].repeat(3, axis=0)
    assert explained(alike, 255 - alike, pictures[0].astype(float)) == 1  # nothing varies
    with pytest.raises(ShapeError):
        explained(pictures, pictures[:1], middle)
