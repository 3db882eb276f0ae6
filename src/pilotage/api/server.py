"""`pilotage serve`: the app in this process, its worker beside it, one address to open."""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from pilotage.app.settings import Settings
from pilotage.app.threads import set_threads
from pilotage.core.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from fastapi import FastAPI


GRACE_S = 2  # for open requests when the server is asked to stop; event streams are ended at once


def serve(settings: Settings, *, open_page: bool = False, with_worker: bool = True) -> None:
    """Serve until interrupted.

    Args:
        settings: where to listen, where things are kept.
        open_page: whether to open the page, if there is a display.
        with_worker: whether to run a worker beside it; without, workers elsewhere do the jobs.

    Raises:
        InvalidInputError: another address than loopback without a token, or an address that isn't this computer's.
        ConflictError: the port is taken, or another server uses the home folder.
    """
    set_threads(1)  # models and their threads live in the worker; here one thread each is quickest
    from pilotage.api.folder import hold  # noqa: PLC0415  (threads are counted when numpy is imported)
    from pilotage.api.guard import policy_for  # noqa: PLC0415
    from pilotage.app.logs import log_to  # noqa: PLC0415

    policy_for(settings, settings.port)
    listener = listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    url = f"http://{_shown(settings.host)}:{port}"
    with listener, hold(settings.home, url), _ended_by_signal():
        log_to(settings.home / "logs", "api")
        with _running(settings, port, with_worker=with_worker) as app:
            _announce(settings, url, open_page=open_page)
            _run(app, listener)


def listen(host: str, port: int) -> socket.socket:
    """A socket on the address; port 0 takes a free one.

    Raises:
        ConflictError: the port is taken.
        InvalidInputError: the address isn't this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP said aloud: asyncio switches Nagle's wait (40 ms an answer) off only where it sees it.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        listener.listen(128)
    except OSError as cause:
        listener.close()
        if cause.errno == errno.EADDRINUSE:
            hint = "Open that one, or take another port: --port 0 finds a free one."
            raise ConflictError(f"port {port} is taken by {_holder(port)}", hint=hint, field="port") from cause
        raise InvalidInputError(f"cannot listen on {host}:{port}: {cause.strerror}", field="host") from cause
    return listener


@contextmanager
def _running(settings: Settings, port: int, *, with_worker: bool) -> Iterator[FastAPI]:
    """The app, with its helper process and its worker around it."""
    from pilotage.api.app import create_app  # noqa: PLC0415
    from pilotage.api.helper import BeliefHelper  # noqa: PLC0415
    from pilotage.api.supervisor import Supervisor  # noqa: PLC0415
    from pilotage.app.snapshots import note_start  # noqa: PLC0415
    from pilotage.app.wiring import server_lab  # noqa: PLC0415
    from pilotage.jobs.leases import note_death  # noqa: PLC0415
    from pilotage.jobs.listening import LiveListener  # noqa: PLC0415
    from pilotage.jobs.live import live_secret  # noqa: PLC0415
    from pilotage.jobs.presence import live_addresses  # noqa: PLC0415

    lab = server_lab(settings)
    note_start(lab.store, settings, "server", lab.ports.clock)
    helper = BeliefHelper()
    supervisor = Supervisor(settings, died=lambda cause: note_death(lab.store, 0, cause))
    lab.believe_with(helper.believe, helper.advise)
    if with_worker:
        supervisor.start()
    threading.Timer(1.0, helper.start).start()  # after the first page is out
    try:
        live = LiveListener(lambda: live_addresses(lab.store), live_secret(settings.home))
        yield create_app(lab, settings, port=port, live=live)
    finally:
        supervisor.stop()
        helper.close()
        lab.engine.close()
        lab.store.close()


def _run(app: FastAPI, listener: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415

    from pilotage.api.patience import Patient  # noqa: PLC0415

    config = uvicorn.Config(
        app, log_config=None, access_log=False, proxy_headers=False, server_header=False,
        timeout_graceful_shutdown=GRACE_S, ws="none",
        http=Patient,
    )  # fmt: skip
    gc.freeze()  # what stands now stays: a full collection, while which nobody is answered, need not look at it
    uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends the server as Ctrl-C does: in order, with its worker."""

    def interrupt(number: int, frame: Any) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt) if _in_main_thread() else None
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _announce(settings: Settings, url: str, *, open_page: bool) -> None:
    page = f"{url}/login?token={settings.token}" if settings.token else url
    print(f"Pilotage is at {page}\nCtrl-C stops it; everything is kept in {settings.home.resolve()}", flush=True)
    if open_page and _has_display():
        threading.Timer(0.5, webbrowser.open, (page,)).start()


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _shown(host: str) -> str:
    """What to type into a browser on this computer."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _holder(port: int) -> str:
    import httpx  # noqa: PLC0415

    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=1.0, trust_env=False).json()
        return "another Pilotage" if "version" in answer or "type" in answer else "another program"
    except (httpx.HTTPError, ValueError):
        return "another program"
