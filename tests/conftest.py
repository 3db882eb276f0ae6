"""What all tests share: no setting of the machine leaks in, and labs that live in memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import memory_lab
from pilotage.core.progress import Progress, silent
from pilotage.jobs import InlineEngine
from pilotage.models import Model
from pilotage.sessions.acts import Submission
from pilotage.sessions.views import JobView, RoundView, SessionView
from pilotage.store import ROWS, Store
from pilotage.testing.postgres import PostgresServer

if TYPE_CHECKING:
    from pilotage.models.language import LanguageModel

hypothesis_settings.register_profile("house", deadline=None, derandomize=True, max_examples=50)
hypothesis_settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What stays for good, the tests themselves first of all, is not searched for garbage at each collection."""
    gc.collect()
    gc.freeze()


class Steering:
    """A session being steered in a lab, in the words of the tests."""

    def __init__(self, lab: Lab, config: dict[str, Any]) -> None:
        self.lab = lab
        self.id = lab.create_session(config).id

    @property
    def view(self) -> SessionView:
        return self.lab.get_session(self.id)

    def try_step(self) -> JobView:
        """Ask for a round and let its job run; the job, however it ended."""
        requested = self.lab.request_round(self.id)
        assert requested.job is not None
        return self.lab.wait(requested.job.id)

    def step(self) -> RoundView:
        """The next round, ready to be judged."""
        job = self.try_step()
        assert job.state == "succeeded", job.error
        return self.last()

    def last(self) -> RoundView:
        return self.view.round_views[-1]

    def pick(self, *slots: int, **more: Any) -> RoundView:
        """Rank these slots of the newest round, best first."""
        order = [self.last().candidates[slot].id for slot in slots]
        return self.answer({"kind": "ranking", "order": order}, **more)

    def answer(self, answer: dict[str, Any], *, index: int | None = None, **more: Any) -> RoundView:
        return self.lab.answer(self.id, index or self.last().index, Submission(answer=answer, **more))


Steer = Callable[..., Steering]


def config_of(**more: Any) -> dict[str, Any]:
    """A small session on the analytic scene; keyword arguments go over it."""
    return {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}, **more}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_HOME", str(tmp_path / "home"))


@pytest.fixture
def new_lab() -> Callable[..., Lab]:
    """A fresh lab in memory at each call; `progress` receives its steps."""

    def make(progress: Progress = silent) -> Lab:
        return memory_lab(Settings(), progress=progress)

    return make


@pytest.fixture
def restarted() -> Callable[..., Lab]:
    """Another lab on the same rows and artifacts, as after a restart; on a model that is new there."""

    def make(lab: Lab, model: Model) -> Lab:
        again = Lab(lab.store, lab.artifacts, ModelCatalog(Settings()))
        again.use_engine(InlineEngine(again.store, again.verbs()))
        again.catalog.add(model)
        return again

    return make


@pytest.fixture
def lab(new_lab: Callable[..., Lab]) -> Lab:
    """A lab in memory."""
    return new_lab()


@pytest.fixture
def steer(lab: Lab) -> Steer:
    """Start a session: `steer(candidates=5)`; on another lab with `lab=`, on a model object with `model=`."""

    def start(*, lab: Lab = lab, **config: Any) -> Steering:
        return Steering(lab, config_of(**config))

    return start


@pytest.fixture
def snapshot() -> Callable[[Store], Any]:
    """All that a store holds, to be compared before and after."""

    def take(store: Store) -> Any:
        return {kind: list(store.list(kind)) for kind in ROWS}, store.last_seq()

    return take


@pytest.fixture(scope="session")
def smollm() -> LanguageModel:
    """The default language model, for tests marked `starter`; converted before, by scripts/install."""
    from pilotage.models.language import LanguageModel, default_source

    model = LanguageModel("smollm2", default_source(), device="cpu")
    model.load()
    return model


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, one a test process."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def _postgres_database(postgres: PostgresServer) -> Iterator[str]:
    from pilotage.store.sql import migrate

    with postgres.database("shared") as url:
        migrate(url)
        yield url


@pytest.fixture
def postgres_url(postgres: PostgresServer, _postgres_database: str) -> Iterator[str]:
    """A database with today's schema and nothing in it; emptied again, which is quicker than another one."""
    from pilotage.store.tables import metadata

    yield _postgres_database
    names = ", ".join(f'"{name}"' for name in metadata.tables)
    postgres.execute(f"TRUNCATE {names}", database="shared")
