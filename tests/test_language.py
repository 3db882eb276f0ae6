"""The library's language: texts by doses, in one batch, in a script or a notebook."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pilotage
from pilotage.core.errors import InvalidInputError, NotFoundError, UnsupportedInputError
from pilotage.language import Language
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

SHORT = {"max_tokens": 8, "temperature": 0.0}


@pytest.fixture(scope="module")
def lm(tmp_path_factory: pytest.TempPathFactory) -> Language:
    lm = pilotage.language.load(tiny_language.save("llama", tmp_path_factory.mktemp("tiny")), device="cpu")
    for seed, name in enumerate(("formality", "sentiment")):
        lm.lab.steering.keep(tiny_pack(lm.model, name, seed=seed, strength=6.0))
    return lm


def test_each_prompt_has_doses_of_its_own_in_one_batch(lm: Language) -> None:
    prompts = ["Hello there.", "Where to?", "Hello there."]
    doses = [{"formality": 1.0}, {}, {"formality": -1.0}]
    together = [one.text for one in lm.generate(prompts, doses=doses, **SHORT)]
    alone = [lm.generate(prompt, doses=one, **SHORT)[0].text for prompt, one in zip(prompts, doses, strict=True)]
    assert together == alone
    assert together[0] != together[2]


def test_opposite_doses_of_two_axes_are_no_doses_of_none(lm: Language) -> None:
    texts = [one.text for one in lm.generate("Hello.", doses=[{}, {"formality": 0.5, "sentiment": -0.5}], **SHORT)]
    assert texts[0] != texts[1]


def test_every_prompt_of_a_list_is_steered_by_one_dose_for_all(lm: Language) -> None:
    prompts = ["Hello.", "Who is it?", "Why?"]
    plain, steered = lm.generate(prompts, **SHORT), lm.generate(prompts, doses={"formality": 1.0}, **SHORT)
    assert all(one.text != other.text for one, other in zip(plain, steered, strict=True))
    assert [one.text for one in lm.generate(prompts, **SHORT)] == [one.text for one in plain]


def test_conversations_and_system_messages_are_read(lm: Language) -> None:
    talk = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "Go on."}]  # fmt: skip
    outputs = lm.generate([talk, "Go on."], **SHORT)
    assert outputs[0].prompt_tokens > outputs[1].prompt_tokens
    assert lm.generate("Go on.", system="Be brief.", **SHORT)[0].prompt_tokens > outputs[1].prompt_tokens
    with pytest.raises(InvalidInputError):
        lm.generate([[{"role": "nobody", "content": "Hi."}]])


def test_calls_that_wait_together_answer_as_alone(lm: Language) -> None:
    async def both() -> list[str]:
        asked = [lm.agenerate("Hello.", doses={"formality": dose}, **SHORT) for dose in (1.0, -1.0, 0.0)]
        return [outputs[0].text for outputs in await asyncio.gather(*asked)]

    alone = [lm.generate("Hello.", doses={"formality": dose}, **SHORT)[0].text for dose in (1.0, -1.0, 0.0)]
    assert asyncio.run(both()) == alone


@pytest.fixture
def endless(tmp_path: Path) -> Language:
    """A model that goes on for minutes."""
    folder = tiny_language.save("llama", tmp_path / "endless", ends=False, max_position_embeddings=32_768)
    return pilotage.language.load(folder, device="cpu")


@pytest.mark.parametrize("during", ["the answer", "the asking"])
def test_a_call_that_is_cancelled_leaves_the_batch(
    endless: Language, during: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, reached, go_on = endless.model.engine(), threading.Event(), threading.Event()
    submit = engine.submit

    def held(*given: Any, **named: Any) -> Any:
        handle = submit(*given, **named)
        reached.set()
        if during == "the asking":
            assert go_on.wait(10)
        return handle

    async def give_up() -> None:
        task = asyncio.create_task(endless.agenerate(["Hello.", "Hi."], max_tokens=30_000))
        await asyncio.to_thread(reached.wait, 10)
        assert engine._thread is not None
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()

    monkeypatch.setattr(engine, "submit", held)
    asyncio.run(give_up())
    end = time.monotonic() + 10
    while engine._thread is not None:
        assert time.monotonic() < end, "the engine writes on"
        time.sleep(0.02)


def test_a_stream_says_the_same_piece_by_piece(lm: Language) -> None:
    whole = lm.generate("Hello.", doses={"formality": 1.0}, max_tokens=40, temperature=0.0)[0].text
    assert "".join(lm.stream("Hello.", doses={"formality": 1.0}, max_tokens=40, temperature=0.0)) == whole


def test_doses_stand_side_by_side_in_a_notebook(lm: Language) -> None:
    shown = lm.side_by_side("Hello <you>.", "formality", doses=(-1, 0, 1), **SHORT)
    assert shown.texts[1] == lm.generate("Hello <you>.", **SHORT)[0].text
    assert len(set(shown.texts)) == 3
    assert shown._repr_html_().count("<tr>") == 3
    assert "Hello &lt;you&gt;." in shown._repr_html_()
    assert str(shown).startswith("-1.00  ")
    among = lm.side_by_side("Hello.", "formality", doses=(0, 1), others={"sentiment": 1.0, "formality": -1.0}, **SHORT)
    known = lm.generate("Hello.", doses=[{"sentiment": 1.0}, {"sentiment": 1.0, "formality": 1.0}], **SHORT)
    assert among.texts == tuple(one.text for one in known)


def test_axes_that_overlap_are_made_orthogonal_on_request(lm: Language) -> None:
    both: list[dict[str, float]] = [{"formality": 1.0, "sentiment": 1.0}, {"formality": 1.0}]
    as_they_are = lm._requests("Hello.", both, "", None, SHORT, False)[1]
    requests, turned = lm._requests("Hello.", both, "", None, SHORT, True)
    assert abs(cosine(as_they_are["formality"].vector, as_they_are["sentiment"].vector)) > 0.01
    assert cosine(turned["formality"].vector, turned["sentiment"].vector) == pytest.approx(0, abs=1e-5)
    for name, one in turned.items():
        assert np.linalg.norm(one.vector) == pytest.approx(np.linalg.norm(as_they_are[name].vector), rel=1e-5)
        assert cosine(one.vector, as_they_are[name].vector) > 0.7
    texts = lm.generate("Hello.", doses=both, orthogonal=True, **SHORT)
    assert [one.text for one in texts] == [one.text for one in lm.model.generate(requests, directions=turned)]


def cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_a_profile_steers_and_doses_of_the_call_count_before_its_own(lm: Language) -> None:
    made = lm.lab.create_profile(axes=["formality"])
    lm.lab.record(made.id, [{"kind": "doses_set", "doses": {"formality": 1.0}}])
    texts = [lm.generate("Hello.", doses=doses, profile=made.id, **SHORT)[0].text for doses in ({}, {"formality": 0})]
    known = [lm.generate("Hello.", doses=doses, **SHORT)[0].text for doses in ({"formality": 1.0}, {})]
    assert texts == known


def test_a_profile_steers_by_what_this_model_has_vectors_of(lm: Language) -> None:
    both = {"formality": 1.0, "friendliness": 1.0}
    made = lm.lab.create_profile(axes=list(both))
    lm.lab.record(made.id, [{"kind": "doses_set", "doses": both}])
    with pytest.raises((NotFoundError, UnsupportedInputError)):
        lm.generate("Hello.", doses=both, **SHORT)
    (steered,) = lm.generate("Hello.", profile=made.id, **SHORT)
    assert steered.text == lm.generate("Hello.", doses={"formality": 1.0}, **SHORT)[0].text


@pytest.mark.parametrize("dose", [math.nan, 2.0])
def test_what_cannot_be_is_refused_by_field(lm: Language, dose: float) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lm.generate("Hello.", doses={"formality": dose})
    assert caught.value.field == "steering.formality"
    with pytest.raises(NotFoundError):
        lm.generate("Hello.", doses={"wit": 0.1})
    with pytest.raises(NotFoundError) as missing:
        lm.generate("Hello.", profile="nope")
    assert missing.value.field == "profile"
    with pytest.raises(InvalidInputError) as caught:
        lm.generate(["a", "b"], doses=[{}, {}, {}])
    assert caught.value.field == "doses"
    with pytest.raises(InvalidInputError) as caught:
        lm.generate("Hello.", temperature=-1)
    assert caught.value.field == "temperature"


def test_an_axis_is_made_in_a_script_and_steers_at_once(tmp_path: Path) -> None:
    lm = pilotage.language.load(tiny_language.save("llama", tmp_path / "tiny"), device="cpu", home=tmp_path / "home")
    pairs = [
        {"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}.", "split": split}
        for i, split in enumerate(["train"] * 8 + ["held_out"] * 4)
    ]
    axis = {"name": "wit", "poles": {"negative": "dry", "positive": "witty"}, "pairs": pairs}
    pack = lm.build(axis, quick=True)
    assert pack.usable
    assert lm.evaluate("wit", quick=True).axis == "wit"
    assert lm.axes["wit"].pack == pack
    assert lm.generate("Hello.", doses={"wit": 1.0}, **SHORT)
    assert list((tmp_path / "home" / "vectors").glob("*/wit.safetensors"))
