"""GenerationRequest: everything that one output is asked by, frozen; text, size, steps, typed assets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

AssetKind = Literal["reference_image", "mask", "control_image"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Prompt = Annotated[str, StringConstraints(max_length=2000)]


class Asset(BaseModel):
    """A picture that goes in beside the text, named by the hash of its artifact."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: AssetKind
    artifact: Sha256
    strength: float = Field(1.0, ge=0, le=1, description="0: no influence; 1: all of it.")


class GenerationRequest(BaseModel):
    """What `encode` and `generate` take. A value of None means: the model's own default."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prompt: Prompt = Field("", description="What to see.")
    prompts: tuple[Prompt, ...] = Field(
        (), max_length=20, description="Prompts that rounds ask in turn, in place of the one, where the model answers."
    )
    negative_prompt: Prompt = Field("", description="What not to see.")
    width: int | None = Field(None, ge=8, le=4096, strict=True, description="Pixels.")
    height: int | None = Field(None, ge=8, le=4096, strict=True, description="Pixels.")
    steps: int | None = Field(None, ge=1, le=1000, strict=True, description="Denoising steps.")
    guidance: float | None = Field(None, ge=0, le=50, description="How strictly to follow the text; 1 is none.")
    scheduler: str | None = Field(None, max_length=64, description="Name of a noise scheduler that the model takes.")
    max_tokens: int | None = Field(None, ge=1, le=2048, strict=True, description="Length of a text, at most.")
    assets: tuple[Asset, ...] = Field((), max_length=4)

    def in_round(self, index: int) -> GenerationRequest:
        """What round `index` asks, from 1: the next of the prompts where there are several, else the same again."""
        if not self.prompts:
            return self
        return self.model_copy(update={"prompt": self.prompts[(index - 1) % len(self.prompts)], "prompts": ()})
