"""A request under a key is one act: what it writes and the answer that it is given are committed together."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from pydantic import BaseModel

from pilotage.core.clock import system_clock
from pilotage.core.crash import crash_point
from pilotage.core.errors import ConflictError
from pilotage.jobs.binding import bound
from pilotage.store import Reader, RequestRow, Store, Transaction

_KEPT = ("location", "content-type")


@dataclass(slots=True)
class Asked:
    """A request under a key; `kept` once its answer is committed."""

    key: str
    fingerprint: str
    store: Store
    kept: bool = False

    def row(self, status: int, headers: dict[str, str], body: bytes) -> RequestRow:
        """The answer as it is stored; of its headers, those that a client acts on."""
        known = {name.lower(): value for name, value in headers.items() if name.lower() in _KEPT}
        media_type = known.pop("content-type", "application/json")
        response = {"headers": known, "media_type": media_type, "body": body.decode()}
        return RequestRow(
            id=self.key, created_at=system_clock(), fingerprint=self.fingerprint, status=status, response=response
        )


ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)


class Unit:
    """All transactions of one act as one, begun by the first of them; a binding of stores.

    It is used in one thread, and has the database's turn to write until it ends: nothing in it may wait for a job.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._tx: Transaction | None = None
        self._parts, self._broken = 0, False

    @contextmanager
    def act(self) -> Iterator[None]:
        """The whole act; what it wrote is committed at the end of the block, or undone if that raises."""
        with self._open, bound(self):
            yield
            if self._broken:
                raise RuntimeError("a part of the act failed and was passed over: all of it is undone")

    @contextmanager
    def transaction(self, store: Store) -> Iterator[Transaction]:
        """The one transaction. If its first part fails, the act may go on otherwise; a later one breaks it."""
        if self._tx is None:
            self._tx = self._open.enter_context(store.transaction())
        try:
            yield self._tx
        except BaseException as error:
            self._broken = self._parts > 0
            if not self._broken:
                self._tx = None
                self._open.__exit__(type(error), error, error.__traceback__)
            raise
        self._parts += 1

    def reader(self, store: Store) -> Reader:
        """What this act has written is seen by it alone."""
        return store if self._tx is None else self._tx


def kept_once(router: APIRouter) -> APIRouter:
    """The same router: what its routes do under a key is kept with their answer."""
    for route in router.routes:
        if (
            isinstance(route, APIRoute)
            and "POST" in (route.methods or ())
            and not inspect.iscoroutinefunction(route.endpoint)
        ):
            route.endpoint = _kept(inspect.unwrap(route.endpoint), route.status_code or 200)
    return router


def _kept(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    def once(**values: Any) -> Any:
        asked = ASKED.get()
        if asked is None:
            return endpoint(**values)
        with Unit().act():
            result = endpoint(**values)
            row = asked.row(*_answer(result, status, values.get("response")))
            with asked.store.transaction() as tx:
                if not tx.insert(row):
                    raise ConflictError("the same request is being done elsewhere", hint="Ask again in a moment.")
            crash_point("request kept")
        crash_point("request committed")
        asked.kept = True
        return result

    return once


def _answer(result: Any, status: int, response: Response | None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what an endpoint returns, as FastAPI will send it."""
    if isinstance(result, Response):
        return result.status_code, dict(result.headers), bytes(result.body)
    headers = dict(response.headers) if response is not None else {}
    status = (response.status_code if response is not None else None) or status
    if isinstance(result, BaseModel):
        return status, headers, result.model_dump_json().encode()
    return status, headers, json.dumps(jsonable_encoder(result)).encode()
