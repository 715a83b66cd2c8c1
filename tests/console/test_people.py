"""The screen of people: who is added, changed, locked out, and what each did."""

from __future__ import annotations

import re
from collections.abc import Callable

from lgsp.console.visits import digest
from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.stage import Stage

MADE = re.compile(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>")


def test_a_person_is_added_and_has_to_change_the_password_first(
    stage: Stage, caller: Callable[[Role], Caller]
) -> None:
    """The temporary password opens nothing but the page on which it is changed."""
    administrator = caller(Role.ADMINISTRATOR)
    form = {"name": "Bình.Đỗ", "shown": "Đỗ Văn Bình", "role": "operator"}
    assert administrator.post("/console/people/add", form).status == 422
    page = administrator.post("/console/people/add", form | {"name": "Binh.Do"})
    (password,) = MADE.findall(page.text)
    binh = Caller(stage.url)
    assert binh.sign_in("binh.do", password).status == 303
    assert binh.get("/console/").to == "/console/account"
    new = {"password": password, "new": "a password of my own", "again": "a password of my own"}
    assert binh.post("/console/account", new).status == 303
    assert binh.get("/console/people").status == 403


def test_a_name_is_taken_once(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """A second person of the same name, or of a word that means something already, is not added."""
    stage.person("lan")
    administrator = caller(Role.ADMINISTRATOR)
    for name in ("lan", "operator", "national-portal"):
        answer = administrator.post("/console/people/add", {"name": name, "shown": "X", "role": "viewer"})
        assert (answer.status, "dành riêng" in answer.text) == (422, True)


def test_a_disabled_person_is_out_at_once(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Sessions end with the account, the reason is in the journal, and enabling lets the person in again."""
    administrator, tam = caller(Role.ADMINISTRATOR), Caller(stage.url, stage.session("tam"))
    assert tam.get("/console/account").status == 200
    assert administrator.post("/console/people/tam/disable", {"reason": ""}).status == 422
    assert administrator.post("/console/people/tam/disable", {"reason": "nghỉ việc"}).status == 303
    assert tam.get("/console/account").status == 303
    assert "nghỉ việc" in administrator.get("/console/people/the-administrator").text
    assert administrator.post("/console/people/tam/enable", {"reason": "quay lại"}).status == 303


def test_a_role_holds_at_once(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Who becomes an auditor sees what auditors see, and the session of before is over."""
    administrator, duc = caller(Role.ADMINISTRATOR), Caller(stage.url, stage.session("duc", Role.VIEWER))
    assert duc.get("/console/people").status == 403
    administrator.post("/console/people/duc/role", {"role": "auditor", "reason": "thanh tra"})
    assert duc.get("/console/account").status == 303
    assert Caller(stage.url, stage.session("duc")).get("/console/people").status == 200


def test_one_session_is_ended_and_the_other_lasts(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """A browser that was left somewhere is signed out from afar."""
    here, there = stage.session("huong"), stage.session("huong")
    said = {"session": digest(there).hex(), "reason": "quên đăng xuất"}
    assert caller(Role.ADMINISTRATOR).post("/console/people/huong/revoke", said).status == 303
    assert Caller(stage.url, there).get("/console/account").status == 303
    assert Caller(stage.url, here).get("/console/account").status == 200


def test_the_note_after_an_act_is_shown_once(caller: Callable[[Role], Caller], stage: Stage) -> None:
    """The page behind an act says what was done; loaded again it says nothing."""
    administrator, name = caller(Role.ADMINISTRATOR), stage.person("nga")
    to = administrator.post(f"/console/people/{name}/role", {"role": "viewer", "reason": "x"}).to
    assert "Đã đổi vai trò của nga." in administrator.get(to).text
    assert "Đã đổi vai trò của nga." not in administrator.get(to).text
