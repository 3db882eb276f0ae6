"""Strategy tables: one frozen config names, checks, records and builds a strategy."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import Field, ValidationError

from pilotage.core import strategies
from pilotage.core.errors import InvalidInputError
from pilotage.core.strategies import Entry, StrategyConfig, StrategyTable


class StepConfig(StrategyConfig, frozen=True):
    kind: Literal["step"] = "step"
    size: float = Field(0.5, gt=0, description="How far.")


class Step:
    def __init__(self, config: StepConfig) -> None:
        self.config = config


@pytest.fixture
def table() -> StrategyTable[Step]:
    return StrategyTable("step kind", "pilotage.tests_of_tables", {"step": Entry(StepConfig, Step)})


def test_a_kind_a_mapping_and_a_config_say_the_same(table: StrategyTable[Step]) -> None:
    assert table.parse("step") == table.parse({"kind": "step"}) == table.parse(StepConfig())
    assert table.build({"kind": "step", "size": 2}).config.size == 2.0


def test_a_config_survives_its_record(table: StrategyTable[Step]) -> None:
    config = table.parse({"kind": "step", "size": 0.1})
    assert table.parse(config.model_dump()) == config


def test_a_config_cannot_be_changed(table: StrategyTable[Step]) -> None:
    with pytest.raises(ValidationError):
        table.parse("step").kind = "leap"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("leap", "step_kind.kind"),
        ({}, "step_kind.kind"),
        ({"kind": None}, "step_kind.kind"),
        ({"kind": "step", "size": 0}, "step_kind.size"),
        ({"kind": "step", "size": float("nan")}, "step_kind.size"),
        ({"kind": "step", "sise": 1}, "step_kind.sise"),
    ],
)
def test_faults_name_their_field(table: StrategyTable[Step], value: object, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        table.parse(value)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_plug_in_adds_a_kind_and_cannot_replace_one_of_ours(
    table: StrategyTable[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Point:
        def __init__(self, name: str, entry: object) -> None:
            self.name, self.load = name, lambda: entry

    foreign = Entry(StepConfig, lambda config: "theirs")
    monkeypatch.setattr(strategies, "entry_points", lambda group: [Point("step", foreign), Point("leap", foreign)])
    assert list(table.entries()) == ["step", "leap"]
    assert isinstance(table.build("step"), Step)
