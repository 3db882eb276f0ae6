"""The attacks that a local app meets: each is made, each is answered as it should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from pilotage.api.app import create_app
from pilotage.api.guard import is_loopback, policy_for
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.core.errors import InvalidInputError

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 8360
HOST = ("host", f"127.0.0.1:{PORT}")
JSON = ("content-type", "application/json")
TOKEN = "t" * 40
Ask = Callable[..., Any]


@pytest.fixture
def guarded(lab: Lab) -> FastAPI:
    """The app as other computers would meet it."""
    settings = Settings(host="0.0.0.0", token=TOKEN, allowed_hosts=("lab.example:8360",))
    return create_app(lab, settings, port=PORT)


# 1: the Host header


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "127.0.0.1.evil.test:8360",
        "localhost.:8360",
        "127.0.0.1",
        "127.0.0.1:8361",
        "[fe80::1]:8360",
        "",
        "127.0.0.1:8360@evil.test",
    ],
)
def test_a_host_that_is_not_on_the_list_is_refused(app: FastAPI, ask: Ask, host: str) -> None:
    reply = ask(app, "GET", "/api/health", [("host", host)])
    assert (reply.status, reply.json()["code"]) == (400, "bad_host")


def test_no_host_and_two_hosts_are_refused(app: FastAPI, ask: Ask) -> None:
    assert ask(app, "GET", "/", []).status == 400
    assert ask(app, "GET", "/", [HOST, ("host", "evil.test")]).status == 400
    assert ask(app, "GET", "/", [HOST, HOST]).status == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8360", "localhost:8360", "LOCALHOST:8360", "[::1]:8360"])
def test_this_computers_own_names_are_answered(app: FastAPI, ask: Ask, host: str) -> None:
    assert ask(app, "GET", "/api/health", [("host", host)]).status == 200


def test_a_name_that_the_user_allows_is_answered(guarded: FastAPI, ask: Ask) -> None:
    bearer = ("authorization", f"Bearer {TOKEN}")
    assert ask(guarded, "GET", "/api/health", [("host", "lab.example:8360"), bearer]).status == 200
    assert ask(guarded, "GET", "/api/health", [("host", "evil.test:8360"), bearer]).status == 400


# 2 and 4: other sites


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "http://127.0.0.1:9999", "http://localhost", "file://"]
)
def test_another_origin_may_not_post(app: FastAPI, ask: Ask, origin: str) -> None:
    reply = ask(app, "POST", "/api/sessions", [HOST, JSON, ("origin", origin)], b"{}")
    assert (reply.status, reply.json()["code"]) == (403, "foreign_origin")


def test_our_own_origin_may_post(app: FastAPI, ask: Ask) -> None:
    body = b'{"model": "analytic", "request": {"prompt": ""}}'
    own = [HOST, JSON, ("origin", f"http://localhost:{PORT}"), ("sec-fetch-site", "same-origin")]
    assert ask(app, "POST", "/api/sessions", own, body).status == 201


def test_a_post_with_a_cookie_and_no_origin_is_refused(guarded: FastAPI, ask: Ask) -> None:
    cookie = ("cookie", f"pilotage={policy_for(Settings(token=TOKEN), PORT).cookie}")
    assert ask(guarded, "POST", "/api/sessions", [HOST, JSON, cookie], b"{}").status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/api/events", "/api/health", "/api/sessions", "/openapi.json"])
def test_another_site_reads_no_data(app: FastAPI, ask: Ask, site: str, path: str) -> None:
    for mode in ("no-cors", "cors", "navigate"):
        headers = [HOST, ("sec-fetch-site", site), ("sec-fetch-mode", mode)]
        assert ask(app, "GET", path, headers).status == 403


def test_another_site_starts_nothing(app: FastAPI, ask: Ask) -> None:
    headers = [HOST, JSON, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert ask(app, "POST", "/api/sessions", headers, b"{}").status == 403


def test_a_link_from_another_site_opens_the_page(app: FastAPI, ask: Ask) -> None:
    followed = [HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
    assert ask(app, "GET", "/", followed).status == 200
    framed = [*followed[:-1], ("sec-fetch-dest", "iframe")]
    assert ask(app, "GET", "/", framed).status == 403


def test_no_answer_invites_other_origins(app: FastAPI, ask: Ask) -> None:
    reply = ask(app, "GET", "/api/health", [HOST])
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert ask(app, "OPTIONS", "/api/sessions", [HOST, ("origin", "https://evil.test")]).status == 403


# 3 and 11: bodies


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "", "x"])
def test_a_body_that_says_it_is_not_json_is_refused(app: FastAPI, ask: Ask, kind: str) -> None:
    reply = ask(app, "POST", "/api/sessions", [HOST, ("content-type", kind)], b'{"model": "analytic"}')
    assert (reply.status, reply.json()["code"]) == (415, "unsupported_media_type")
    assert ask(app, "POST", "/api/sessions", [HOST], b"{}").status == 415


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b'{"request": {"prompt": "x"}, "radius": NaN}',
        b'{"request": {"prompt": "x"}, "radius": -Infinity}',
        b'{"request": {"prompt": "x"}, "radius": 1e999}',
        b'{"request": {"prompt": "x"}, "radius": 1e308}',
        b'{"request": {"prompt": "x"}, "seed": 1' + b"0" * 5000 + b"}",
        b'{"request": {"prompt": "x"}, "seed": 99999999999999999999}',
        b'{"request": {"prompt": "' + b"x" * 200_000 + b'"}}',
        b'{"request": {"prompt": "\\ud800"}}',
        b'{"request": {"prompt": "\\u0000"}}',
        b'{"\\udfff": 1}',
        b'{"request": {"prompt": "\xff"}}',
        b"\xff\xfe{\x00}\x00",
        b"null",
        b"[]",
        b'"text"',
        b"{",
    ],
    ids=lambda body: repr(body[:44]),
)
def test_json_that_cannot_be_used_is_bad_input(app: FastAPI, ask: Ask, body: bytes) -> None:
    reply = ask(app, "POST", "/api/sessions", [HOST, JSON], body)
    assert (reply.status, reply.json()["kind"]) == (422, "input"), reply.body[:300]


def test_a_body_is_bounded_whether_it_says_its_length_or_not(app: FastAPI, ask: Ask) -> None:
    said = ask(app, "POST", "/api/sessions", [HOST, JSON, ("content-length", str(10**9))], b"")
    assert (said.status, said.json()["code"]) == (413, "body_too_large")
    streamed = ask(app, "POST", "/api/sessions", [HOST, JSON], chunks=[b" " * 65_536] * 40)
    assert streamed.status == 413
    assert ask(app, "POST", "/api/sessions", [HOST, JSON, ("content-length", "-1")], b"{}").status == 413


# 5: the token


def test_every_address_asks_for_the_token(guarded: FastAPI, ask: Ask) -> None:
    known = [(method.upper(), path) for path, methods in guarded.openapi()["paths"].items() for method in methods]
    others = ["/", "/docs", "/docs/start.js", "/openapi.json", "/assets/app.js", "/nowhere", "/api/nowhere", "/login"]
    assert len(known) > 25
    for method, path in [*known, *(("GET", path) for path in others), ("DELETE", "/api/sessions"), ("HEAD", "/")]:
        plain = path.replace("{", "").replace("}", "")
        for headers in ([HOST], [HOST, ("authorization", "Bearer " + "x" * 40)], [HOST, ("cookie", "pilotage=x")]):
            reply = ask(guarded, method, plain, [*headers, JSON, ("sec-fetch-site", "same-origin")], b"{}")
            assert reply.status == 401, (method, path, reply.status)
            assert TOKEN.encode() not in reply.body


def test_the_token_opens_the_page_as_a_cookie_that_scripts_cannot_read(guarded: FastAPI, ask: Ask) -> None:
    reply = ask(guarded, "GET", "/login", [HOST], query=f"token={TOKEN}")
    cookie = reply.headers["set-cookie"]
    assert (reply.status, reply.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert ask(guarded, "GET", "/api/health", [HOST, ("cookie", cookie.partition(";")[0])]).status == 200
    assert ask(guarded, "GET", "/login", [HOST], query="token=wrong").status == 401


def test_an_open_address_without_a_good_token_is_refused_before_anything_starts() -> None:
    for given in ({"host": "0.0.0.0"}, {"host": "192.168.1.5"}, {"host": "::"}, {"host": "0.0.0.0", "token": "short"}):
        with pytest.raises(InvalidInputError) as refused:
            policy_for(Settings(**given), PORT)
        assert refused.value.field == "token"
    assert not is_loopback("lab.local")
    assert is_loopback("127.8.8.8")


# 6: paths


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/assets/../../pyproject.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..\\..\\windows\\win.ini",
        "/C:\\windows\\win.ini",
        "/\\\\host\\share",
        "/docs/../openapi.json",
        "/docs/..%2fcore.py",
        "/api/artifacts/../../pilotage.db",
        "/api/artifacts/%2e%2e%2fpilotage.db",
        "/api/artifacts/" + "a" * 63 + "\x00",
        "/api/sessions/\x00",
        "/api/sessions/a\r\nset-cookie: x=1",
        "/api/models/../../etc/passwd",
        "/api/models/%00",
        "/api/sessions/" + "x" * 5000,
        "/file.txt\x00.png",
        "/etc/passwd.txt",
    ],
)
def test_a_path_that_climbs_or_lies_leads_nowhere(app: FastAPI, ask: Ask, path: str) -> None:
    reply = ask(app, "GET", path, [HOST])
    assert reply.status in (404, 422) or b"Pilotage is running" in reply.body, (path, reply.status)
    assert b"root:" not in reply.body


def test_a_link_in_the_artifact_folder_is_not_followed_by_name(app: FastAPI, ask: Ask) -> None:
    assert ask(app, "GET", f"/api/artifacts/{'a' * 64}", [HOST]).status == 404
    assert ask(app, "GET", f"/api/artifacts/{'A' * 64}", [HOST]).status == 422


# 12: what was stored


def test_stored_markup_comes_back_as_data(client: TestClient) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    config = {"model": "analytic", "name": evil, "request": {"prompt": evil}}
    made = client.post("/api/sessions", json=config)
    assert made.headers["content-type"] == "application/json"
    assert made.headers["x-content-type-options"] == "nosniff"
    assert made.json()["name"] == evil
    refused = client.get(f"/api/sessions/{evil}")
    assert refused.headers["content-type"].startswith("application/problem+json")


def test_no_page_may_run_a_script_that_stands_in_it(client: TestClient) -> None:
    for path in ("/", "/docs", "/api/sessions", "/api/nowhere"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "script-src" not in policy
        assert "unsafe-eval" not in policy


def test_sql_in_an_id_is_only_an_unknown_id(client: TestClient) -> None:
    for id_ in ("' OR 1=1 --", "x'; DROP TABLE session; --"):
        assert client.get(f"/api/sessions/{id_}").status_code == 404


def test_a_websocket_is_closed(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/api/events"):
        pass
    assert closed.value.code == 1008
