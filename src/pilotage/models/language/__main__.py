"""Prepare the default model: `python -m pilotage.models.language` converts it, where that was not done before."""

import time

from pilotage.core.progress import Step
from pilotage.models.language.conversion import convert
from pilotage.models.language.sources import default_source

_PARTS = ("reading the tokenizer", "reading the weights", "saving", "done")


def prepare() -> None:
    """Convert the default model, telling how far it is."""
    begun = time.monotonic()

    def say(step: Step) -> None:
        print(f"language model: {_PARTS[step.done]} ({time.monotonic() - begun:.0f} s)", flush=True)

    made = convert(default_source(), say)
    print(f"language model: {made.size_mb:.0f} MB in {made.folder}")


if __name__ == "__main__":
    prepare()
