"""What tests of the latent lab share: a run's folder, and time that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.state import RunConfig

ConfigOf = Callable[[str], RunConfig]


@pytest.fixture
def noon() -> datetime:
    return datetime(2024, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def config_of(noon: datetime) -> ConfigOf:
    """What a small run of a given id was asked for."""

    def make(run_id: str) -> RunConfig:
        return RunConfig(run_id=run_id, created_at=noon, training={"seed": 7}, data={"name": "d"}, viz_indices=(0, 3))

    return make


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def folder(runs: Path, config_of: ConfigOf) -> RunFolder:
    return RunFolder.create(runs, config_of("lat_0123456789abcdef"))
