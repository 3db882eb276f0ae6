"""Language: a steered language model in a script or a notebook; no server, no database."""

from __future__ import annotations

import asyncio
import html
import queue
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pilotage.app.axis_views import AxisView, PackView
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab, memory_lab
from pilotage.core.errors import GenerationError, InvalidInputError, NotFoundError
from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.core.strategies import invalid_input
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.doses import directions_of
from pilotage.models.language import Direction, LanguageModel, Message, Sampling, TextOutput, TextRequest

Prompt = str | Sequence[Message | Mapping[str, str]]
Doses = Mapping[str, float]
SIDE_BY_SIDE = (-1.0, -0.5, 0.0, 0.5, 1.0)


def load(
    model: str | Path = DEFAULT_LANGUAGE, *, home: str | Path | None = None, device: str = "auto", dtype: Any = "auto",
    progress: Progress = silent,
) -> Language:  # fmt: skip
    """A language model, ready to answer.

    Args:
        model: `smollm2`, the path of a model folder or .gguf file, or a hub id.
        home: folder for axes, vectors and profiles of your own; None keeps them in memory.
        device: auto, cpu, cuda, cuda:1 or mps.
        dtype: auto, float32, float16 or bfloat16.
        progress: receives each step of long work.

    Raises:
        NotFoundError, ModelUnavailableError: there is no such model, or it cannot be loaded.
    """
    given: dict[str, Any] = {"device": device, "dtype": dtype, **({} if home is None else {"home": Path(home)})}
    wire = memory_lab if home is None else local_lab
    language = Language(wire(Settings(**given), progress=progress), str(model))
    language.model.load(progress=progress)
    return language


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What one prompt got at several doses of an axis, from one batch. A notebook shows it as a table."""

    prompt: str
    axis: str
    doses: tuple[float, ...]
    texts: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"{dose:+.2f}  {text}" for dose, text in zip(self.doses, self.texts, strict=True))

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{dose:+.2f}</th><td>{html.escape(text)}</td></tr>"
                       for dose, text in zip(self.doses, self.texts, strict=True))  # fmt: skip
        return f"<table><caption>{html.escape(self.axis)}: {html.escape(self.prompt)}</caption>{rows}</table>"


class Language:
    """A language model of a lab, steered by doses along its axes.

    Args:
        lab: keeps axes, vectors and profiles; see `load`.
        ref: the model.
    """

    def __init__(self, lab: Lab, ref: str = DEFAULT_LANGUAGE) -> None:
        self.lab, self.ref = lab, ref

    @property
    def model(self) -> LanguageModel:
        """The model itself: activations, log-probabilities, its engine."""
        return self.lab.catalog.language(self.ref)

    @property
    def axes(self) -> dict[str, AxisView]:
        """The axes by name, and what each does to this model."""
        return {axis.name: axis for axis in self.lab.list_axes(self.ref)}

    def generate(
        self, prompts: Prompt | Sequence[Prompt], *, doses: Doses | Sequence[Doses] | None = None, system: str = "",
        profile: str | None = None, orthogonal: bool = False, progress: Progress = silent,
        cancel: CancelToken | None = None, **sampling: Any,
    ) -> list[TextOutput]:  # fmt: skip
        """Answers, as rows of one batch: one a prompt, or several to one prompt by doses of their own.

        Args:
            prompts: a prompt, a conversation as messages, or several of these.
            doses: axis -> dose, for all of them; or a mapping for each. -1 to 1, up to 1.5 beyond the damage budget.
            system: what the model is told before each prompt that is a text.
            profile: id of a profile of the lab; `doses` count before its own. Axes that this model can't be steered by
                are left out.
            orthogonal: whether the axes of this call are turned as little as needed to leave each other alone; those
                that overlap do less then.
            progress: receives each step.
            cancel: ends it within one step.
            sampling: max_tokens, temperature, top_p, top_k, seed, stop.

        Raises:
            InvalidInputError, NotFoundError: before anything is generated, with the field at fault.
        """
        requests, directions = self._requests(prompts, doses, system, profile, sampling, orthogonal)
        return list(self.model.generate(requests, directions=directions, progress=progress, cancel=cancel))

    async def agenerate(
        self, prompts: Prompt | Sequence[Prompt], *, doses: Doses | Sequence[Doses] | None = None, system: str = "",
        profile: str | None = None, orthogonal: bool = False, **sampling: Any,
    ) -> list[TextOutput]:  # fmt: skip
        """As `generate`; answers of several calls share one batch, and a call that is cancelled leaves it."""
        loop, engine = asyncio.get_running_loop(), self.model.engine()

        def submit() -> list[asyncio.Future[TextOutput]]:
            requests, directions = self._requests(prompts, doses, system, profile, sampling, orthogonal)
            for request in requests:
                done: asyncio.Future[TextOutput] = loop.create_future()
                handles.append(engine.submit(request, directions=directions, on_end=_resolving(loop, done)))
                waiting.append(done)
                if left.is_set():  # while this thread submitted, which nothing can stop from outside
                    handles[-1].cancel()
                    break
            return waiting

        handles: list[Any] = []
        waiting: list[asyncio.Future[TextOutput]] = []
        left = threading.Event()
        try:
            return list(await asyncio.gather(*await asyncio.to_thread(submit)))
        finally:
            left.set()
            for handle in handles:
                handle.cancel()

    def stream(
        self, prompt: Prompt, *, doses: Doses | None = None, system: str = "", profile: str | None = None,
        orthogonal: bool = False, **sampling: Any,
    ) -> Iterator[str]:  # fmt: skip
        """One answer, piece by piece; closing the iterator ends it.

        Raises:
            InvalidInputError, NotFoundError: as `generate`.
            GenerationError: it failed on the way.
        """
        requests, directions = self._requests(prompt, doses, system, profile, sampling, orthogonal)
        pieces: queue.SimpleQueue[str | TextOutput] = queue.SimpleQueue()
        handle = self.model.engine().submit(requests[0], directions=directions, on_text=pieces.put, on_end=pieces.put)
        return _told(pieces, handle)

    def side_by_side(
        self, prompt: str, axis: str, *, doses: Sequence[float] = SIDE_BY_SIDE, others: Doses | None = None,
        **options: Any,
    ) -> SideBySide:  # fmt: skip
        """One prompt at several doses of an axis, with the same noise.

        Args:
            prompt: what all of them answer.
            axis: whose doses differ.
            doses: of it.
            others: doses of other axes, the same in all answers.
            options: as in `generate`.

        Raises:
            InvalidInputError, NotFoundError: as `generate`.
        """
        outputs = self.generate(prompt, doses=[{**(others or {}), axis: dose} for dose in doses], **options)
        return SideBySide(prompt, axis, tuple(doses), tuple(output.text for output in outputs))

    def build(self, axis: str | Mapping[str, Any] | Axis, **options: Any) -> PackView:
        """Make the vectors of an axis, by name or by its texts, for this model: extract, choose, calibrate, measure.

        Args:
            axis: a name, or an axis with its pairs or texts, which is kept.
            options: methods, budget, quick, seed.

        Raises:
            NotFoundError, InvalidInputError: no such axis, or texts that make none.
        """
        name = axis if isinstance(axis, str) else self.lab.put_axis(axis).name
        raise_if_failed(self.lab.wait(self.lab.build_axis(name, self.ref, **options).id))
        return PackView.of(self.lab.pack(name, self.ref), None, own=True)

    def evaluate(self, axis: str, **options: Any) -> AxisReport:
        """What doses of an axis do and damage, measured now; options: quick, seed.

        Raises:
            NotFoundError: this model has no vectors of it.
        """
        job = raise_if_failed(self.lab.wait(self.lab.evaluate_axis(axis, self.ref, **options).id))
        return AxisReport.model_validate((job.result or {})["report"])

    def _requests(
        self, prompts: Any, doses: Doses | Sequence[Doses] | None, system: str, profile: str | None,
        sampling: Mapping[str, Any], orthogonal: bool,
    ) -> tuple[list[TextRequest], dict[str, Direction]]:  # fmt: skip
        turns = [_messages(prompt, system) for prompt in _several(prompts)]
        wanted = [doses or {}] if doses is None or isinstance(doses, Mapping) else list(doses)
        turns = turns * len(wanted) if len(turns) == 1 else turns
        wanted = wanted * len(turns) if len(wanted) == 1 else wanted
        if len(turns) != len(wanted):
            raise InvalidInputError(f"{len(wanted)} doses for {len(turns)} prompts", field="doses")
        known = self._doses_of(profile) if profile is not None else {}
        known = self.lab.steering.fitting(self.model, known)
        steered = [self.lab.steering.resolve(self.model, {**known, **one}) for one in wanted]
        try:
            drawn = Sampling(**sampling)
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        requests = [TextRequest(messages=messages, pushes=pushes, sampling=drawn)
                    for messages, (pushes, _) in zip(turns, steered, strict=True)]  # fmt: skip
        directions = {name: one for _, found in steered for name, one in found.items()}
        return requests, self._orthogonal(directions) if orthogonal else directions

    def _orthogonal(self, names: Collection[str]) -> dict[str, Direction]:
        packs = self.lab.steering.usable(self.model, tuple(names))
        return directions_of({name: packs[name] for name in names}, orthogonal=True)

    def _doses_of(self, profile: str) -> Doses:
        try:
            return self.lab.profile(profile).doses()
        except NotFoundError as error:
            error.field = "profile"
            raise


def _several(prompts: Any) -> list[Prompt]:
    """A prompt, a conversation, or several of either."""
    if isinstance(prompts, str):
        return [prompts]
    given = list(prompts)
    return [given] if given and isinstance(given[0], Message | Mapping) else given


def _messages(prompt: Prompt, system: str) -> tuple[Message, ...]:
    if isinstance(prompt, str):
        told = (Message(role="system", content=system),) if system else ()
        return (*told, Message(role="user", content=prompt))
    try:
        return tuple(Message.model_validate(one) for one in prompt)
    except ValidationError as cause:
        raise invalid_input(cause, prefix="prompts") from cause


def _resolving(loop: asyncio.AbstractEventLoop, done: asyncio.Future[TextOutput]) -> Any:
    def end(output: TextOutput) -> None:
        loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(output))

    return end


def _told(pieces: queue.SimpleQueue[str | TextOutput], handle: Any) -> Iterator[str]:
    try:
        while isinstance(piece := pieces.get(), str):
            yield piece
        if piece.finish == "error":
            raise GenerationError(piece.error)
    finally:
        handle.cancel()
