"""What is kept of a failed browser test, in one folder: pages, traces, consoles, durable events, diagnostics, logs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

from live_app import Server
from pilotage.app.settings import Settings
from pilotage.records import Event, events_to_jsonl

PAGE = 500
PATIENCE_MS = 10_000


@dataclass
class Witness:
    """Sees all servers and browser profiles of the tests; keeps what it saw where a test asks for it.

    Attributes:
        servers: each with what it told of itself last, where it is stopped already.
        consoles: what pages said since the test began.
    """

    servers: list[tuple[Server, dict[str, Any]]] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    consoles: list[str] = field(default_factory=list)

    def begin(self, folder: Path) -> None:
        """A test begins: what was kept of an earlier run of it goes, and servers that were stopped are forgotten."""
        shutil.rmtree(folder, ignore_errors=True)
        self.servers = [(server, told) for server, told in self.servers if server.process.poll() is None]
        self.contexts.clear()
        self.consoles.clear()

    def watch(self, context: BrowserContext) -> None:
        """Trace a new browser profile and hear its pages."""
        context.tracing.start(snapshots=True)
        context.on("console", lambda said: self.consoles.append(f"{said.type}: {said.text} ({said.location})"))
        context.on("weberror", lambda error: self.consoles.append(f"page error: {error.error}"))
        context.on("requestfailed", lambda one: self.consoles.append(f"request failed: {one.url} ({one.failure})"))
        context.on("close", lambda closed: self.contexts.remove(closed) if closed in self.contexts else None)
        self.contexts.append(context)

    def remember(self, server: Server) -> None:
        """Keep what a server that is about to stop says of itself."""
        told = next(told for one, told in self.servers if one is server)
        told.update(diagnostics_of(server))

    def keep(self, folder: Path) -> None:
        """Write all of it; what can't be had is named in `unkept.txt`, for it must not hide why the test failed."""
        folder.mkdir(parents=True, exist_ok=True)
        unkept: list[str] = []
        for write in self._writes(folder):
            try:
                write()
            except Exception as error:
                unkept.append(f"{type(error).__name__}: {error}")
        (folder / "console.log").write_text("".join(f"{line}\n" for line in self.consoles))
        if unkept:
            (folder / "unkept.txt").write_text("\n\n".join(unkept))

    def _writes(self, folder: Path) -> Iterator[Callable[[], Any]]:
        for place, context in enumerate(self.contexts):
            for number, page in enumerate(context.pages):
                path = folder / f"page-{place}-{number}.png"
                yield lambda page=page, path=path: page.screenshot(path=path, full_page=True, timeout=PATIENCE_MS)
            yield lambda context=context, place=place: context.tracing.stop(path=folder / f"trace-{place}.zip")
        for number, (server, told) in enumerate(self.servers):
            into = folder if len(self.servers) == 1 else folder / f"server-{number}"
            yield lambda server=server, into=into: shutil.copytree(server.home / "logs", into / "logs")
            yield lambda server=server, into=into: write_events(server.home, into / "events.jsonl")
            yield lambda server=server, told=told, into=into: (into / "diagnostics.json").write_text(
                json.dumps(told or diagnostics_of(server), indent=2)
            )


def diagnostics_of(server: Server) -> dict[str, Any]:
    """What a server says of itself, or why it says nothing."""
    try:
        return dict(server.get("diagnostics"))
    except Exception as error:
        return {"unreachable": f"{type(error).__name__}: {error}"}


def write_events(home: Path, target: Path) -> None:
    """All durable events of a home folder, read from its database as it is: its server may be dead."""
    from pilotage.store.sql import SqlStore

    store, events = SqlStore(Settings(home=home, database="").database_url), list[Event]()
    try:
        while page := store.events(after=events[-1].seq if events else 0, limit=PAGE):
            events += page
    finally:
        store.close()
    target.write_text(events_to_jsonl(events))
