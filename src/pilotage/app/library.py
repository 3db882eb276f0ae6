"""Session: the loop in a script or a notebook. `ask` shows, `tell` answers; no server, no database."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.wiring import memory_lab
from pilotage.core.errors import GenerationError, InvalidInputError
from pilotage.core.media import EXTENSIONS, Media
from pilotage.core.progress import Progress, silent
from pilotage.core.strategies import invalid_input
from pilotage.models import GenerationRequest, Model
from pilotage.sessions.acts import Submission
from pilotage.sessions.advice import Advice
from pilotage.sessions.belief import Belief
from pilotage.sessions.style import STYLE_ROUND
from pilotage.sessions.views import CandidateView, RoundView, SessionView


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate of a round: its picture (or text, or number), and where it lies."""

    view: CandidateView
    media: Media | None

    @property
    def id(self) -> str:
        """Its identifier."""
        return self.view.id

    @property
    def z(self) -> list[float]:
        """Its coordinates, in axis units."""
        return self.view.z

    def save(self, path: str | Path) -> Path:
        """Write what the model made, byte for byte; an ending is added if the path has none.

        Raises:
            GenerationError: this candidate failed, so there is nothing to write.
        """
        if self.media is None:
            raise GenerationError(f"candidate {self.view.slot + 1} has no picture: {self.view.error}")
        target = Path(path)
        if not target.suffix:
            target = target.with_suffix(EXTENSIONS.get(self.media.media_type, ".bin"))
        target.write_bytes(self.media.data)
        return target

    def _repr_png_(self) -> bytes | None:
        return self.media.data if self.media is not None and self.media.media_type == "image/png" else None


@dataclass(frozen=True, slots=True)
class Round:
    """A round to judge; `round[i]`, `len` and iteration go over its candidates. A notebook shows it as pictures."""

    index: int
    candidates: tuple[Candidate, ...]

    def __getitem__(self, key: int) -> Candidate:
        return self.candidates[key]

    def __len__(self) -> int:
        return len(self.candidates)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.candidates)

    def __repr__(self) -> str:
        return f"Round {self.index}: {len(self)} candidates"

    def _repr_html_(self) -> str:
        cells = "".join(_figure(number, candidate) for number, candidate in enumerate(self, start=0))
        return f'<div style="display:flex;gap:12px;flex-wrap:wrap">{cells}</div>'


def _best_first(round_: RoundView, order: list[str]) -> dict[str, Any]:
    if round_.index == STYLE_ROUND:
        return {"kind": "shortlist", "kept": order, "favourite": order[0] if order else None}
    return {"kind": "ranking", "order": order}


def _figure(number: int, candidate: Candidate) -> str:
    media, label = candidate.media, f"[{number}] {candidate.view.role or ''}"
    if media is None:
        body = html.escape(f"failed: {candidate.view.error}")
    elif media.is_image:
        data = base64.b64encode(media.data).decode()
        body = f'<img alt="candidate {number}" style="width:160px" src="data:{media.media_type};base64,{data}">'
    else:
        body = f"<pre>{html.escape(media.text())}</pre>"
    return f'<figure style="margin:0">{body}<figcaption>{html.escape(label)}</figcaption></figure>'


class Session:
    """A steering session in this process.

    Args:
        prompt: what to see.
        model: `starter`, a path, a hub id, or a model object (`pilotage.from_callable(...)`).
        axes: attribute axes of your own, such as "red ↔ blue".
        lab: where to keep it; by default in memory.
        progress: receives each step of the work.
        **config: any further key of `SessionConfig`; keys of the request (`steps`, `width`, …) too.

    Raises:
        InvalidInputError, UnsupportedInputError: before any work starts, naming the field.
    """

    def __init__(
        self, prompt: str = "", *, model: str | Model = "starter", axes: Sequence[str] = (), lab: Lab | None = None,
        progress: Progress = silent, **config: Any,
    ) -> None:  # fmt: skip
        self.lab = lab or memory_lab(progress=progress)
        ref = model if isinstance(model, str) else self.lab.catalog.add(model)
        request_keys = set(GenerationRequest.model_fields) - {"prompt"}
        request = {"prompt": prompt, **{key: config.pop(key) for key in request_keys if key in config}}
        created = self.lab.create_session({"request": request, "model": ref, "axes": tuple(axes), **config})
        self.id = created.id

    @classmethod
    def open(cls, session_id: str, lab: Lab) -> Session:
        """A session that a lab keeps.

        Raises:
            NotFoundError: no such session.
        """
        session = cls.__new__(cls)
        session.lab, session.id = lab, lab.get_session(session_id).id
        return session

    @property
    def view(self) -> SessionView:
        """The whole session as data."""
        return self.lab.get_session(self.id)

    @property
    def belief(self) -> Belief:
        """What is believed now; after the first `ask`."""
        return self.lab.get_belief(self.id)

    @property
    def advice(self) -> Advice:
        """Whether another round is worth it; after the first `ask`."""
        return self.lab.get_advice(self.id)

    @property
    def best(self) -> Candidate:
        """The candidate that the answers put first.

        Raises:
            InvalidInputError: nothing was answered yet.
        """
        session = self.view
        for round_ in reversed(session.round_views):
            for candidate in round_.candidates:
                if candidate.id == session.incumbent_id:
                    return self._candidate(candidate)
        raise InvalidInputError("nothing is best before the first answer", hint="Call ask() and tell() first.")

    def ask(self) -> Round:
        """The round to judge: a new one, or the open one again.

        Raises:
            PilotageError: as the model says; asking again tries again.
        """
        rounds = self.view.round_views
        if rounds and rounds[-1].state == "awaiting":
            return self._round(rounds[-1])
        requested = self.lab.request_round(self.id)
        if requested.job is not None:
            raise_if_failed(self.lab.wait(requested.job.id))
        return self._round(self.lab.get_round(self.id, requested.index))

    def tell(
        self, answer: Candidate | int | str | Sequence[Candidate | int | str] | Mapping[str, Any], *,
        tags: Mapping[str, Sequence[str]] | None = None, confidence: int | None = None,
    ) -> RoundView:  # fmt: skip
        """Answer the open round.

        Args:
            answer: the best candidate (object, place in the round, or id); several, best first (in a style
                calibration those to keep, the favourite first); or an answer as data:
                `{"kind": "ratings", "stars": {...}}`.
            tags: candidate id -> what is right or wrong with it, such as "too_dark"; see `elicitation.TAGS`.
            confidence: 1 (a guess) to 3 (certain).

        Returns:
            The answered round, with the forecasts that were made before the click.

        Raises:
            RoundClosedError: no round is open.
            InvalidInputError: not an answer about this round.
        """
        rounds = self.view.round_views
        if not rounds:
            raise InvalidInputError("there is no round to answer", hint="Call ask() first.")
        sent = dict(answer) if isinstance(answer, Mapping) else _best_first(rounds[-1], self._order(rounds[-1], answer))
        tagged = {name: list(words) for name, words in (tags or {}).items()}
        try:
            submission = Submission(answer=sent, tags=tagged, confidence=confidence)
        except ValidationError as cause:
            raise invalid_input(cause) from cause
        return self.lab.answer(self.id, rounds[-1].index, submission)

    def undo(self) -> Round:
        """Take the last answer back; the round that waits again.

        Raises:
            NothingToUndoError: nothing has been answered yet.
        """
        return self._round(self.lab.undo(self.id).round_views[-1])

    def regenerate(self) -> Round:
        """Other candidates for the open round, from the same answers.

        Raises:
            InvalidInputError: there is no round yet.
            RoundClosedError: the last round is answered.
        """
        rounds = self.view.round_views
        if not rounds:
            raise InvalidInputError("there is no round to make anew", hint="Call ask() first.")
        self.lab.regenerate(self.id, rounds[-1].id)
        return self.ask()

    def branch(self, name: str = "") -> Session:
        """A session of its own that begins where this one stands."""
        return Session.open(self.lab.branch(self.id, name=name).id, self.lab)

    def pin(self, candidate: Candidate, *, pinned: bool = True) -> None:
        """Show a candidate again in every round to come, until it is unpinned."""
        self.lab.mark(self.id, candidate.id, pinned=pinned)

    def _order(self, round_: RoundView, answer: Any) -> list[str]:
        several = [answer] if isinstance(answer, str | int | Candidate) else list(answer)
        return [self._id(round_, one) for one in several]

    @staticmethod
    def _id(round_: RoundView, one: Candidate | int | str) -> str:
        if isinstance(one, Candidate):
            return one.id
        if isinstance(one, int):
            if not 0 <= one < len(round_.candidates):
                raise InvalidInputError(
                    f"the round has places 0 to {len(round_.candidates) - 1}, not {one}", field="answer"
                )
            return round_.candidates[one].id
        return one

    def _round(self, view: RoundView) -> Round:
        return Round(view.index, tuple(self._candidate(candidate) for candidate in view.candidates))

    def _candidate(self, view: CandidateView) -> Candidate:
        if view.artifact is None:
            return Candidate(view, None)
        return Candidate(view, self.lab.get_media(view.artifact))
