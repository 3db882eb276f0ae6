"""The strategies that can be chosen, as data: kinds with their schemas, for a form that draws itself."""

from __future__ import annotations

import inspect
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from pilotage.core.strategies import StrategyTable
from pilotage.elicitation import KINDS, TAGS
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS
from pilotage.sessions.config import QueryKind, SeedPolicy, SessionConfig
from pilotage.spaces import BASES, PROFILES

Json = dict[str, Any]
SEED_POLICY_WORDS = {
    "fixed-per-round": "All candidates of a round share their noise, so only the steering differs.",
    "fixed-per-candidate": "Each place in the round has noise of its own.",
    "fixed-per-candidate-role": "Candidates with the same role share their noise.",
}


class StrategyView(BaseModel):
    """One kind of strategy; `config_schema` is the JSON schema of its config."""

    kind: str
    summary: str
    config_schema: Json


class ProfileView(BaseModel):
    """A dimension profile in words."""

    name: str
    dimension: int
    advice: str


class SeedPolicyView(BaseModel):
    """Which candidates share their noise."""

    name: str
    summary: str


class TagView(BaseModel):
    """A tag for single pictures; with a `statistic`, it asks for more (`wish` 1) or less (-1) of it."""

    name: str
    good: bool
    statistic: str | None
    wish: int


class StrategiesView(BaseModel):
    """Everything that a session can be made of."""

    samplers: list[StrategyView]
    preference_models: list[StrategyView]
    bases: list[StrategyView]
    query_kinds: list[StrategyView]
    tags: list[TagView]
    seed_policies: list[SeedPolicyView]
    profiles: list[ProfileView]
    session_config_schema: Json


def strategies_view() -> StrategiesView:
    """All of it, plug-ins included."""
    return StrategiesView(
        samplers=_table(SAMPLERS),
        preference_models=_table(PREFERENCE_MODELS),
        bases=_table(BASES),
        query_kinds=[_kind(kind, KINDS[kind]) for kind in get_args(QueryKind)],
        tags=[TagView(name=name, good=tag.good, statistic=tag.statistic, wish=tag.wish) for name, tag in TAGS.items()],
        seed_policies=[
            SeedPolicyView(name=name, summary=SEED_POLICY_WORDS.get(name, "")) for name in get_args(SeedPolicy)
        ],
        profiles=[ProfileView(name=p.name, dimension=p.dimension, advice=p.advice) for p in PROFILES],
        session_config_schema=TypeAdapter(SessionConfig).json_schema(),
    )


def _table(table: StrategyTable[Any]) -> list[StrategyView]:
    return [_kind(kind, entry.config) for kind, entry in table.entries().items()]


def _kind(kind: str, config: type[BaseModel]) -> StrategyView:
    summary = (inspect.getdoc(config) or "").split("\n\n")[0].replace("\n", " ")
    return StrategyView(kind=kind, summary=summary, config_schema=config.model_json_schema())
