"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_SETTINGS = (
    click.argument("prompt", default=""),
    click.option("--config", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                 help="YAML of a session's settings."),
    click.option("--model", help="starter, a path, or a hub id; add +LORA.safetensors@0.8."),
    click.option("--axis", "axes", multiple=True, help="An axis of your own, such as 'red | blue'; repeat it."),
    click.option("--seed", type=int, help="Same seed and settings, same proposals."),
    click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE",
                 help="Any other setting: --set candidates=6 --set request.steps=12."),
)  # fmt: skip


def session_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what a session is started with; `settings_of` puts them together."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


def settings_of(
    prompt: str, file: Path | None, model: str | None, axes: tuple[str, ...], seed: int | None, pairs: tuple[str, ...]
) -> dict[str, Any]:
    """A session's settings from a file and the options.

    Raises:
        InvalidInputError: as `read_config`.
    """
    from pilotage.cli.configs import read_config  # noqa: PLC0415  (--help must not pay for it)

    return read_config(file, {"request.prompt": prompt, "model": model, "axes": list(axes), "seed": seed}, pairs)
