"""The page to print: it asks for nothing, runs nothing, is read aloud well, and breaks where a page may break."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.reporting.rendering.from_report import Around, sheet_of
from lgsp.reporting.rendering.from_statistics import sheet_of_statistics
from lgsp.reporting.rendering.page import as_html, dated
from lgsp.reporting.rendering.sheet import Sheet
from tests.console.browsing import CHROMIUM, no_axe_violations, opened
from tests.reporting.figured import EVIL, figures, report, small, statistics

A4 = {"width": 1020, "height": 682}
"""What the margins leave of A4 across, at 96 dots to an inch."""
LONG = "Trung tâm Phục vụ hành chính công và xúc tiến đầu tư thành phố số {}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Lend Debian's Chromium, without a window."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed; scripts/servers installs it")
        pytest.skip("chromium is not installed")
    with sync_playwright() as player:
        one = opened(player)
        yield one
        one.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Lend a page that fails on whatever it asks for, and on what its policy stops."""
    faults: list[str] = []
    one = browser.new_page(viewport=A4)
    one.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    one.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    yield one
    one.close()
    assert faults == []


def large(units: int = 60) -> Sheet:
    """Return the widest form that comes with the product, with many units of long names."""
    told = report("standard", figures=figures("standard", units))
    return sheet_of(told, BUILT_IN, Around(lambda code: LONG.format(code.rpartition(".")[2])))


def show(page: Page, sheet: Sheet, tmp_path: Path) -> None:
    """Open a sheet as a file, as who saved it does."""
    path = tmp_path / "table.html"
    path.write_text(as_html(sheet), encoding="utf-8")
    page.goto(path.as_uri())


def test_no_text_becomes_part_of_the_page() -> None:
    """Names, reasons and notes come from people and other systems: all of them are escaped."""
    told = as_html(small())
    assert "<script" not in told
    assert told.count("&lt;script&gt;") >= 10
    assert EVIL not in told


@pytest.mark.parametrize("sheet", [small(), sheet_of_statistics(statistics(20))], ids=["small", "statistics"])
def test_the_page_asks_for_nothing(sheet: Sheet) -> None:
    """One file is all of it: no address, no script, and a policy that would allow neither."""
    told = as_html(sheet)
    assert not re.search(r"""\b(?:src|href|action)=|url\((?!#)|@import|\bon\w+=""", told)
    assert "default-src &#39;none&#39;" in told or "default-src 'none'" in told


def test_it_reads_well_for_who_cannot_see_it(page: Page, tmp_path: Path) -> None:
    """Headings, tables and pictures have what a reader of screens needs, as far as a machine can judge it."""
    show(page, sheet_of_statistics(statistics(4)), tmp_path)
    no_axe_violations(page)
    pictures = page.get_by_role("img")
    assert pictures.count() == 2
    assert "quá hạn 4" in (pictures.first.locator("desc").text_content() or "")


def test_headings_are_low_enough_to_stand_on_each_page(page: Page, tmp_path: Path) -> None:
    """A browser repeats headings in print only if they are lower than a quarter of the page."""
    show(page, large(), tmp_path)
    page.emulate_media(media="print")
    assert page.locator("thead").evaluate("head => head.offsetHeight") < A4["height"] / 4


def test_nothing_is_wider_than_the_paper(page: Page, tmp_path: Path) -> None:
    """The widest table that the product has fits A4 across."""
    show(page, large(), tmp_path)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]


def test_it_prints_as_numbered_pages_of_a4_across(page: Page, tmp_path: Path) -> None:
    """Sixty units with long names take several pages; one unit takes two at most."""
    for sheet, most in ((large(), 12), (sheet_of(report(figures=figures("standard")), BUILT_IN), 2)):
        show(page, sheet, tmp_path)
        told = page.pdf(prefer_css_page_size=True)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", told)
        assert {(round(float(wide)), round(float(high))) for wide, high in boxes} == {(842, 595)}
        assert most // 4 < len(boxes) <= most


def test_a_phone_shows_it_without_scrolling_the_page_aside(page: Page, tmp_path: Path) -> None:
    """The table scrolls in its own frame; what stands around it does not."""
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, sheet_of_statistics(statistics(5)), tmp_path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("", "…, ngày … tháng … năm …"),
        ("2024-02-05", "…, ngày 05 tháng 02 năm 2024"),
        ("2024-12-25", "…, ngày 25 tháng 12 năm 2024"),
        ("2024-03-09", "…, ngày 09 tháng 3 năm 2024"),
    ],
)
def test_the_date_is_written_as_official_documents_write_it(day: str, said: str) -> None:
    """A 0 stands before days below 10 and the first two months; what is not known is left for a pen."""
    assert dated(day) == said
