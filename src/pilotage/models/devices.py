"""The device that a model is asked to run on, and whether it is there."""

from __future__ import annotations

from pilotage.core.errors import ModelUnavailableError

DTYPES = {
    "float32": "float32", "fp32": "float32", "float16": "float16", "fp16": "float16",
    "bfloat16": "bfloat16", "bf16": "bfloat16",
}  # fmt: skip


def resolve_device(device: str) -> str:
    """`auto` as the best device there is; any other as it is, if it is there.

    Raises:
        ModelUnavailableError: the device asked for is absent. There is no silent change to another.
    """
    import torch

    mps = torch.backends.mps.is_available()
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    kind, _, index = device.partition(":")
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mps}.get(kind, False)
    if there and kind == "cuda" and index:
        there = index.isdigit() and int(index) < torch.cuda.device_count()
    if not there:
        raise ModelUnavailableError(
            f"device {device!r} is not on this machine", field="device", hint="Choose 'auto' or 'cpu'."
        )
    return device


def resolve_dtype(dtype: str, device: str, *, half: str = "float16") -> str:
    """`auto` as float32 on a CPU (where half precision is several times slower), `half` elsewhere.

    Raises:
        ModelUnavailableError: an unknown name.
    """
    if dtype == "auto":
        return "float32" if device == "cpu" else half
    if dtype not in DTYPES:
        raise ModelUnavailableError(
            f"unknown precision {dtype!r}", field="dtype", hint=f"One of: auto, {', '.join(DTYPES)}."
        )
    return DTYPES[dtype]
