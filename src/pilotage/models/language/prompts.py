"""Conversations as tokens: the model's own chat template, or a plain one where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.models.language.loading import Loaded
from pilotage.models.language.requests import Exchange, Message, TextRequest

PLAIN_STOP = "\nUser:"  # where a model without a template would speak for the user
_WORTHWHILE = 8  # tokens; a shorter beginning is quicker read again than kept


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model reads before it answers.

    Attributes:
        shared: how many of the first ids are the same for every conversation with these system messages.
        plain: whether the plain template was used, so that the answer begins with a space.
    """

    ids: tuple[int, ...]
    shared: int = 0
    plain: bool = False


def prompt_of(loaded: Loaded, request: TextRequest, field: str) -> Prompt:
    """The prompt of a request.

    Raises:
        UnsupportedInputError: it fills the context, or the model's template refuses its roles.
    """
    if request.prompt is not None:
        ids = tuple(loaded.tokenizer(request.prompt).input_ids) or _beginning(loaded, field)
        prompt = Prompt(ids)
    else:
        prompt = _of_messages(loaded, request.messages, field)
    _require_room(loaded, len(prompt.ids) + 1, field)
    return prompt


def exchange_ids(loaded: Loaded, exchange: Exchange, field: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ids of the prompt and of the answer, which are made apart as they are when a model answers.

    Raises:
        InvalidInputError: no messages, or an answer without tokens.
        UnsupportedInputError: as `prompt_of`.
    """
    if not exchange.messages:
        raise InvalidInputError("an exchange needs messages", field=f"{field}.messages")
    prompt = _of_messages(loaded, exchange.messages, field)
    answer = _tokens(loaded, f" {exchange.answer}" if prompt.plain else exchange.answer)
    if not answer:
        raise InvalidInputError("the answer has no tokens", field=f"{field}.answer")
    _require_room(loaded, len(prompt.ids) + len(answer), field)
    return prompt.ids, answer


def _of_messages(loaded: Loaded, messages: Sequence[Message], field: str) -> Prompt:
    ids = _tokens(loaded, _rendered(loaded, messages, f"{field}.messages"))
    plain = not loaded.tokenizer.chat_template
    if not ids:
        raise InvalidInputError("the messages have no tokens", field=f"{field}.messages")
    return Prompt(ids, 0 if loaded.slides else _shared(loaded, messages, ids), plain)


def _shared(loaded: Loaded, messages: Sequence[Message], ids: tuple[int, ...]) -> int:
    """How far `ids` are the same whatever the user says: the length that two other openings have in common with it."""
    head = [message for message in messages[:1] if message.role == "system"]
    length = len(ids) - 1  # the last one is read when the answer begins
    for opening in ("a", "Zo"):
        other = _tokens(loaded, _rendered(loaded, [*head, Message(role="user", content=opening)], "messages"))
        same = (index for index, pair in enumerate(zip(ids, other, strict=False)) if pair[0] != pair[1])
        length = min(length, next(same, min(len(ids), len(other))))
    return length if length >= _WORTHWHILE else 0


def _rendered(loaded: Loaded, messages: Sequence[Message], field: str) -> str:
    """The text that the model reads. If the last message is the assistant's, it is to be continued."""
    if not loaded.tokenizer.chat_template:
        return _plain(messages)
    from jinja2 import TemplateError  # noqa: PLC0415

    open_end = messages[-1].role == "assistant"

    def render(turns: Sequence[Message]) -> str:
        return str(
            loaded.tokenizer.apply_chat_template(
                [turn.model_dump() for turn in turns],
                tokenize=False,
                add_generation_prompt=not open_end,
                continue_final_message=open_end,
            )
        )

    try:
        return render(messages)
    except (TemplateError, ValueError) as cause:
        folded = _folded(messages)
        if folded is None:
            raise UnsupportedInputError(f"the model's template refuses this conversation: {cause}", field=field,
                                        hint="Let user and assistant take turns.") from cause  # fmt: skip
        return _rendered(loaded, folded, field)


def _folded(messages: Sequence[Message]) -> list[Message] | None:
    """The same with the system's words at the head of the user's, for templates that know no system."""
    if len(messages) < 2 or messages[0].role != "system" or messages[1].role != "user":
        return None
    both = f"{messages[0].content}\n\n{messages[1].content}"
    return [Message(role="user", content=both), *messages[2:]]


def _plain(messages: Sequence[Message]) -> str:
    names = {"system": "", "user": "User: ", "assistant": "Assistant: "}
    text = "\n".join(f"{names[message.role]}{message.content}" for message in messages)
    return text if messages[-1].role == "assistant" else f"{text}\nAssistant:"


def _tokens(loaded: Loaded, text: str) -> tuple[int, ...]:
    return tuple(loaded.tokenizer(text, add_special_tokens=False).input_ids)


def _beginning(loaded: Loaded, field: str) -> tuple[int, ...]:
    """What an empty prompt reads: the token that begins or ends texts."""
    tokenizer = loaded.tokenizer
    first = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    if first is None:
        raise UnsupportedInputError("this model cannot begin from nothing", field=f"{field}.prompt")
    return (int(first),)


def _require_room(loaded: Loaded, count: int, field: str) -> None:
    if loaded.context is not None and count > loaded.context:
        raise UnsupportedInputError(
            f"that is {count} tokens, and this model reads {loaded.context}", field=field, hint="Shorten it."
        )
