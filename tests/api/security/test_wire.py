"""Attacks on the bytes of HTTP itself, made over a socket against a real server process."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

MB = 1 << 20
STREAMED = 1 << 30
HURRIED = """
import pilotage.api.bodies, pilotage.api.patience, pilotage.cli.main
pilotage.api.bodies.READ_SECONDS = pilotage.api.patience.PATIENCE_S = 0.5  # before its readers are imported
pilotage.cli.main.main()
"""


@pytest.fixture(scope="module")
def hurried(serving: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server whose patience is half a second."""
    with serving(tmp_path_factory.mktemp("hurried"), program=("-c", HURRIED)) as served:
        yield served


def connect(served: Any) -> socket.socket:
    parts = urlsplit(served.base)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def host_of(served: Any) -> bytes:
    return urlsplit(served.base).netloc.encode()


def send(served: Any, request: bytes) -> tuple[int, bytes]:
    """(status, everything that came back) of raw bytes; status 0: the connection was cut without a word."""
    with connect(served) as line:
        line.sendall(request.replace(b"HOST", host_of(served)))
        answer = rest_of(line)
    return status_of(answer), answer


def rest_of(line: socket.socket) -> bytes:
    parts = []
    try:
        while part := line.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def test_an_honest_request_is_answered(served: Any) -> None:
    status, answer = send(served, b"GET /api/health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")
    assert (status, answer.count(b"HTTP/1.1")) == (200, 1)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/health HTTP/1.1",
        b"GET /api/health HTTP/1.0",
        b"GET /api/health HTTP/1.1\r\nHost: HOST\r\nHost: HOST",
        b"GET /api/health HTTP/1.1\r\nHost: HOST\r\nHost: evil.test",
        b"GET /api/health HTTP/1.0\r\nHost: HOST\r\nhost: evil.test",
        b"GET /api/health HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: HOST",
        b"GET http://HOST/api/health HTTP/1.1\r\nHost: evil.test",
        b"GET /api/health HTTP/1.1\r\nHost: HOST, evil.test",
        b"GET /api/health HTTP/1.1\r\nHost : HOST",
        b"GET /api/health\x00 HTTP/1.1\r\nHost: HOST",
        b"GET /api/health HTTP/1.1\r\nHost: HOST\r\nX: a\x00b",
        b"GET /api/health HTTP/1.1\r\nHost: HOST\r\nX: " + b"x" * 1_000_000,
        b"POST /api/sessions HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nContent-Length: 3",
        b"POST /api/sessions HTTP/1.1\r\nHost: HOST\r\nContent-Length: -2",
        b"POST /api/sessions HTTP/1.1\r\nHost: HOST\r\nContent-Length: +2",
        b"POST /api/sessions HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip, chunked",
        b"POST /api/sessions HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked",
    ],
    ids=lambda head: head[:70].decode(),
)
def test_a_head_that_says_two_things_is_refused(served: Any, head: bytes) -> None:
    status, answer = send(served, head + b"\r\nConnection: close\r\n\r\n")
    assert status in (400, 501) or (len(head) > 1_000_000 and not answer), answer[:300]
    assert b'"status":"ok"' not in answer


def test_a_request_hidden_in_another_is_no_request(served: Any) -> None:
    hidden = b"GET /api/diagnostics HTTP/1.1\r\nHost: HOST\r\n\r\n"
    status, answer = send(
        served,
        b"POST /api/sessions HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n" + hidden,
    )
    assert status in (400, 422), answer[:300]
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "target", [b"/a%0d%0aX-Evil:%201", b"/api/sessions/%0D%0ASet-Cookie:%20a=b", b"/%E5%98%8A%E5%98%8Dx"]
)
def test_a_line_break_in_an_address_reaches_no_header(served: Any, target: bytes) -> None:
    status, answer = send(served, b"GET " + target + b" HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert status in (200, 404)
    assert b"\nx-evil" not in head
    assert b"\nset-cookie" not in head


def test_a_gigabyte_without_a_length_is_refused_in_bounded_memory(served: Any) -> None:
    status_file = Path(f"/proc/{served.process.pid}/status")
    if not status_file.exists():
        pytest.skip("no /proc here to read the server's memory from")
    part = b"%x\r\n" % MB + b" " * MB + b"\r\n"
    before, sent = resident(status_file), 0
    with connect(served) as line:
        line.sendall(
            b"POST /api/sessions HTTP/1.1\r\nHost: " + host_of(served)
            + b"\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )  # fmt: skip
        try:
            while sent < STREAMED:
                line.sendall(part)
                sent += MB
        except OSError:
            pass  # the server had enough, as it may
        answer = line.recv(65_536)
    assert sent >= 2 * MB
    assert status_of(answer) == 413
    assert resident(status_file) - before < 32 * MB, f"grew after {sent >> 20} MB"
    assert served.client().get("/api/health").status_code == 200


def resident(status_file: Path) -> int:
    """The most memory that the process ever had, in bytes."""
    line = next(line for line in status_file.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def test_a_head_that_never_ends_is_cut_off(hurried: Any) -> None:
    with connect(hurried) as line:
        line.sendall(b"GET /api/health HTTP/1.1\r\n")
        assert seconds_until_cut(line, b"X-Slow: 1\r\n") < 5


def test_a_line_that_says_nothing_is_cut_off_and_so_is_one_that_falls_silent(hurried: Any) -> None:
    with connect(hurried) as line:
        assert seconds_until_cut(line, b"") < 5
    with connect(hurried) as line:
        line.sendall(b"GET /api/health HTTP/1.1\r\nHost: " + host_of(hurried) + b"\r\n\r\n")
        assert status_of(line.recv(65_536)) == 200
        assert seconds_until_cut(line, b"G") < 5


def test_a_body_that_drips_is_refused_and_then_cut_off(hurried: Any) -> None:
    with connect(hurried) as line:
        line.sendall(
            b"POST /api/sessions HTTP/1.1\r\nHost: " + host_of(hurried)
            + b"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )  # fmt: skip
        assert status_of(line.recv(65_536)) == 408
        assert seconds_until_cut(line, b" ") < 5


def test_an_upload_that_drips_is_refused(hurried: Any) -> None:
    with connect(hurried) as line:
        line.sendall(
            b"POST /api/bundles HTTP/1.1\r\nHost: " + host_of(hurried)
            + b"\r\nContent-Type: application/zip\r\nContent-Length: 1000\r\n\r\nPK"
        )  # fmt: skip
        assert seconds_until_cut(line, b" ", until=b"HTTP/1.1 408") < 5


def test_patience_does_not_cut_what_is_being_answered(hurried: Any, listen: Callable[..., Any]) -> None:
    stream = listen(hurried.base)
    time.sleep(2.5)  # five times the patience
    with hurried.client() as client:
        made = client.post("/api/sessions", json={"model": "analytic", "request": {"prompt": ""}})
    assert made.status_code == 201
    stream.wait(lambda stream: "session.created" in stream.types())


def seconds_until_cut(line: socket.socket, drip: bytes, until: bytes = b"") -> float:
    """How long the server listens while `drip` comes in again and again; it ends with this answer."""
    begun = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - begun < 10:
        try:
            line.sendall(drip)
            if (said := line.recv(65_536)) == b"" or until:
                assert said.startswith(until)
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - begun
