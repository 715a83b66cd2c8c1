"""The search of messages: what is found by what is typed, how it is read, and what may be taken along."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from lgsp.console import messages_export, sheets
from lgsp.journal import people
from lgsp.journal.people import Role
from tests.api.province import BRING, dossier
from tests.console.calling import Caller
from tests.console.stage import Stage

CODES = [f"H44.{unit}-260131-{n:04d}" for unit in ("11", "12") for n in range(1, 31)]
ROW = re.compile(r'class="found-what"><a href="/console/messages/([0-9a-f-]{36})">([^<]+)</a>')
LINK = re.compile(r'href="(/console/messages\?[^"]+)">(?:<svg.*?</svg>)?(?:Cũ hơn|Older)', re.DOTALL)


@pytest.fixture(scope="module", autouse=True)
def traffic(stage: Stage) -> None:
    """Sixty dossiers of two agencies, those of one hundred refused, one turned away at the door."""
    stage.portal.trouble(b'{"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": "-000"}}}')
    stage.run(stage.province.one_stop.post(BRING, dossier("H44.12-260131-0007", received_at="hôm qua")))
    stage.bring(*(dossier(code) for code in CODES))
    stage.run(stage.province.rest("delivered", "refused"))


def found(caller: Caller, query: str = "") -> list[str]:
    """Return the subjects that a page shows, in its order."""
    page = caller.get(f"/console/messages{query}")
    assert page.status == 200
    return [subject for _, subject in ROW.findall(page.text)]


@pytest.mark.parametrize("typed", ["H44.12-260131-0007", "000.00.12.H44-260131-0007", " h44.12-260131-0007 "])
def test_a_dossier_is_found_by_its_code_in_either_form(caller: Callable[[Role], Caller], typed: str) -> None:
    """The page says how it read the code, and that the same was turned away at the door before."""
    page = caller(Role.VIEWER).get(f"/console/messages?q={quote(typed)}")
    assert [subject for _, subject in ROW.findall(page.text)] == ["H44.12-260131-0007"]
    assert "Đọc là: mã hồ sơ" in page.text
    assert "Không được tiếp nhận vào trục dưới mã này" in page.text


def test_a_message_is_found_by_its_id(caller: Callable[[Role], Caller]) -> None:
    """As an operator reads it in an answer, whatever its letters' case."""
    viewer = caller(Role.VIEWER)
    uid, subject = ROW.findall(viewer.get("/console/messages").text)[0]
    page = viewer.get(f"/console/messages?q={uid.upper()}")
    assert ROW.findall(page.text) == [(uid, subject)]
    assert "Đọc là: mã thông điệp" in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=H44.11", 30),
        ("?agency=000.00.12.H44", 30),
        ("?agency=H44&alone=1", 0),
        ("?state=dead", 18),
        ("?state=dead&agency=H44.12&system=national-portal", 9),
        ("?state=refused,held&type=dossier.v1&source=one-stop&from=2026-01-01", 18),
        ("?cause=portal-value-rejected", None),
        ("?to=2020-01-01", 0),
        ("?q=15/UBND-VP", 0),
        ("?state=unrouted", 0),
    ],
)
def test_filters_hold_together(caller: Callable[[Role], Caller], query: str, count: int | None) -> None:
    """Whatever is combined, all of it holds for each message that is shown."""
    got = found(caller(Role.VIEWER), query)
    assert count is None or len(got) == count
    assert got == sorted(got, key=CODES.index, reverse=True)


def test_pages_lead_there_and_back(caller: Callable[[Role], Caller]) -> None:
    """The address of a page says where it is: the older one follows, and its way back leads to the first."""
    viewer = caller(Role.VIEWER)
    first = viewer.get("/console/messages?source=one-stop")
    (older,) = LINK.findall(first.text)
    second = viewer.get(older.replace("&amp;", "&"))
    there = [subject for page in (first, second) for _, subject in ROW.findall(page.text)]
    assert there == CODES[::-1]
    (newer,) = re.findall(r'href="(/console/messages\?[^"]*newer=\d+)"', second.text)
    assert found(viewer, newer.removeprefix("/console/messages").replace("&amp;", "&")) == CODES[:9:-1]


@pytest.mark.parametrize("query", ["?state=lost", "?from=gestern", f"?q={'x' * 501}"])
def test_a_filter_that_means_nothing_is_told(caller: Callable[[Role], Caller], query: str) -> None:
    """It is not taken for no filter, and the page still has its form to mend it."""
    page = caller(Role.VIEWER).get(f"/console/messages{query}")
    assert (page.status, "Bộ lọc không đọc được" in page.text, 'id="f-q"' in page.text) == (422, True, True)


def test_htmx_is_given_the_found_alone(caller: Callable[[Role], Caller]) -> None:
    """While one types, the form stays as it is: the answer is what stands below it."""
    part = caller(Role.VIEWER).get("/console/messages?q=H44.11", hx_request="true")
    assert part.text.lstrip().startswith('<div id="found"')
    assert len(ROW.findall(part.text)) == 30


def test_agencies_are_completed(caller: Callable[[Role], Caller]) -> None:
    """By the beginning of a code that occurs."""
    options = caller(Role.VIEWER).get("/console/messages/agencies?agency=h44.1").text
    assert re.findall(r'value="([^"]+)"', options) == ["H44.11", "H44.12"]


def test_what_was_found_is_exported(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """A table for Excel: a mark in front, semicolons, everything in quotes; who took it is in the journal."""
    answer = caller(Role.AUDITOR).post("/console/messages/export?state=dead&agency=H44.12", {})
    assert answer.headers["content-disposition"].startswith('attachment; filename="thong-diep-')
    assert answer.text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(answer.text[1:]), delimiter=";", strict=True)
    assert (head[3], len(rows)) == ("Mã hồ sơ, văn bản", 9)
    assert {row[9] for row in rows} == {"bị từ chối"}
    assert "Nguyễn Văn A" not in answer.text
    journal = stage.province.platform.gateway.journal
    done = stage.run(journal.read(lambda tx: people.done(tx, "the-auditor", None, 5)))
    assert [(one["what"], one["details"]) for one in done if one["what"] == "exported"] == [
        ("exported", {"told": '{"state":"dead","agency":"H44.12"}'})
    ]


def test_an_export_is_bounded_and_says_so(
    caller: Callable[[Role], Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line of a file that was cut says that there is more; a whole one does not."""
    monkeypatch.setattr(sheets, "MOST", 25)
    monkeypatch.setattr(messages_export, "PAGE", 10)
    lines = caller(Role.OPERATOR).post("/console/messages/export", {}, accept_language="en").text.splitlines()
    assert (len(lines), lines[-1][:29]) == (27, '"There is more: this file end')
    assert len(caller(Role.OPERATOR).post("/console/messages/export?state=dead", {}).text.splitlines()) == 19


def test_an_export_needs_the_token_of_its_page(caller: Callable[[Role], Caller]) -> None:
    """No other site can make a browser take the list along."""
    assert caller(Role.OPERATOR).post("/console/messages/export", {}, csrf="0" * 32).status == 403


@pytest.mark.parametrize(
    "query", ["q=H44.11", "state=dead&agency=H44.12", "q=000.00.12.H44-260131-0007", "state=open"]
)
def test_the_api_finds_what_the_console_finds(
    stage: Stage, caller: Callable[[Role], Caller], query: str
) -> None:
    """The same words, the same messages: the console has no power of its own."""
    told = stage.run(stage.province.operator.get("/v1/messages", query)).json()
    assert [one["subject"] for one in told["messages"]] == found(caller(Role.VIEWER), f"?{query}")
    assert (told["next"], told["reached"]) == (None, None)
