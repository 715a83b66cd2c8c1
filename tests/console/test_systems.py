"""The screen of systems: what it tells, what may be ordered of a system and by whom, and what is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.calling import Caller
from tests.console.moments import until
from tests.console.stage import Stage

LIST = "/console/systems"
ONE = f"{LIST}/{PORTAL}"
Calling = Callable[[Role], Caller]


@pytest.fixture(autouse=True)
def _running(stage: Stage) -> Iterator[None]:
    """Leave the portal running and everything delivered, whatever a test did."""
    yield
    stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/resume"))
    stage.run(stage.province.rest("delivered"))


def test_a_pause_needs_a_reason_and_stands_in_the_history(caller: Calling) -> None:
    """Without a reason nothing changes; with one, the system rests, and who and why are on its page."""
    operator = caller(Role.OPERATOR)
    assert operator.post(f"{ONE}/pause", {"reason": " "}).status == 422
    assert "đang chạy" in operator.get(f"{ONE}?part=live").text
    assert operator.post(f"{ONE}/pause", {"reason": "Cổng bảo trì"}).to == ONE
    page = operator.get(ONE)
    assert f"Đã tạm dừng chuyển tới {PORTAL}." in page.text
    assert ("tạm dừng (do người vận hành)" in page.text, "Cổng bảo trì" in page.text) == (True, True)
    assert "the-operator" in page.text


def test_only_who_may_act_does(caller: Calling) -> None:
    """Viewers and auditors see the page and none of its buttons; what they send is turned away."""
    for role in (Role.VIEWER, Role.AUDITOR):
        looking = caller(role)
        page = looking.get(ONE)
        assert (page.status, f"{ONE}/pause" in page.text, f"{ONE}/check" in page.text) == (200, False, False)
        for word in ("pause", "drain", "resume", "check"):
            assert looking.post(f"{ONE}/{word}", {"reason": "x"}).status == 403
        assert looking.get(f"{ONE}/pause").status == 403
        assert "đang chạy" in looking.get(f"{ONE}?part=live").text


def test_before_a_pause_it_is_said_whom_it_touches(stage: Stage, caller: Calling) -> None:
    """How many are open, of which agencies, the nearest deadline, and what becomes of new messages."""
    operator = caller(Role.OPERATOR)
    operator.post(f"{ONE}/pause", {"reason": "thử"})
    for number, due in (("0031", "2046-12-01"), ("0032", "2046-11-30")):
        stage.bring(dossier(f"H44.11-260131-{number}", due_at=f"{due}T17:00:00+07:00"))
    panel = operator.get(f"{ONE}/resume", hx_request="true").text
    assert ("<html" in panel, "2 lượt" in panel, "H44" in panel) == (False, True, True)
    assert "30/11/2046 17:00:00" in panel
    said = operator.get(f"{ONE}/drain").text
    assert ("<html" in said, "chờ trong nhật ký theo thứ tự" in said) == (True, True)


def test_what_waits_is_told_and_goes_with_the_resume(stage: Stage, caller: Calling) -> None:
    """The queue of a paused system grows by what is brought, and is empty behind the resume."""
    operator = caller(Role.OPERATOR)
    operator.post(f"{ONE}/pause", {"reason": "thử"})
    stage.bring(*(dossier(f"H44.11-260131-{n:04d}") for n in range(41, 46)))
    waiting = stage.run(stage.province.operator.get(f"/v1/systems/{PORTAL}")).json()
    assert (waiting["waiting"], waiting["piles"]["ready"]["size"]) == (5, 5)
    assert operator.post(f"{ONE}/resume", {"reason": "xong"}).status == 303
    stage.run(stage.province.rest("delivered"))
    assert stage.run(stage.province.operator.get(f"/v1/systems/{PORTAL}")).json()["waiting"] == 0


def test_a_check_says_in_words_what_it_found(caller: Calling) -> None:
    """The portal answers; the finding stands on the page, and who asked in the history."""
    operator = caller(Role.OPERATOR)
    assert operator.post(f"{ONE}/check", {}).to == f"{ONE}#connection"
    until(lambda: "Đang hỏi" not in operator.get(ONE).text)  # it may take longer than the answer waits for it
    page = operator.get(ONE).text
    assert (f"{PORTAL} trả lời" in page, "kiểm tra kết nối hệ thống" in page) == (True, True)


def test_no_secret_is_on_a_page(caller: Calling) -> None:
    """A password is named with where it comes from and whether it is there; what it is, nobody sees."""
    page = caller(Role.ADMINISTRATOR).get(ONE).text
    assert ("env LGSP_PORTAL_PASSWORD" in page, "giá trị mặc định" in page) == (True, True)
    assert "sandbox" not in page
    source = caller(Role.ADMINISTRATOR).get(f"{LIST}/one-stop").text
    assert ("LGSP_TOKEN_ONE_STOP" in source, "token-of" in source) == (True, False)


def test_what_is_not_there_is_not_found(caller: Calling) -> None:
    """Neither a system nor an act that there is not."""
    operator = caller(Role.OPERATOR)
    assert operator.get(f"{LIST}/nobody").status == 404
    assert operator.get(f"{ONE}/explode").status == 404
    assert operator.post(f"{ONE}/explode", {"reason": "x"}).status == 404


def test_the_list_has_every_system(caller: Calling) -> None:
    """Also as the part that is asked for again and again, which is no page."""
    viewer = caller(Role.VIEWER)
    part = viewer.get(f"{LIST}?part=live").text
    assert ("<html" in part, PORTAL in part, "one-stop" in part) == (False, True, True)
    assert "<html" in viewer.get(LIST).text
