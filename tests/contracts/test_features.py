"""Every feature keeps the contract, and the contract catches features that do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features import FEATURES, Features, Layout
from pilotage.testing.features import FeaturesContract


class TestWithoutWeights(FeaturesContract):
    @pytest.fixture(params=["layout", "statistics"])
    def features(self, request: pytest.FixtureRequest) -> Features:
        return FEATURES.build(request.param)


class TestClip(FeaturesContract):
    @pytest.fixture
    def features(self, tmp_path_factory: pytest.TempPathFactory) -> Features:
        return FEATURES.build({"kind": "clip", "folder": str(tiny_clip(tmp_path_factory.mktemp("clip")))})


def test_the_table_lists_what_the_contract_covers() -> None:
    assert set(FEATURES.entries()) == {"layout", "statistics", "clip"}


def tiny_clip(folder: Path) -> Path:
    """A CLIP image encoder of random weights, in the folder that transformers writes."""
    transformers, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")
    torch.manual_seed(0)
    config = transformers.CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=32,
        patch_size=8, projection_dim=12,
    )  # fmt: skip
    transformers.CLIPVisionModelWithProjection(config).save_pretrained(folder)
    size = {"height": 32, "width": 32}
    transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=size).save_pretrained(folder)
    return folder


class Layered(Features):
    """A sound feature, for others to break."""

    whole = Layout()

    @property
    def names(self) -> tuple[str, ...]:
        return self.whole.names

    def describe(self, media: Media) -> Array:
        return self.whole.describe(media)


class Remembers(Layered):
    """Broken on purpose: each picture is described against the last one."""

    last: Array | float = 0.0

    def describe(self, media: Media) -> Array:
        found = super().describe(media)
        found, self.last = found - self.last, found
        return found


class Careless(Layered):
    """Broken on purpose: one name too few, one twice, no number for a flat picture, anything taken for a picture."""

    @property
    def names(self) -> tuple[str, ...]:
        return ("light 0,0", *super().names[:-2])

    def describe(self, media: Media) -> Array:
        found = super().describe(media) if media.is_image else np.zeros(224)
        return 100 * found / np.ptp(found[1:])


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (Remembers(), "test_what_it_described_before_changes_nothing"),
        (Remembers(), "test_many_at_once_are_described_as_one_by_one"),
        (Careless(), "test_every_number_has_a_name_of_its_own"),
        (Careless(), "test_other_pictures_lie_apart_and_not_much_farther_than_one"),
        (Careless(), "test_what_is_no_picture_is_refused"),
    ],
)
@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value)")
def test_the_contract_catches_a_broken_feature(broken: Features, promise: str) -> None:
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        getattr(FeaturesContract(), promise)(broken)


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value)")
def test_the_contract_catches_numbers_that_are_none() -> None:
    class Undefined(Layered):
        def describe(self, media: Media) -> Array:
            found = super().describe(media)
            return found / np.abs(found[96:]).max()  # no edges: nothing over nothing

    with pytest.raises(AssertionError):
        FeaturesContract().test_numbers_are_finite_for_pictures_of_any_size_and_kind(Undefined())
