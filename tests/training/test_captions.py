from __future__ import annotations

import re

import numpy as np
import pytest
from training.starter.captions import Caption, varied
from training.starter.parts import Words
from training.starter.recipe import read_profile
from training.starter.vocabulary import HERE, read_vocabulary

from pilotage.models.diffusion.vocabulary import read_vocabulary as app_vocabulary

FORM = re.compile(r"an? (small )?(\w+ )?[\w '-]+(, \w+ style)?(, on a [\w ]+ background)?")


def test_a_whole_caption_has_the_grammar_of_the_app() -> None:
    said = str(Caption("fox", "noto", "red", "light blue", small=True))
    assert said == "a small red fox, noto style, on a light blue background"
    assert str(Caption("owl")) == "an owl"
    assert str(Caption("owl", colour="orange")) == "an orange owl"


def test_what_training_says_is_in_the_grammar_and_within_the_vocabulary() -> None:
    words = read_vocabulary("vocabulary.json")
    known = app_vocabulary(HERE)
    rng = np.random.default_rng(0)
    for _ in range(300):
        icon = words.objects[rng.integers(len(words.objects))]
        colour = words.colours[rng.integers(10)] if rng.random() < 0.5 else None
        whole = Caption(icon.object, words.styles[rng.integers(3)], colour, words.backgrounds[rng.integers(6)])
        said = varied(whole, icon.tags, Words(), rng)
        assert not said or FORM.fullmatch(said), said
        assert known.unknown_words(said) == (), said


@pytest.mark.parametrize(("share", "part"), [("empty", None), ("unstyled", " style")])
def test_parts_are_left_out_as_often_as_the_recipe_says(share: str, part: str | None) -> None:
    words, rng = Words(**{"empty": 0, "unstyled": 0, "synonym": 0} | {share: 0.3}), np.random.default_rng(1)
    said = [varied(Caption("fox", "noto"), (), words, rng) for _ in range(2000)]
    without = np.mean([not one if part is None else part not in one for one in said])
    assert without == pytest.approx(0.3, abs=0.04)


def test_a_white_ground_is_sometimes_named_and_a_coloured_one_always() -> None:
    words, rng = Words(empty=0, unstyled=0), np.random.default_rng(2)
    named = [
        ["background" in varied(Caption("fox", None, None, g), (), words, rng) for _ in range(500)]
        for g in ("white", "pink")
    ]
    assert 0.2 < np.mean(named[0]) < 0.4
    assert np.mean(named[1]) == 1


def test_synonyms_mean_one_object_alone() -> None:
    words = read_vocabulary("vocabulary.json")
    tags = [tag for icon in words.objects for tag in icon.tags]
    assert len(tags) == len(set(tags))
    assert not set(tags) & {*words.colours, *words.styles, *words.sizes, "style", "background"}
    assert "kitten" in tags


def test_the_words_of_the_first_checkpoint_are_known() -> None:
    known = app_vocabulary(HERE)
    assert known.unknown_words("a small red fox, noto style, on a light blue background") == ()
    assert known.unknown_words("a dragon and a kitten") == ("dragon", "and")


def test_every_profile_keeps_to_one_form_of_vocabulary() -> None:
    for name in ("cpu", "gpu", "smoke"):
        found = read_vocabulary(read_profile(name).data.vocabulary)
        assert len({icon.object for icon in found.objects}) == len(found.objects)
