"""Names of noise schedulers, and what builds one on a model's own noise schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# name -> class in diffusers; all of them work from the config of any other
SCHEDULERS: Mapping[str, str] = {
    "dpmpp_2m": "DPMSolverMultistepScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler_a": "EulerAncestralDiscreteScheduler",
    "ddim": "DDIMScheduler",
    "unipc": "UniPCMultistepScheduler",
    "pndm": "PNDMScheduler",
}
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "pndm": {"skip_prk_steps": True},  # its warm-up fails at fewer than four steps
}
OWN = "own"
_BLIND_TO_ZERO_SNR = frozenset({"pndm"})  # has no rescaled betas: it would be asked for sigma = infinity


def scheduler_names(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that fit a model with this scheduler config, its own first (`own` if it is none of ours)."""
    class_name = config.get("_class_name")
    own = next((name for name, known in SCHEDULERS.items() if known == class_name), OWN)
    barred = _BLIND_TO_ZERO_SNR if config.get("rescale_betas_zero_snr") else frozenset()
    return (own, *(name for name in SCHEDULERS if name != own and name not in barred))


def build_scheduler(name: str, own: Any) -> Any:
    """The scheduler `name` on the noise schedule of the model's `own`, which is itself returned under its name."""
    class_name = SCHEDULERS.get(name, type(own).__name__)
    if class_name == type(own).__name__:
        return own
    import diffusers

    return getattr(diffusers, class_name).from_config(own.config, **_OPTIONS.get(name, {}))
