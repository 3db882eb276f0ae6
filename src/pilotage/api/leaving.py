"""Leaving: work whose client has gone is ended, so that a model writes for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import HTTPException, Request

T = TypeVar("T")
_LOOK_S = 0.5  # between two looks whether the client is still there


async def while_wanted(work: Coroutine[Any, Any, T], request: Request) -> T:
    """What comes of some work, unless whoever asked for it leaves: then it is cancelled.

    Raises:
        HTTPException: 499, which nobody reads any more.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done() and not await request.is_disconnected():
            await asyncio.wait({task}, timeout=_LOOK_S)
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled():
        raise HTTPException(499, "the client has left")
    return task.result()
