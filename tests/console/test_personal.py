"""The screens of personal data: looks with a purpose, who has seen, and retention."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from lgsp.console import message_bodies
from lgsp.journal.people import Role
from tests.api.province import dossier
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_message import WHY, disclose, until

Calling = Callable[[Role], Caller]
NAME, NUMBER = "Nguyễn Văn An", "079201001234"
_CODES = iter(range(1, 100))


@pytest.fixture
def told(stage: Stage) -> dict[str, Any]:
    """A dossier of a citizen."""
    applicant = {"name": NAME, "kind": "citizen", "identity_number": NUMBER}
    return stage.bring(dossier(f"H44.11-260301-{next(_CODES):04d}", applicant=applicant))[0]


def _page(caller: Caller, told: dict[str, Any], tab: str = "bodies") -> str:
    text = caller.get(f"/console/messages/{told['id']}?tab={tab}").text
    return html.unescape(re.sub(r"</?span[^>]*>", "", text))


def test_content_is_masked_until_a_purpose_is_stated(told: dict[str, Any], caller: Calling) -> None:
    """Then it is whole for that person alone, with the time that is left, until it is masked again."""
    operator = caller(Role.OPERATOR)
    before = _page(operator, told)
    assert (NAME in before, "‹•••1 N.V.A›" in before) == (False, True)
    disclose(operator, told)
    after = _page(operator, told)
    assert (NAME in after, "data-until" in after) == (True, True)
    assert NAME not in _page(caller(Role.ADMINISTRATOR), told)
    operator.post(f"/console/messages/{told['id']}/mask", {"tab": "bodies"})
    assert NAME not in _page(operator, told)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_has_not_the_right_sees_no_whole_content(
    told: dict[str, Any], caller: Calling, role: Role
) -> None:
    """Neither by the form nor by its address, nor by a download."""
    one = caller(role)
    assert one.post(f"/console/messages/{told['id']}/disclose", WHY).status == 403
    assert one.get(f"/console/messages/{told['id']}/download/canonical").status == 403
    assert NAME not in _page(one, told)


def test_a_download_is_a_disclosure_of_its_own(told: dict[str, Any], caller: Calling) -> None:
    """Without a look that is open there is none."""
    operator, path = caller(Role.OPERATOR), f"/console/messages/{told['id']}/download/canonical"
    assert operator.get(path).status == 303
    disclose(operator, told)
    assert NAME in operator.get(path).text


def test_no_purpose_shows_nothing_and_says_why(told: dict[str, Any], caller: Calling) -> None:
    """An undeclared purpose, or no reason."""
    operator = caller(Role.OPERATOR)
    operator.post(f"/console/messages/{told['id']}/disclose", WHY | {"reason": ""})
    page = _page(operator, told)
    assert (NAME in page, "chọn mục đích" in page) == (False, True)


def test_an_auditor_finds_who_saw_the_data_of_a_citizen(told: dict[str, Any], caller: Calling) -> None:
    """By number, in a form; the number is in no address and no entry; an operator may not ask."""
    disclose(caller(Role.OPERATOR), told)
    auditor = caller(Role.AUDITOR)
    page = auditor.post("/console/personal", {"number": "079 201 001 234"}).text
    assert ("the-operator" in page, "hồ sơ vướng" in page) == (True, True)
    assert "the-operator" not in auditor.post("/console/personal", {"number": "079201001235"}).text
    assert auditor.post("/console/personal", {"number": "12"}).status == 422
    table = auditor.post("/console/personal", {"number": NUMBER, "csv": "1"})
    assert table.headers["content-disposition"].startswith("attachment")
    assert NUMBER not in caller(Role.ADMINISTRATOR).get("/console/people/the-auditor").text
    assert caller(Role.OPERATOR).post("/console/personal", {"number": NUMBER}).status == 403


def test_a_form_of_correction_shows_masks_and_sends_none(stage: Stage, caller: Calling) -> None:
    """The name stays what it was, and is read nowhere."""
    stage.portal.trouble(b'{"refuse_fields": {"DonViXuLy": {"contains": "(sai)"}}}')
    applicant = {"name": NAME, "kind": "citizen"}
    code = f"H44.11-260301-{next(_CODES):04d}"
    (receipt,) = stage.bring(dossier(code, applicant=applicant, handling_unit="Sở (sai)"))
    stage.run(stage.province.rest("delivered", "refused", "put off"))
    operator = caller(Role.OPERATOR)
    page = operator.get(f"/console/messages/{receipt['id']}/resend").text
    assert NAME not in html.unescape(page)
    text = html.unescape(re.findall(r'name="data"[^>]*>(.*?)</textarea>', page, re.DOTALL)[0])
    form = {"data": text.replace(" (sai)", ""), "reason": "gõ nhầm", "masked": "1"}
    review = html.unescape(
        operator.post(f"/console/messages/{receipt['id']}/resend", form | {"review": "1"}).text
    )
    assert (NAME in review, "Sở (sai)" in review) == (False, True)
    sent = operator.post(f"/console/messages/{receipt['id']}/resend", form)
    new = {"id": sent.to.rpartition("/")[2]}
    stage.portal.trouble(b"{}")
    assert NAME in _page(disclose(operator, new), new)


def test_a_form_that_says_it_was_shown_whole_is_told_no_more(stage: Stage, caller: Calling) -> None:
    """Whoever types another value over a mask, and takes the mark off the form, reads not what was there."""
    stage.portal.trouble(b'{"refuse_fields": {"DonViXuLy": {"contains": "(sai)"}}}')
    code = f"H44.11-260301-{next(_CODES):04d}"
    (receipt,) = stage.bring(
        dossier(code, applicant={"name": NAME, "kind": "citizen"}, handling_unit="Sở (sai)")
    )
    until(stage, "refused", receipt)
    operator, path = caller(Role.OPERATOR), f"/console/messages/{receipt['id']}/resend"
    text = html.unescape(
        re.findall(r'name="data"[^>]*>(.*?)</textarea>', operator.get(path).text, re.DOTALL)[0]
    )
    form = {"data": text.replace("‹•••1 N.V.A›", "Trần Thị Bình"), "review": "1"}
    for said in ({}, {"masked": "0"}):
        review = html.unescape(operator.post(path, form | said).text)
        assert ("/applicant/name" in review, NAME in review) == (True, False)
    stage.portal.trouble(b"{}")


def test_nobody_finds_a_value_by_trying(stage: Stage, caller: Calling) -> None:
    """A review says the same of the right value and of a wrong one, until the message is disclosed."""
    stage.portal.trouble(b'{"refuse_fields": {"DonViXuLy": {"contains": "(sai)"}}}')
    code = f"H44.11-260301-{next(_CODES):04d}"
    applicant = {"name": NAME, "kind": "citizen"}
    (receipt,) = stage.bring(dossier(code, applicant=applicant, handling_unit="Sở (sai)"))
    until(stage, "refused", receipt)
    operator, path = caller(Role.OPERATOR), f"/console/messages/{receipt['id']}/resend"
    text = html.unescape(
        re.findall(r'name="data"[^>]*>(.*?)</textarea>', operator.get(path).text, re.DOTALL)[0]
    )

    def review(name: str, **said: str) -> tuple[int, bool, bool]:
        form = {"data": text.replace("‹•••1 N.V.A›", name), "review": "1"} | said
        answer = operator.post(path, form)
        page = html.unescape(answer.text)
        return answer.status, "/applicant/name" in page, "chưa khác gì" in page

    for said in ({}, {"masked": "0"}):
        assert review(NAME, **said) == review("Ngô Văn Anh", **said) == (200, True, False)
    assert review("‹•••1 N.V.A›") == (422, False, True)
    disclose(operator, receipt)
    assert review(NAME, masked="0") == (422, False, True)
    stage.portal.trouble(b"{}")


def test_versions_are_compared_by_what_is_seen_of_them(stage: Stage, caller: Calling) -> None:
    """Masks that show the same hide whether the values are; whoever wrote one of them learns nothing of the other."""
    code = f"H44.11-260301-{next(_CODES):04d}"
    for name in ("Hồ Đức Khang", "Hà Đình Kiên", "Lê Thị Bình"):
        applicant = {"name": name, "kind": "citizen", "phone": "0912345678"}
        (receipt,) = stage.bring(dossier(code, applicant=applicant))
        until(stage, "delivered", receipt)
        page = _page(caller(Role.OPERATOR), receipt, "fields").partition("Từng trường có trong")[0]
        assert ("H.Đ.K" in page, name in page) == (name == "Lê Thị Bình", False), name
    assert "<del>" in _page(disclose(caller(Role.OPERATOR), receipt), receipt, "fields")


def test_a_body_too_large_to_be_masked_is_not_shown(
    told: dict[str, Any], caller: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is measured in bytes wherever it is measured: Vietnamese letters take up to three."""
    operator = caller(Role.OPERATOR)
    disclose(operator, told)
    body = operator.get(f"/console/messages/{told['id']}/download/canonical").text
    operator.post(f"/console/messages/{told['id']}/mask", {"tab": "bodies"})
    monkeypatch.setattr(message_bodies, "LARGE", len(body))
    assert len(body.encode()) > len(body)
    assert NAME not in _page(operator, told)


def test_retention_is_shown_to_all_and_changed_by_administrators(caller: Calling) -> None:
    """With its rules, what it would erase, and each act with a reason."""
    assert "Mọi nội dung được giữ mãi" in caller(Role.VIEWER).get("/console/retention").text
    assert caller(Role.OPERATOR).post("/console/retention/pause", {"reason": "x"}).status == 403
    one = caller(Role.ADMINISTRATOR)
    assert one.post("/console/retention/pause", {"reason": "kiểm toán"}).to == "/console/retention"
    assert one.post("/console/retention/resume", {"reason": "xong"}).status == 303
