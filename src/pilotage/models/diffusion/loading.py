"""Brings a checkpoint into memory as a diffusers pipeline: device, precision, LoRA. The only loader."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError, PilotageError
from pilotage.models.devices import resolve_device, resolve_dtype
from pilotage.models.diffusion.checkpoints import Checkpoint, refuse_pickle
from pilotage.models.diffusion.families import Family, family_of, probe


@dataclass(frozen=True, slots=True)
class Lora:
    """Low-rank weights to add: a .safetensors file, and how much of it (1: as trained)."""

    path: Path
    weight: float = 1.0

    def __post_init__(self) -> None:
        refuse_pickle(self.path)
        if not self.path.is_file():
            raise ModelUnavailableError(f"there is no LoRA file {self.path.name}", field="loras")


@dataclass(frozen=True)
class Loaded:
    """A pipeline in memory, what kind it is, and where and how it computes."""

    pipeline: Any
    family: Family
    own_scheduler: Any
    device: str
    dtype: str

    @cached_property
    def size_mb(self) -> float:
        """Megabytes that the weights take in memory."""
        modules = [part for part in self.pipeline.components.values() if hasattr(part, "parameters")]
        tensors = (tensor for part in modules for tensor in (*part.parameters(), *part.buffers()))
        return sum(tensor.numel() * tensor.element_size() for tensor in tensors) / 1e6


def load_checkpoint(checkpoint: Checkpoint, *, device: str, dtype: str, loras: Sequence[Lora] = ()) -> Loaded:
    """The pipeline of a checkpoint, ready to run.

    Raises:
        ModelUnavailableError: packages or device missing, files broken, or not a pipeline of ours.
    """
    try:
        import torch
    except ImportError as cause:
        raise ModelUnavailableError(
            "diffusion models need torch and diffusers", hint="pip install 'pilotage[diffusion]'"
        ) from cause
    place = resolve_device(device)
    precision = resolve_dtype(dtype, place)
    if place == "cpu" and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))  # with every core, one busy neighbour stalls them all
    try:
        with _quiet():
            pipeline = _read(checkpoint, getattr(torch, precision))
            if checkpoint.scheduler_changes:
                own = pipeline.scheduler
                pipeline.scheduler = type(own).from_config(own.config, **checkpoint.scheduler_changes)
            _add_loras(pipeline, loras)
            _place(pipeline, place)
        return Loaded(pipeline, probe(pipeline), pipeline.scheduler, place, precision)
    except PilotageError:
        raise
    except ImportError as cause:
        raise ModelUnavailableError(
            f"a package is missing: {cause}", hint="pip install 'pilotage[diffusion]'"
        ) from cause
    except Exception as cause:  # whatever a foreign loader may raise over foreign files
        raise ModelUnavailableError(
            f"the model cannot be read: {cause}", field="model", hint="Check that it is complete, or copy it again."
        ) from cause


def _read(checkpoint: Checkpoint, dtype: Any) -> Any:
    import diffusers

    family = family_of(checkpoint.pipeline)
    kind = getattr(diffusers, family.pipeline)
    options = {**dict.fromkeys(family.without), **family.options}
    if checkpoint.single_file is not None:
        from pilotage.models.diffusion.single_file import tokenizers  # noqa: PLC0415

        return kind.from_single_file(
            str(checkpoint.single_file), config=str(checkpoint.config), dtype=dtype,
            local_files_only=True, **tokenizers(checkpoint.config), **options)  # fmt: skip
    return kind.from_pretrained(
        str(checkpoint.config), dtype=dtype, variant=checkpoint.variant, use_safetensors=True,
        local_files_only=True, **options)  # fmt: skip


def _add_loras(pipeline: Any, loras: Sequence[Lora]) -> None:
    """Fuse each LoRA into the weights: no cost per step, and one fingerprint for the sum."""
    for lora in loras:
        pipeline.load_lora_weights(
            str(lora.path.parent), weight_name=lora.path.name, local_files_only=True, use_safetensors=True
        )
        pipeline.fuse_lora(lora_scale=lora.weight)
        pipeline.unload_lora_weights()


def _place(pipeline: Any, device: str) -> None:
    import torch

    pipeline.to(device)
    pipeline.set_progress_bar_config(disable=True)
    if device != "cpu":  # measured slower on CPUs, faster on tensor cores
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars, and no advice on torchvision, on stderr while files are read; all is put back."""
    from diffusers.utils import logging as theirs
    from transformers.utils import logging as text_logging

    switches = [module for module in (theirs, text_logging) if module.is_progress_bar_enabled()]
    handlers = text_logging.get_logger("transformers").handlers
    for module in switches:
        module.disable_progress_bar()
    for handler in handlers:
        handler.addFilter(_needs_no_torchvision)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(_needs_no_torchvision)
        for module in switches:
            module.enable_progress_bar()


def _needs_no_torchvision(record: logging.LogRecord) -> bool:
    """Drop the advice to install torchvision: it is about image processors, and none is loaded."""
    return "requires torchvision" not in record.getMessage()
