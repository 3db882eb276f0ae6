"""The page of an axis' report: every number of it, nothing fetched, nothing that was written becomes markup."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from pilotage.labs.language.axes import Poles
from pilotage.labs.language.axis_report import AxisReport, Composition, Heat, Meaning, Sample
from pilotage.labs.language.cards import Damage, PackModel
from pilotage.reports.axis_page import axis_page

HOSTILE = "</dd><script>alert(1)</script><img src=x>"


@pytest.fixture
def report() -> AxisReport:
    """What a model might have shown at five doses."""
    doses = (-1.0, -0.5, 0.0, 0.5, 1.0)
    damage = tuple(
        Damage(perplexity=1 + abs(dose), kl=abs(dose) / 3 - 1e-9, distinct=1 - abs(dose) / 9) for dose in doses
    )
    return AxisReport(
        axis="wit", poles=Poles(negative="dry", positive="witty"), layer=7, method="logistic_probe", positions="answer",
        model=PackModel(name="tiny", fingerprint="f" * 64, layers=12, hidden=32), doses=doses, strengths=doses,
        gaps=(-1.11, -0.27, 0.33, 1.21, 2.05), effect=3.16, won=0.75, monotone=0.9, straight=0.87, floor=(-0.4, 0.22),
        instructed=0.91, instructed_perplexity=(1.18, 1.43), damage=damage, refusals=(0.25, 0, 0, 0, 0), answers=12,
        samples=(Sample(prompt="Say <hello>.", texts=("Hi.", "Hello.", "", "Howdy & so on.", HOSTILE)),),
        heat=(Heat(method="logistic_probe", layer=7, effect=2.6, damage=0.4, score=4.23),
              Heat(method="pca", layer=4, effect=1.1, damage=0.2, score=1.51)),
    )  # fmt: skip


def rows_of(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[unescape(re.sub("<.*?>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_every_number_of_the_report_is_on_its_page(report: AxisReport) -> None:
    page, rows = axis_page(report), rows_of(axis_page(report))
    assert ["-1.00", "-1.44", "×2.00", "0.33", "×0.89", "25%"] in rows
    assert ["+0.00", "+0.00", "×1.00", "0.00", "×1.00", "0%"] in rows
    assert ["+1.00", "+1.72", "×2.00", "0.33", "×0.89", "0%"] in rows
    assert ["logistic probe, block 7", "2.60", "0.40", "4.23"] in rows
    assert ["logistic probe", "", "4.23 ✓"] in rows
    for told in ("3.16 nats a token", "0.40 at most", "does 0.91", "×1.18 and ×1.43", "87%", "75%", "12 held-out"):
        assert told in page, told


def test_what_texts_mean_is_told_where_it_was_measured(report: AxisReport) -> None:
    meant = Meaning(scores=(-0.61, -0.2, 0.01, 0.3, 0.72), told_apart=0.9)
    rows = rows_of(axis_page(report.model_copy(update={"meaning": meant})))
    assert rows[0][-1] == "meaning"
    assert [row[-1] for row in rows[1:6]] == ["-0.61", "-0.20", "+0.01", "+0.30", "+0.72"]


def test_what_it_does_beside_another_axis_is_told_where_it_was_measured(report: AxisReport) -> None:
    beside = Composition(other="warmth", cosine=-0.31, dose=0.7, alone=2.2, together=1.94, spilled=-0.52)
    told = "With warmth, the axis that is most like it (cosine -0.31), each at dose 0.7: it does 1.94"
    assert told in axis_page(report.model_copy(update={"composition": beside}))
    assert "most like it" not in axis_page(report)


def test_the_page_opens_offline_in_light_and_dark(report: AxisReport) -> None:
    page = axis_page(report)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link|src=", page.replace("img src=x", ""))
    assert "@media (prefers-color-scheme: dark) { :root {" in page
    assert "data-theme" not in page.split("@media (prefers-color-scheme: dark)")[1].split("}")[0]


def test_what_a_model_wrote_stays_text(report: AxisReport) -> None:
    page = axis_page(report.model_copy(update={"poles": Poles(negative="<b>dry", positive="witty")}))
    assert "<script>" not in page
    assert "<b>" not in page
    texts = [unescape(text) for text in re.findall(r"<dd>(.*?)</dd>", page, re.DOTALL)]
    assert texts == ["Hi.", "Hello.", "<em>nothing</em>", "Howdy & so on.", HOSTILE]
    assert "Say &lt;hello&gt;." in page


@pytest.mark.parametrize("changes", [{"heat": ()}, {"floor": ()}, {"won": None}, {"samples": ()}])
def test_what_was_not_measured_is_left_out(report: AxisReport, changes: dict[str, Any]) -> None:
    whole, page = axis_page(report), axis_page(report.model_copy(update=changes))
    assert len(page) < len(whole)
    assert "None" not in page
    assert "nan" not in page.lower().split("<body>")[1]
