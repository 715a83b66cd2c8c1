"""Coming in: who may, for how long, and what happens to those who guess."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lgsp.console import visits
from lgsp.console.guard import SESSION
from lgsp.journal.clocks import micros
from lgsp.journal.people import Role
from lgsp.journal.sqlite import SqliteJournal
from lgsp.passwords import Passwords
from tests.console.calling import Caller
from tests.console.stage import PASSWORD, Stage

WRONG = "không đúng"


def test_nobody_sees_a_page_without_signing_in(nobody: Caller) -> None:
    """A page asked for by a stranger leads to the sign-in page, which knows where to go on to."""
    answer = nobody.get("/console/people")
    assert (answer.status, answer.to) == (303, "/console/sign-in?next=/console/people")


def test_the_first_address_leads_to_the_console(nobody: Caller) -> None:
    """Who types the host alone arrives at the console."""
    assert nobody.get("/").to == "/console/"


def test_a_person_signs_in_and_out(stage: Stage, nobody: Caller) -> None:
    """The right password opens a session in a cookie that scripts cannot read; signing out ends it for good."""
    name = stage.person("lan")
    answer = nobody.sign_in(name, PASSWORD)
    (cookie,) = [one for one in answer.headers.get_all("set-cookie") or [] if one.startswith(SESSION)]
    assert answer.status == 303
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/console"))
    assert nobody.get("/console/account").status == 200
    held = nobody.cookies[SESSION]
    nobody.post("/console/sign-out", {})
    assert Caller(stage.url, held).get("/console/account").status == 303


def test_the_cookie_is_for_https_alone_where_the_browser_came_by_https(stage: Stage, nobody: Caller) -> None:
    """Behind a proxy that ends TLS the cookie never goes over a line that is not encrypted."""
    name, token = stage.person("lan"), nobody.token()
    answer = nobody.post(
        "/console/sign-in", {"name": name, "password": PASSWORD}, token, x_forwarded_proto="https"
    )
    assert "Secure" in next(one for one in answer.headers.get_all("set-cookie") or [] if SESSION in one)


@pytest.mark.parametrize("name", ["lan", "nobody-of-that-name"])
def test_a_wrong_password_and_an_unknown_name_are_told_the_same(stage: Stage, name: str) -> None:
    """Nobody learns by guessing which names there are."""
    stage.person("lan")
    answer = Caller(stage.url).sign_in(name, "something else")
    assert answer.status == 401
    assert WRONG in answer.text


def test_who_fails_too_often_has_to_wait_even_with_the_right_password(stage: Stage, nobody: Caller) -> None:
    """After five failures a name waits, is told so in words; that somebody tried, and goes on, is an entry."""
    name = stage.person("minh")
    for _ in range(5):
        assert nobody.sign_in(name, "wrong").status == 401
    answer = nobody.sign_in(name, PASSWORD)
    assert answer.status == 429
    assert "Thử lại sau" in answer.text
    for why in (visits.WRONG, visits.WAITS):
        told = stage.tried(name, "sign-in failed", why)["details"]
        assert (told["address"], told["path"], told["times"] >= 1) == ("127.0.0.1", "/console/sign-in", True)


def test_guesses_neither_flood_the_journal_nor_name_who_is_not_there(stage: Stage) -> None:
    """The first is an entry, the rest is counted; what was typed as a name is in no entry."""
    for n in range(12):
        assert Caller(stage.url).sign_in(f"guessed-{n}", "wrong").status in (401, 429)
    assert stage.tried("nobody", "sign-in failed", visits.WRONG)
    journal = stage.province.platform.gateway.journal
    rows = stage.run(
        journal.read(
            lambda tx: tx.rows("SELECT who, cause, details FROM entries WHERE what = ?", ("sign-in failed",))
        )
    )
    assert "guessed" not in str(rows)
    assert len([who for who, cause, _ in rows if (who, cause) == ("nobody", visits.WRONG)]) <= 3


def test_a_form_from_elsewhere_is_an_entry(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Somebody made a browser that is signed in here send us a form."""
    one = caller(Role.OPERATOR)
    answer = one.post("/console/account", {"password": "x"}, origin="https://elsewhere.example")
    assert answer.status == 403
    assert stage.tried("the-operator", "act denied", "foreign-form")


def test_waits_grow() -> None:
    """Each failure beyond what is allowed doubles the wait, up to a quarter of an hour."""
    waits = [visits._wait(failures, 5) for failures in (1, 4, 5, 6, 7, 30)]
    assert waits == [0.0, 0.0, 30.0, 60.0, 120.0, 900.0]


def test_a_session_that_nobody_uses_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an hour without a request a session no longer opens anything."""
    one = Caller(stage.url, stage.session("lan"))
    assert one.get("/console/account").status == 200
    monkeypatch.setattr(visits, "IDLE", -1.0)
    assert one.get("/console/account").status == 303


def test_a_person_changes_the_password(stage: Stage, nobody: Caller) -> None:
    """A new password needs the old one, ends the other sessions, and keeps this one."""
    other = Caller(stage.url, stage.session("thu"))
    nobody.sign_in("thu", PASSWORD)
    new = {"new": "another long password", "again": "another long password"}
    assert nobody.post("/console/account", {"password": "wrong"} | new).status == 422
    assert nobody.post("/console/account", {"password": PASSWORD} | new).status == 303
    assert nobody.get("/console/account").status == 200
    assert other.get("/console/account").status == 303
    assert Caller(stage.url).sign_in("thu", "another long password").status == 303


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example/", "//elsewhere.example", "/v1/alerts", "/console\\x"]
)
def test_signing_in_leads_nowhere_but_into_the_console(stage: Stage, nobody: Caller, path: str) -> None:
    """An address that somebody else made up is not gone to."""
    name = stage.person("lan")
    answer = nobody.post("/console/sign-in", {"name": name, "password": PASSWORD, "next": path})
    assert answer.to == "/console/"


def test_a_visitor_has_no_password_to_see(caller: Callable[[Role], Caller]) -> None:
    """No page holds the hash of a password."""
    administrator = caller(Role.ADMINISTRATOR)
    for path in ("/console/people", "/console/people/admin", "/console/account"):
        assert "argon2" not in administrator.get(path).text


async def test_a_clock_that_was_set_back_locks_nobody_out(tmp_path: Path) -> None:
    """The journal's clock goes on where the wall's does not: a failure that waits for nothing has ended by it."""
    journal = await SqliteJournal.open(tmp_path / "journal.db", lambda: micros() + 5_000_000)
    door = visits.Visits(journal, Passwords())
    assert [await door.sign_in("chi", "wrong", ("10.0.0.1", "")) for _ in range(3)] == [None] * 3
    await journal.close()
