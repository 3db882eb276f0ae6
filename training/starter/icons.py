"""The icon sets: pinned npm packages, checked by sha256, and their drawings as 64-pixel RGBA."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from training.starter.attributes import SIDE, Picture

RENDERED: Final = 128  # then averaged by 2 x 2: finer than drawing 64 pixels at once, and alpha stays exact
PACKAGES: Final = {
    "@iconify-json/noto": ("1.2.9", "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad"),
    "@iconify-json/twemoji": ("1.2.5", "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7"),
    "@iconify-json/fluent-emoji-flat": ("1.2.6", "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175"),
    "@iconify-json/fluent-emoji": ("1.2.7", "8044210dbf11e016d4de85f15d01a243423bd832457e7e2491df1b751c0e272b"),
    "@iconify-json/noto-v1": ("1.2.5", "2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37"),
    "emojibase-data": ("17.0.0", "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a"),
}
LABELS: Final = "emojibase-data"
__all__ = ["IconSet", "fetch", "labels", "read_set", "render"]


@dataclass(frozen=True)
class IconSet:
    """One set in Iconify's form: `svg` gives a drawing by its slug, aliases followed."""

    data: Mapping[str, Any]

    @property
    def slugs(self) -> frozenset[str]:
        """Every name, aliases too."""
        return frozenset(self.data["icons"]) | frozenset(self.data.get("aliases", ()))

    def svg(self, name: str) -> str:
        """The whole drawing as one SVG document."""
        while name not in self.data["icons"]:
            name = self.data["aliases"][name]["parent"]
        icon = self.data["icons"][name]
        width, height = (icon.get(side, self.data.get(side, 16)) for side in ("width", "height"))
        box = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
        spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        return f'<svg {spaces} viewBox="{box}" width="{RENDERED}" height="{RENDERED}">{icon["body"]}</svg>'


def fetch(folder: Path, packages: Iterable[str]) -> None:
    """Bring the pinned archives into `folder`; those that are there and right stay.

    Raises:
        ValueError: an archive is not the pinned one.
        subprocess.CalledProcessError: npm could not bring it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        version, expected = PACKAGES[package]
        path = _archive(folder, package)
        if not path.is_file():
            command = ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(folder)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            path.unlink()
            raise ValueError(f"{path.name} has sha256 {found}, not {expected}")


def read_set(folder: Path, package: str) -> IconSet:
    """A fetched set."""
    return IconSet(_member(folder, package, "package/icons.json"))


def labels(folder: Path) -> list[dict[str, Any]]:
    """The English records of emojibase: label, tags, group, emoji."""
    found: list[dict[str, Any]] = _member(folder, LABELS, "package/en/data.json")
    return found


def render(icons: IconSet, names: Sequence[str]) -> Picture:
    """(n, 64, 64, 4) RGBA drawings; alpha is what makes grounds and tints by program possible."""
    resvg = importlib.import_module("resvg_py")  # typed nowhere, needed by this one function
    drawn = []
    for name in names:
        png = bytes(resvg.svg_to_bytes(svg_string=icons.svg(name)))
        image = Image.open(io.BytesIO(png)).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BOX)
        drawn.append(np.asarray(image))
    return np.stack(drawn)


def _archive(folder: Path, package: str) -> Path:
    version, _ = PACKAGES[package]
    return folder / f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"


def _member(folder: Path, package: str, name: str) -> Any:
    with tarfile.open(_archive(folder, package)) as archive:
        member = archive.extractfile(name)
        if member is None:
            raise ValueError(f"{package} has no {name}")
        return json.load(member)
