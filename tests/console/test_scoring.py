"""The scoring preview without a browser: figures, comparisons, dossiers that cost points, and files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from lgsp.console import scoring as screen
from lgsp.console.scoring_words import compared, ordered, ways
from lgsp.domain.scoring.periods import read_period
from lgsp.journal import people
from lgsp.journal.people import Role
from lgsp.scoring import Scoring
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_scoring import aged, brought, ended

Callers = Callable[[Role], Caller]
HERE = "/console/scores"
MONTH = "month=2026-01"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for figures: how far a count is has a test of its own."""
    monkeypatch.setattr(screen, "PATIENCE", 30.0)
    monkeypatch.setattr(screen, "_SOON", 30.0)


def test_each_measure_says_what_it_rests_on(stage: Stage, caller: Callers) -> None:
    """Value, numerator and denominator, points, rule with version and sureness; and that it is a preview."""
    brought(stage, ended("H44.21", 1, 14), ended("H44.21", 2, 20), aged("H44.21", 3))
    page = caller(Role.VIEWER).get(f"{HERE}?{MONTH}&agency=H44.21")
    assert page.status == 200
    assert "Số xem trước, không phải điểm do Cổng DVCQG công bố." in page.text
    for said in ("33,33%", "1 / 3", "6,67 / 20", "phiên bản 2026-1", "tin cậy cao", "so với"):
        assert said in page.text
    assert f"{HERE}/2.1?agency=H44.21&amp;month=2026-01#dossiers" in page.text
    english = caller(Role.AUDITOR).get(f"{HERE}?{MONTH}&agency=H44.21", accept_language="en").text
    for said in ("33.33%", "Share of dossiers handled on time", "A preview, not the figures"):
        assert said in english


def test_dossiers_that_cost_points_are_listed_page_by_page_with_their_reasons(
    stage: Stage, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its reason and the way to its thread; one reason alone; the next page behind the last key."""
    monkeypatch.setattr(screen, "_PAGE", 2)
    brought(stage, *(ended("H44.22", n, 20) for n in (1, 2, 3)), aged("H44.22", 4))
    one, scope = caller(Role.VIEWER), f"{MONTH}&agency=H44.22"
    first = one.get(f"{HERE}/2.1?{scope}").text
    assert "/console/threads/dossier?key=H44.22-260105-0001" in first
    assert "after=H44.22-260105-0002#dossiers" in first
    assert "H44.22-260105-0003" not in first
    second = one.get(f"{HERE}/2.1?{scope}&after=H44.22-260105-0002").text
    assert "H44.22-260105-0003" in second
    assert "Chưa kết thúc mà đã quá ngày hẹn trả" in second
    only = one.get(f"{HERE}/2.1?{scope}&reason=overdue").text
    assert "key=H44.22-260105-0004" in only
    assert "key=H44.22-260105-0001" not in only
    for path in ("1.1", "2.1?reason=nothing"):
        assert one.get(f"{HERE}/{path}").status == 404


def test_agencies_of_the_next_level_are_compared_and_put_in_order(stage: Stage, caller: Callers) -> None:
    """Each with the way to its own page; by a measure, the lowest first."""
    brought(stage, ended("H44.23.1", 1, 14), ended("H44.23.2", 2, 20))
    scope = f"{MONTH}&agency=H44.23"
    by_code = caller(Role.VIEWER).get(f"{HERE}?{scope}").text
    assert f"{HERE}?agency=H44.23.2&amp;month=2026-01" in by_code
    by_value = caller(Role.VIEWER).get(f"{HERE}?{scope}&sort=2.1").text

    def places(text: str) -> list[int]:
        return [text.index(f"agency=H44.23.{n}&amp;month") for n in (1, 2)]

    assert places(by_code) == sorted(places(by_code))
    assert places(by_value) == sorted(places(by_value), reverse=True)


def test_files_are_taken_along_and_that_is_noted(stage: Stage, caller: Callers) -> None:
    """Figures, and the dossiers that cost points; who took what stands in the journal."""
    brought(stage, ended("H44.24", 1, 20))
    one, scope = caller(Role.VIEWER), f"{MONTH}&agency=H44.24"
    figures = one.post(f"{HERE}/csv?{scope}", {})
    assert (figures.status, figures.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "2.1,Tỷ lệ giải quyết đúng hạn,0,1" in figures.text
    listed = one.post(f"{HERE}/2.1/csv?{scope}", {})
    assert "H44.24-260105-0001" in listed.text
    journal = stage.province.platform.gateway.journal
    done = stage.run(journal.read(lambda tx: people.done(tx, "the-viewer", None, 10)))
    assert [entry["what"] for entry in done[:2]] == ["scores exported"] * 2
    assert one.post(f"{HERE}/csv?{scope}", {}, csrf="").status == 403


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("month=2026-13", "Tháng không đọc được"),
        ("agency=nobody", "Mã cơ quan không đọc được"),
        ("from=2026-02-02&to=2026-01-01", "trước ngày bắt đầu"),
        ("month=2026-01&year=2026", "Chỉ chọn một kỳ"),
        ("system=nobody", "Không có tuyến nào chuyển hồ sơ tới hệ thống này"),
    ],
)
def test_what_cannot_be_counted_says_how_to_write_it(caller: Callers, asked: str, said: str) -> None:
    """The page stays, with the fault above its form."""
    answer = caller(Role.VIEWER).get(f"{HERE}?{asked}")
    assert answer.status == 422
    assert said in answer.text


def test_what_takes_long_says_how_far_it_is_and_comes_by_itself(
    stage: Stage, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not wait; the part asks again at each tick, and figures are there when they are counted."""
    go_on = stage.run(_event())
    figures = Scoring.figures

    async def slowly(self: Scoring) -> dict[str, Any]:
        await go_on.wait()
        return await figures(self)

    monkeypatch.setattr(Scoring, "figures", slowly)
    monkeypatch.setattr(screen, "PATIENCE", 0.05)
    brought(stage, aged("H44.25", 1))
    scope = f"{MONTH}&agency=H44.25"
    page = caller(Role.VIEWER).get(f"{HERE}?{scope}").text
    assert "Đang đếm hồ sơ…" in page
    assert f'hx-get="{HERE}/part?agency=H44.25&amp;month=2026-01"' in page
    assert caller(Role.VIEWER).post(f"{HERE}/csv?{scope}", {}).status == 409
    stage.run(_set(go_on))
    monkeypatch.setattr(screen, "PATIENCE", 30.0)
    part = caller(Role.VIEWER).get(f"{HERE}/part?{scope}").text
    assert "Đang đếm hồ sơ…" not in part
    assert "tick from:body" not in part


async def _event() -> asyncio.Event:
    return asyncio.Event()


async def _set(event: asyncio.Event) -> None:
    event.set()


# --- words ----------------------------------------------------------------------------------------------


def _figure(value: float | None, unit: str = "percent") -> dict[str, Any]:
    return {"measure": "2.1", "unit": unit, "value": value, "lost": [{"count": 2}], "outside": []}


@pytest.mark.parametrize(
    ("unit", "now", "before", "better"),
    [
        ("percent", 80.0, 70.0, True),
        ("percent", 60.0, 70.0, False),
        ("working-days", 3.0, 4.0, True),
        ("working-days", 5.0, 4.0, False),
        ("percent", 70.0, 70.0, None),
        ("percent", None, 70.0, None),
    ],
)
def test_a_change_is_for_the_better_or_not(
    unit: str, now: float | None, before: float, better: bool | None
) -> None:
    """A larger share is better, a longer time is not; nothing is neither."""
    (row,) = compared([_figure(now, unit)], [_figure(before, unit)])
    assert (row.better, row.lost, row.outside) == (better, 2, 0)


def test_bodies_without_a_value_stand_last() -> None:
    """Whoever has nothing to count is not the worst."""
    bodies = [
        {"agency": code, "measures": [{"measure": "2.1", "value": value}]}
        for code, value in (("A", None), ("B", 90.0), ("C", 10.0))
    ]
    assert [one["agency"] for one in ordered(bodies, "2.1")] == ["C", "B", "A"]
    assert [one["agency"] for one in ordered(bodies, "nothing")] == ["A", "B", "C"]


def test_the_ways_lead_to_neighbouring_periods_that_have_begun() -> None:
    """The month before and the one behind; nothing lies behind the period of today."""
    today = date(2026, 11, 22)
    november, october = read_period(today, month="2026-11"), read_period(today, month="2026-10")
    assert ways("month", november, today) == ({"month": "2026-10"}, None)
    assert ways("month", october, today) == ({"month": "2026-09"}, {"month": "2026-11"})
    quarter = read_period(today, quarter="2026-Q1")
    assert ways("quarter", quarter, today) == ({"quarter": "2025-Q4"}, {"quarter": "2026-Q2"})
    week = read_period(today, first="2026-11-03", last="2026-11-09")
    assert ways("range", week, today) == (
        {"from": "2026-10-27", "to": "2026-11-02"},
        {"from": "2026-11-10", "to": "2026-11-16"},
    )
