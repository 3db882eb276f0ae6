"""SessionConfig: everything that a steering session is started with; strict, so that faults show at once."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.core.strategies import invalid_input
from pilotage.models import GenerationRequest, ModelInfo
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS
from pilotage.spaces import BASES, AxisText, dimension_of

QueryKind = Literal[
    "ranking", "pairwise", "ratings", "approval", "worst", "shortlist", "versus", "tie", "undecided"
]  # fmt: skip
SeedPolicy = Literal["fixed-per-round", "fixed-per-candidate", "fixed-per-candidate-role"]
Strategy = dict[str, Any] | str
Scales = Literal["measured", "none"] | tuple[Annotated[float, Field(gt=0, le=100)] | None, ...]
MAX_SEED = 2**32 - 1


def require_name(name: str) -> str:
    """`name`, as a person gave it; empty where none was given.

    Raises:
        InvalidInputError: nothing of it can be seen; with `field` name.
    """
    if name and not name.strip():
        raise InvalidInputError("a name of blanks alone can't be seen", field="name", hint="Leave it out, or say more.")
    return name


Name = Annotated[str, Field(max_length=200), AfterValidator(require_name)]


class SessionConfig(BaseModel):
    """A session's settings. `parse_config` checks them against the model as well."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    request: GenerationRequest
    model: str = Field(
        "starter",
        min_length=1,
        max_length=500,
        description="`starter`, a path, or a hub id; `+LORA.safetensors@0.8` adds a LoRA.",
    )
    name: Name = Field("", description="What to call the session; if empty its prompt, else its model.")
    axes: tuple[Annotated[str, Field(max_length=200)], ...] = Field(
        (), max_length=16, description="Attribute axes of your own, such as 'red ↔ blue'."
    )
    dimension: str | int = Field("balanced", description="'quick look', 'balanced', 'fine', or 1 to 16 axes.")
    radius: float = Field(1.0, gt=0, le=3, description="How far to go, in caption differences.")
    scales: Scales = Field(
        "measured",
        description="Units of the axes: as far as 'measured', 'none' (one caption difference each), or each in turn.",
    )
    candidates: int = Field(4, ge=2, le=9, strict=True, description="Pictures per round.")
    style_probes: int = Field(
        0, ge=0, le=16, strict=True, description="Pictures of a style calibration before round 1, 3 or more; 0: none."
    )
    query_kinds: tuple[QueryKind, ...] = Field(
        ("ranking", "pairwise", "ratings", "approval"), min_length=1,
        description="Ways of answering that the session takes; the page opens with the first. With `tie` among them, "
        "a pick says as well that it was no tie.",
    )  # fmt: skip
    basis: Strategy = Field("attributes_pca", description="Where the axes come from.")
    sampler: Strategy = Field("auto", description="How candidates are proposed.")
    preference_model: Strategy = Field("laplace_gp", description="How answers become a belief.")
    taste: Literal["off", "profile"] = Field(
        "off", description="Begin with what your earlier sessions in the same space tell, or with no opinion."
    )
    seed: int | None = Field(None, ge=0, le=MAX_SEED, strict=True, description="Drawn and recorded if absent.")
    seed_policy: SeedPolicy = Field("fixed-per-round", description="Which candidates share their noise.")
    show_forecasts: bool = Field(False, description="Show P(best) while choosing; recorded, since it may sway you.")
    repeats: int | None = Field(
        None, ge=4, le=50, strict=True,
        description="Show an earlier set again, unannounced, about once in this many rounds; never if absent.",
    )  # fmt: skip
    stagnation_patience: int = Field(
        4, ge=0, le=20, strict=True,
        description="Rounds that your best may stand before a round looks far from it as well, if more may be gained "
        "there; 0: never.",
    )  # fmt: skip

    @field_validator("style_probes")
    @classmethod
    def _enough_to_choose_from(cls, probes: int) -> int:
        if probes in (1, 2):
            raise ValueError("a style calibration needs at least 3 probes")
        return probes

    @property
    def axis_texts(self) -> tuple[AxisText, ...]:
        """The typed axes, parsed."""
        return tuple(AxisText.parse(text) for text in self.axes)


def asks_in_turn(config: Mapping[str, Any]) -> bool:
    """Whether the rounds of a session with this stored config have prompts of their own."""
    return len(config["request"].get("prompts", ())) > 1


def parse_config(value: Mapping[str, Any] | SessionConfig, info: ModelInfo) -> SessionConfig:
    """A complete, checked config: strategies parsed, what is not said filled with the model's defaults.

    Raises:
        InvalidInputError: an unknown key, a wrong type or range, an unknown strategy.
        UnsupportedInputError: the model does not take the request.
        ModelUnavailableError: the preference model's package is not installed.
    """
    try:
        config = value if isinstance(value, SessionConfig) else SessionConfig.model_validate({**info.suits, **value})
    except ValidationError as cause:
        raise _with_suggestion(invalid_input(cause)) from cause
    own_axes = not info.capabilities.captions
    texts = config.axis_texts
    if own_axes and texts:
        raise UnsupportedInputError(f"{info.name} has axes of its own", field="axes")
    _check_scales(config, info)
    _check_repeats(config)
    if not own_axes and len(texts) > dimension_of(config.dimension):
        raise InvalidInputError(
            f"{len(texts)} axes do not fit a dimension of {config.dimension}", field="axes",
            hint="Take a finer profile or fewer axes.",
        )  # fmt: skip
    try:
        request = info.capabilities.complete(config.request)
    except UnsupportedInputError as cause:
        raise UnsupportedInputError(str(cause), hint=cause.hint, field=f"request.{cause.field}") from cause
    PREFERENCE_MODELS.build(config.preference_model)  # what it lacks is told now, not in the first round
    model = PREFERENCE_MODELS.parse(config.preference_model).model_dump()
    if config.taste == "profile" and "taste" not in model:
        raise InvalidInputError(f"{model['kind']} can't begin with a taste", field="taste", hint="Take laplace_gp.")
    return config.model_copy(
        update={
            "request": request,
            "basis": BASES.parse(config.basis).model_dump(),
            "sampler": SAMPLERS.parse(config.sampler).model_dump(),
            "preference_model": model,
        }
    )


def _check_scales(config: SessionConfig, info: ModelInfo) -> None:
    """Refuse scales that cannot be for this session's axes; the typed axes alone may be fewer than the dimension."""
    if isinstance(config.scales, str):
        return
    if not info.capabilities.captions:
        raise UnsupportedInputError(f"{info.name} has axes of its own, in their own units", field="scales")
    if not max(1, len(config.axes)) <= len(config.scales) <= dimension_of(config.dimension):
        raise InvalidInputError(
            f"{len(config.scales)} scales do not fit the axes", field="scales",
            hint="Scales belong to the axes that they were measured on: leave them out for other axes.",
        )  # fmt: skip


def _check_repeats(config: SessionConfig) -> None:
    """Refuse repeats where no set can come again unnoticed."""
    if config.repeats is None:
        return
    if config.show_forecasts:
        reason, hint = "forecasts and roles are shown while choosing", "Leave out repeats or show_forecasts."
    elif len(config.request.prompts) > 1:
        reason, hint = "each round asks another prompt", "Leave out repeats, or ask one prompt."
    elif not SAMPLERS.build(config.sampler).beside_best:
        reason, hint = "the sampler shows nothing twice", "Leave out repeats, or take another sampler."
    else:
        return
    raise InvalidInputError(f"a set can't come again unnoticed where {reason}", field="repeats", hint=hint)


def _with_suggestion(error: InvalidInputError) -> InvalidInputError:
    """An unknown key gets the nearest known one beside it as its hint, or all of them."""
    if "Extra inputs" not in str(error):
        return error
    *parents, key = error.field.split(".")
    known = list((GenerationRequest if parents == ["request"] else SessionConfig).model_fields)
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}."
    return InvalidInputError(f"unknown key {error.field!r}", hint=hint, field=error.field, **error.facts)
