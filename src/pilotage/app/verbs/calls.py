"""What is asked of a language model and answered at once, past the queue: talks, vectors taken in, edits read."""

from __future__ import annotations

import asyncio
import base64
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from pilotage.app.axis_views import PackView
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.memory import MemoryBudget
from pilotage.app.profile_views import LanguageProfileView
from pilotage.app.talk import KIND, Speaker, Talk
from pilotage.app.verbs.base import Json
from pilotage.app.verbs.profiles import ProfileVerbs
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, PilotageError
from pilotage.core.progress import CancelToken
from pilotage.jobs.calls import Calls, Handler, Release, Reply
from pilotage.labs.language.edits import score_edit
from pilotage.labs.language.packs import read_pack
from pilotage.models.language import Message

Frames = AsyncGenerator[Json, None]
TAKE, READ = "take_vectors", "read_edit"
_OURS = ".safetensors"
_KINDS = "A vector pack (.safetensors), a GGUF control vector (.gguf), or a file of steering-vectors (.pt)."


class CallVerbs(ProfileVerbs):
    """What is asked of a model and answered at once."""

    _calls: Calls | None = None

    def use_calls(self, calls: Calls) -> None:
        """Wire what answers: this process, or a worker."""
        self._calls = calls

    def call_handlers(self, budget: MemoryBudget) -> Mapping[str, Handler]:
        """What a process that has models answers calls with."""

        def doses_of(profile_id: str) -> Mapping[str, float]:
            return self.get_profile(profile_id).doses

        def within(work: Callable[[Json, CancelToken], Json]) -> Handler:
            def run(asked: Json, cancel: CancelToken) -> Json:
                with budget.held(asked["model"], self.catalog.language(asked["model"])):
                    return work(asked, cancel)

            return answering(run)

        speaker = Speaker(self.catalog, budget, self.steering, doses_of)
        return {**speaker.handlers(), TAKE: within(self._take), READ: within(self._read)}

    async def talk(self, talk: Talk) -> tuple[Json, Frames]:
        """Answers that are not kept: what has begun, and then their frames. Closing these cancels them.

        Raises:
            PilotageError: as `pilotage.app.talk.Speaker`, and as `pilotage.jobs.calls.Calls`.
        """
        await asyncio.to_thread(self.listed_language, talk.model)
        frames = self._ask(KIND, talk.model_dump(mode="json", exclude_unset=True))
        try:
            began = await anext(frames)
        except BaseException:
            await frames.aclose()
            raise
        return began["began"], frames

    async def take_vectors(self, data: bytes, model: str = DEFAULT_LANGUAGE, *, axis: str = "") -> PackView:
        """Take an uploaded file of vectors in, as `import_vectors` does; what is in it says of which kind it is.

        Vectors of the same axis and model that were made or taken in before are replaced.

        Args:
            data: the file.
            model: that the vectors were made with.
            axis: what they are of; of a pack of ours it is known.

        Raises:
            InvalidInputError, UnsupportedInputError: no such file, or one that does not fit; field `file`.
            NotFoundError: no such axis or model.
        """
        await asyncio.to_thread(self.listed_language, model)
        suffix = _suffix_of(data)
        if axis or suffix != _OURS:
            await asyncio.to_thread(self.shelf.axis, axis)
        file = base64.b64encode(data).decode("ascii")
        return PackView.model_validate(await self._once(TAKE, {"model": model, "axis": axis, "file": file}))

    async def heed_edit(
        self, profile_id: str, messages: Sequence[Message], before: str, after: str, doses: Mapping[str, float],
        *, model: str = DEFAULT_LANGUAGE,
    ) -> LanguageProfileView:  # fmt: skip
        """Learn from how a person rewrote an answer: the model reads both texts, and their difference is a signal.

        Args:
            profile_id: whose.
            messages: what was answered.
            before: the answer.
            after: what the person made of it.
            doses: that the answer was made with, of the profile's axes.
            model: that made it; it can be steered along the axes that are scored.

        Raises:
            NotFoundError: no such profile or model.
            InvalidInputError: nothing to be read, or nothing changed; field `before` or `after`.
            ConflictError: nobody consented to learning from signals.
        """
        await asyncio.to_thread(self.listed_language, model)
        axes = await asyncio.to_thread(self._told_by_edits, profile_id, model, doses)
        asked = {"model": model, "axes": axes, "before": before, "after": after,
                 "messages": [message.model_dump() for message in messages]}  # fmt: skip
        scores = await self._once(READ, asked)
        return await asyncio.to_thread(self.record, profile_id, [{"kind": "edited", "doses": dict(doses), **scores}])

    def _told_by_edits(self, profile_id: str, model: str, doses: Mapping[str, float]) -> list[str]:
        """The axes that an edit is to be read along: those steered, then others as far as the profile has room.

        Whether the profile would take the edit is seen here: reading takes a moment.
        """
        profile, packs = self.profile(profile_id), self.steerable(model)
        active = profile.state.active
        others = [axis for axis in profile.axes if axis not in (*active, *profile.state.removed)]
        room = max(0, profile.max_active - len({*active, *doses}))
        wanted = list(dict.fromkeys((*active, *doses)))
        told = [axis for axis in (*wanted, *[axis for axis in others if axis not in doses][:room]) if axis in packs]
        if not told:
            raise ConflictError(f"none of the profile's axes can be steered with {model}", field="model",
                                hint="pilotage axes build NAME makes vectors of an axis.")  # fmt: skip
        unread = dict.fromkeys(told, 0.0)
        try:
            profile.record({"kind": "edited", "doses": dict(doses), "before": unread, "after": unread})
        except PilotageError as error:
            error.field = error.field.removeprefix("event.")
            raise
        return told

    def _ask(self, kind: str, asked: Json) -> Frames:
        if self._calls is None:
            raise RuntimeError("this lab answers no calls: call use_calls first")
        return self._calls.frames(kind, asked)

    async def _once(self, kind: str, asked: Json) -> Json:
        async with aclosing(self._ask(kind, asked)) as frames:
            return await anext(frames)

    def _take(self, asked: Json, cancel: CancelToken) -> Json:
        data = base64.b64decode(asked["file"])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"vectors{_suffix_of(data)}"
            path.write_bytes(data)
            try:
                if path.suffix == _OURS:
                    self._require_axis(read_pack(path).card.axis, asked["axis"])
                pack = self.import_vectors(path, asked["model"], axis=asked["axis"])
            except PilotageError as error:
                error.field = error.field if error.field == "axis" else "file"
                raise
        return pack.model_dump(mode="json")

    def _require_axis(self, name: str, said: str) -> None:
        """A pack says itself what it is of: an axis that is here, and the one that was said."""
        if said not in ("", name):
            raise InvalidInputError(f"these are vectors of {name}, not of {said}", field="axis")
        if name not in self.shelf.names():
            hint = "Its pairs tell what the vectors are worth: write or import the axis first."
            raise NotFoundError(f"there is no axis {name!r} here", field="axis", hint=hint)

    def _read(self, asked: Json, cancel: CancelToken) -> Json:
        packs = self.steerable(asked["model"])
        told = {axis: packs[axis] for axis in asked["axes"] if axis in packs}
        messages = [Message.model_validate(one) for one in asked["messages"]]
        model = self.catalog.language(asked["model"])
        return dict(score_edit(model, told, messages, asked["before"], asked["after"], cancel=cancel))


def answering(work: Callable[[Json, CancelToken], Json]) -> Handler:
    """A call that is answered by one frame, made in a thread of its own."""

    def begin(asked: Json, reply: Reply) -> Release:
        cancel = CancelToken()

        def run() -> None:
            try:
                reply.send(work(asked, cancel))
                reply.end()
            except Exception as error:
                reply.end(error)

        threading.Thread(target=run, name="call-answer", daemon=True).start()
        return cancel.cancel

    return begin


def _suffix_of(data: bytes) -> str:
    """Of which kind a file of vectors is, by how it begins.

    Raises:
        InvalidInputError: of none.
    """
    if data.startswith(b"GGUF"):
        return ".gguf"
    if data.startswith((b"PK", b"\x80")):  # an archive as torch writes it, or a bare pickle as it once did
        return ".pt"
    if data[8:9] == b"{":
        return _OURS
    raise InvalidInputError("this is no file of vectors", field="file", hint=_KINDS)
