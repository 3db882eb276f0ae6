"""Sessions side by side, as text: a column a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilotage.app.verbs.experiments import ComparedSession

UNKNOWN = "not known"
_WIDTH = 34


def comparison_table(compared: Sequence[ComparedSession]) -> str:
    """The settings that differ, then the figures; what can't be computed is said to be not known."""
    configs = [dict(settings_of(one.config)) for one in compared]
    names = list(dict.fromkeys(name for config in configs for name in config))
    differ = [name for name in names if _differs(name, configs)]
    figures = [dict(_figures(one)) for one in compared]
    rows = [("", [one.id for one in compared])]
    rows += [(name, [_told(config.get(name)) for config in configs]) for name in differ]
    rows += [(name, [of_one[name] for of_one in figures]) for name in figures[0]]
    same = sum(len({str(config.get(name)) for config in configs}) == 1 for name in names)
    return "\n".join([*map(_row, rows), f"{same} settings are the same" if same > 0 else ""]).rstrip()


def settings_of(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting under its dotted name."""
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            yield from settings_of(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _differs(name: str, configs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a setting is not the same; what belongs to one kind of strategy alone is told by the kinds."""
    strategy = name.rpartition(".")[0]
    kinds = {config.get(f"{strategy}.kind") for config in configs}
    having = [config for config in configs if name in config] if len(kinds) > 1 else configs
    return len({str(config.get(name)) for config in having}) > 1


def _figures(one: ComparedSession) -> Iterator[tuple[str, str]]:
    figures = one.figures
    gain = figures.expected_gains[-1] if figures.expected_gains else None
    yield "rounds, answers, pictures", f"{figures.rounds}, {figures.answers}, {figures.renders}"
    yield "closeness", UNKNOWN if figures.closeness is None else f"{figures.closeness} of 5"
    yield "expected gain of the last round", _number(gain)
    yield "best so far changed", str(figures.incumbent_changes)
    yield "distance from the prompt", _number(figures.incumbent_distance, " of the radius")
    yield "median time of an answer", _number(figures.decision_s, " s", 1)
    yield "forecasts to be checked", str(figures.forecasts)
    yield "  right", _percent(figures.forecast_hits)
    yield "  right, as they expected", _percent(figures.forecast_expected)
    yield "  skill over an even guess", _number(figures.forecast_skill, " nats")
    yield "same choice when shown again", f"{figures.repeats_same} of {figures.repeats}" if figures.repeats else UNKNOWN


def _row(row: tuple[str, Sequence[str]]) -> str:
    name, cells = row
    return f"{name:<{_WIDTH}}" + "".join(f"{_short(cell):<{_WIDTH}}" for cell in cells).rstrip()


def _short(cell: str) -> str:
    return cell if len(cell) < _WIDTH else f"{cell[: _WIDTH - 3]}… "


def _told(value: Any) -> str:
    return "–" if value in (None, "", [], {}) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(value: float | None, unit: str = "", digits: int = 2) -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}{unit}"


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.0f} %"
