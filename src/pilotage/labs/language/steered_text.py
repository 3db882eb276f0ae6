"""SteeredText: a language model as a generator whose coordinates are the doses of a few axes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.errors import InvalidInputError, PilotageError
from pilotage.core.hashing import digest, sha256_hex
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.labs.language.doses import directions_of, pushes_of
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.profiles import PEOPLE
from pilotage.models import Capabilities, GenerationRequest, Model, ModelInfo, Output, Row
from pilotage.models.language import LanguageModel, Message, Sampling, TextOutput, TextRequest
from pilotage.models.rows import require_batch
from pilotage.spaces import Axis, Conditioning, Region, Vocabulary

PacksOf = Callable[[LanguageModel, Sequence[str]], Mapping[str, VectorPack]]
MAX_AXES = 16
_REF = re.compile(r"(?P<model>.+)\?axes=(?P<axes>[^?]*)")
_MAX_PROMPTS, _MAX_BATCH = 20, 32
_CAPABILITIES = Capabilities(
    modality="text", text=True, own_axes=True, prompts=_MAX_PROMPTS, negative_prompt=False, guidance=False,
    min_steps=0, max_steps=0, default_steps=0, max_tokens=512, max_batch=_MAX_BATCH,
)  # fmt: skip
_BELIEF = PEOPLE.model_copy(update={"ideal_distance": 1.0})  # of a profile that knows nothing: any dose is as likely
_SUITS = {
    "candidates": 2, "query_kinds": ["pairwise", "tie", "undecided"], "sampler": {"kind": "informative"},
    "preference_model": _BELIEF.model_dump(mode="json", exclude_defaults=True) | {"kind": _BELIEF.kind},
    "stagnation_patience": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SteeredRef:
    """`MODEL?axes=formality,sentiment`: a language model by its ref, and the axes that it is steered along."""

    model: str
    axes: tuple[str, ...]

    @classmethod
    def parse(cls, ref: str) -> SteeredRef | None:
        """The parts of a ref; None if it names no axes, so that it is another kind of model's.

        Raises:
            InvalidInputError: no axis, one twice, or more than 16; with `field` model.
        """
        match = _REF.fullmatch(ref)
        if match is None:
            return None
        axes = tuple(name.strip() for name in match["axes"].split(","))
        if not all(axes) or len(set(axes)) < len(axes) or len(axes) > MAX_AXES:
            raise InvalidInputError(
                f"{ref[:200]!r} must name 1 to {MAX_AXES} different axes", field="model",
                hint="Write it like smollm2?axes=formality,sentiment.",
            )  # fmt: skip
        return cls(match["model"], axes)


class SteeredText(Model):
    """Writes the answer to a prompt at given doses; its space is the box of the doses, -1 to 1 on each axis.

    The weights are those of the language model that it is built on, which others use as well. The conditioning is
    `doses` (d,). All rows of a call are rows of one batch of its own, so that the same rows give the same bytes
    whatever else is answered meanwhile.
    """

    def __init__(self, ref: str, language: LanguageModel, axes: Sequence[str], packs: PacksOf) -> None:
        """Take note of the model and look its packs up; nothing is loaded.

        Args:
            ref: what the user typed to get it.
            language: the model.
            axes: along which it is steered.
            packs: finds the calibrated packs of axes; asked again at each `load`, since axes may be built anew.

        Raises:
            NotFoundError, UnsupportedInputError, ConflictError: an axis that there is not, of which there are vectors
                of other models only, or none that are calibrated; with `field` model.
        """
        self._ref, self._language, self._axes, self._find = ref, language, tuple(axes), packs
        self._packs = self._found()

    @property
    def info(self) -> ModelInfo:
        """What is known of the language model, under a fingerprint that is of the axes' vectors too."""
        known = self._language.info
        return ModelInfo(
            ref=self._ref, name=f"{known.name} by {', '.join(self._axes)}", family="steered_text",
            capabilities=_CAPABILITIES, vocabulary=Vocabulary(objects=(), attributes={}),
            fingerprint=self._fingerprint(known.fingerprint) if self.loaded else None, licence=known.licence,
            path=known.path, device=known.device, dtype=known.dtype, size_mb=known.size_mb,
            suits=_SUITS,
        )  # fmt: skip

    @property
    def loaded(self) -> bool:
        """Whether the language model is in memory."""
        return self._language.loaded

    def load(self, *, progress: Progress = silent) -> None:
        """Bring the language model into memory; the packs are those that there are now.

        Raises:
            ModelUnavailableError: as the language model says.
            PilotageError: as when it was built.
        """
        self._language.load(progress=progress)
        self._packs = self._found()

    def unload(self) -> None:
        """Free the memory of the language model."""
        self._language.unload()

    def encode(self, request: GenerationRequest) -> Conditioning:
        """No dose on any axis, `doses` (d,) of zeros, whatever the prompt."""
        self.load()
        _CAPABILITIES.check(request)
        return Conditioning({"doses": np.zeros(len(self._axes))})

    def own_space(self) -> tuple[Region, tuple[Axis, ...]]:
        """The box of calibrated doses; 1 is as far as the damage budget goes."""
        poles = {name: pack.card.poles for name, pack in self._packs.items()}
        axes = (
            Axis(name=name, negative=poles[name].negative, positive=poles[name].positive, source="dose", unit=1.0,
                 measured=True)
            for name in self._axes
        )  # fmt: skip
        return Region(len(self._axes), "box"), tuple(axes)

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """One answer a row; a row whose doses are no doses, or that says nothing, fails alone."""
        self.load()
        _CAPABILITIES.check(request)
        require_batch(rows, _MAX_BATCH)
        packs = self._packs
        asked = [self._asked(request, row, packs) for row in rows]
        wanted = [one for one in asked if isinstance(one, TextRequest)]
        counted = _Counted(progress, _CAPABILITIES.complete(request).max_tokens or 1)
        try:
            texts = iter(self._language.generate(wanted, directions=directions_of(packs), progress=counted.step,
                                                 cancel=cancel) if wanted else ())  # fmt: skip
        except PilotageError as error:
            if error.field.startswith("requests."):  # the prompt is longer than the context
                error.field = "request.prompt"
            raise
        counted.end()
        return tuple(Output(None, one) if isinstance(one, str) else _output(next(texts)) for one in asked)

    def _asked(self, request: GenerationRequest, row: Row, packs: Mapping[str, VectorPack]) -> TextRequest | str:
        """What a row asks of the language model, or why it cannot."""
        doses = np.asarray(row.conditioning.get("doses", ()), dtype=np.float64)
        if doses.shape != (len(self._axes),) or not np.isfinite(doses).all():
            return f"the doses must be ({len(self._axes)},) and finite"
        try:
            pushes = pushes_of(dict(zip(self._axes, doses.tolist(), strict=True)), packs)
        except PilotageError as error:
            return str(error)
        sampling = Sampling(max_tokens=_CAPABILITIES.complete(request).max_tokens or 1, seed=row.seed)
        return TextRequest(messages=(Message(role="user", content=request.prompt),), pushes=pushes, sampling=sampling)

    def _found(self) -> Mapping[str, VectorPack]:
        try:
            found = self._find(self._language, self._axes)
        except PilotageError as error:
            error.field = "model"
            raise
        return {name: found[name] for name in self._axes}

    def _fingerprint(self, language: str | None) -> str:
        return digest(
            {"language": language, "packs": [sha256_hex(self._packs[name].to_bytes()) for name in self._axes]}
        )


class _Counted:
    """Progress of a batch in tokens of its longest answer, from 1 to as many as it may have."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def step(self, step: Step, /) -> None:
        if step.phase == "generating" and step.total:
            self._up_to(step.done * self._total // step.total)

    def end(self) -> None:
        """Answers that ended early need no more."""
        self._up_to(self._total)

    def _up_to(self, done: int) -> None:
        while self._done < done:
            self._done += 1
            self._progress(Step("generating", self._done, self._total))


def _output(text: TextOutput) -> Output:
    if text.finish == "error" or not text.text.strip():
        return Output(None, text.error or "the model said nothing")
    return Output(Media.from_text(text.text), facts={"finish": text.finish})
