"""What other systems were asked about a dossier, on its page; and what may be done to what is held for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from lgsp.console.message_view import acts
from lgsp.console.threads_checks import RESULTS, shown
from lgsp.console.threads_walk import events
from lgsp.domain.causes_named import Names
from lgsp.domain.codes import dossier_code
from lgsp.journal import checks, checks_held
from lgsp.journal.checks import Evidence, Put, Result
from lgsp.journal.contract import Transaction
from lgsp.journal.people import Role
from lgsp.journal.threads import Thread, Told
from lgsp.schemas import Types
from tests.api.province import dossier
from tests.console.browsing import no_axe_violations, page_faults
from tests.console.calling import Caller
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.views_threads import dossier_with_a_past, thread

CODE, PLAIN = "H44.11-260214-0109", "H44.11-260214-0110"
NUMBER = "001099000001"
EVIDENCE = Evidence(
    b"", "owner", "owner-identity", "population-db", 1_700_000_000_000_000, None, 1_700_000_060_000_000,
    Result.DIFFERS, None, ("/applicant/name",), UUID(int=7),
)  # fmt: skip


def _row(**more: Any) -> dict[str, Any]:
    (row,) = shown([replace(EVIDENCE, **more)], Types()["dossier.v1"].schema, "vi")
    return row


def test_fields_are_called_as_offices_call_them() -> None:
    """What was compared, and what was said otherwise; never a value."""
    row = _row()
    assert row["compared"] == ["Số giấy tờ chủ hồ sơ", "Tên chủ hồ sơ"]
    assert (row["fields"], row["look"], row["at"]) == (
        ["Tên chủ hồ sơ"], RESULTS["differs"], EVIDENCE.told_at,
    )  # fmt: skip


def test_in_english_a_field_is_named_by_its_place() -> None:
    """Schemas have Vietnamese titles alone."""
    (row,) = shown([EVIDENCE], Types()["dossier.v1"].schema, "en")
    assert row["fields"] == ["/applicant/name"]


def test_what_is_waited_for_says_since_when_and_why() -> None:
    """The last failure is explained; it is not while there is an answer."""
    row = _row(result=Result.OPEN, told_at=None, cause="deadline-passed", fields=())
    assert (row["at"], row["look"]) == (EVIDENCE.began_at, RESULTS["open"])
    assert row["why"].startswith("Hệ thống trả lời không trả lời kịp")
    assert _row(cause="not-found")["why"] == ""


def test_a_rule_of_before_is_shown_all_the_same() -> None:
    """Its evidence outlives it."""
    assert _row(rule="gone")["compared"] == []


def ask_about(stage: Stage, code: str) -> None:
    """Have the owner of a dossier asked about; it was not so, and somebody let it go."""
    known = dossier_code(code)
    assert known is not None
    put = Put(known.normal, NUMBER, "owner", "owner-identity", "population-db")

    def asked(tx: Transaction) -> None:
        checks.want(tx, [put, replace(put, asked="later", name="again")], {})
        checks.tell(tx, put, Result.DIFFERS, "", ["/applicant/name"], UUID(int=7))
        checks.note(tx, [put], [put], 10**6, UUID(int=1), [])
        checks_held.waive(tx, 10**6, "Lê Vận Hành", "đã xem giấy tờ")

    stage.run(stage.province.platform.gateway.journal.write(asked))


@pytest.mark.parametrize("result", Result)
def test_every_result_has_a_look(result: Result) -> None:
    """In words that people read."""
    assert RESULTS[result.word].text


def test_what_is_held_for_a_check_may_be_checked_again() -> None:
    """Beside being let go, which says what else goes with it; what a person held is released as before."""
    held = {"state": "held", "cause": "check-differs", "uncertain": 0, "superseded_by": None}
    assert acts(held) == ["waive", "recheck", "cancel"]
    assert acts(held | {"uncertain": 1}) == ["resolve", "recheck", "cancel"]
    assert acts(held | {"cause": "xem lại"}) == ["release", "cancel"]
    assert acts(held | {"state": "put off", "cause": "check-unavailable"}) == ["retry", "hold", "cancel"]


@pytest.fixture(scope="module")
def asked(stage: Stage) -> None:
    """A dossier that was asked about, and one that was not."""
    dossier_with_a_past(stage, CODE)
    stage.bring(dossier(PLAIN))
    ask_about(stage, CODE)


def test_the_page_of_a_dossier_shows_what_was_asked(asked: None, caller: Callable[[Role], Caller]) -> None:
    """By whom it was answered, what was found, who let it go, and where the question is; no number of anybody."""
    text = caller(Role.VIEWER).get(thread("dossier", CODE)).text
    for word in ("Kiểm tra trước khi chuyển", "không khớp", "Tên chủ hồ sơ", "Lê Vận Hành", "đã xem giấy tờ",
                 f"/console/asks/{UUID(int=7)}", "/console/systems/population-db"):  # fmt: skip
        assert word in text, word
    assert NUMBER not in text


def test_the_page_of_a_dossier_that_nobody_asked_about_says_nothing_of_it(
    asked: None, caller: Callable[[Role], Caller]
) -> None:
    """No empty table."""
    page = caller(Role.VIEWER).get(thread("dossier", PLAIN))
    assert (page.status, "Kiểm tra trước khi chuyển" in page.text) == (200, False)


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_the_table_can_be_read_by_everybody(asked: None, enter: Entering, theme: str, language: str) -> None:
    """Axe finds nothing in either theme, and nothing goes wrong in the page."""
    page = enter(thread("dossier", CODE), theme=theme, language=language)
    expect(page.get_by_role("table").filter(has_text="population-db")).to_be_visible()
    no_axe_violations(page)
    assert page_faults(page) == []


@pytest.mark.parametrize(
    ("what", "cause", "kept", "said", "shown"),
    [
        (
            "checked",
            None,
            "owner: differs (population-db)",
            "owner: population-db",
            "owner: differs (population-db)",
        ),
        ("put off", "checking", None, "owner: population-db", "owner: population-db"),
        ("held", "check-differs", None, "owner: population-db", "owner: population-db"),
        ("put off", "http-500", None, "busy", "busy"),
    ],
)
def test_a_check_is_not_told_as_what_the_receiver_answered(
    what: str, cause: str | None, kept: str | None, said: str, shown: str
) -> None:
    """Which check, of whom it was asked, and at the step that tells of it what was found."""
    step = {
        "what": what, "state": None, "at": 1, "system": "portal", "delivery_id": 1, "attempt": 1, "who": "worker 1",
        "cause": cause, "ms": 1.0, "said": said, "details": {"said": kept} if kept else {},
    }  # fmt: skip
    message = Told(1, "m", 1, "one-stop", "dossier.v1", CODE, 1, unrouted=False, findings=[], watched={})
    (_, event) = events(Thread([replace(message, steps=[step])], cut=False, now=2), Names(), "vi")
    assert (event.said, event.checked) == (shown, cause != "http-500")
