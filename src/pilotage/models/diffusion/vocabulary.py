"""`vocabulary.json`: the words that a model was trained on, as the spaces' `Vocabulary`."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pilotage.core.errors import ModelUnavailableError
from pilotage.spaces import GENERAL_VOCABULARY, Vocabulary

FILE_NAME = "vocabulary.json"


class _Icon(BaseModel):
    """One object of an icon model; the tags were in its captions too, rarely."""

    model_config = ConfigDict(frozen=True)

    object: str
    tags: tuple[str, ...] = ()


class _IconWords(BaseModel):
    """The words of a model trained on captions `a [size] [colour] OBJECT[, STYLE style][, on a … background]`."""

    model_config = ConfigDict(frozen=True)

    objects: tuple[_Icon, ...]
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    suggested_axes: tuple[str, ...] = ()
    example: str = ""

    def as_vocabulary(self) -> Vocabulary:
        """Closed; families in the order in which the captions put them on an object."""
        families = {
            "colour": self.colours,
            "size": self.sizes,
            "style": tuple(f"{style} style" for style in self.styles),
            "background": tuple(f"on a {colour} background" for colour in self.backgrounds),
        }
        tags = (tag for icon in self.objects for tag in icon.tags)
        return Vocabulary(
            objects=tuple(icon.object for icon in self.objects),
            attributes={name: words for name, words in families.items() if words},
            closed=True,
            extra_words=frozenset(("a", "an", *tags)),
            suggested_axes=self.suggested_axes,
            example=self.example or (f"a {self.objects[0].object}" if self.objects else ""),
        )


def read_vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary in `folder`, or the general one if the folder says nothing.

    Two forms are read: the fields of `Vocabulary`, and the icon form whose objects carry tags.

    Raises:
        ModelUnavailableError: the file is there and cannot be understood.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return GENERAL_VOCABULARY
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict) and any(isinstance(item, dict) for item in data.get("objects", ())):
            return _IconWords.model_validate(data).as_vocabulary()
        return Vocabulary.model_validate(data)
    except (OSError, ValueError, ValidationError) as cause:
        raise ModelUnavailableError(
            f"{FILE_NAME} cannot be understood: {cause}", field="model", hint=f"Correct or remove {FILE_NAME}."
        ) from cause
