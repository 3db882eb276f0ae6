"""`python -m training.starter.wordlists`: writes the vocabularies of all profiles, before any training."""

from __future__ import annotations

from training.starter import icons
from training.starter.choosing import build, chosen_objects
from training.starter.paths import open_workspace
from training.starter.vocabulary import write_vocabulary

SMOKE = ("fox", "house", "tulip")


def main() -> None:
    """Fetch the sets and write the three files; the same packages give the same bytes."""
    for name, chosen in {"cpu": chosen_objects(), "smoke": list(SMOKE), "gpu": None}.items():
        space = open_workspace(name)
        icons.fetch(space.archives, [*space.profile.sets.values(), icons.LABELS])
        styles = {style: icons.read_set(space.archives, package).slugs for style, package in space.profile.sets.items()}
        vocabulary = build(icons.labels(space.archives), styles, chosen)
        write_vocabulary(space.profile.data.vocabulary, vocabulary)
        print(f"{space.profile.data.vocabulary}: {len(vocabulary.objects)} objects, {len(styles)} styles")


if __name__ == "__main__":
    main()
