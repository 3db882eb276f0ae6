"""`vocabulary.json`: the words that the model is to know, fixed before training and shipped beside its weights."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from training.starter.attributes import BACKGROUNDS, COLOURS
from training.starter.captions import TEMPLATE

HERE: Final = Path(__file__).parent
GROUPS: Final = {0: "face", 3: "animal", 4: "food", 5: "place", 6: "activity", 7: "object", 8: "symbol"}
AXES = ("red ↔ blue", "on a white background ↔ on a black background", "green ↔ purple", "noto style ↔ fluent style")
__all__ = ["Icon", "Vocabulary", "read_vocabulary", "slug", "write_vocabulary"]


class Icon(BaseModel):
    """One object, its kind, its sign, and single words that mean it alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str
    group: str
    emoji: str
    tags: tuple[str, ...] = ()


class Vocabulary(BaseModel):
    """Every word of the captions; the form that the app reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    objects: tuple[Icon, ...]
    colours: tuple[str, ...] = tuple(COLOURS)
    backgrounds: tuple[str, ...] = tuple(BACKGROUNDS)
    styles: tuple[str, ...]
    sizes: tuple[str, ...] = ("small",)
    template: str = TEMPLATE
    suggested_axes: tuple[str, ...] = AXES
    example: str = "a fox"


def slug(label: str) -> str:
    """The icon sets' name of an emojibase label: `dog face` is `dog-face`."""
    plain = label.lower().replace("’", "").replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def read_vocabulary(name: str) -> Vocabulary:
    """A vocabulary that stands beside this module."""
    return Vocabulary.model_validate_json((HERE / name).read_text(encoding="utf-8"))


def write_vocabulary(name: str, vocabulary: Vocabulary) -> None:
    """Write it in the form that is committed: one word a line."""
    text = json.dumps(vocabulary.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (HERE / name).write_text(text + "\n", encoding="utf-8")
