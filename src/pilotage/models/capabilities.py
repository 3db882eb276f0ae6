"""Capabilities: what a model takes and gives, as data; requests are checked against it before any work."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from pilotage.core.errors import UnsupportedInputError
from pilotage.models.requests import AssetKind, GenerationRequest


class Capabilities(BaseModel):
    """Declared, never guessed from attributes by callers.

    Attributes:
        text: whether it is conditioned on a prompt.
        own_axes: whether its axes are its own although it reads a prompt; without a prompt they always are.
        prompts: how many prompts the rounds of a session may ask in turn.
        size: (width, height) default in pixels, None where pictures have no size to choose.
        size_multiple: both sides must be multiples of it.
        min_steps, max_steps: range of denoising steps; 0 and 0 where there are none.
        schedulers: names that it takes; the first is its own.
        assets: kinds of typed assets that it takes; `required_assets` those it cannot do without.
        max_tokens: how long a text may be that it writes; 0 where it writes none.
        max_batch: rows that one call may hold.
        seeded: whether a row's seed decides its output.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    modality: Literal["image", "text", "number"] = "image"
    text: bool = True
    own_axes: bool = False
    prompts: int = 1
    negative_prompt: bool = True
    guidance: bool = True
    size: tuple[int, int] | None = None
    size_multiple: int = 8
    max_size: int = 2048
    min_steps: int = 1
    max_steps: int = 200
    default_steps: int = 20
    default_guidance: float = 7.5
    schedulers: tuple[str, ...] = ()
    max_tokens: int = 0
    default_tokens: int = 48
    assets: tuple[AssetKind, ...] = ()
    required_assets: tuple[AssetKind, ...] = ()
    max_batch: int = 16
    previews: bool = False
    seeded: bool = True

    @property
    def captions(self) -> bool:
        """Whether its axes come from words: it can embed captions."""
        return self.text and not self.own_axes

    def complete(self, request: GenerationRequest) -> GenerationRequest:
        """The request with this model's defaults filled in: the effective config.

        Raises:
            UnsupportedInputError: as `check`.
        """
        self.check(request)
        updates: dict[str, object] = {}
        if self.size is not None:
            updates = {"width": request.width or self.size[0], "height": request.height or self.size[1]}
        if self.max_steps:
            updates["steps"] = request.steps or self.default_steps
        if self.guidance:
            updates["guidance"] = self.default_guidance if request.guidance is None else request.guidance
        if self.schedulers:
            updates["scheduler"] = request.scheduler or self.schedulers[0]
        if self.max_tokens:
            updates["max_tokens"] = request.max_tokens or min(self.default_tokens, self.max_tokens)
        if request.prompts:
            updates["prompt"] = request.prompts[0]
        return request.model_copy(update=updates)

    def check(self, request: GenerationRequest) -> None:
        """Refuse, by field, what the model can't take or what it lacks.

        Raises:
            UnsupportedInputError: with `field` set to the first one at fault.
        """
        self._check_text(request)
        self._check_size(request)
        self._check_sampling(request)
        self._check_length(request)
        self._check_assets(request)

    def _check_text(self, request: GenerationRequest) -> None:
        if len(request.prompts) > (self.prompts if self.prompts > 1 else 0):
            reason = f"takes at most {self.prompts} prompts" if self.prompts > 1 else "takes one prompt"
            raise UnsupportedInputError(f"this model {reason}", field="prompts")
        for place, prompt in enumerate(request.prompts):
            if not prompt.strip():
                raise UnsupportedInputError("the prompt is empty", field=f"prompts.{place}")
        if self.text and not (request.prompts or request.prompt.strip()):
            raise UnsupportedInputError("the prompt is empty", field="prompt", hint="Say what you want to see.")
        if request.negative_prompt and not self.negative_prompt:
            raise UnsupportedInputError("this model takes no negative prompt", field="negative_prompt")

    def _check_size(self, request: GenerationRequest) -> None:
        for name, value in (("width", request.width), ("height", request.height)):
            if value is None:
                continue
            if self.size is None:
                raise UnsupportedInputError(f"this model has no {name} to choose", field=name)
            if value % self.size_multiple or value > self.max_size:
                raise UnsupportedInputError(
                    f"{name} {value} must be a multiple of {self.size_multiple}, at most {self.max_size}",
                    field=name,
                )

    def _check_sampling(self, request: GenerationRequest) -> None:
        steps = request.steps
        if steps is not None and not (self.max_steps and self.min_steps <= steps <= self.max_steps):
            raise UnsupportedInputError(
                f"steps {steps} is outside {self.min_steps} to {self.max_steps}" if self.max_steps
                else "this model has no steps to choose", field="steps")  # fmt: skip
        if request.guidance is not None and not self.guidance:
            raise UnsupportedInputError("this model takes no guidance", field="guidance")
        if request.scheduler is not None and request.scheduler not in self.schedulers:
            raise UnsupportedInputError(
                f"unknown scheduler {request.scheduler!r}", field="scheduler",
                hint=f"One of: {', '.join(self.schedulers)}." if self.schedulers else "This model has none to choose.",
            )  # fmt: skip

    def _check_length(self, request: GenerationRequest) -> None:
        if request.max_tokens is not None and request.max_tokens > self.max_tokens:
            reason = f"a text of it has at most {self.max_tokens} tokens" if self.max_tokens else "it writes no text"
            raise UnsupportedInputError(f"max_tokens {request.max_tokens}: {reason}", field="max_tokens")

    def _check_assets(self, request: GenerationRequest) -> None:
        given = [asset.kind for asset in request.assets]
        for index, kind in enumerate(given):
            if kind not in self.assets or kind in given[:index]:
                reason = "is given twice" if kind in given[:index] else "is not something this model takes"
                raise UnsupportedInputError(f"{kind} {reason}", field=f"assets.{index}.kind")
        for kind in self.required_assets:
            if kind not in given:
                raise UnsupportedInputError(f"this model needs a {kind}", field="assets")
