"""What is served beside the API: the built web app, and the API's own pages with bundled assets."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

import pilotage
from pilotage.core.errors import NotFoundError

router = APIRouter(include_in_schema=False)
WEB = Path(pilotage.__file__).with_name("web")
_SWAGGER = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
_START = """window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, tryItOutEnabled: true,
})
"""
_DOCS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pilotage API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/docs/favicon.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pilotage</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 24px;color:#1d2530}
code{background:#eef1f4;border-radius:4px;padding:2px 6px}a{color:#0b7285}</style></head>
<body><h1>Pilotage is running</h1>
<p>The web app isn't built yet. <code>scripts/install</code> builds it, and <code>make demo</code> does that and
starts Pilotage. Reload this page afterwards; nothing need be restarted.</p>
<p>Meanwhile the API answers: <a href="/docs">its pages</a>, <a href="/api/diagnostics">diagnostics</a>.</p>
</body></html>
"""


@router.get("/docs")
def docs() -> Response:
    """The API's own pages."""
    return HTMLResponse(_DOCS)


@router.get("/docs/{name}")
def docs_asset(name: str) -> Response:
    """Their script and style, from an installed package: no other host is asked."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    spec = find_spec("fastapi_offline")
    if name not in _SWAGGER or spec is None or not spec.submodule_search_locations:
        raise NotFoundError(f"no page {name!r}")
    folder = Path(spec.submodule_search_locations[0]) / "static"
    return FileResponse(folder / name, media_type=_SWAGGER[name], headers={"Cache-Control": "private, max-age=86400"})


@router.get("/runs")
@router.get("/runs/{run_id}")
@router.get("/runs/{run_id}/latent")
def moved(request: Request, run_id: str = "") -> Response:
    """Short addresses of the latent lab's pages."""
    explored = "/explore" if request.url.path.endswith("/latent") else ""
    return RedirectResponse(f"/latents/runs/{quote(run_id, safe='')}".rstrip("/") + explored, 307)


@router.get("/{path:path}")
def page(path: str) -> Response:
    """A file of the web app; any other address is one of its pages, which it tells apart itself."""
    file = (WEB / path).resolve()
    if path and file.is_relative_to(WEB.resolve()) and file.is_file():
        lasting = "private, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"Cache-Control": lasting})
    climbs = ".." in unquote(path).split("/")  # encoded twice, too
    if climbs or path.startswith("api/") or path == "api" or "." in path.rsplit("/", 1)[-1]:
        raise NotFoundError(f"there is no such address: /{path}"[:200])
    index = WEB / "index.html"
    if index.is_file():
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
    return HTMLResponse(_NOT_BUILT, headers={"Cache-Control": "no-store"})
