from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import ask, told
from pydantic import ValidationError

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.models.language import LanguageModel, Message, Sampling, TextRequest
from pilotage.models.language.prompts import exchange_ids, prompt_of
from pilotage.testing import tiny_language

ALTERNATES = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}[{{ m.role }}] {{ m.content }}{% endfor %}"
)


@pytest.fixture
def plain(tmp_path: Path) -> LanguageModel:
    """A model without a chat template."""
    model = LanguageModel("plain", tiny_language.save("gpt2", tmp_path, chat=False), device="cpu")
    model.load()
    return model


@pytest.fixture
def strict(fresh: Callable[[], LanguageModel]) -> LanguageModel:
    """A model whose template knows no system role."""
    model = fresh()
    model._loaded.tokenizer.chat_template = ALTERNATES  # type: ignore[union-attr]
    return model


def text_of(model: LanguageModel, request: TextRequest) -> str:
    loaded: Any = model._loaded
    return str(loaded.tokenizer.decode(prompt_of(loaded, request, "request").ids))


def test_a_conversation_is_read_in_the_models_own_template(tiny: LanguageModel) -> None:
    expected = "<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
    assert text_of(tiny, ask("hi", system="be kind")) == expected


def test_a_raw_prompt_is_read_as_it_is(tiny: LanguageModel) -> None:
    assert text_of(tiny, TextRequest(prompt="once upon")) == "once upon"


def test_messages_may_end_with_words_of_the_assistant_to_go_on_from(tiny: LanguageModel) -> None:
    request = ask("hi")
    begun = request.model_copy(update={"messages": (*request.messages, Message(role="assistant", content="Well"))})
    assert text_of(tiny, begun) == text_of(tiny, request) + "Well"


def test_the_shared_beginning_is_the_system_part_and_holds_for_every_question(tiny: LanguageModel) -> None:
    loaded: Any = tiny._loaded
    prompts = [prompt_of(loaded, ask(words, system="be kind"), "r") for words in ("hi", "Zora", "apple", "")]
    assert len({prompt.ids[: prompt.shared] for prompt in prompts}) == 1
    assert loaded.tokenizer.decode(prompts[0].ids[: prompts[0].shared]).endswith("<|im_start|>user\n")


def test_without_a_template_turns_are_named_and_the_answer_ends_where_the_user_would_speak(
    plain: LanguageModel,
) -> None:
    request = ask("hi", system="Be kind.")
    assert text_of(plain, request) == "Be kind.\nUser: hi\nAssistant:"
    loaded: Any = plain._loaded
    prompt, answer = exchange_ids(loaded, told("hi", "yes"), "e")
    assert loaded.tokenizer.decode([*prompt, *answer]) == "User: hi\nAssistant: yes"


def test_a_template_without_system_role_gets_the_words_of_the_system_from_the_user(strict: LanguageModel) -> None:
    assert text_of(strict, ask("hi", system="be kind")) == "[user] be kind\n\nhi"


def test_a_conversation_that_the_template_refuses_is_an_error_with_its_reason(strict: LanguageModel) -> None:
    twice = TextRequest(messages=(Message(role="user", content="a"), Message(role="user", content="b")))
    with pytest.raises(UnsupportedInputError, match="roles must alternate") as raised:
        strict.generate([ask("fine"), twice])
    assert raised.value.field == "requests.1.messages"


@pytest.mark.parametrize("request_", [ask("x" * 300), TextRequest(prompt="x" * 256)])
def test_a_prompt_that_fills_the_context_is_refused_before_any_work(tiny: LanguageModel, request_: TextRequest) -> None:
    with pytest.raises(UnsupportedInputError, match="256"):
        tiny.generate([request_])


def test_an_answer_ends_where_the_context_does(tiny: LanguageModel) -> None:
    output = tiny.generate([TextRequest(prompt="x" * 250, sampling=Sampling(max_tokens=50, temperature=0))])[0]
    assert output.finish == "length"
    assert len(output.tokens) == 6


def test_an_empty_prompt_begins_with_the_token_that_begins_texts(tiny: LanguageModel) -> None:
    output = tiny.generate([TextRequest(prompt="", sampling=Sampling(max_tokens=4, temperature=0))])[0]
    assert output.prompt_tokens == 1
    assert output.tokens


def test_an_exchange_without_an_answer_is_refused(tiny: LanguageModel) -> None:
    with pytest.raises(InvalidInputError) as raised:
        tiny.activations([told("hi", "yes"), told("hi", "")])
    assert raised.value.field == "exchanges.1.answer"


@pytest.mark.parametrize(
    "bad",
    [
        {}, {"prompt": "a", "messages": [{"role": "user", "content": "b"}]},
        {"messages": [{"role": "tool", "content": "b"}]}, {"prompt": "a", "pushes": {"d": float("nan")}},
        {"prompt": "a", "positions": "some"}, {"prompt": "a", "sampling": {"max_tokens": 0}},
        {"prompt": "a", "sampling": {"temperature": -1}}, {"prompt": "a", "sampling": {"top_p": 0}},
        {"prompt": "a", "sampling": {"seed": -1}}, {"prompt": "a", "sampling": {"stop": [""]}},
        {"prompt": "a", "sampling": {"max_tokens": True}}, {"prompt": "a", "other": 1},
    ],
)  # fmt: skip
def test_a_malformed_request_is_none(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TextRequest.model_validate(bad)
