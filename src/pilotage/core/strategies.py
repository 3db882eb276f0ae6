"""Strategy tables: a frozen config with a `kind` names, validates, records and draws a strategy's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from pilotage.core.errors import InvalidInputError
from pilotage.core.faults import fault_of, in_words

T = TypeVar("T")


class StrategyConfig(BaseModel):
    """Base of every strategy's config; subclasses add `kind: Literal[...]` and their settings.

    A kind that is there to be compared with says so in its schema, `json_schema_extra={"tier": "baseline"}`:
    forms and documents list it after those that are recommended.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: str


C = TypeVar("C", bound=StrategyConfig)


def config_of_kind(base: type[C], kind: str, summary: str) -> type[C]:
    """The config of a row that has the settings of `base` and only its own name and summary."""
    name = f"{kind.title().replace('_', '')}Config"
    fields: dict[str, Any] = {"kind": (Literal.__getitem__(kind), kind)}
    return create_model(name, __base__=base, __module__=base.__module__, __doc__=summary, **fields)


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One row of a table: the config's class, and what builds the strategy from it."""

    config: type[StrategyConfig]
    build: Callable[[Any], T]

    @property
    def is_baseline(self) -> bool:
        """Whether the kind is only there to be compared with."""
        return bool(self.config.model_json_schema().get("tier") == "baseline")


class StrategyTable(Generic[T]):
    """A room's plain table kind -> entry; the entry-point group lets other packages add rows."""

    def __init__(self, noun: str, group: str, entries: Mapping[str, Entry[T]]) -> None:
        self.noun, self._group, self._entries, self._complete = noun, group, dict(entries), False

    @property
    def _field(self) -> str:
        """The noun as the key of a config."""
        return self.noun.replace(" ", "_")

    def entries(self) -> Mapping[str, Entry[T]]:
        """All rows, ours first. A plug-in cannot replace one of ours."""
        if not self._complete:
            for point in entry_points(group=self._group):
                self._entries.setdefault(point.name, point.load())
            self._complete = True
        return self._entries

    def parse(self, value: Mapping[str, Any] | StrategyConfig | str) -> StrategyConfig:
        """A checked config from a kind, a mapping with `kind`, or a config.

        Raises:
            InvalidInputError: unknown kind, unknown key, or a value out of range.
        """
        if isinstance(value, StrategyConfig):
            return value
        data = {"kind": value} if isinstance(value, str) else dict(value)
        kind = data.get("kind")
        if kind not in self.entries():
            raise InvalidInputError(
                f"unknown {self.noun} {kind!r}",
                hint=f"One of: {', '.join(self.entries())}.",
                field=f"{self._field}.kind",
            )
        try:
            return self.entries()[str(kind)].config.model_validate(data)
        except ValidationError as cause:
            raise invalid_input(cause, prefix=self._field) from cause

    def build(self, config: Mapping[str, Any] | StrategyConfig | str) -> T:
        """The strategy that `config` describes.

        Raises:
            InvalidInputError: as `parse`.
        """
        parsed = self.parse(config)
        return self.entries()[parsed.kind].build(parsed)


def invalid_input(cause: ValidationError, *, prefix: str = "") -> InvalidInputError:
    """The first fault of a pydantic error as ours, naming the field; the rest stand in `facts`."""
    errors = cause.errors(include_url=False, include_context=False, include_input=False)
    faults = [fault_of((prefix, *error["loc"]), error["msg"]) for error in errors]
    first = faults[0]
    return InvalidInputError(in_words(first), field=first["field"], faults=faults)
