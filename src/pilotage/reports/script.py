"""A short diffusers script that draws the picture again from the embeddings, without Pilotage."""

from __future__ import annotations

from string import Template

from pilotage import __version__
from pilotage.core.errors import UnsupportedInputError
from pilotage.models import ModelInfo
from pilotage.models.diffusion.checkpoints import Checkpoint
from pilotage.models.diffusion.families import family_of
from pilotage.models.diffusion.schedulers import SCHEDULERS
from pilotage.models.diffusion.sources import Source
from pilotage.reports.subject import Subject, public_ref

_SCRIPT = Template('''\
"""$title

Steered with Pilotage $version. Keep this file beside $name-embeddings.safetensors and run

    python $name-script.py [MODEL]     # $about
$exactness
$steered
"""
import sys, diffusers, torch
from safetensors.torch import load_file

model = sys.argv[1] if len(sys.argv) > 1 else $place
print("model:", model)
pipe = diffusers.$pipeline.$loader(model, $options).to("$device")
$scheduler
steered = {name: rows.to("$device", torch.$dtype) for name, rows in load_file("$name-embeddings.safetensors").items()}
noise = torch.Generator("cpu").manual_seed($seed)
pipe(**steered, generator=noise, $request).images[0].save("$name-again.png")
''')


def script_of(subject: Subject, info: ModelInfo) -> str:
    """The script; it needs torch, diffusers, the embeddings file and the model, nothing of ours.

    Raises:
        UnsupportedInputError: the session's model is not a diffusers pipeline.
        ModelUnavailableError: the model is no longer where it was.
    """
    if info.path is None or info.family in ("callable", "analytic"):
        raise UnsupportedInputError(
            f"{info.name} is not a diffusers pipeline, so no such script can draw it", field="kind",
            hint="Take the replay, or `from pilotage import Session` with the same seed.",
        )  # fmt: skip
    found = Source.find(info.path).fetch()
    ran, request = subject.run.environment, subject.request
    asked = {"num_inference_steps": request.steps, "guidance_scale": request.guidance,
             "width": request.width, "height": request.height}  # fmt: skip
    return _SCRIPT.substitute(
        title=_one_line(request.prompt), version=__version__, name=subject.session.id, about=_about(subject),
        exactness=_exactness(subject), steered=_steered(subject), place=_place(subject.session.model),
        pipeline=found.pipeline,
        loader="from_single_file" if found.single_file else "from_pretrained", options=_options(found, ran["dtype"]),
        scheduler=_scheduler(found, request.scheduler), device=ran["device"], dtype=ran["dtype"],
        seed=subject.sample.seed, request=", ".join(f"{name}={value}" for name, value in asked.items()),
    )  # fmt: skip


def _place(ref: str) -> str:
    """Python for the place where the model is looked for when none is given."""
    if ref == "starter":
        return 'str(__import__("pilotage_starter").path())'
    return repr(public_ref(ref.removeprefix("hub:")))


def _about(subject: Subject) -> str:
    fingerprint = (subject.run.model_fingerprint or "unknown")[:10]
    return f"{public_ref(subject.session.model)}, fingerprint {fingerprint}"


def _exactness(subject: Subject) -> str:
    versions = subject.run.environment.get("versions", {})
    with_ = ", ".join(f"{name} {versions[name]}" for name in ("torch", "diffusers") if versions.get(name))
    first = f"The picture was made with {with_} on {subject.run.environment.get('device')}"
    if len(subject.run.group) == 1:
        return f"{first}."
    return f"{first}, in a batch of {len(subject.run.group)};\nalone, a few pixels may differ by 1 of 255."


def _steered(subject: Subject) -> str:
    """Where the picture lies on each axis, and what one unit of it is."""
    axes = zip(subject.candidate.z, subject.session.axes, strict=True)
    lines = [f"    {value:+.3f} of {axis.get('scale', 1.0):.3f}  {_one_line(axis['name'])}" for value, axis in axes]
    return "\n".join(["It was steered to these units of so many caption differences:", *lines])


def _options(found: Checkpoint, dtype: str) -> str:
    """Arguments of the loader."""
    family = family_of(found.pipeline)
    given: dict[str, object] = {"use_safetensors": True, **dict.fromkeys(family.without), **family.options}
    if found.single_file is None and found.variant is not None:
        given["variant"] = found.variant
    return ", ".join([f"dtype=torch.{dtype}", *(f"{name}={value!r}" for name, value in given.items())])


def _scheduler(found: Checkpoint, name: str | None) -> str:
    """The line that puts another scheduler in; the model's own needs none."""
    wanted = SCHEDULERS.get(name or "")
    if wanted is None or wanted == found.component("scheduler").get("_class_name"):
        return "# the scheduler is the model's own"
    return f"pipe.scheduler = diffusers.{wanted}.from_config(pipe.scheduler.config)"


def _one_line(text: str) -> str:
    """The prompt, safe within a docstring."""
    return " ".join(text.split()).replace("\\", "/").replace('"', "'") or "A picture"
