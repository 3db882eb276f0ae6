"""The report's page: one file, the app's look, and data that can't become markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "src" / "pilotage" / "reports" / "page"


def page_of(lab: Any, told: Any, bundled: Any) -> str:
    import zipfile

    with zipfile.ZipFile(bundled(told.id)) as packed:
        return packed.read("report.html").decode()


def test_the_page_has_one_script_one_style_and_no_address(told: Any, lab: Any, bundled: Any) -> None:
    page = page_of(lab, told, bundled)
    assert (page.count("<script"), page.count("</script"), page.count("<style")) == (1, 1, 1)
    assert not re.search(r"<script[^>]*(?:src|type)=", page)
    outside = page.replace(data_of(page)[0], "")
    assert not re.search(r"https?:|//[a-z]|@import|url\(", outside.replace("// ", ""))


def test_what_a_person_wrote_cannot_end_the_script(told: Any, lab: Any, bundled: Any) -> None:
    literal, data = data_of(page_of(lab, told, bundled))
    assert not set("<>&\u2028\u2029") & set(literal)
    hostile = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>/*script*/\u2028& \"'"
    assert data["story"]["prompt"] == hostile
    assert data["story"]["chapters"][0]["answer"]["comment"] == "warmer,\nplease " + hostile
    assert data["story"]["chapters"][1]["answer"]["gesture"]["__proto__"] == {"x": 1}


def test_pictures_are_found_beside_the_page(told: Any, lab: Any, bundled: Any) -> None:
    _, data = data_of(page_of(lab, told, bundled))
    shown = {p["artifact"] for chapter in data["story"]["chapters"] for p in chapter["pictures"]}
    assert set(data["pictures"]) == shown
    assert all(path == f"pictures/{sha}.png" for sha, path in data["pictures"].items())


def test_the_page_looks_as_the_app_does() -> None:
    assert (PAGE / "tokens.css").read_text() == (ROOT / "web" / "src" / "ui" / "tokens.css").read_text(), (
        "copy web/src/ui/tokens.css to src/pilotage/reports/page/tokens.css"
    )


def data_of(page: str) -> tuple[str, Any]:
    """The literal that the page parses, and what it holds."""
    literal = re.search(r"const DATA = JSON\.parse\((\".*\")\);$", page, flags=re.MULTILINE)
    assert literal
    return literal[1], json.loads(json.loads(literal[1]))
