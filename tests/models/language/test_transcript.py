from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.models.language.transcript import Transcript
from pilotage.testing import tiny_language


@lru_cache(maxsize=1)
def tokenizer() -> Any:
    """One token a byte."""
    return tiny_language.tokenizer()


@pytest.fixture
def words() -> Any:
    return tokenizer()


def pieces_of(words: Any, text: str, *stops: str, lead: str = "") -> tuple[list[str], Transcript]:
    transcript, pieces = Transcript(words, stops, lead=lead), []
    for token in words(text, add_special_tokens=False).input_ids:
        pieces.append(transcript.add(token))
        if transcript.stopped:
            break
    return [*pieces, transcript.end()], transcript


def test_a_character_is_shown_when_all_its_bytes_are_there(words: Any) -> None:
    pieces, transcript = pieces_of(words, "é☂")
    assert pieces == ["", "é", "", "", "☂", ""]
    assert transcript.text == "é☂"


def test_bytes_that_never_become_a_character_are_shown_at_the_end(words: Any) -> None:
    transcript = Transcript(words)
    shown = [transcript.add(words("é", add_special_tokens=False).input_ids[0]), transcript.end()]
    assert shown == ["", "\ufffd"]


def test_a_stop_string_ends_the_text_and_is_left_out_of_it(words: Any) -> None:
    pieces, transcript = pieces_of(words, "one END two", "END")
    assert transcript.stopped
    assert "".join(pieces) == transcript.text == "one "


def test_what_might_become_a_stop_string_is_held_back_until_it_does_not(words: Any) -> None:
    pieces, transcript = pieces_of(words, "EN ENDE", "ENDED")
    assert pieces[:3] == ["", "", "EN "]
    assert not transcript.stopped
    assert transcript.text == "EN ENDE"


def test_the_first_of_several_stop_strings_counts(words: Any) -> None:
    assert pieces_of(words, "a,b.c", ".", ",")[1].text == "a"


def test_a_lead_is_taken_off_the_front_alone(words: Any) -> None:
    assert pieces_of(words, " a b", lead=" ")[1].text == "a b"


@given(text=st.text(max_size=30), stops=st.lists(st.text(alphabet="ab\n", min_size=1, max_size=3), max_size=2))
def test_pieces_join_to_the_text_before_the_first_stop(text: str, stops: list[str]) -> None:
    text = text.replace("\ufffd", "")
    pieces, transcript = pieces_of(tokenizer(), text, *stops)
    ends = [at for at in map(text.find, stops) if at >= 0]
    whole = text[: min(ends)] if ends else text
    assert "".join(pieces) == transcript.text
    assert transcript.text == whole or (ends and text.startswith(transcript.text))
