"""Families: how each kind of pipeline names its conditioning; declared here, checked against the loaded pipeline."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pilotage.core.errors import ModelUnavailableError


@dataclass(frozen=True, slots=True)
class Family:
    """One row of the capability table.

    Attributes:
        name: `sd` or `sdxl`.
        pipeline: class in diffusers.
        outputs: conditioning name -> argument of the pipeline's call, in the order in which
            `encode_prompt` returns them.
        steps, guidance: defaults that the pipeline's authors chose.
        without: components that are never loaded.
        options: further arguments of the loader.
        lifts_decoder: whether its decoder overflows in float16, where its config says so.
    """

    name: str
    pipeline: str
    outputs: Mapping[str, str]
    steps: int
    guidance: float
    without: tuple[str, ...]
    options: Mapping[str, Any]
    lifts_decoder: bool = False


SD = Family(
    name="sd",
    pipeline="StableDiffusionPipeline",
    outputs={"prompt_embeds": "prompt_embeds", "negative_prompt_embeds": "negative_prompt_embeds"},
    steps=20,
    guidance=7.5,
    without=("safety_checker", "feature_extractor", "image_encoder"),
    options={"requires_safety_checker": False},
)
SDXL = Family(
    name="sdxl",
    pipeline="StableDiffusionXLPipeline",
    outputs={
        "prompt_embeds": "prompt_embeds",
        "negative_prompt_embeds": "negative_prompt_embeds",
        "pooled": "pooled_prompt_embeds",
        "negative_pooled": "negative_pooled_prompt_embeds",
    },
    steps=25,
    guidance=5.0,
    without=("feature_extractor", "image_encoder"),
    options={"add_watermarker": False},
    lifts_decoder=True,
)
FAMILIES: Mapping[str, Family] = {family.pipeline: family for family in (SD, SDXL)}
_CALL = ("height", "width", "num_inference_steps", "guidance_scale", "generator", "output_type", "callback_on_step_end")


def family_of(pipeline_class: str) -> Family:
    """The family of a pipeline's class name.

    Raises:
        ModelUnavailableError: none of ours.
    """
    if pipeline_class not in FAMILIES:
        raise ModelUnavailableError(
            f"{pipeline_class} is not a pipeline that can be steered here",
            field="model",
            hint=f"Use a model of one of: {', '.join(FAMILIES)}.",
        )
    return FAMILIES[pipeline_class]


def probe(pipeline: Any) -> Family:
    """The family that a loaded pipeline really is: what `encode_prompt` returns and the call accepts.

    Raises:
        ModelUnavailableError: the pipeline's outputs and arguments fit no row of the table.
    """
    given = inspect.signature(type(pipeline).__call__).parameters
    device = pipeline._execution_device
    outputs = [value for value in pipeline.encode_prompt(
        "", device=device, num_images_per_prompt=1, do_classifier_free_guidance=True)]  # fmt: skip
    for family in FAMILIES.values():
        accepted = all(name in given for name in (*family.outputs.values(), *_CALL))
        if accepted and len(outputs) == len(family.outputs) and all(value is not None for value in outputs):
            return family
    raise ModelUnavailableError(
        f"{type(pipeline).__name__} returns {len(outputs)} prompt tensors and takes other arguments than expected",
        field="model",
        hint="Use a Stable Diffusion or SDXL text-to-image pipeline.",
    )
