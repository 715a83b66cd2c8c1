"""Credentials over HTTP: made by those who may, told once, and good for what they are good for at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from lgsp.credentials.register import Credentials
from lgsp.credentials.secret import PATTERN, hashed
from lgsp.journal import credentials
from lgsp.journal.credentials import Grant, Kind, Secret
from tests.api.province import BRING, ONE_STOP, PORTAL, Caller, Province, dossier, province
from tests.credentials.issuing import Authority, pem

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHY = {"reason": "theo kế hoạch"}
LISTED = "/v1/credentials"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(state: Path) -> AsyncIterator[Province]:
    """One province for all: each test makes credentials of its own."""
    async with province(state) as one:
        await one.operator.post(f"/v1/systems/{PORTAL}/pause")
        yield one


async def made(here: Province, **changed: Any) -> dict[str, Any]:
    """Give the one-stop a credential; return the answer."""
    said = {"system": ONE_STOP, "kind": "key", "name": "Cổng một cửa"} | changed
    reply = await here.operator.post(LISTED, said)
    assert reply.status == 201, reply.body
    assert reply.headers["cache-control"] == "no-store"
    return dict(reply.json())


async def one(here: Province, uid: str) -> dict[str, Any]:
    """Return a credential as it is shown."""
    return dict((await here.operator.get(f"{LISTED}/{uid}")).json())


def by(here: Province, told: dict[str, Any]) -> Caller:
    """Return whoever calls with a credential."""
    return Caller(here.platform.site, told["secret"])


async def test_a_key_is_told_once_and_opens_at_once(here: Province) -> None:
    """Whoever made it sees it in that one answer; afterwards it is nowhere to be read."""
    told = await made(here, acts=["send"], limits={"per_minute": 60})
    assert PATTERN.fullmatch(told["secret"])
    assert (await by(here, told).post(BRING, dossier("H44.11-260131-9001"))).status == 202
    for path in (LISTED, f"{LISTED}/{told['id']}", "/v1/people/operator/done"):
        assert told["secret"].encode() not in (await here.operator.get(path)).body
    found = await one(here, told["id"])
    assert found == {name: part for name, part in told.items() if name != "secret"} | {"used": found["used"]}
    assert (found["standing"], found["bounds"]["acts"], found["days_left"]) == ("holds", ["send"], None)


async def test_a_credential_is_nobody_elses(here: Province) -> None:
    """It is a system's: it neither operates, nor speaks for another."""
    told = await made(here)
    caller = by(here, told)
    assert (await caller.get(LISTED)).status == 403
    assert (await caller.post(f"/v1/systems/{PORTAL}/messages", dossier())).status == 401
    assert (await caller.post(f"{LISTED}/{told['id']}/revoke", WHY)).status == 403


async def test_a_revoked_credential_ends_here_and_elsewhere(here: Province) -> None:
    """In the process that did it at once; any other learns of it by its next look."""
    told = await made(here)
    elsewhere = Credentials(here.platform.gateway.journal)
    await elsewhere.learn()
    assert elsewhere.by_id(told["id"]).ended == ""  # type: ignore[union-attr]
    assert (await by(here, told).get("/v1/messages")).status == 200
    reply = await here.operator.post(f"{LISTED}/{told['id']}/revoke", {"reason": "lộ khóa"})
    assert (reply.status, reply.json()["standing"], reply.json()["reason"]) == (200, "revoked", "lộ khóa")
    assert (await by(here, told).get("/v1/messages")).status == 401
    await elsewhere.learn()
    assert elsewhere.by_id(told["id"]).ended == "revoked"  # type: ignore[union-attr]
    assert (await here.operator.post(f"{LISTED}/{told['id']}/revoke", WHY)).status == 409
    assert (await here.operator.post(f"{LISTED}/{told['id']}/rotate", WHY)).status == 409


async def test_a_rotated_secret_holds_beside_the_new_one(here: Province) -> None:
    """For a week unless something else is said; without an overlap it ends there and then."""
    first = await made(here)
    reply = await here.operator.post(f"{LISTED}/{first['id']}/rotate", WHY)
    second = reply.json()
    assert reply.headers["cache-control"] == "no-store"
    assert second["secret"] != first["secret"]
    assert second["replaced_until"] is not None
    for told in (first, second):
        assert (await by(here, told).get("/v1/messages")).status == 200
    third = (await here.operator.post(f"{LISTED}/{first['id']}/rotate", WHY | {"overlap": 0})).json()
    assert third["replaced_until"] is None
    statuses = [(await by(here, told).get("/v1/messages")).status for told in (first, second, third)]
    assert statuses == [401, 401, 200]


async def test_credentials_are_listed_by_whose_they_are_and_how_they_stand(here: Province) -> None:
    """Without a word of what they are."""
    told = await made(here, system=PORTAL, name="Cổng quốc gia", until="2099-01-01T00:00:00+07:00")
    await here.operator.post(f"{LISTED}/{told['id']}/revoke", WHY)
    live = await made(here, system=PORTAL, until="2099-01-01T00:00:00+07:00")

    async def ids(query: str) -> list[str]:
        reply = await here.operator.get(LISTED, query)
        return [found["id"] for found in reply.json()["credentials"]]

    assert await ids(f"system={PORTAL}") == [told["id"], live["id"]]
    assert await ids(f"system={PORTAL}&state=revoked") == [told["id"]]
    assert {told["id"], live["id"]} <= set(await ids(""))
    assert await ids("person=nobody") == []
    assert (await one(here, live["id"]))["days_left"] > 20_000
    assert (await here.operator.get(LISTED, "state=odd")).status == 422
    assert (await here.operator.get(f"{LISTED}/nobody")).status == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"system": "nobody"},
        {"name": ""},
        {"name": "n" * 81},
        {"kind": "person"},
        {"kind": "odd"},
        {"acts": ["publish"]},
        {"addresses": ["10.0.0.1/8"]},
        {"addresses": ["here"]},
        {"addresses": [f"10.0.0.{n}" for n in range(65)]},
        {"until": "2020-01-01T00:00:00+07:00"},
        {"until": "2099-01-01T00:00:00"},
        {"since": "2099-01-01T00:00:00Z", "until": "2098-01-01T00:00:00Z"},
        {"certificate": "x"},
        {"kind": "certificate"},
        {"kind": "certificate", "certificate": "x"},
        {"limits": {"per_minute": -1}},
        {"secret": "mine"},
    ],
)
async def test_what_cannot_be_is_not_made(here: Province, changed: dict[str, Any]) -> None:
    """Each fault is told with its place; nothing stands on record afterwards."""
    before = len((await here.operator.get(LISTED)).json()["credentials"])
    reply = await here.operator.post(LISTED, {"system": ONE_STOP, "kind": "key", "name": "x"} | changed)
    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
    assert len((await here.operator.get(LISTED)).json()["credentials"]) == before


async def test_a_certificate_has_no_secret_and_ends_with_itself(here: Province) -> None:
    """It is on record once; by its names only where an authority vouches for it."""
    certificate = pem(Authority().issue(days=10))
    told = await made(here, kind="certificate", certificate=certificate)
    assert "secret" not in told
    assert told["days_left"] == 8
    assert len(told["certificate"]["fingerprint"]) == 64
    again = {"system": ONE_STOP, "kind": "certificate", "name": "x", "certificate": certificate}
    assert (await here.operator.post(LISTED, again)).status == 409
    assert (await here.operator.post(LISTED, again | {"by_names": True})).status == 422
    assert (await here.operator.post(f"{LISTED}/{told['id']}/rotate", WHY)).status == 409


async def test_nobody_comes_by_a_secret_with_which_another_person_is_meant(here: Province) -> None:
    """Whoever keeps credentials revokes a person's key, and neither makes nor rotates one."""
    grant, secret = Grant("2" * 8, Kind.PERSON, "", "khóa riêng", "hoa"), Secret(hashed("x"))
    journal = here.platform.gateway.journal
    await journal.write(lambda tx: credentials.add(tx, grant, secret, b"k" * 32, "hoa"))
    assert (await here.operator.post(f"{LISTED}/{grant.uid}/rotate", WHY)).status == 409
    assert (await one(here, grant.uid))["replaced_until"] is None
    assert (await here.operator.post(f"{LISTED}/{grant.uid}/revoke", WHY)).status == 200


async def test_every_act_is_an_entry(here: Province) -> None:
    """Who did it, to whose credential, and why; never with a secret."""
    told = await made(here)
    rotated = (await here.operator.post(f"{LISTED}/{told['id']}/rotate", WHY)).json()
    await here.operator.post(f"{LISTED}/{told['id']}/revoke", WHY)
    sql = "SELECT what, who, cause, details FROM entries WHERE what LIKE 'credential %' ORDER BY id DESC LIMIT 3"
    rows = await here.platform.gateway.journal.read(lambda tx: tx.rows(sql))
    assert [(row[0], row[1], row[2]) for row in reversed(rows)] == [
        ("credential made", "operator", None),
        ("credential rotated", "operator", WHY["reason"]),
        ("credential revoked", "operator", WHY["reason"]),
    ]
    assert all(orjson.loads(row[3])["on"] == ONE_STOP for row in rows)
    assert not any(secret in str(rows) for secret in (told["secret"], rotated["secret"]))
