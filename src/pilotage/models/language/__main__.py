"""Prepare the default model: `python -m pilotage.models.language` converts it, where that was not done before."""

import time

from pilotage.core.progress import Step
from pilotage.models.language.conversion import convert
from pilotage.models.language.sources import default_source

_PARTS = ("reading the tokenizer", "reading the weights", "saving", "done")
_begun = time.monotonic()


def _say(step: Step) -> None:
    print(f"language model: {_PARTS[step.done]} ({time.monotonic() - _begun:.0f} s)", flush=True)


_made = convert(default_source(), _say)
print(f"language model: {_made.size_mb:.0f} MB in {_made.folder}")
