from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from pilotage.models.latents import PRESETS, TrainingConfig, differences


def test_the_plain_form_has_the_values_that_were_asked_for() -> None:
    plain = PRESETS["seed"].config
    assert (plain.class_weight, plain.kld_weight) == (1.0, 1.0)
    assert (plain.recon, plain.responsibilities) == ("mse_mean", "head")
    assert not plain.categorical_kl_anneal
    assert not plain.entropy_bonus_enable
    assert plain.pretrain_epochs == 0
    assert PRESETS["ae"].config.kind == "ae"
    assert PRESETS["ae"].config.recon == "mse_mean"


def test_every_knob_is_described_and_bounded() -> None:
    for name, field in TrainingConfig.model_fields.items():
        assert field.description, name
        schema = TrainingConfig.model_json_schema()["properties"][name]
        bounded = {"minimum", "exclusiveMinimum"} & schema.keys() and {"maximum", "exclusiveMaximum"} & schema.keys()
        assert bounded or "enum" in schema or schema["type"] == "boolean", name


@pytest.mark.parametrize(
    ("field", "value"),
    [("components", 0), ("components", -1), ("epochs", 0), ("learning_rate", 0), ("learning_rate", float("nan")),
     ("kld_weight", float("inf")), ("batch_size", 1), ("latent_dims", 10**6), ("seed", -1), ("surprise", 1)],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_by_its_name(field: str, value: float) -> None:
    with pytest.raises(ValidationError) as caught:
        TrainingConfig.model_validate({field: value})
    assert caught.value.errors()[0]["loc"] == (field,)


def test_pretraining_leaves_epochs_for_the_mixture() -> None:
    with pytest.raises(ValidationError, match="fewer than epochs"):
        TrainingConfig(epochs=5, pretrain_epochs=5)


def test_differences_name_each_knob_that_departs_from_the_plain_form_and_no_other() -> None:
    assert differences(PRESETS["seed"].config) == ()
    assert differences(PRESETS["seed"].config.model_copy(update={"seed": 3, "threads": 2})) == ()
    found = {d.field: (d.plain, d.value) for d in differences(PRESETS["default"].config)}
    assert found["recon"] == ("mse_mean", "bce_sum")
    assert found["responsibilities"] == ("head", "vade")
    assert "kld_weight" not in found


def test_choosing_a_training_needs_no_torch() -> None:
    code = "import sys, pilotage.models.latents, pilotage.labs.latents.data; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
