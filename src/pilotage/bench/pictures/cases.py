"""What is looked for: pictures that the model itself can make, hidden from the search."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pilotage.bench.texts import yaml_mapping
from pilotage.core.strategies import invalid_input


class PictureCase(BaseModel):
    """One hidden target; plain data, so that its digest names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field("starter", min_length=1, description="As in a session.")
    prompt: str = Field(min_length=1, description="What the search starts from.")
    wish: str = Field("", description="The prompt of the picture that is wanted; if empty, it lies at a hidden place.")
    steps: int | None = Field(None, ge=1, le=1000, description="Denoising steps; the model's own number if absent.")
    place: int = Field(0, ge=0, description="Which of the prompt's hidden places.")

    @property
    def name(self) -> str:
        """In short."""
        number = f" {self.place}" if self.place else ""
        told = f"{self.prompt} → {self.wish}" if self.wish else f"{self.prompt}, hidden place{number}"
        return told if self.model == "starter" else f"{self.model}: {told}"


PLACES = ("a fox", "a house", "a mushroom", "a cupcake", "a rocket", "a guitar", "an owl", "a tulip")
WISHES: Mapping[str, str] = {
    "a butterfly": "a blue butterfly",
    "a cloud": "a pink cloud",
    "a key": "a green key",
    "a frog": "a frog, on a black background",
}
STEPS = 4  # of the starter: its pictures look as they do after its own ten
CASES: tuple[PictureCase, ...] = (
    *(PictureCase(prompt=prompt, steps=STEPS) for prompt in PLACES),
    *(PictureCase(prompt=prompt, wish=wish, steps=STEPS) for prompt, wish in WISHES.items()),
)
QUICK: tuple[PictureCase, ...] = (*CASES[:3], CASES[len(PLACES)])


def case_named(text: str) -> PictureCase:
    """A case as the command line has it: a prompt, or a YAML mapping of its fields.

    Raises:
        InvalidInputError: not a mapping, or with a field that is unknown or wrong.
    """
    if not text.startswith("{"):
        return PictureCase(prompt=text)
    try:
        return PictureCase.model_validate(yaml_mapping(text))
    except ValidationError as cause:
        raise invalid_input(cause, prefix="case") from cause
