"""Steering: which vector packs fit a language model, and what doses along their axes add to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, PilotageError, UnsupportedInputError
from pilotage.labs.language.builtin import builtin_packs
from pilotage.labs.language.cards import MAX_DOSE
from pilotage.labs.language.doses import directions_of
from pilotage.labs.language.packs import VectorPack, read_pack
from pilotage.models.language import Direction, LanguageModel

_SUFFIX = ".safetensors"
_DIGITS = 16  # of a model's fingerprint: the name of its folder
Stamp = tuple[int, int]


class Steering:
    """The packs of a lab: those that ship, and those in its folder, which go before them.

    The folder has one folder a model, and in it a file an axis. Other processes may write there meanwhile.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Take the folder; None keeps packs in memory alone."""
        self._folder = folder
        self._own: dict[tuple[str, str], VectorPack] = {}  # kept in memory, by fingerprint and axis
        self._read: dict[Path, tuple[Stamp, VectorPack]] = {}
        self._lock = threading.Lock()

    def packs(self, fingerprint: str) -> dict[str, VectorPack]:
        """The packs of a model by axis, calibrated or not. Damaged files are left out."""
        shipped = {name: pack for name, pack in builtin_packs().items() if _of(pack) == fingerprint}
        return {**shipped, **self.own(fingerprint)}

    def own(self, fingerprint: str) -> dict[str, VectorPack]:
        """Those of them that do not ship."""
        return {pack.card.axis: pack for pack in self._all_own(fingerprint[:_DIGITS]) if _of(pack) == fingerprint}

    def resolve(
        self, model: LanguageModel, doses: Mapping[str, float], orthogonal: bool = False
    ) -> tuple[dict[str, float], dict[str, Direction]]:
        """The pushes of a request, and the directions that they go along; doses of 0 leave no trace.

        Args:
            model: whose packs are meant. Its files are read for their fingerprint if it is not loaded.
            doses: axis -> dose, -1.5 to 1.5; beyond 1 either way the damage budget is left.
            orthogonal: whether these axes are turned as little as needed to leave each other alone; those that overlap
                do less then.

        Raises:
            InvalidInputError: a dose that is not a number, or out of range; field `steering.AXIS`, as below. Or axes
                that cannot be told apart are to be orthogonal.
            NotFoundError: no vectors of that axis.
            UnsupportedInputError: there are, but of other models.
            ConflictError: they are not calibrated.
        """
        for name, dose in doses.items():
            if not (isinstance(dose, int | float) and abs(dose) <= MAX_DOSE):  # a NaN is not <= anything
                raise InvalidInputError(
                    f"a dose must be a number from -{MAX_DOSE} to {MAX_DOSE}, got {dose}", field=f"steering.{name}"
                )
        packs = self.usable(model, tuple(doses)) if doses else {}
        pushes = {name: packs[name].push(dose) for name, dose in doses.items() if dose}
        return pushes, directions_of({name: packs[name] for name in pushes}, orthogonal=orthogonal)

    def fitting(self, model: LanguageModel, doses: Mapping[str, float]) -> dict[str, float]:
        """Those of a profile's doses that this model can be steered by; a profile is of no one model."""
        found = {}
        for axis, dose in doses.items():
            with suppress(NotFoundError, UnsupportedInputError, ConflictError):
                self.usable(model, (axis,))
                found[axis] = dose
        return found

    def keep(self, pack: VectorPack) -> None:
        """Keep a pack; one of the same axis and model that was here is replaced."""
        if self._folder is None:
            self._own[_of(pack), pack.card.axis] = pack
        else:
            pack.save(self._file(pack))

    def remove(self, axis: str, fingerprint: str = "") -> int:
        """Forget one's own packs of an axis, for one model or for all, and how many there were.

        One that ships with the same name counts again.
        """
        found = [pack for pack in self._all_own() if pack.card.axis == axis and _of(pack).startswith(fingerprint)]
        for pack in found:
            self._own.pop((_of(pack), axis), None)
            if self._folder is not None:
                self._file(pack).unlink(missing_ok=True)
        return len(found)

    def usable(self, model: LanguageModel, axes: Sequence[str]) -> dict[str, VectorPack]:
        """The packs of a model by axis, those of `axes` among them and calibrated.

        Raises:
            NotFoundError, UnsupportedInputError, ConflictError: as `resolve`.
        """
        fingerprint = model.info.fingerprint or model.fingerprint()
        packs = self.packs(fingerprint)
        for name in axes:
            if name not in packs:
                raise self._missing(name, model, sorted(packs))
            card = packs[name].card
            if card.positions != "answer":
                said = f"the vectors of {name} push at {card.positions} positions, and only answers are pushed here"
                raise UnsupportedInputError(said, field=f"steering.{name}", hint=f"pilotage axes build {name}")
            if not card.calibrated:
                raise ConflictError(f"the vectors of {name} are not calibrated: a dose means nothing yet",
                                    field=f"steering.{name}", hint=f"pilotage axes build {name}")  # fmt: skip
        return packs

    def _missing(self, name: str, model: LanguageModel, known: list[str]) -> PilotageError:
        field, here = f"steering.{name[:100]}", model.info.name
        others = {pack.card.model.name for pack in (*builtin_packs().values(), *self._all_own())
                  if pack.card.axis == name}  # fmt: skip
        if others:
            hint = f"pilotage axes build {name} --model {model.info.ref}"
            belong = f"the vectors of {name} belong to {', '.join(sorted(others))}, not to {here}"
            return UnsupportedInputError(belong, field=field, hint=hint)
        hint = f"There are: {', '.join(known) or 'none'}. pilotage axes build makes more."
        return NotFoundError(f"no vectors of an axis {name[:60]!r} for {here}", field=field, hint=hint)

    def _file(self, pack: VectorPack) -> Path:
        return (self._folder or Path()) / _of(pack)[:_DIGITS] / f"{pack.card.axis}{_SUFFIX}"

    def _all_own(self, model: str = "*") -> Iterator[VectorPack]:
        """Packs of one's own, of one model's folder or of all."""
        yield from self._own.values()
        if self._folder is not None:
            for path in sorted(self._folder.glob(f"{model}/*{_SUFFIX}")):
                if (pack := self._at(path)) is not None:
                    yield pack

    def _at(self, path: Path) -> VectorPack | None:
        """The pack in a file, read once as long as the file stays the same."""
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            with self._lock:
                if self._read.get(path, (None,))[0] != stamp:
                    self._read[path] = stamp, read_pack(path)
                pack = self._read[path][1]
        except (OSError, PilotageError):  # gone meanwhile, damaged, or not ours
            return None
        return pack if pack.card.axis == path.stem else None


def _of(pack: VectorPack) -> str:
    return pack.card.model.fingerprint
