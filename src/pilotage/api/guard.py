"""Who may ask: exact host names, our own origin, and a token wherever the app is not on loopback alone."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from pilotage.api.asgi import Asgi, Receive, Scope, Send, count, header, refuse, send_bytes
from pilotage.api.problems import Problem, problem
from pilotage.app.settings import Settings
from pilotage.core.errors import InvalidInputError

COOKIE = "pilotage"
SAFE_METHODS = ("GET", "HEAD")
MIN_TOKEN = 32
_DATA = ("/api", "/openapi.json", "/v1", "/health", "/info", "/preferences", "/vectors")
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the guard lets in.

    Attributes:
        hosts: exact values of the Host header, port included.
        token: empty: none is asked for.
    """

    hosts: frozenset[str]
    token: str = ""

    @property
    def cookie(self) -> str:
        """What the browser keeps in place of the token, so that the token itself is nowhere but in its header."""
        return hmac.new(self.token.encode(), b"pilotage cookie", hashlib.sha256).hexdigest()


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this computer alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def policy_for(settings: Settings, port: int) -> Policy:
    """The policy of an app that listens on `settings.host` and `port`.

    Raises:
        InvalidInputError: not loopback and without a token, or with one that can be guessed.
    """
    if settings.token and len(settings.token) < MIN_TOKEN:
        raise InvalidInputError(f"the token must have at least {MIN_TOKEN} characters", field="token")
    if not is_loopback(settings.host) and not settings.token:
        raise InvalidInputError(
            f"listening on {settings.host} lets other computers in, so a token is needed", field="token",
            hint=f"Set PILOTAGE_TOKEN to a secret of at least {MIN_TOKEN} characters, or stay on 127.0.0.1.",
        )  # fmt: skip
    names = {*_LOOPBACK_NAMES}
    if settings.host not in ("0.0.0.0", "::"):
        names.add(f"[{settings.host}]" if ":" in settings.host and "[" not in settings.host else settings.host)
    hosts = {f"{name}:{port}" for name in names} | set(settings.allowed_hosts)
    if port in (80, 443):
        hosts |= names
    return Policy(frozenset(host.lower() for host in hosts), settings.token)


class Guard:
    """Refuses by default: a request passes when every check says yes."""

    def __init__(self, app: Asgi, policy: Policy) -> None:
        self._app, self._policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on or refuse."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = self._host_fault(scope) or _path_fault(scope) or self._origin_fault(scope)
        if fault is not None:
            await refuse(scope, send, fault)
        elif self._policy.token and scope["path"] == "/login":
            await self._login(scope, send)
        elif (fault := self._token_fault(scope)) is not None:
            await refuse(scope, send, fault)
        else:
            await self._app(scope, receive, send)

    def _host_fault(self, scope: Scope) -> Problem | None:
        host = header(scope, b"host")
        if count(scope, b"host") == 1 and host is not None and host.lower() in self._policy.hosts:
            return None
        return problem(
            "bad_host", "The Host header is none of those that this app answers to.",
            hint="Open it as http://127.0.0.1 with its port, or add the name to PILOTAGE_ALLOWED_HOSTS.",
        )  # fmt: skip

    def _origin_fault(self, scope: Scope) -> Problem | None:
        origin, site = header(scope, b"origin"), header(scope, b"sec-fetch-site")
        unsafe = scope["method"] not in SAFE_METHODS
        if origin is not None and not self._own(origin):
            return problem("foreign_origin", "Another site may not ask this app for anything.")
        if site not in (None, "same-origin", "none") and (unsafe or not _opens_a_page(scope)):
            return problem("foreign_origin", "Another site may not ask this app for anything.")
        if unsafe and origin is None and site is None and self._cookie_of(scope):
            return problem("foreign_origin", "A request with a cookie must say where it comes from.")
        return None

    def _own(self, origin: str) -> bool:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.netloc.lower() in self._policy.hosts

    def _token_fault(self, scope: Scope) -> Problem | None:
        if not self._policy.token:
            return None
        scheme, _, given = (header(scope, b"authorization") or "").partition(" ")
        by_header = scheme.lower() == "bearer" and _same(given.strip(), self._policy.token)
        if by_header or _same(self._cookie_of(scope), self._policy.cookie):
            return None
        hint = "Open /login?token=… once in the browser, or send Authorization: Bearer …"
        return problem(
            "token_required", "This app is reachable from other computers and asks for its token.", hint=hint
        )

    async def _login(self, scope: Scope, send: Send) -> None:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] != "GET" or not _same(given, self._policy.token):
            await refuse(scope, send, problem("token_required", "That is not the token of this app."))
            return
        cookie = f"{COOKIE}={self._policy.cookie}; HttpOnly; SameSite=Strict; Path=/"
        extra = ((b"location", b"/"), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store"))
        await send_bytes(send, 303, b"", "text/plain", extra)

    @staticmethod
    def _cookie_of(scope: Scope) -> str:
        try:
            jar = SimpleCookie(header(scope, b"cookie") or "")
        except CookieError:
            return ""
        return jar[COOKIE].value if COOKIE in jar else ""


def _opens_a_page(scope: Scope) -> bool:
    """A link from elsewhere that a person followed: it may open a page, never read data or start anything."""
    navigates = header(scope, b"sec-fetch-mode") == "navigate"
    top = header(scope, b"sec-fetch-dest") in (None, "document")
    return navigates and top and not scope["path"].startswith(_DATA)


def _path_fault(scope: Scope) -> Problem | None:
    path: str = scope["path"]
    odd = "\\" in path or len(path) > 2000 or any(ord(char) < 32 or char == "\x7f" for char in path)
    if odd or _climbs(path.split("/")):
        return problem("no_route", "There is no such address.")
    return None


def _climbs(segments: Iterable[str]) -> bool:
    return any(segment in ("..", ".") for segment in segments)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
