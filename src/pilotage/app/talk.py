"""Talk: what is asked of a language model, and the worker's side of answering it, many rows in one batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pilotage.app.catalog import DEFAULT_LANGUAGE, ModelCatalog
from pilotage.app.memory import MemoryBudget
from pilotage.app.steering import Steering
from pilotage.core.errors import NotFoundError, PilotageError
from pilotage.core.ids import new_id
from pilotage.core.strategies import invalid_input
from pilotage.jobs.calls import Handler, Release, Reply
from pilotage.models.language import LanguageModel, Message, Sampling, TextOutput, TextRequest

Json = dict[str, Any]
Doses = Mapping[str, float]
KIND = "generate"
MAX_ANSWERS = 32
MAX_SECONDS = 3600.0
_STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
AxisName = Annotated[str, Field(min_length=1, max_length=100)]


class Turn(BaseModel):
    """What is to be answered: a conversation, or a raw text that is to be continued."""

    model_config = _STRICT

    messages: tuple[Message, ...] = Field((), max_length=2000)
    prompt: str | None = Field(None, max_length=400_000)

    @model_validator(mode="after")
    def _one_of_two(self) -> Turn:
        if bool(self.messages) == (self.prompt is not None):
            raise ValueError("give either messages or a prompt")
        return self


class Wanted(BaseModel):
    """One answer: to which turn, by which doses; those of `steering` count before those of the profile.

    `orthogonal`: its axes are turned as little as needed to leave each other alone.
    """

    model_config = _STRICT

    turn: int = Field(0, ge=0)
    steering: dict[AxisName, float] = Field(default_factory=dict, max_length=64)
    profile: str | None = Field(None, min_length=1, max_length=64)
    orthogonal: bool = False
    seed: int | None = Field(None, ge=0, lt=2**63, strict=True)


class Talk(BaseModel):
    """Answers that are wanted together. They are rows of one batch, which others join as well."""

    model_config = _STRICT

    model: str = Field(DEFAULT_LANGUAGE, min_length=1, max_length=500)
    turns: tuple[Turn, ...] = Field(min_length=1, max_length=MAX_ANSWERS)
    answers: tuple[Wanted, ...] = Field((Wanted(),), min_length=1, max_length=MAX_ANSWERS)
    sampling: Sampling = Field(default_factory=Sampling)
    seconds: float = Field(600.0, gt=0, le=MAX_SECONDS)

    @model_validator(mode="after")
    def _turns_are_there(self) -> Talk:
        if any(wanted.turn >= len(self.turns) for wanted in self.answers):
            raise ValueError("an answer to a turn that is not there")
        return self

    def request(self, wanted: Wanted, pushes: Mapping[str, float]) -> TextRequest:
        """What one answer asks of the model."""
        turn = self.turns[wanted.turn]
        seed = self.sampling.seed if wanted.seed is None else wanted.seed
        sampling = self.sampling.model_copy(update={"seed": seed})
        return TextRequest(messages=turn.messages, prompt=turn.prompt, pushes=dict(pushes), sampling=sampling)


class Speaker:
    """Answers with the language models of this process.

    The first frame says `began`: the model with its fingerprint, and the doses of each answer; nothing of what was
    asked can be refused after it. Then `answer` (its number) with `text`, and once for each answer its `finish`.

    Args:
        catalog: of the models.
        budget: within which they are loaded.
        steering: what doses do to a model.
        doses_of: the present doses of a profile, by its id.
    """

    def __init__(
        self, catalog: ModelCatalog, budget: MemoryBudget, steering: Steering, doses_of: Callable[[str], Doses]
    ) -> None:
        self._catalog, self._budget, self._steering, self._doses_of = catalog, budget, steering, doses_of

    def handlers(self) -> Mapping[str, Handler]:
        """For the calls of a worker, or of this process."""
        return {KIND: self.generate}

    def generate(self, asked: Json, reply: Reply) -> Release:
        """Let the answers join the batch.

        Raises:
            InvalidInputError, UnsupportedInputError, NotFoundError: with the field at fault, before anything is begun.
            ModelUnavailableError: as the model says.
        """
        try:
            talk = Talk.model_validate(asked)
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        model = self._catalog.language(talk.model)
        known = [self._known(wanted) for wanted in talk.answers]
        with ExitStack() as held:
            held.enter_context(self._budget.held(talk.model, model))
            model.load()
            doses = [{**self._steering.fitting(model, profile), **wanted.steering}
                     for profile, wanted in zip(known, talk.answers, strict=True)]  # fmt: skip
            steered = [self._steering.resolve(model, one, wanted.orthogonal)
                       for one, wanted in zip(doses, talk.answers, strict=True)]  # fmt: skip
            telling = _Telling(reply, len(doses))
            owner = new_id("call")
            for number, (wanted, (pushes, directions)) in enumerate(zip(talk.answers, steered, strict=True)):
                handle = _submit(
                    model, talk.request(wanted, pushes), directions=directions, owner=owner, seconds=talk.seconds,
                    on_text=telling.text(number), on_end=telling.end(number),
                )  # fmt: skip
                held.callback(handle.cancel)
            telling.begin({"model": talk.model, "fingerprint": model.info.fingerprint, "doses": doses})
            return held.pop_all().close

    def _known(self, wanted: Wanted) -> Doses:
        """What the profile says, before the model is loaded."""
        try:
            return self._doses_of(wanted.profile) if wanted.profile is not None else {}
        except NotFoundError as error:
            error.field = "profile"
            raise


def _submit(model: LanguageModel, request: TextRequest, **given: Any) -> Any:
    """As the engine; a fault names the field as the caller knows it."""
    try:
        return model.engine().submit(request, **given)
    except PilotageError as error:
        error.field = "messages" if error.field == "request" else error.field.removeprefix("request.")
        raise


class _Telling:
    """What the engine says, as frames; held back until all rows are accepted."""

    def __init__(self, reply: Reply, count: int) -> None:
        self._reply, self._left = reply, count
        self._early: list[Json] | None = []
        self._lock = threading.Lock()

    def begin(self, facts: Json) -> None:
        with self._lock:
            early, self._early = self._early or [], None
            self._reply.send({"began": facts})
            for frame in early:
                self._send(frame)

    def text(self, number: int) -> Callable[[str], None]:
        return lambda text: self._say({"answer": number, "text": text})

    def end(self, number: int) -> Callable[[TextOutput], None]:
        def say(output: TextOutput) -> None:
            counts = {"tokens": len(output.tokens), "prompt_tokens": output.prompt_tokens}
            end = {"finish": output.finish, "error": output.error, "content": output.text, **counts}
            self._say({"answer": number, **end})

        return say

    def _say(self, frame: Json) -> None:
        with self._lock:
            if self._early is None:
                self._send(frame)
            else:
                self._early.append(frame)

    def _send(self, frame: Json) -> None:
        self._reply.send(frame)
        if "finish" in frame:
            self._left -= 1
            if not self._left:
                self._reply.end()
