"""What OpenAI's clients are told: whole answers, and streams of pieces."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Literal

from pydantic import BaseModel

from pilotage.api.openai_errors import body
from pilotage.api.problems import problem_of
from pilotage.app.talk import Talk
from pilotage.core.errors import CallInterruptedError, GenerationError, PilotageError
from pilotage.core.ids import new_id

Json = dict[str, Any]
Kind = Literal["chat", "text"]
_OBJECTS = {"chat": ("chat.completion", "chat.completion.chunk"), "text": ("text_completion", "text_completion")}


class Usage(BaseModel):
    """Tokens that were read and drawn; a prompt that is answered several times counts once."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """A whole answer: `choices` in the order of prompts, and for each prompt its n."""

    id: str
    object: str
    created: int
    model: str
    system_fingerprint: str | None
    choices: list[Json]
    usage: Usage


class Telling:
    """One request's answer, as it is told.

    Args:
        kind: chat or plain text.
        talk: what is asked of the model.
        began: the model's first frame.
    """

    def __init__(self, kind: Kind, talk: Talk, began: Json) -> None:
        self._kind, self._talk = kind, talk
        fingerprint = str(began["fingerprint"] or "")[:16]
        self._head = {
            "id": new_id("chatcmpl" if kind == "chat" else "cmpl"), "created": int(time.time()), "model": talk.model,
            "system_fingerprint": fingerprint or None,
        }  # fmt: skip
        self._ends: dict[int, Json] = {}

    async def whole(self, frames: AsyncIterator[Json]) -> Completion:
        """All of it at once.

        Raises:
            GenerationError: an answer failed, or did not end.
            CallInterruptedError: one was cut off.
        """
        async for frame in frames:
            self._note(frame)
        if len(self._ends) < len(self._talk.answers):
            raise GenerationError("the model did not say how its answer ended")
        choices = [self._choice(place, self._ends[place]["content"]) for place in sorted(self._ends)]
        return Completion(object=_OBJECTS[self._kind][0], choices=choices, usage=self._usage(), **self._head)

    async def pieces(self, frames: AsyncGenerator[Json, None], *, usage: bool) -> AsyncIterator[str]:
        """The data of each event of a stream; a fault in the midst is the last but one."""
        try:
            if self._kind == "chat":
                for place in range(len(self._talk.answers)):
                    yield self._piece(self._delta(place, {"role": "assistant", "content": ""}))
            async for frame in frames:
                self._note(frame)
                if "text" in frame:
                    yield self._piece(self._delta(frame["answer"], {"content": frame["text"]}))
                elif "finish" in frame:
                    yield self._piece(self._delta(frame["answer"], {}, frame["finish"]))
            if usage:
                yield self._piece(None, usage=self._usage().model_dump())
        except PilotageError as error:
            yield json.dumps(body(problem_of(error)))
        finally:
            await frames.aclose()
        yield "[DONE]"

    def _note(self, frame: Json) -> None:
        if frame.get("finish") == "error":
            raise GenerationError(frame["error"])
        if frame.get("finish") == "cancelled":
            raise CallInterruptedError("the model was let go of in the midst of the answer", hint="Ask again.")
        if "finish" in frame:
            self._ends[frame["answer"]] = frame

    def _choice(self, place: int, text: str) -> Json:
        said = {"message": {"role": "assistant", "content": text, "refusal": None}}
        what = said if self._kind == "chat" else {"text": text}
        return {"index": place, **what, "logprobs": None, "finish_reason": self._ends[place]["finish"]}

    def _delta(self, place: int, delta: Json, finish: str | None = None) -> Json:
        what = {"delta": delta} if self._kind == "chat" else {"text": delta.get("content", "")}
        return {"index": place, **what, "logprobs": None, "finish_reason": finish}

    def _piece(self, choice: Json | None, **more: Any) -> str:
        choices = [] if choice is None else [choice]
        return json.dumps({**self._head, "object": _OBJECTS[self._kind][1], "choices": choices, **more})

    def _usage(self) -> Usage:
        by_turn = {self._talk.answers[place].turn: end["prompt_tokens"] for place, end in self._ends.items()}
        read, drawn = sum(by_turn.values()), sum(end["tokens"] for end in self._ends.values())
        return Usage(prompt_tokens=read, completion_tokens=drawn, total_tokens=read + drawn)
