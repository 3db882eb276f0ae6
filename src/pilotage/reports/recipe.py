"""A picture with its recipe inside: the line that other tools read, and our own record."""

from __future__ import annotations

import io
import json
from typing import Any

from pilotage import __version__
from pilotage.core.errors import UnsupportedInputError
from pilotage.core.hashing import canonical_json
from pilotage.core.media import Media
from pilotage.reports.subject import Subject, public_config, public_ref

SCHEMA_VERSION = 1
SAMPLER_NAMES = {
    "dpmpp_2m": "DPM++ 2M",
    "euler": "Euler",
    "euler_a": "Euler a",
    "ddim": "DDIM",
    "unipc": "UniPC",
    "pndm": "PLMS",
}


def with_recipe(media: Media, subject: Subject) -> Media:
    """The picture as a PNG whose text chunks `parameters` and `pilotage` say how it was made; same pixels.

    Raises:
        UnsupportedInputError: the candidate is not a picture.
    """
    from PIL import Image  # noqa: PLC0415
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    if not media.is_image:
        raise UnsupportedInputError(
            f"this session makes {media.media_type}, not pictures", field="kind", hint="Take the replay."
        )
    chunks = PngInfo()
    chunks.add_text("parameters", parameters_line(subject))
    chunks.add_text("pilotage", canonical_json(record_of(subject)))
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(media.data)) as image:
        image.save(buffer, "PNG", pnginfo=chunks)
    return Media("image/png", buffer.getvalue())


def parameters_line(subject: Subject) -> str:
    """What AUTOMATIC1111's web UI and its readers understand. It holds no steering: that is in our record.

    Differs: `Model hash` is the beginning of our fingerprint, which covers configs and adapters too.
    """
    request, session = subject.request, subject.session
    size = f"{subject.artifact.width}x{subject.artifact.height}"
    facts: dict[str, object] = {
        "Steps": request.steps,
        "Sampler": SAMPLER_NAMES.get(request.scheduler or "", request.scheduler),
        "CFG scale": request.guidance,
        "Seed": subject.sample.seed,
        "Size": size,
        "Model hash": (subject.run.model_fingerprint or "")[:10] or None,
        "Model": public_ref(session.model),
        "Steering": "z " + " ".join(f"{value:.4g}" for value in subject.candidate.z),
        "Version": f"Pilotage {__version__}",
    }
    last = ", ".join(f"{name}: {_quoted(value)}" for name, value in facts.items() if value is not None)
    negative = [f"Negative prompt: {request.negative_prompt}"] if request.negative_prompt else []
    return "\n".join([request.prompt, *negative, last])


def record_of(subject: Subject) -> dict[str, Any]:
    """All that made the picture, as data: enough to make it again with the same model."""
    session, candidate, run = subject.session, subject.candidate, subject.run
    return {
        "schema_version": SCHEMA_VERSION,
        "app_version": __version__,
        "session": {
            "id": session.id, "seed": session.seed, "config": public_config(session.config), "axes": session.axes,
            "radius": session.radius, "space_fingerprint": session.space_fingerprint,
            "model_fingerprint": session.model_fingerprint,
        },
        "candidate": {
            "id": candidate.id, "round": subject.round.index, "slot": candidate.slot, "role": candidate.role,
            "z": candidate.z,
        },
        "picture": {
            "sha256": subject.artifact.id, "seed": subject.sample.seed, "purpose": run.purpose,
            "request": run.stages[0]["request"], "rows": run.group, "row": subject.sample.index,
        },
        "environment": run.environment,
    }  # fmt: skip


def _quoted(value: object) -> str:
    """Values that hold a separator are quoted, as that web UI does."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ",:\n") else text
