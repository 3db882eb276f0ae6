"""GGUF files become folders of bfloat16 safetensors, once: what is read in 30 s then is read in 1 s ever after."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError, PilotageError
from pilotage.core.progress import Progress, Step, silent
from pilotage.models.files import hash_of
from pilotage.models.language.checkpoints import Checkpoint, open_folder
from pilotage.models.language.quiet import quiet

_VERSION = 1  # of the conversion; raise it when its result would differ
_STALE = 3600.0  # seconds after which a conversion that was begun is taken for dead


def cache_folder() -> Path:
    """Where converted models lie: `pilotage/models` in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pilotage" / "models"


def converted(file: Path) -> Checkpoint | None:
    """What a .gguf file was converted to, if it was, and if all of it is still there."""
    with suppress(ModelUnavailableError):
        return open_folder(_target(file))
    return None


def convert(file: Path, progress: Progress = silent) -> Checkpoint:
    """The checkpoint made of a .gguf file, now or before. Several may ask at once; a broken-off try leaves nothing.

    Raises:
        ModelUnavailableError: packages are missing, the file cannot be read, or the cache cannot be written.
    """
    there = converted(file)
    if there is not None:
        return there
    target = _target(file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        part = Path(tempfile.mkdtemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent))
        try:
            _write(file, part, progress)
            _settle(part, file)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except PilotageError:
        raise
    except ImportError as cause:
        raise ModelUnavailableError(
            f"a package is missing: {cause}", hint="pip install 'pilotage[language]'", field="model"
        ) from cause
    except OSError as cause:
        raise ModelUnavailableError(
            f"{file.name} cannot be converted into {target.parent}: {cause}", field="model",
            hint="Free some disk space, or point XDG_CACHE_HOME to another folder.") from cause  # fmt: skip
    except Exception as cause:  # whatever a foreign loader may raise over a foreign file
        raise ModelUnavailableError(
            f"{file.name} cannot be read: {cause}", field="model", hint="Download it again, or use another format."
        ) from cause
    return open_folder(target)


def _target(file: Path) -> Path:
    return cache_folder() / f"{file.stem}-{hash_of(file)[:16]}-v{_VERSION}"


def _settle(part: Path, file: Path) -> None:
    """Put what was made in its place, which holds nothing, only some of it, or what somebody made more quickly."""
    target = _target(file)
    if converted(file) is None:
        shutil.rmtree(target, ignore_errors=True)
    try:
        part.rename(target)
    except OSError:
        if converted(file) is None:
            raise


def _sweep(folder: Path) -> None:
    """Remove what conversions left that were killed."""
    for part in folder.glob("*.part"):
        with suppress(FileNotFoundError):  # it was finished just now
            if time.time() - part.stat().st_mtime > _STALE:
                shutil.rmtree(part, ignore_errors=True)


def _write(file: Path, folder: Path, progress: Progress) -> None:
    """Read the file with transformers, save what was read.

    The model is built anew around the tensors, since transformers refuses to save one that it read as quantized.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, modeling_gguf_pytorch_utils

    where: dict[str, Any] = {"gguf_file": file.name, "local_files_only": True}
    with quiet(bars_of=modeling_gguf_pytorch_utils):
        progress(Step("loading", 0, 3))
        AutoTokenizer.from_pretrained(str(file.parent), **where).save_pretrained(folder)
        progress(Step("loading", 1, 3))
        read = AutoModelForCausalLM.from_pretrained(str(file.parent), dtype=torch.bfloat16, **where)
        progress(Step("loading", 2, 3))
        config = read.config
        if hasattr(config, "quantization_config"):
            del config.quantization_config
        with torch.device("meta"):
            plain: Any = type(read)(config)
        plain.load_state_dict(read.state_dict(), assign=True)
        plain.tie_weights()
        plain.to(torch.bfloat16).save_pretrained(folder)
        if read.generation_config is not None:
            read.generation_config.save_pretrained(folder)
    (folder / "README.md").write_text(_card(file), encoding="utf-8")
    progress(Step("loading", 3, 3))


def _card(file: Path) -> str:
    """A model card with the licence that the file states."""
    from gguf import GGUFReader  # noqa: PLC0415

    field = GGUFReader(file).get_field("general.license")
    licence = str(field.contents()) if field is not None else "unknown"
    return f"---\nlicense: {licence}\n---\nConverted from {file.name}.\n"
