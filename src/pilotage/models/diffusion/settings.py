"""`pilotage.json`: what a model's folder may say of itself, beside `model_index.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pilotage.core.errors import ModelUnavailableError
from pilotage.core.strategies import invalid_input


class ModelSettings(BaseModel):
    """Defaults of one model, all optional; what is left out comes from the model's own configs.

    The file is `pilotage.json` in a pipeline's folder, or `NAME.pilotage.json` beside `NAME.safetensors`.

    Attributes:
        name, licence: shown to people.
        size: (width, height) in pixels.
        max_size: largest side in pixels that a request may ask for.
        steps, guidance, scheduler: defaults of a request.
        max_batch: rows that one call may hold.
        prediction: what the network predicts, for single files that do not say so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str | None = Field(None, max_length=200)
    licence: str | None = Field(None, max_length=200)
    size: tuple[int, int] | None = None
    max_size: int = Field(2048, ge=8, le=4096)
    steps: int | None = Field(None, ge=1, le=200)
    guidance: float | None = Field(None, ge=0, le=50)
    scheduler: str | None = None
    max_batch: int = Field(16, ge=1, le=64)
    prediction: Literal["epsilon", "v_prediction"] | None = None


def read_settings(path: Path) -> ModelSettings:
    """The settings in `path`; all defaults if there is no such file.

    Raises:
        ModelUnavailableError: the file is there and cannot be understood.
    """
    if not path.is_file():
        return ModelSettings()
    try:
        return ModelSettings.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as cause:
        fault = invalid_input(cause)
        raise ModelUnavailableError(
            f"{path.name}: {fault}", field="model", hint=f"Correct or remove {path.name}."
        ) from cause
    except (OSError, UnicodeDecodeError) as cause:
        raise ModelUnavailableError(f"{path.name} cannot be read: {cause}", field="model") from cause


def settings_of_file(path: Path) -> ModelSettings:
    """The settings of a single-file checkpoint, in `NAME.pilotage.json` beside it.

    Raises:
        ModelUnavailableError: as `read_settings`.
    """
    return read_settings(path.with_suffix(".pilotage.json"))
