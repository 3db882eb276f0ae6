"""Ids, seeds, canonical JSON, media, shapes, progress: what all rooms stand on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import JobCancelledError, ShapeError
from pilotage.core.hashing import canonical_json, digest, sha256_file
from pilotage.core.ids import derived_id, new_id
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken
from pilotage.core.seeds import stream, stream_seed
from pilotage.core.shapes import require_matrix, require_vector
from pilotage.core.versions import installed

NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PARTS = st.lists(st.text(max_size=8) | st.integers(0, 999), max_size=4)


def test_new_ids_differ_and_name_their_kind() -> None:
    ids = {new_id("ses") for _ in range(200)}
    assert len(ids) == 200
    assert all(id_.startswith("ses_") and len(id_) == 20 for id_ in ids)


@given(first=PARTS, second=PARTS)
def test_derived_ids_are_equal_when_their_parts_are_and_only_then(
    first: list[str | int], second: list[str | int]
) -> None:
    same = [str(part) for part in first] == [str(part) for part in second]
    separable = not any("\x1f" in str(part) for part in (*first, *second)) and bool(first) and bool(second)
    if separable:
        assert (derived_id("rnd", *first) == derived_id("rnd", *second)) == same


@given(root=st.integers(0, 2**32 - 1), names=PARTS)
def test_seeds_fit_63_bits_and_follow_from_their_names(root: int, names: list[str | int]) -> None:
    seed = stream_seed(root, *names)
    assert 0 <= seed < 2**63
    assert seed == stream_seed(root, *names)
    assert seed != stream_seed(root + 1, *names)


@pytest.mark.parametrize(
    ("one", "other"), [(("ab", "c"), ("a", "bc")), ((1,), ("1",)), (("a",), ("a", "")), ((), ("",))]
)
def test_streams_that_could_be_confused_are_not(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> None:
    assert stream_seed(7, *one) != stream_seed(7, *other)


def test_a_seed_is_the_same_on_every_machine() -> None:
    assert stream_seed(7, "noise", 1, 0) == 6275920965733944065
    assert stream(7, "noise").integers(0, 2**31) == stream(7, "noise").integers(0, 2**31)


@given(value=JSON)
def test_canonical_json_is_one_spelling_that_reads_back(value: object) -> None:
    import json

    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_json({"b": 1, "a": [1.0, "é"]}) == '{"a":[1.0,"é"],"b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_canonical_json_refuses_what_json_cannot_say(value: object) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(value)


def test_a_file_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100_000)
    assert sha256_file(tmp_path / "a") == hashlib.sha256(b"x" * 100_000).hexdigest()


def test_a_picture_comes_back_pixel_for_pixel_and_equal_pixels_give_equal_bytes() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    media = Media.from_pixels(pixels)
    np.testing.assert_array_equal(media.pixels(), pixels)
    assert media == Media.from_pixels(pixels.copy())
    assert media.is_image


def test_text_and_numbers_are_media_too() -> None:
    assert Media.from_text("a ↔ b").text() == "a ↔ b"
    assert Media.from_number(np.float64(0.1)).text() == "0.1"
    assert not Media.from_number(1).is_image


@pytest.mark.parametrize("bad", [np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3))])
def test_what_is_no_picture_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ShapeError):
        Media.from_pixels(bad)


@pytest.mark.parametrize("bad", [[1, 2], [[1, 2, 3]], [[1, float("nan")]], 5, []])
def test_a_shape_that_does_not_fit_names_its_argument(bad: object) -> None:
    with pytest.raises(ShapeError, match="points") as caught:
        require_matrix("points", bad, 2)
    assert caught.value.field == "points"


def test_a_vector_is_checked_for_length_and_finiteness() -> None:
    assert require_vector("z", [1, 2], 2).dtype == np.float64
    for bad in ([1, 2, 3], [[1, 2]], [1, float("inf")]):
        with pytest.raises(ShapeError):
            require_vector("z", bad, 2)


def test_a_token_stops_the_work_once_somebody_asks() -> None:
    token = CancelToken()
    token.check()
    token.cancel()
    assert token.cancelled
    with pytest.raises(JobCancelledError):
        token.check()


def test_packages_that_are_absent_have_no_version() -> None:
    assert installed(["numpy", "no-such-package"]) == {"numpy": np.__version__}
