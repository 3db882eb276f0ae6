"""The judges judged: on pictures whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("efficientnet_lite_pytorch", reason="the extra `training`")

from training.starter.attributes import BACKGROUNDS, COLOURS, Placement, compose, tint
from training.starter.captions import Caption
from training.starter.evaluate import BARS, rows_of
from training.starter.export import GALLERY
from training.starter.gallery import Gallery, fit_classes, read_gallery
from training.starter.judging import score_objects
from training.starter.looks import ground, shade_features
from training.starter.metrics import decibels, monotone, ranks
from training.starter.scores import Score
from training.starter.vocabulary import read_vocabulary

import pilotage_starter


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return read_gallery(pilotage_starter.path() / GALLERY)


@pytest.fixture(scope="module")
def asked(gallery: Gallery) -> list[Caption]:
    return [Caption(str(gallery.things[thing]), str(gallery.styles[style])) for thing, style, _, _ in gallery.shown]


def test_the_gallery_has_every_object_of_the_vocabulary(gallery: Gallery) -> None:
    words = read_vocabulary("vocabulary.json")
    assert set(gallery.things) == {icon.object for icon in words.objects}
    assert tuple(gallery.styles) == words.styles


@pytest.mark.starter
def test_real_icons_are_found_and_the_same_under_wrong_names_are_not(gallery: Gallery, asked: list[Caption]) -> None:
    plain = [i for i, shown in enumerate(gallery.shown) if shown[2] == 0]
    things = [str(name) for name in gallery.things]
    pictures = gallery.pictures[plain]
    right = score_objects(pictures, [asked[i] for i in plain], things, gallery)
    assert right["R@1"].value > 0.9
    assert right["R@5"].value > 0.95
    assert right["style"].value > 0.8
    assert right["style of three"].value > 0.8
    assert right["style of the nearest"].value > 0.9
    wrong = score_objects(pictures, [asked[i] for i in (*plain[7:], *plain[:7])], things, gallery)
    assert wrong["R@1"].value < 0.1
    assert wrong["style"].value < 0.7


def test_real_tints_and_grounds_are_told(gallery: Gallery) -> None:
    tinted = [
        (picture, shown[2] - 1) for picture, shown in zip(gallery.pictures, gallery.shown, strict=True) if shown[2]
    ]
    hits = [gallery.colour_of(picture) == list(COLOURS)[colour] for picture, colour in tinted]
    assert np.mean(hits) > 0.8
    grounds = [
        ground(picture) == list(BACKGROUNDS)[shown[3]]
        for picture, shown in zip(gallery.pictures, gallery.shown, strict=True)
    ]
    assert np.mean(grounds) > 0.97


def test_shades_go_from_dark_to_light(icons: np.ndarray) -> None:
    fifths = shade_features(compose(tint(icons[0], "blue"), Placement()))[3:].reshape(5, 3).sum(1)
    assert (np.diff(fifths) >= 0).all()


def test_ranks_count_those_before_the_true_one() -> None:
    references = np.eye(4, dtype=np.float32)
    seen = np.array([[0.9, 0.1, 0, 0], [0.5, 0.4, 0.3, 0.6]], np.float32)
    assert ranks(seen, references, [0, 2]).tolist() == [0, 3]


def test_decibels_are_those_of_the_formula() -> None:
    picture = np.full((1, 8, 8, 3), 100, np.uint8)
    assert decibels(picture, picture + 10) == pytest.approx(10 * np.log10(255**2 / 100))


def test_a_direction_that_turns_back_is_less_smooth_and_one_that_does_nothing_is_not() -> None:
    assert monotone([1, 2, 3, 9]) == 1
    assert monotone([4, 3, 2, 1]) == -1
    assert 0 < monotone([1, 3, 2, 4]) < 1
    assert monotone([2, 2, 2]) == 0


def test_classes_that_a_line_parts_are_parted() -> None:
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal(-1, 0.2, (40, 3)), rng.normal(1, 0.2, (40, 3))]).astype(np.float32)
    weights = fit_classes(features, [0] * 40 + [1] * 40, 2)
    assert ((features @ weights[:-1] + weights[-1]).argmax(1) == [0] * 40 + [1] * 40).all()


def test_rows_say_whether_a_bar_holds_and_time_is_better_when_less() -> None:
    scores = {"R@1": Score(0.81, 9), "round seconds": Score(3.0, 5), "style of three": Score(0.5, 9)}
    rows = {row.metric: row for row in rows_of(scores, BARS["cpu"], "x")}
    assert rows["R@1"].holds is True
    assert rows["round seconds"].holds is False
    assert rows["style of three"].holds is None
