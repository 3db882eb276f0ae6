"""Settings: from the environment (`PILOTAGE_…`), a file, or the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are kept, and what the models run on."""

    model_config = SettingsConfigDict(env_prefix="PILOTAGE_", extra="ignore", frozen=True)

    home: Path = Field(Path(".pilotage"), description="Folder of the database, the pictures and your models.")
    database: str = Field("", description="SQLAlchemy URL; empty: a SQLite file in the home folder.")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1 or mps. What is asked for must be there.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="auto: fp16 on a GPU, fp32 else."
    )
    host: str = Field("127.0.0.1", description="Address to listen on; any but loopback needs a token.")
    port: int = Field(8360, ge=0, le=65535, description="Port of the app; 0 takes a free one.")
    token: str = Field("", description="Secret of at least 32 characters, needed for any bind but loopback.")
    allowed_hosts: tuple[str, ...] = Field((), description="Further exact Host names that the app answers to.")
    queue_limit: int = Field(64, ge=1, le=10_000, description="Jobs that may wait; one more is refused (429).")
    page_events: bool = Field(True, description="Keep what pages see: shown, zoomed, answer begun and sent.")
    preload: Literal["auto", "always", "never"] = Field(
        "auto", description="Load the default model ahead; auto: if it fits and a server started the worker."
    )
    memory_budget_mb: float = Field(
        0, ge=0, description="Megabytes that loaded models may take together; 0: 80 % of the device's memory."
    )

    @field_validator("preload", mode="before")
    @classmethod
    def _was_yes_or_no(cls, value: object) -> object:
        """It was a boolean once."""
        return {"true": "always", "1": "always", "false": "never", "0": "never"}.get(str(value).lower(), value)

    @property
    def database_url(self) -> str:
        """The URL in use."""
        return self.database or f"sqlite:///{self.home.resolve() / 'pilotage.db'}"

    @property
    def artifacts_folder(self) -> Path:
        """Where pictures are kept."""
        return self.home / "artifacts"

    @property
    def models_folder(self) -> Path:
        """Where your own models may lie; each folder or file in it is listed."""
        return self.home / "models"
