"""The screen of questions: who asked what, what became of it, one with its trace, and who asked about a citizen."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lgsp.console import asks, asks_export, sheets
from lgsp.console.asks_systems import _askers, _counted, _standing
from lgsp.console.events import Ticker
from lgsp.enquiry import Ending
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.journal.asks_lately import Count
from lgsp.journal.people import Role
from lgsp.lookups.care import Care
from lgsp.lookups.walking import Answering
from lgsp.questioning import Ask
from tests.api.province import ONE_STOP, PORTAL
from tests.console.calling import Caller
from tests.console.moments import until
from tests.console.views_asks import (
    ANSWER,
    HERE,
    NAME,
    NUMBER,
    OFFICER,
    QUERY,
    QUESTION,
    STAGED,
    VERIFICATION,
    AskStage,
    rows_of,
    text_of,
)
from tests.lookups.far_side import Citizens

Calling = Callable[[Role], Caller]
__all__ = ["STAGED"]


@pytest.fixture
def asked(stage: AskStage) -> Iterator[AskStage]:
    """Lend a far side that answers."""
    stage.answers()
    yield stage
    stage.answers()
    stage.ended()


def _found(caller: Caller, query: str) -> list[str]:
    answer = caller.get(f"{HERE}{query}")
    assert answer.status == 200
    return rows_of(answer.text)


# --- the list -------------------------------------------------------------------------------------------


def test_a_question_is_told_without_whom_it_is_about(asked: AskStage, caller: Calling) -> None:
    """Who asked, for what and which dossier, who answered and what became of it; no number, no name of a citizen."""
    asked.ask(purpose="dossier", dossier="H44.11-260301-0001")
    asked.ended()
    page = caller(Role.AUDITOR).get(f"{HERE}?dossier=H44.11-260301-0001").text
    (row,) = rows_of(page)
    for word in (ONE_STOP, OFFICER, "Giải quyết hồ sơ", "H44.11-260301-0001", PORTAL, "có trả lời", QUERY):
        assert word in row
    assert (NUMBER in page, NAME in page, ANSWER["name"] in page) == (False, False, False)


@pytest.mark.parametrize(
    ("role", "named"), [(Role.VIEWER, False), (Role.OPERATOR, False), (Role.AUDITOR, True)]
)
def test_officers_are_named_to_auditors_alone(
    asked: AskStage, caller: Calling, role: Role, named: bool
) -> None:
    """Others read initials, in the list, on the question's page and in the file."""
    told, one = asked.ask(who="Phạm Văn Khoa"), caller(role)
    asked.ended()
    pages = (HERE, f"{HERE}?source={ONE_STOP}", f"{HERE}/{told['ask']}")
    texts = [one.get(path).text for path in pages] + [one.post(f"{HERE}/export?source={ONE_STOP}", {}).text]
    assert ["Phạm Văn Khoa" in text for text in texts] == [named] * 4
    assert ["P.V.K" in text for text in texts] == [not named] * 4


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?dossier=H44.11-260302-0001", 3),
        (f"?dossier=H44.11-260302-0001&type={VERIFICATION}", 1),
        ("?dossier=H44.11-260302-0001&ending=absent", 1),
        ("?dossier=H44.11-260302-0001&ending=turned-down", 1),
        ("?dossier=H44.11-260302-0001&ending=broken", 0),
        ("?dossier=H44.11-260302-0001&purpose=check", 2),
        (f"?dossier=H44.11-260302-0001&system={PORTAL}&source={ONE_STOP}", 3),
        ("?dossier=H44.11-260302-0001&source=dms", 0),
        ("?dossier=H44.11-260302-0001&slow=1", 0),
        ("?dossier=H44.11-260302-0001&from=2026-01-01&to=2026-01-02", 0),
        ("?dossier=H44.11-260302-0001&from=2026-01-01", 3),
    ],
)
def test_questions_are_found_by_what_people_know(
    asked: AskStage, caller: Calling, query: str, count: int
) -> None:
    """By source, system, type, ending or several of them, purpose, dossier, time, and by how long they took."""
    if not _found(caller(Role.VIEWER), "?dossier=H44.11-260302-0001"):
        asked.ask(type=VERIFICATION, purpose="dossier", dossier="H44.11-260302-0001")
        asked.refused(Refused("not-found"), dossier="H44.11-260302-0001")
        asked.ask(data={"name": NAME}, dossier="H44.11-260302-0001")
        asked.ended()
    assert len(_found(caller(Role.VIEWER), query)) == count


@pytest.mark.parametrize("query", ["?ending=happy", "?from=yesterday", f"?dossier={'x' * 300}"])
def test_a_filter_that_means_nothing_is_said_to(caller: Calling, query: str) -> None:
    """Nothing is looked for, and nothing exported."""
    answer = caller(Role.VIEWER).get(f"{HERE}{query}")
    assert (answer.status, "Bộ lọc không đọc được" in answer.text) == (422, True)
    assert caller(Role.VIEWER).post(f"{HERE}/export{query}", {}).status == 422


def test_pages_go_on_without_a_gap(asked: AskStage, caller: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question stands on one of them."""
    monkeypatch.setattr(asks, "_PAGE", 2)
    for n in range(5):
        asked.ask(dossier="H44.11-260303-0001", who=f"Cán bộ {n}")
    asked.ended()
    query, seen, one = "?dossier=H44.11-260303-0001", [], caller(Role.AUDITOR)
    while query:
        page = one.get(f"{HERE}{query}").text
        seen += [re.findall(r"Cán bộ \d", row)[0] for row in rows_of(page)]
        older = re.search(r'href="([^"]+)">Cũ hơn', page)
        query = html.unescape(older[1]).removeprefix(HERE) if older else ""
    assert seen == [f"Cán bộ {n}" for n in (4, 3, 2, 1, 0)]


def test_the_newest_renew_themselves_and_a_search_stands_still(asked: AskStage, caller: Calling) -> None:
    """What somebody looks for does not move away under the hand."""
    asked.ask()
    one = caller(Role.VIEWER)
    assert 'hx-get="/console/asks?part=found"' in one.get(HERE).text
    part = one.get(f"{HERE}?part=found").text
    assert ("<html" in part, 'id="found"' in part) == (False, True)
    assert "part=found" not in one.get(f"{HERE}?source={ONE_STOP}").text


def test_what_was_rejected_at_the_door_is_told_too(asked: AskStage, caller: Calling) -> None:
    """Who asks without a declared purpose gets no answer, and a line here."""
    told = asked.ask(purpose="curiosity", who="Người Tò Mò")
    asked.ended()
    assert told["status"] == 422
    (row, *_) = _found(caller(Role.AUDITOR), "?ending=rejected")
    assert ("Người Tò Mò" in row, "câu hỏi sai" in row) == (True, True)


# --- how systems stand -----------------------------------------------------------------------------------


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let live pages show what is so now, and not what was so at the last tick."""

    async def latest(self: Ticker, name: str) -> Any:
        return await self._asks[name]()

    monkeypatch.setattr(Ticker, "latest", latest)


def _live(caller: Caller) -> str:
    return " ".join(text_of(caller.get(f"{HERE}?part=live").text).split())


@pytest.mark.usefixtures("unhurried")
def test_a_suspended_far_side_is_said_to_be_until_when(asked: AskStage, caller: Calling) -> None:
    """With why, and when it is tried again; once it answered it can be asked again."""
    one = caller(Role.VIEWER)
    asked.refused(Unavailable("http-503", scope=Scope.SYSTEM, after=0.8))
    stopped = _live(one)
    assert asked.ask()["status"] == 503
    assert ("tạm ngừng hỏi" in stopped, bool(re.search(r"Thử lại sau 1 s", stopped))) == (True, True)
    for page in ("/console/systems", f"/console/systems/{PORTAL}"):
        assert "tạm ngừng hỏi" in text_of(one.get(page).text), page
    assert "không cần làm gì" not in text_of(one.get(page).text), "no question is sent again by itself"
    until(lambda: asked.ask()["status"] == 200)
    assert "đang hỏi được" in _live(one)


@pytest.mark.usefixtures("unhurried")
def test_what_is_left_of_a_day_falls_with_each_question(asked: AskStage, caller: Calling) -> None:
    """What is answered from memory takes nothing of it."""
    one = caller(Role.VIEWER)
    whole = {"type": VERIFICATION, "data": QUESTION | {"name": "Trần Văn Mẫu"}}
    asked.ask(**whole)

    def left() -> int:
        return int(re.findall(r"còn ([\d.]+) / 1\.000", _live(one))[0].replace(".", ""))

    before = left()
    assert asked.ask(**whole)["remembered"]
    assert left() == before
    asked.ask()
    assert 0 < left() < 1000


@pytest.mark.usefixtures("unhurried")
def test_who_asks_what_is_counted(asked: AskStage, caller: Calling) -> None:
    """By source and type, with what was turned down and what was slow."""
    asked.ask()
    asked.ended()
    text = _live(caller(Role.VIEWER))
    assert "Ai hỏi gì" in text
    assert f"{ONE_STOP} Tra cứu thông tin công dân {QUERY} {PORTAL}" in text


def _answering(ask: Ask) -> Answering:
    return Answering("population-db", Citizens(), Care(ask))


def test_a_standing_names_what_is_left_and_when_it_is_tried() -> None:
    """Of a system that is not asked now; a quota that was made smaller than what is used leaves nothing."""
    to = _answering(Ask(per_day=10, rate="5/s", concurrency=3))
    fine = _standing("population-db", to, 4)
    assert (fine["standing"], fine["after"], fine["left"], fine["limits"]["places"]) == (
        "running",
        None,
        6,
        3,
    )
    assert _standing("population-db", to, 40)["left"] == 0
    to.care.failed(b"x", Unavailable("http-503", scope=Scope.SYSTEM, after=90.0), time.monotonic())
    stopped = _standing("population-db", to, 4)
    assert (stopped["standing"], stopped["cause"], round(stopped["after"])) == ("suspended", "http-503", 90)
    assert _standing("population-db", None, 0)["standing"] == "unrouted"
    assert _standing("population-db", _answering(Ask()), 4)["left"] is None


def test_figures_add_up() -> None:
    """A known no is an answer; what was remembered does not make a far side look quick."""
    names = ("one-stop", "population-db", QUERY)
    counts = [
        Count(*names, Ending.ANSWERED, 3, 4_000_000, 6_000_000, 1, 1),
        Count(*names, Ending.ABSENT, 1, 500_000, 500_000, 0, 0),
        Count(*names, Ending.REJECTED, 2, 10, 20, 0, 0),
        Count(*names, Ending.REFUSED, 1, 10, 10, 0, 0),
        Count(*names, Ending.LATE, 1, 5_000_000, 5_000_000, 1, 0),
        Count(*names, Ending.TURNED_AWAY, 4, 1, 4, 0, 0),
    ]
    told = _counted(counts)
    assert {name: told[name] for name in ("asked", "told", "absent", "refused", "failed", "away")} == {
        "asked": 12, "told": 4, "absent": 1, "refused": 3, "failed": 1, "away": 4,
    }  # fmt: skip
    assert (told["slow"], told["remembered"], told["mean"], told["longest"]) == (2, 1, 6.5 / 3, 5.0)
    assert (_counted([])["mean"], _counted([])["longest"]) == (None, None)
    others = [Count("dms", "population-db", QUERY, Ending.ANSWERED, 99, 1, 1, 0, 0)]
    assert [(row["source"], row["asked"]) for row in _askers([*counts, *others])] == [
        ("dms", 99),
        ("one-stop", 12),
    ]


# --- taking along ---------------------------------------------------------------------------------------


def test_what_was_found_is_taken_along_as_a_table(
    asked: AskStage, caller: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pages of it, no cell that a sheet would reckon, no number of a citizen; and that is written down."""
    monkeypatch.setattr(asks_export, "PAGE", 2)
    for n in range(3):
        asked.ask(dossier="H44.11-260304-0001", who=f"=HYPERLINK({n})")
    asked.ended()
    auditor = caller(Role.AUDITOR)
    answer = auditor.post(f"{HERE}/export?dossier=H44.11-260304-0001", {})
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row[4] for row in rows[1:]] == [f"'=HYPERLINK({n})" for n in (2, 1, 0)]
    assert (rows[1][3], rows[1][8], rows[1][9], NUMBER in answer.text) == (
        ONE_STOP,
        PORTAL,
        "có trả lời",
        False,
    )
    done = text_of(caller(Role.ADMINISTRATOR).get("/console/people/the-auditor").text)
    assert "xuất danh sách câu hỏi tra cứu" in done


def test_a_table_that_is_cut_says_so(
    asked: AskStage, caller: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody takes a part for the whole."""
    monkeypatch.setattr(sheets, "MOST", 1)
    monkeypatch.setattr(asks_export, "PAGE", 1)
    for _ in range(2):
        asked.ask(dossier="H44.11-260304-0002")
    asked.ended()
    text = caller(Role.VIEWER).post(f"{HERE}/export?dossier=H44.11-260304-0002", {}).text
    assert (text.count("H44.11-260304-0002"), "dừng ở 1 dòng" in text) == (1, True)
