"""The screen of credentials: made with a secret that is shown once, rotated, revoked, and seen by those who may."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from lgsp.credentials.secret import PATTERN
from lgsp.journal.people import Role
from tests.api.province import ONE_STOP
from tests.api.province import Caller as ApiCaller
from tests.console.calling import Answer, Caller
from tests.console.stage import Stage
from tests.credentials.issuing import Authority, pem

MADE = re.compile(r'href="/console/credentials/([0-9a-f-]{36})"')
FORM = {"system": ONE_STOP, "kind": "key", "name": "Cổng một cửa"}


def made(by: Caller, **changed: str) -> tuple[str, str]:
    """Make a credential; return its id and its secret."""
    page = by.post("/console/credentials/make", FORM | changed)
    assert page.status == 200, page.text
    found = PATTERN.search(page.text)
    return MADE.findall(page.text)[-1], found.group() if found else ""


def status(stage: Stage, secret: str) -> int:
    """Return what the API answers to a secret."""
    return stage.run(ApiCaller(stage.province.platform.site, secret).get("/v1/messages")).status


def test_a_secret_is_shown_once_and_opens(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """On the page behind the form, which nobody keeps; on no other page."""
    by = caller(Role.ADMINISTRATOR)
    page = by.post("/console/credentials/make", FORM | {"name": "một lần"})
    assert page.headers["cache-control"] == "no-store"
    secret = PATTERN.search(page.text).group()  # type: ignore[union-attr]
    assert status(stage, secret) == 200
    uid = MADE.findall(page.text)[-1]
    pages = [by.get(path).text for path in ("/console/credentials", f"/console/credentials/{uid}")]
    assert all("một lần" in text for text in pages)
    assert not any(secret in text for text in pages)
    assert "cấp thông tin xác thực" in by.get("/console/people/the-administrator").text


def test_its_bounds_are_those_that_were_typed(caller: Callable[[Role], Caller]) -> None:
    """Agencies with their days, acts, addresses, and the end of a day."""
    by = caller(Role.ADMINISTRATOR)
    uid, _ = made(
        by, kind="client", agencies="H44.11\r\nH44.12 2026-01-01 2026-12-31", acts="send",
        addresses="10.1.0.0/16, 10.2.0.1", until="2099-12-31",
    )  # fmt: skip
    text = by.get(f"/console/credentials/{uid}").text
    for said in (
        "H44.11",
        "H44.12",
        "từ 01/01/2026",
        "gửi thông điệp",
        "10.1.0.0/16",
        "10.2.0.1/32",
        "31/12/2099",
    ):
        assert said in text
    assert "nhận từ hộp thư" not in text


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"name": ""}, "name"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "mai"}, "until"),
        ({"agencies": "H44 mai"}, "agencies"),
        ({"addresses": "đây"}, "addresses"),
        ({"kind": "certificate"}, "certificate"),
        ({"kind": "person"}, "person"),
        ({"limits.items.per_day": "nhiều"}, "limits/items/per_day"),
        ({"limits.requests.burst": "5"}, "burst"),
    ],
)
def test_what_cannot_be_is_told_beside_what_was_typed(
    caller: Callable[[Role], Caller], changed: dict[str, str], shown: str
) -> None:
    """In words, and the form is as it was filled in."""
    page = caller(Role.ADMINISTRATOR).post("/console/credentials/make", FORM | changed)
    assert page.status == 422
    assert 'role="alert"' in page.text
    assert shown in page.text
    if "name" not in changed:
        assert 'value="Cổng một cửa"' in page.text


def test_its_limits_are_those_that_were_typed(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """They are shown, and they hold: the third request of a minute waits."""
    by = caller(Role.ADMINISTRATOR)
    typed = {"limits.requests.per_minute": "2", "limits.items.per_day": "10000", "limits.asks.per_day": ""}
    uid, secret = made(by, **typed)
    text = by.get(f"/console/credentials/{uid}").text
    for said in ("Yêu cầu: 2 mỗi phút", "Thông điệp gửi vào: 10.000 mỗi ngày"):
        assert said in text
    assert "Câu hỏi tra cứu:" not in text
    assert 429 in [status(stage, secret) for _ in range(5)]


def test_a_certificate_is_bound(caller: Callable[[Role], Caller]) -> None:
    """Without a secret; a second time it is said that it is on record."""
    by, certificate = caller(Role.ADMINISTRATOR), pem(Authority().issue())
    uid, secret = made(by, kind="certificate", certificate=certificate)
    assert secret == ""
    assert "SHA-256" in by.get(f"/console/credentials/{uid}").text
    again = by.post("/console/credentials/make", FORM | {"kind": "certificate", "certificate": certificate})
    assert (again.status, "đã được ghi nhận" in again.text) == (422, True)


def test_a_secret_is_rotated(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """The old one holds as long as was chosen."""
    by = caller(Role.ADMINISTRATOR)
    uid, old = made(by)
    here = f"/console/credentials/{uid}"

    def rotated(hours: str) -> Answer:
        return by.post(f"{here}/rotate", {"reason": "hằng năm", "overlap": hours})

    new = PATTERN.search(rotated("168").text).group()  # type: ignore[union-attr]
    assert [status(stage, secret) for secret in (old, new)] == [200, 200]
    assert "Khóa cũ dùng được đến" in by.get(here).text
    newest = PATTERN.search(rotated("0").text).group()  # type: ignore[union-attr]
    assert [status(stage, secret) for secret in (old, new, newest)] == [401, 401, 200]
    for hours in ("", "-1", "99999", "one", "²"):
        assert rotated(hours).status == 422


def test_a_credential_is_revoked_for_good(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """With a reason that stands beside it; what is over offers no acts."""
    by = caller(Role.ADMINISTRATOR)
    uid, secret = made(by)
    here = f"/console/credentials/{uid}"
    assert by.post(f"{here}/revoke", {"reason": ""}).status == 422
    assert by.post(f"{here}/revoke", {"reason": "lộ khóa"}).to == here
    assert status(stage, secret) == 401
    text = by.get(here).text
    assert "lộ khóa" in text
    assert f"{here}/rotate" not in text
    assert by.post(f"{here}/revoke", {"reason": "lại"}).status == 409
    assert uid in by.get("/console/credentials?state=revoked").text
    assert uid not in by.get("/console/credentials?state=holds").text


@pytest.mark.parametrize(
    ("role", "looks", "acts"),
    [
        (Role.VIEWER, 403, 403),
        (Role.OPERATOR, 403, 403),
        (Role.AUDITOR, 200, 403),
        (Role.ADMINISTRATOR, 200, 200),
    ],
)
def test_credentials_are_kept_by_those_who_may(
    caller: Callable[[Role], Caller], role: Role, looks: int, acts: int
) -> None:
    """Auditors see which there are; nobody but administrators changes one."""
    uid, _ = made(caller(Role.ADMINISTRATOR))
    by = caller(role)
    assert by.get("/console/credentials").status == looks
    assert by.get(f"/console/credentials/{uid}").status == looks
    assert by.get("/console/credentials/make").status == acts
    assert by.post("/console/credentials/make", FORM).status == acts
    assert by.get(f"/console/credentials/{uid}/revoke").status == acts
    assert ("/console/credentials/make" in by.get("/console/credentials").text) == (acts == 200)


def test_what_is_not_there_is_not_found(caller: Callable[[Role], Caller]) -> None:
    """Neither a credential nor an act."""
    by = caller(Role.ADMINISTRATOR)
    uid, _ = made(by)
    for path in ("nobody", "nobody/revoke", f"{uid}/delete"):
        assert by.get(f"/console/credentials/{path}").status == 404
    assert by.post(f"/console/credentials/{uid}/delete", {"reason": "x"}).status == 404


def test_tokens_of_the_environment_are_named(caller: Callable[[Role], Caller]) -> None:
    """So that somebody replaces them: they have no end."""
    assert "LGSP_TOKEN_" in caller(Role.ADMINISTRATOR).get("/console/credentials").text
