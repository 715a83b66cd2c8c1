"""One's own account, and what an administrator limits: sessions ended, keys for the API, screens that are left."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from lgsp.console.visits import digest
from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.stage import Stage

SECRET = re.compile(r"<code>(lgsp_person_[0-9A-Za-z]+)</code>")
REVOKE = re.compile(r'action="(/console/account/keys/[0-9a-f-]+/revoke)"')


def asked(stage: Stage, secret: str, method: str = "GET", path: str = "/v1/systems") -> int:
    """Return how the API answers a key."""
    line = http.client.HTTPConnection(urlsplit(stage.url).netloc, timeout=60)
    try:
        line.request(method, path, headers={"Authorization": f"Bearer {secret}"})
        return line.getresponse().status
    finally:
        line.close()


def comes_to(stage: Stage, secret: str, status: int) -> bool:
    """Wait until the API answers a key so: it learns within a second, and this machine may be slow."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if asked(stage, secret) == status:
            return True
        time.sleep(0.05)
    return False


def test_a_key_of_ones_own_has_ones_own_rights(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Shown once, with the role of its owner at the moment, and dead with the owner's account."""
    administrator, vy = caller(Role.ADMINISTRATOR), Caller(stage.url, stage.session("vy", Role.VIEWER))
    for wrong in (
        {"name": ""},
        {"name": "x", "days": "0"},
        {"name": "x", "days": "9999"},
        {"name": "x" * 99},
    ):
        assert vy.post("/console/account/keys", wrong).status == 303
    assert REVOKE.findall(vy.get("/console/account").text) == []
    (secret,) = SECRET.findall(vy.post("/console/account/keys", {"name": "báo cáo", "days": "30"}).text)
    account = vy.get("/console/account").text
    assert ("báo cáo" in account, secret in account) == (True, False)
    assert comes_to(stage, secret, 200)
    pause = ("POST", "/v1/systems/national-portal/resume")
    assert asked(stage, secret, *pause) == 403
    administrator.post("/console/people/vy/role", {"role": "operator", "reason": "trực ca"})
    end = time.monotonic() + 20
    while asked(stage, secret, *pause) != 200:
        assert time.monotonic() < end
    administrator.post("/console/people/vy/disable", {"reason": "nghỉ việc"})
    assert comes_to(stage, secret, 401)


def test_nobody_ends_the_keys_of_somebody_else(stage: Stage) -> None:
    """An address that was copied is not there for others; its owner ends the key, and it opens nothing."""
    mai, other = Caller(stage.url, stage.session("mai")), Caller(stage.url, stage.session("minh"))
    (secret,) = SECRET.findall(mai.post("/console/account/keys", {"name": "one"}).text)
    (path,) = REVOKE.findall(mai.get("/console/account").text)
    assert other.post(path, {}).status == 404
    assert comes_to(stage, secret, 200)
    assert mai.post(path, {}).status == 303
    assert comes_to(stage, secret, 401)


def test_the_other_sessions_end_with_one_click(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Of one's own account the one at hand lasts; an administrator ends all."""
    here, there = (Caller(stage.url, stage.session("oanh")) for _ in range(2))
    assert "/console/account/others" in here.get("/console/account").text
    assert here.post("/console/account/others", {}).status == 303
    assert (here.get("/console/account").status, there.get("/console/account").status) == (200, 303)
    administrator = caller(Role.ADMINISTRATOR)
    assert administrator.post("/console/people/oanh/revoke-all", {"reason": "máy bị mất"}).status == 303
    assert here.get("/console/account").status == 303


def test_who_is_limited_has_fewer_screens(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """The first page is one that is left, the others are closed, and the navigation does not lead there."""
    administrator, name = caller(Role.ADMINISTRATOR), stage.person("phuc")
    form = f"/console/people/{name}/limits"
    assert 'name="systems" value="one-stop"' in administrator.get(form).text
    assert administrator.post(form, {"reason": "x", "systems": "nobody"}).status == 422
    said = {"reason": "một hệ thống", "systems": "one-stop", "agencies": "00.11.H44 H44.12"}
    assert administrator.post(form, said).status == 303
    page = administrator.get(f"/console/people/{name}").text
    assert all(word in page for word in ("H44.11, H44.12", "one-stop", "Phạm vi"))
    phuc = Caller(stage.url, stage.session(name))
    assert phuc.get("/console/").to == "/console/messages"
    closed = phuc.get("/console/routes")
    assert (closed.status, "Ngoài phạm vi" in closed.text) == (403, True)
    shown = phuc.get("/console/messages").text
    assert ('href="/console/problems"' in shown, 'href="/console/routes"' in shown) == (True, False)
    assert phuc.get("/console/systems/national-portal").status == 404
    assert phuc.get("/console/systems/one-stop").status == 200
    done = administrator.get("/console/people/the-administrator").text
    assert "đổi phạm vi" in done


def test_an_act_beyond_the_limits_is_in_the_journal(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Who tries what the limits close is turned away, and it is written down."""
    administrator, name = caller(Role.ADMINISTRATOR), stage.person("quang")
    administrator.post(f"/console/people/{name}/limits", {"reason": "x", "systems": "one-stop"})
    quang = Caller(stage.url, stage.session(name))
    assert quang.post("/console/jobs/national-portal/statuses/run", {"reason": "x"}).status == 403
    assert "beyond the limits" in administrator.get(f"/console/people/{name}").text


def test_a_session_is_known_by_its_hash(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """What stands in a page or in the journal opens nothing."""
    secret = stage.session("son")
    page = caller(Role.ADMINISTRATOR).get("/console/people/son").text
    assert (digest(secret).hex() in page, secret in page) == (True, False)
    assert Caller(stage.url, digest(secret).hex()).get("/console/account").status == 303
