"""Requests in the words of these tests, and the logits that a batch saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from pilotage.models.language import Direction, Exchange, LanguageModel, Message, Sampling, TextOutput, TextRequest
from pilotage.models.language import batch as batch_module

TELL = "tell me a longer story about something"


def ask(content: str, *, system: str = "", max_tokens: int = 10, temperature: float = 0.0, **more: Any) -> TextRequest:
    """A question; keyword arguments go to the sampling if it knows them, else to the request."""
    rules = {name: more.pop(name) for name in list(more) if name in Sampling.model_fields}
    head = (Message(role="system", content=system),) if system else ()
    sampling = Sampling(max_tokens=max_tokens, temperature=temperature, **rules)
    return TextRequest(messages=(*head, Message(role="user", content=content)), sampling=sampling, **more)


def told(question: str, answer: str) -> Exchange:
    """A question with its answer."""
    return Exchange((Message(role="user", content=question),), answer)


def watched(
    model: LanguageModel, requests: Sequence[TextRequest], directions: Mapping[str, Direction] | None = None
) -> tuple[tuple[TextOutput, ...], list[np.ndarray]]:
    """The outputs, and the (B, V) logits of each step."""
    seen: list[np.ndarray] = []
    draw = batch_module.draw

    def watch(logits: Any, *rest: Any) -> Any:
        seen.append(logits.numpy().copy())
        return draw(logits, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_module, "draw", watch)
        outputs = model.generate(requests, directions=directions)
    return outputs, seen


def hook_count(model: LanguageModel) -> int:
    """Hooks of all kinds on all modules."""
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in model._loaded.model.modules())  # type: ignore[union-attr]
