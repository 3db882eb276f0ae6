"""The report: it opens offline, says what was measured, and lets no name become markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pilotage.bench.cache import Cache
from pilotage.bench.names import method_named, names_of
from pilotage.bench.page import page_of, write_page
from pilotage.bench.preferences import outcomes_of, plan_of
from pilotage.bench.standing import standings
from pilotage.bench.trials import Trial
from pilotage.core.errors import NotFoundError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the outcomes of three methods are kept; tests only read them."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def cache(folder: Path) -> Cache:
    cache = Cache(folder)
    outcomes_of(plan_of(["bowl8"], ["local", "sobol", "cma"], answers=["winner"], seeds=3), cache)
    return cache


class Reader(HTMLParser):
    """Collects what the page asks for, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.addresses, self.words = list[str](), list[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_needs_nothing_beside_it_and_names_all_that_was_run(
    cache: Cache, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a folder" / "page.html"
    out.parent.mkdir()
    assert write_page(folder, out, command="pilotage bench report") == 3
    page = Reader(out.read_text())
    assert page.addresses == []
    assert "script" not in page.tags
    assert {"local", "sobol", "cma", "bowl8 winner"} <= set(page.words)


def test_a_curve_passes_through_the_means(cache: Cache) -> None:
    found = standings({names_of(trial): outcomes for trial, outcomes in cache.trials()})
    page = page_of(found, {}, origin="")
    (chart,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    lines = ElementTree.fromstring(chart).findall("polyline")
    assert len(lines) == 3
    for line, one in zip(lines, found["bowl8 winner"].values(), strict=True):
        heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
        means = one.utility.mean(axis=0)
        assert len(heights) == len(means) == 25
        assert heights[int(means.argmax())] == min(heights)  # up is better


def test_a_name_stays_text(cache: Cache) -> None:
    found = standings({("<b>case</b>", "<script>"): cache.trials()[0][1]})
    page = Reader(page_of(found, {}, origin="<i>"))
    assert not {"b", "script", "i"} & set(page.tags)


def test_without_outcomes_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        write_page(tmp_path, tmp_path / "page.html", command="")


def test_a_trial_is_named_by_what_differs_from_the_defaults() -> None:
    def named(method: str, **more: object) -> tuple[str, str]:
        return names_of(Trial(function={"kind": "hartmann6"}, method=method_named(method), **more))

    assert named("default") == ("hartmann6 winner", "default")
    assert named("{kind: pilotage, sampler: {kind: local, radius: 0.5}}", answers="ranking", lapse=0.1) == (
        "hartmann6 ranking, lapse 0.1", "local(radius=0.5)+laplace_gp",
    )  # fmt: skip
    assert named("cma", region="ball") == ("hartmann6 winner, region ball", "cma")
