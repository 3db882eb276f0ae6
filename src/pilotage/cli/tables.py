"""Rounds and sessions as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pilotage.core.media import EXTENSIONS
from pilotage.sessions.belief import AxisBelief
from pilotage.sessions.views import CandidateView, RoundView, RunView, SessionView


def round_table(round_: RoundView, paths: Sequence[Path]) -> str:
    """One line a candidate; forecasts once the round is answered."""
    lines = [f"round {round_.index}  {round_.state}"]
    for place, candidate in enumerate(round_.candidates, start=1):
        lines.append(f"  {place}  {candidate.id}  {_status(candidate)}{_forecast(candidate)}")
    if round_.repeat:
        same = {True: "you chose the same", False: "you chose another", None: "the answers can't be compared"}
        lines.append(f"  the set of round {round_.repeat.index} again: {same[round_.repeat.same]}")
    return "\n".join([*lines, *(f"  wrote {path}" for path in paths)])


def session_text(lab: Any, session: SessionView) -> str:
    """A session: what it is, its rounds, what is believed."""
    head = f"{session.id}  {session.state}  “{session.prompt}”  model {session.model}, seed {session.seed}"
    rounds = [round_table(round_, []) for round_ in session.round_views]
    if agreed := session.agreement:
        rounds.append(f"you agree with yourself in {agreed.same} of {agreed.repeats} sets that came again")
    if not session.axes:
        return "\n".join([head, *rounds])
    belief = lab.get_belief(session.id)
    gain = "unknown before an answer" if belief.expected_gain is None else f"{belief.expected_gain:.2f}"
    return "\n".join([head, *rounds, f"expected gain of another round: {gain}", *map(_axis_line, belief.axes)])


def save_round(lab: Any, round_: RoundView, folder: Path) -> list[Path]:
    """Write each candidate's output as `round-1-2.png`; the paths."""
    return _save(lab, folder, f"round-{round_.index}", [candidate.artifact for candidate in round_.candidates])


def save_run(lab: Any, run: RunView, folder: Path) -> list[Path]:
    """Write each of a run's outputs as `run_…-1.png`; the paths."""
    return _save(lab, folder, run.id, [sample.artifact for sample in run.samples])


def _save(lab: Any, folder: Path, stem: str, artifacts: Sequence[str | None]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for place, artifact in enumerate(artifacts, start=1):
        if artifact is not None:
            media = lab.get_media(artifact)
            path = folder / f"{stem}-{place}{EXTENSIONS.get(media.media_type, '.bin')}"
            path.write_bytes(media.data)
            paths.append(path)
    return paths


def _status(candidate: CandidateView) -> str:
    return candidate.error or candidate.role or candidate.state


def _forecast(candidate: CandidateView) -> str:
    if not candidate.forecast or "p_best" not in candidate.forecast:
        return ""
    return f"  forecast {100 * candidate.forecast['p_best']:.0f} %{'  ← best so far' if candidate.is_incumbent else ''}"


def _axis_line(axis: AxisBelief) -> str:
    told = f"{axis.best:+.2f} ± {axis.best_sd:.2f}" if axis.known else "can't tell yet"
    return f"  {axis.axis.name:<44} {told}"
