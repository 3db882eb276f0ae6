"""AxisShelf: a lab's own axes of language, beside those that ship, and the reports of what was measured of any."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from pilotage.core.errors import NotFoundError, PilotageError
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_files import read_axis
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.builtin import builtin_axis, builtin_names, builtin_report

_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_DIGITS = 16  # of a model's fingerprint: the name of its folder


class AxisShelf:
    """Own axes go before those that ship under the same name. Other processes may write in the folder meanwhile."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take the folder, for `axes/NAME.json` and `reports/MODEL/NAME.json`; None keeps all in memory."""
        self._folder = folder
        self._texts: dict[str, str] = {}  # by path, where there is no folder

    def names(self) -> tuple[str, ...]:
        """Names of all axes: those that ship, then one's own."""
        shipped = builtin_names()
        return (*shipped, *(name for name in self._own() if name not in shipped))

    def owns(self, name: str) -> bool:
        """Whether an axis is one's own."""
        return name in self._own()

    def axis(self, name: str) -> Axis:
        """An axis with its texts.

        Raises:
            NotFoundError: none of that name.
            InvalidInputError: its file was changed and is none any more.
        """
        if self.owns(name):
            if self._folder is not None:
                return read_axis(self._path(f"axes/{name}.json"))
            return Axis.model_validate_json(self._texts[f"axes/{name}.json"])
        if name not in builtin_names():
            raise NotFoundError(f"no axis {name[:60]!r}", field="axis", hint=f"There are: {', '.join(self.names())}.")
        return builtin_axis(name)

    def put(self, axis: Axis) -> None:
        """Keep an axis; one of one's own of that name is replaced, one that ships is hidden."""
        self._write(f"axes/{axis.name}.json", axis.model_dump_json(indent=1))

    def remove(self, name: str) -> None:
        """Forget an axis of one's own, and what was measured of it with any model.

        Raises:
            NotFoundError: none of that name is one's own.
        """
        if not self.owns(name):
            raise NotFoundError(f"no axis of your own {name[:60]!r}", field="axis")
        self.remove_reports(name)
        self._texts.pop(f"axes/{name}.json", None)
        if self._folder is not None:
            self._path(f"axes/{name}.json").unlink(missing_ok=True)

    def remove_reports(self, name: str, fingerprint: str = "") -> None:
        """Forget what was measured of an axis, with one model or with any: its vectors or texts are others now."""
        model = fingerprint[:_DIGITS] or "*"
        for path in [path for path in self._texts if PurePosixPath(path).match(f"reports/{model}/{name}.json")]:
            del self._texts[path]
        if self._folder is not None:
            for file in self._folder.glob(f"reports/{model}/{name}.json"):
                file.unlink(missing_ok=True)

    def report(self, fingerprint: str, name: str, *, own_pack: bool) -> AxisReport | None:
        """What was last measured of an axis with a model; None if nothing was, or it cannot be read any more.

        Where nothing was measured here, what ships is told of an axis and a pack that ship.

        Args:
            fingerprint: the model's.
            name: the axis'.
            own_pack: whether the pack that would be told of is one's own.
        """
        text = self._read(f"reports/{fingerprint[:_DIGITS]}/{name}.json") if _NAME.fullmatch(name) else None
        try:
            report = AxisReport.model_validate_json(text) if text is not None else None
        except ValidationError:
            report = None
        if report is None and not own_pack and not self.owns(name):
            report = builtin_report(name)
        return report if report is not None and report.model.fingerprint == fingerprint else None

    def keep_report(self, report: AxisReport) -> None:
        """Keep what was measured, in place of what was before."""
        self._write(f"reports/{report.model.fingerprint[:_DIGITS]}/{report.axis}.json", report.model_dump_json())

    def _own(self) -> tuple[str, ...]:
        paths = self._path("axes").glob("*.json") if self._folder is not None else map(Path, self._texts)
        return tuple(sorted(path.stem for path in paths if path.parent.name == "axes" and _NAME.fullmatch(path.stem)))

    def _read(self, name: str) -> str | None:
        if self._folder is None:
            return self._texts.get(name)
        try:
            return self._path(name).read_text(encoding="utf-8")
        except OSError:
            return None

    def _write(self, name: str, text: str) -> None:
        if self._folder is None:
            self._texts[name] = text
            return
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise PilotageError("this shelf has no folder")
        return self._folder / name
