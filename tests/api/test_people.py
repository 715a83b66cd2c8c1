"""People over HTTP: who is let in, as what, what each did, and that nothing of it opens another door."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
import time
from typing import Any

import pytest
from argon2 import PasswordHasher

from lgsp.console.visits import digest
from lgsp.journal import people
from lgsp.passwords import Passwords
from tests.api.province import Province

MADE = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}")
LAN = {"name": "Lan.Nguyen", "shown": "  Nguyễn  Thị Lan ", "role": "operator"}
WHY = {"reason": "theo yêu cầu của Sở"}
ORDERS = {
    "role": {"role": "viewer"},
    "disable": {},
    "enable": {},
    "revoke": {"session": "00"},
    "password": {},
}


async def added(here: Province, **changed: Any) -> dict[str, Any]:
    """Add somebody, and return the answer."""
    reply = await here.operator.post("/v1/people", LAN | changed)
    assert reply.status == 201, reply.body
    return dict(reply.json())


async def person(here: Province, name: str = "lan.nguyen") -> dict[str, Any]:
    """Return a person as operators see one."""
    return dict((await here.operator.get(f"/v1/people/{name}")).json())


async def opened(here: Province, name: str = "lan.nguyen") -> str:
    """Open a session of somebody, and return its secret."""
    secret, client = secrets.token_hex(16), ("192.0.2.7", "a browser")
    journal = here.platform.gateway.journal
    await journal.write(lambda tx: people.sign_in(tx, name, digest(secret), 3_600_000_000, client))
    return secret


async def entries(here: Province, what: str) -> list[tuple[Any, ...]]:
    """Return who did it, why, and whatever else is told of it, in order."""
    said = "SELECT who, cause, details FROM entries WHERE what = ? ORDER BY id"
    return [tuple(row) for row in await here.platform.gateway.journal.read(lambda tx: tx.rows(said, (what,)))]


async def fits(here: Province, password: str, name: str = "lan.nguyen") -> bool:
    """Tell whether a person signs in by a password."""
    one = await here.platform.gateway.journal.read(lambda tx: people.find(tx, name))
    return await Passwords().matches(one.hash if one else None, password)


async def test_a_person_is_added_with_a_password_that_is_told_once(paused: Province) -> None:
    """It opens the account, has to be changed, is kept by nobody on the way, and the journal says who added."""
    reply = await paused.operator.post("/v1/people", LAN)
    assert (reply.status, reply.headers["cache-control"]) == (201, "no-store")
    told = reply.json()
    assert told.keys() == {"name", "password"}
    assert MADE.fullmatch(told["password"])
    assert await fits(paused, told["password"])
    found = await person(paused)
    assert (found["name"], found["shown"], found["role"]) == ("lan.nguyen", "Nguyễn Thị Lan", "operator")
    assert (found["temporary"], found["disabled"], found["sessions"]) == (True, False, [])
    assert found["created"].endswith("+07:00")
    assert ("operator", None, '{"on":"lan.nguyen","told":"operator"}') in await entries(
        paused, "person added"
    )


async def test_who_is_there_is_listed_by_name(paused: Province) -> None:
    """With role and standing; without a role one is a viewer; the first administrator is there from the start."""
    await added(paused)
    await paused.operator.post("/v1/people", {"name": "binh", "shown": "Đỗ Văn Bình"})
    listed = (await paused.operator.get("/v1/people")).json()["people"]
    assert [(one["name"], one["role"]) for one in listed] == [
        ("admin", "administrator"),
        ("binh", "viewer"),
        ("lan.nguyen", "operator"),
    ]
    assert [one["temporary"] for one in listed] == [False, True, True]


@pytest.mark.parametrize(
    ("changed", "place", "code"),
    [
        ({"name": "đỗ"}, "/name", "bad-format"),
        ({"name": "x"}, "/name", "bad-format"),
        ({"name": "lan nguyen"}, "/name", "bad-format"),
        ({"name": "n" * 41}, "/name", "bad-format"),
        ({"name": "../admin"}, "/name", "bad-format"),
        ({"shown": " \t"}, "/shown", "missing"),
        ({"shown": "\u200b"}, "/shown", "missing"),
        ({"shown": "x" * 121}, "/shown", "too-long"),
        ({"role": "king"}, "/role", "not-one-of"),
        ({"password": "of my own"}, "/password", "unknown-field"),
    ],
)
async def test_a_wrong_word_is_named_with_its_place(
    paused: Province, changed: dict[str, str], place: str, code: str
) -> None:
    """422 with the field, in both languages; nobody is added."""
    reply = await paused.operator.post("/v1/people", LAN | changed)
    (fault,) = reply.json()["problems"]
    assert (reply.status, fault["pointer"], fault["code"]) == (422, place, code)
    assert fault["vi"] != fault["en"]
    assert len((await paused.operator.get("/v1/people")).json()["people"]) == 1


@pytest.mark.parametrize("name", ["LAN.nguyen ", "admin", "operator", "gateway", "schedule", "one-stop"])
async def test_a_name_that_means_somebody_already_is_not_given(paused: Province, name: str) -> None:
    """Neither a person's, nor a word under which other acts stand in the journal, nor a system's."""
    await added(paused)
    reply = await paused.operator.post("/v1/people", LAN | {"name": name})
    (fault,) = reply.json()["problems"]
    assert (reply.status, fault["code"], fault["pointer"]) == (422, "name-taken", "/name")
    assert fault["detail"] == name.strip().lower()
    assert "dành riêng" in fault["vi"]
    assert len((await paused.operator.get("/v1/people")).json()["people"]) == 2


async def test_a_role_is_changed_and_the_last_administrator_stays(paused: Province) -> None:
    """With who, why and from what to what; somebody has to be able to keep the people."""
    await added(paused)
    reply = await paused.operator.post("/v1/people/lan.nguyen/role", WHY | {"role": "auditor"})
    assert (reply.status, reply.json()["role"]) == (200, "auditor")
    assert await entries(paused, "role changed") == [
        ("operator", WHY["reason"], '{"on":"lan.nguyen","told":"operator > auditor"}')
    ]
    for word, more in (("role", {"role": "viewer"}), ("disable", {})):
        reply = await paused.operator.post(f"/v1/people/admin/{word}", WHY | more)
        assert (reply.status, reply.json()["type"]) == (409, "urn:lgsp:problem:wrong-state")
        assert "last administrator" in reply.json()["detail"]
    await paused.operator.post("/v1/people/lan.nguyen/role", WHY | {"role": "administrator"})
    assert (await paused.operator.post("/v1/people/admin/disable", WHY)).json()["disabled"] is True


async def test_who_is_disabled_has_no_session_left_and_is_let_in_again(paused: Province) -> None:
    """Both acts stand in the journal with who and why."""
    await added(paused)
    await opened(paused)
    reply = await paused.operator.post("/v1/people/lan.nguyen/disable", {"reason": "nghỉ việc"})
    assert (reply.status, reply.json()["disabled"], reply.json()["sessions"]) == (200, True, [])
    reply = await paused.operator.post("/v1/people/lan.nguyen/enable", {"reason": "quay lại"})
    assert (reply.status, reply.json()["disabled"]) == (200, False)
    on = '{"on":"lan.nguyen"}'
    assert await entries(paused, "person disabled") == [("operator", "nghỉ việc", on)]
    assert await entries(paused, "person enabled") == [("operator", "quay lại", on)]


async def test_a_password_is_reset_and_the_old_one_is_over(paused: Province) -> None:
    """The new one is told once and has to be changed; sessions end; the journal does not hold it."""
    old = (await added(paused))["password"]
    await opened(paused)
    reply = await paused.operator.post("/v1/people/lan.nguyen/password", WHY)
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
    new = reply.json()["password"]
    assert MADE.fullmatch(new)
    assert [await fits(paused, one) for one in (old, new)] == [False, True]
    found = await person(paused)
    assert (found["temporary"], found["sessions"]) == (True, [])
    assert await entries(paused, "password reset") == [("operator", WHY["reason"], '{"on":"lan.nguyen"}')]


async def test_one_session_is_ended_and_the_other_lasts(paused: Province) -> None:
    """It is named as it is listed; a session that is over, or another person's, is 409."""
    await added(paused)
    here, there = await opened(paused), await opened(paused)
    listed = (await person(paused))["sessions"]
    assert {one["session"] for one in listed} == {digest(here).hex(), digest(there).hex()}
    assert {(one["address"], one["agent"]) for one in listed} == {("192.0.2.7", "a browser")}
    said = WHY | {"session": digest(there).hex()}
    assert (await paused.operator.post("/v1/people/admin/revoke", said)).status == 409
    reply = await paused.operator.post("/v1/people/lan.nguyen/revoke", said)
    assert [one["session"] for one in reply.json()["sessions"]] == [digest(here).hex()]
    assert (await paused.operator.post("/v1/people/lan.nguyen/revoke", said)).status == 409
    assert await entries(paused, "session revoked") == [("operator", WHY["reason"], '{"on":"lan.nguyen"}')]


async def test_what_somebody_did_comes_in_pages_the_latest_first(paused: Province) -> None:
    """Also what the operator's token did, under that name."""
    await added(paused)
    for word in ("disable", "enable", "disable"):
        await paused.operator.post(f"/v1/people/lan.nguyen/{word}", {"reason": word})
    first = (await paused.operator.get("/v1/people/operator/done", query="limit=3")).json()
    assert [(one["what"], one["cause"]) for one in first["done"]] == [
        ("person disabled", "disable"),
        ("person enabled", "enable"),
        ("person disabled", "disable"),
    ]
    assert first["done"][0]["details"] == {"on": "lan.nguyen"}
    rest = (await paused.operator.get("/v1/people/operator/done", query=f"after={first['next']}")).json()
    assert "person added" in [one["what"] for one in rest["done"]]
    assert (rest["next"], rest["done"][0]["id"] < first["next"]) == (None, True)
    await opened(paused)
    (signed,) = (await paused.operator.get("/v1/people/lan.nguyen/done")).json()["done"]
    assert (signed["what"], signed["details"]) == ("signed in", {"told": "192.0.2.7"})
    assert (await paused.operator.get("/v1/people/operator/done", query="limit=0")).status == 422


async def test_no_answer_holds_what_opens_a_door(paused: Province) -> None:
    """Neither the hash of a password, nor the secret of a session, nor, after the first time, the password."""
    password = (await added(paused))["password"]
    secret = await opened(paused)
    one = await paused.platform.gateway.journal.read(lambda tx: people.find(tx, "lan.nguyen"))
    assert one is not None
    places = ["", "/lan.nguyen", "/lan.nguyen/done", "/operator/done"]
    bodies = [(await paused.operator.get(f"/v1/people{place}")).body for place in places]
    bodies.append((await paused.operator.post("/v1/people/lan.nguyen/role", WHY | {"role": "viewer"})).body)
    said = b"".join(bodies).decode()
    assert "lan.nguyen" in said
    assert [word for word in (password, secret, one.hash, "argon2") if word in said] == []
    kept = await paused.platform.gateway.journal.read(
        lambda tx: tx.rows("SELECT count(*) FROM entries WHERE details LIKE ?", (f"%{password}%",))
    )
    assert kept == [(0,)]


@pytest.mark.parametrize("word", ORDERS)
async def test_an_order_needs_a_reason_and_somebody_it_is_for(paused: Province, word: str) -> None:
    """422 without a reason or with a word that is none of its own, 404 for nobody; nothing is changed."""
    await added(paused)
    before, path = await person(paused), f"/v1/people/lan.nguyen/{word}"
    for reason in ({}, {"reason": "  "}, {"reason": "x" * 1001}, WHY | {"until": "tomorrow"}):
        assert (await paused.operator.post(path, ORDERS[word] | reason)).status == 422
    assert (await paused.operator.post(f"/v1/people/nga/{word}", ORDERS[word] | WHY)).status == 404
    assert await person(paused) == before


@pytest.mark.parametrize(
    ("word", "said"),
    [("role", {}), ("role", {"role": "king"}), ("revoke", {}), ("revoke", {"session": "no hex"})],
)
async def test_an_order_says_what_is_to_be_done(paused: Province, word: str, said: dict[str, str]) -> None:
    """A role that is none or is not named, a session that is none or is not named: 422."""
    await added(paused)
    assert (await paused.operator.post(f"/v1/people/lan.nguyen/{word}", WHY | said)).status == 422


async def test_no_system_looks_at_people_or_changes_them(paused: Province) -> None:
    """403 for a system's token, 401 for none, 404 for nobody of that name."""
    await added(paused)
    before = await person(paused)
    for who, status in ((paused.one_stop, 403), (paused.nobody, 401)):
        answers = [(await who.get(f"/v1/people{place}")).status for place in ("", "/admin", "/admin/done")]
        answers.append((await who.post("/v1/people", LAN | {"name": "nga"})).status)
        answers += [
            (await who.post(f"/v1/people/lan.nguyen/{word}", more | WHY)).status
            for word, more in ORDERS.items()
        ]
        assert set(answers) == {status}
    assert await person(paused) == before
    assert (await paused.operator.get("/v1/people/nga")).status == 404


class Counting:
    """Stands before the hasher, and counts how many passwords are hashed at the same time."""

    def __init__(self) -> None:
        self._hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash
        self._lock = threading.Lock()
        self._now = self.most = self.all = 0

    def hash(self, password: str) -> str:
        """Hash cheaply, and for so long that others would come in between."""
        with self._lock:
            self._now, self.all = self._now + 1, self.all + 1
            self.most = max(self.most, self._now)
        try:
            time.sleep(0.02)
            return self._hash(password)
        finally:
            with self._lock:
                self._now -= 1


async def test_a_process_hashes_two_passwords_at_a_time(
    paused: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are added and reset at once: each takes 32 MiB, and others have to live beside it."""
    await added(paused)
    counting = Counting()
    monkeypatch.setattr(PasswordHasher, "hash", counting.hash)
    replies = await asyncio.gather(
        *(paused.operator.post("/v1/people", LAN | {"name": f"person-{n}"}) for n in range(4)),
        *(paused.operator.post("/v1/people/lan.nguyen/password", WHY) for _ in range(4)),
    )
    assert sorted(reply.status for reply in replies) == [200] * 4 + [201] * 4
    assert (counting.all, counting.most) == (8, 2)


async def test_a_password_that_is_longer_than_any_that_is_asked_for_still_fits() -> None:
    """What is kept and what is compared are cut alike, so an installation is not closed by its own setting."""
    one, long = Passwords(), "x" * 300
    assert await one.matches(await one.hash(long), long)
