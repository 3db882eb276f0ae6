"""What is wrong with an input is said in our words alone."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError, field_validator, model_validator

from pilotage.core.strategies import invalid_input


class Plan(BaseModel):
    """Has a validator of each sort."""

    stops: list[str] = []
    n: int = 1

    @field_validator("stops")
    @classmethod
    def _few(cls, value: list[str]) -> list[str]:
        if len(value) > 2:
            raise ValueError("at most 2 texts")
        return value

    @model_validator(mode="after")
    def _odd(self) -> Plan:
        if not self.n % 2:
            raise ValueError("n must be odd")
        return self


@pytest.mark.parametrize(
    ("data", "prefix", "field", "words"),
    [
        ({"stops": ["a", "b", "c"]}, "", "stops", "stops: at most 2 texts"),
        ({"stops": ["a", "b", "c"]}, "plan", "plan.stops", "plan.stops: at most 2 texts"),
        ({"n": 2}, "", "", "n must be odd"),
        ({"n": 2}, "plan", "plan", "plan: n must be odd"),
    ],
)
def test_a_fault_is_told_in_our_words_with_its_field(
    data: dict[str, object], prefix: str, field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(data)
    told = invalid_input(caught.value, prefix=prefix)
    assert (told.field, str(told)) == (field, words)
    assert told.facts["faults"][0]["message"] == words.rpartition(": ")[2]
