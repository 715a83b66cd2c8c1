"""The screen of one message: its walk, its bodies and who may see them, its acts, and the correction."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.calling import Caller
from tests.console.moments import until as wait_until
from tests.console.stage import Stage
from tests.console.views_message import FILE, WRONG, correct, disclose, until, way

Calling = Callable[[Role], Caller]
NAME = "Nguyễn Văn A"
_NUMBERS = iter(range(1, 1000))


def bring(stage: Stage, **changed: Any) -> dict[str, Any]:
    """Bring a dossier of a code of its own."""
    return stage.bring(dossier(f"H44.11-260201-{next(_NUMBERS):04d}", **changed))[0]


@pytest.fixture
def refused(stage: Stage) -> dict[str, Any]:
    """A dossier that the portal refused for its handling unit."""
    stage.portal.trouble(WRONG)
    receipt = bring(stage, handling_unit="Sở Tư pháp (sai)")
    until(stage, "refused", receipt)
    return receipt


def at(receipt: dict[str, Any], rest: str = "") -> str:
    """Return the address of a message's page."""
    return f"/console/messages/{receipt['id']}{rest}"


def act_at(stage: Stage, receipt: dict[str, Any], act: str) -> str:
    """Return the address of an act on a message's one delivery."""
    return at(receipt, f"/deliveries/{way(stage, receipt)['id']}/{act}")


def noted(caller: Callable[[Role], Caller], what: str, name: str) -> int:
    """Return how often somebody did something, by the page of the person."""
    return caller(Role.ADMINISTRATOR).get(f"/console/people/{name}").text.count(what)


def test_the_walk_says_why_it_is_stuck_what_comes_next_and_who_acts(
    refused: dict[str, Any], caller: Calling
) -> None:
    """Refused: the portal's words, the field it named, the mend, the party, and the acts of an operator."""
    page = caller(Role.OPERATOR).get(at(refused)).text
    for words in (
        "Trường DonViXuLy không hợp lệ",
        "portal-field-refused",
        "nhà cung cấp phần mềm",
        "Chuyển lại",
    ):
        assert words in page
    english = caller(Role.OPERATOR).get(at(refused), accept_language="en").text
    assert ("software vendor" in english, "Mend the cause" in english) == (True, True)


def test_an_unknown_message_is_an_error_that_says_so(caller: Calling) -> None:
    """A wrong id, and an address that is none, are 404 with a page."""
    one = caller(Role.VIEWER)
    assert one.get("/console/messages/00000000-0000-5000-8000-000000000000").status == 404
    assert one.get("/console/messages/not-an-id/live").status == 404


def test_an_auditor_sees_the_walk_and_no_body(refused: dict[str, Any], caller: Calling) -> None:
    """No tab, no part, no download shows a body to whoever only audits."""
    auditor = caller(Role.AUDITOR)
    page = auditor.get(at(refused, "?tab=bodies"))
    assert (page.status, NAME in page.text, "Cổng DVCQG từ chối" in page.text) == (200, False, True)
    assert NAME not in auditor.get(at(refused, "?tab=fields")).text
    for what in ("raw", "canonical", "sent", "answer"):
        assert auditor.get(at(refused, f"/download/{what}")).status == 403


def test_a_look_at_a_body_is_in_the_journal_once_a_visit(
    stage: Stage, refused: dict[str, Any], caller: Calling
) -> None:
    """However often a page of it is loaded; another session is another look, and the walk alone is none."""
    secret = stage.session("ngoc", Role.VIEWER)
    ngoc = Caller(stage.url, secret)
    ngoc.get(at(refused))
    assert noted(caller, refused["id"], "ngoc") == 0
    for rest in ("?tab=bodies", "?tab=fields"):
        assert ngoc.get(at(refused, rest)).status == 200
    assert noted(caller, refused["id"], "ngoc") == 1
    Caller(stage.url, stage.session("ngoc", Role.VIEWER)).get(at(refused, "?tab=bodies"))
    assert noted(caller, refused["id"], "ngoc") == 2


def test_what_was_said_stands_side_by_side(refused: dict[str, Any], caller: Calling) -> None:
    """Canonical beside the native request; raw beside the answer; secrets are hidden."""
    viewer = disclose(caller(Role.OPERATOR), refused)
    page = html.unescape(re.sub(r"</?span[^>]*>", "", viewer.get(at(refused, "?tab=bodies")).text))
    assert '"handling_unit": "Sở Tư pháp (sai)"' in page
    assert ('"DonViXuLy": "Sở Tư pháp (sai)"' in page, '"session": "•••"' in page) == (True, True)
    answer = html.unescape(viewer.get(at(refused, "?tab=bodies&left=raw&right=answer")).text)
    assert "Trường DonViXuLy không hợp lệ" in answer
    told = viewer.get(at(refused, "/download/canonical"))
    assert json.loads(told.text)["handling_unit"] == "Sở Tư pháp (sai)"
    assert told.headers["content-disposition"].startswith("attachment")


def test_an_attempt_of_another_message_is_not_shown(
    stage: Stage, refused: dict[str, Any], caller: Calling
) -> None:
    """Its number in the address brings nothing of it."""
    other = bring(stage, handling_unit="Sở Tư pháp (sai)", subject="bí mật của người khác")
    until(stage, "refused", other)
    number = way(stage, other)["id"]
    viewer = disclose(caller(Role.OPERATOR), refused)
    assert "bí mật" not in viewer.get(at(refused, f"?tab=bodies&right=sent&attempt={number}-1")).text
    assert viewer.get(at(refused, f"/download/sent?attempt={number}-1")).text == ""


def test_fields_are_compared_with_the_version_before_and_with_what_was_sent(
    stage: Stage, caller: Calling
) -> None:
    """What changed is named as the schema has it; a value is found in the request under its native name."""
    code = f"H44.11-260201-{next(_NUMBERS):04d}"
    first = stage.bring(dossier(code))[0]
    until(stage, "delivered", first)
    second = stage.bring(dossier(code, handling_unit="Sở Tài chính"))[0]
    until(stage, "delivered", second)
    page = caller(Role.VIEWER).get(at(second, "?tab=fields")).text
    for words in (
        "<del>Sở Tư pháp</del>",
        "<ins>Sở Tài chính</ins>",
        "Đơn vị xử lý",
        "<code>NgayTiepNhan</code>",
    ):
        assert words in page
    assert "Không có bản trước" in caller(Role.VIEWER).get(at(first, "?tab=fields")).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_may_not_act(
    stage: Stage, refused: dict[str, Any], caller: Calling, role: Role
) -> None:
    """Neither the panel nor the act: the delivery stays as it is."""
    one = caller(role)
    for path in (act_at(stage, refused, "replay"), act_at(stage, refused, "cancel"), at(refused, "/resend")):
        assert one.get(path).status == 403
        assert one.post(path, {"reason": "x", "data": "{}"}).status == 403
    assert "/deliveries/" not in one.get(at(refused)).text
    assert way(stage, refused)["state"] == "refused"


def test_sending_again_needs_a_reason_and_stands_under_the_persons_name(
    stage: Stage, refused: dict[str, Any], caller: Calling
) -> None:
    """Without a reason nothing happens; with one it goes, and the walk says who and why."""
    operator, path = caller(Role.OPERATOR), act_at(stage, refused, "replay")
    assert operator.post(path, {"reason": " "}).status == 422
    stage.portal.trouble(b"{}")
    assert operator.post(path, {"reason": "cổng đã nới quy tắc"}).status == 303
    until(stage, "delivered", refused)
    page = operator.get(at(refused)).text
    assert ("the-operator" in page, "cổng đã nới quy tắc" in page) == (True, True)
    assert "hx-trigger" not in page.split('id="walk"')[1].split(">")[0]


def test_held_released_and_cancelled_by_a_person(stage: Stage, caller: Calling) -> None:
    """Each act changes what the next may be; the one that came too late is told so, and changes nothing."""
    operator = caller(Role.OPERATOR)
    stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/pause"))
    try:
        receipt = bring(stage)
        panel = operator.get(act_at(stage, receipt, "hold"), hx_request="true").text
        assert ("<html" in panel, "mọi lượt sau nó" in panel) == (False, True)
        assert operator.post(act_at(stage, receipt, "hold"), {"reason": "chờ cơ quan xác nhận"}).status == 303
        assert way(stage, receipt)["state"] == "held"
        assert operator.post(act_at(stage, receipt, "hold"), {"reason": "x"}).status == 409
        assert operator.post(act_at(stage, receipt, "release"), {"reason": "đã xác nhận"}).status == 303
        assert operator.post(act_at(stage, receipt, "cancel"), {"reason": "rút"}).status == 303
        assert way(stage, receipt)["state"] == "cancelled"
        assert "Không còn làm được" in operator.get(act_at(stage, receipt, "cancel")).text
        page = operator.get(at(receipt)).text
        assert ("đã xác nhận" in page, "rút" in page) == (True, True)
    finally:
        stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/resume"))


def test_a_correction_is_reviewed_then_sent_and_both_pages_lead_to_each_other(
    stage: Stage, refused: dict[str, Any], caller: Calling
) -> None:
    """The review says what changes and sends nothing; the correction is delivered in the old one's place."""
    operator, path = caller(Role.OPERATOR), at(refused, "/resend")
    text = html.unescape(
        re.findall(r'name="data"[^>]*>(.*?)</textarea>', operator.get(path).text, re.DOTALL)[0]
    )
    mended = text.replace(" (sai)", "")
    review = operator.post(path, {"data": mended, "review": "1"})
    assert (review.status, "<ins>Sở Tư pháp</ins>" in review.text) == (200, True)
    assert way(stage, refused)["state"] == "refused"
    assert operator.post(path, {"data": mended, "reason": ""}).status == 422
    sent = operator.post(path, {"data": mended, "reason": "gõ nhầm đơn vị"})
    new = {"id": sent.to.rpartition("/")[2]}
    until(stage, "delivered", new)
    assert at(new) in operator.get(at(refused)).text
    page = operator.get(at(new)).text
    assert (at(refused) in page, "gõ nhầm đơn vị" in page) == (True, True)
    assert operator.get(path).status == 409


def test_a_wrong_correction_is_told_where_it_is_wrong(refused: dict[str, Any], caller: Calling) -> None:
    """What was typed stays in the form; nothing is sent."""
    operator, path = caller(Role.OPERATOR), at(refused, "/resend")
    text = html.unescape(
        re.findall(r'name="data"[^>]*>(.*?)</textarea>', operator.get(path).text, re.DOTALL)[0]
    )
    cases = {
        text.replace('"received"', '"no such"'): "/status",
        text.replace('"status"', '"stat'): "dòng 3",
        text: "chưa khác gì",
        text.replace("Sở Tư pháp (sai)", "@file:7 (1 B)"): "@file:7",
    }
    for typed, said in cases.items():
        answer = operator.post(path, {"data": typed, "reason": "lý do"})
        assert (answer.status, said in answer.text, html.escape("lý do") in answer.text) == (422, True, True)


def test_a_file_in_a_body_is_told_by_its_size_and_survives_a_correction(
    stage: Stage, caller: Calling
) -> None:
    """No page shows base64; the form has a word for the file, and the correction has the file."""
    stage.portal.trouble(WRONG)
    papers = [{"name": "Đơn", "url": FILE}]
    receipt = bring(stage, handling_unit="Sở Tư pháp (sai)", papers=papers)
    until(stage, "refused", receipt)
    operator = caller(Role.OPERATOR)
    for rest in ("?tab=bodies", "?tab=fields", "/resend"):
        assert "JVBERi0x" not in operator.get(at(receipt, rest)).text
    page = operator.get(at(receipt, "/resend")).text
    text = html.unescape(re.findall(r'name="data"[^>]*>(.*?)</textarea>', page, re.DOTALL)[0])
    sent = operator.post(
        at(receipt, "/resend"), {"data": text.replace(" (sai)", ""), "reason": "x", "masked": "1"}
    )
    new = {"id": sent.to.rpartition("/")[2]}
    disclose(operator, new)
    assert json.loads(operator.get(at(new, "/download/canonical")).text)["papers"] == papers
    assert "‹tệp 5,3 KB› (application/pdf)" in operator.get(at(new, "?tab=bodies")).text


def test_what_is_put_off_goes_at_once_when_a_person_says_so(stage: Stage, caller: Calling) -> None:
    """Without waiting for its time, under the person's name."""
    operator = caller(Role.OPERATOR)
    stage.portal.trouble(b'{"http_503": 1.0}')
    receipt = bring(stage)
    until(stage, "put off", receipt)
    waiting = ("Hệ thống nhận đang tạm ngừng", "/retry")  # but for the moments in which it is being tried
    wait_until(lambda: all(said in operator.get(at(receipt)).text for said in waiting))
    stage.portal.trouble(b"{}")
    operator.post(act_at(stage, receipt, "retry"), {"reason": "cổng đã chạy lại"})
    until(stage, "delivered", receipt)


def test_a_wish_to_cancel_what_is_being_sent_is_noted(stage: Stage, caller: Calling) -> None:
    """The page says that it comes too late for an attempt that arrives, and it does."""
    operator = caller(Role.OPERATOR)
    stage.portal.trouble(b'{"latency_ms": 6000}')
    receipt = bring(stage)
    until(stage, "sending", receipt)
    assert "đang gửi dở" in operator.get(act_at(stage, receipt, "call-off")).text.lower()
    assert operator.post(act_at(stage, receipt, "call-off"), {"reason": "gửi nhầm"}).status == 303
    until(stage, "delivered", receipt)
    stage.portal.trouble(b"{}")
    assert "gửi nhầm" in operator.get(at(receipt)).text


def test_the_api_and_the_console_correct_alike(
    stage: Stage, refused: dict[str, Any], caller: Calling
) -> None:
    """A correction over the API stands on the page as one by a person."""
    new = correct(stage, refused)
    page = caller(Role.VIEWER).get(at(refused)).text
    assert (at({"id": new}) in page, "gõ nhầm đơn vị" in page) == (True, True)
