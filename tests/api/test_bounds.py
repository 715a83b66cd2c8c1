"""Over HTTP a system brings what its credential was granted, as often as it may, and reads nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from lgsp.journal import people
from tests.api.province import BRING, NATIVE, ONE_STOP, PORTAL, Caller, Province, dossier, province

pytestmark = pytest.mark.asyncio(loop_scope="module")
FOREIGN, OWN = "H29.11-260131-0001", "H44.11-260131-0001"
FACADE = f"/systems/{ONE_STOP}"
CHANGES, REPORTS = f"{FACADE}/changes", f"{FACADE}/reports"
WRITE = f"{FACADE}/api/SynsTTHCC/DongBoHoSoMC"
WORDS_OF_SUCCESS = ("thành công", "đã tồn tại", "success", "already exist")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(state: Path) -> AsyncIterator[Province]:
    """One province for all, whose portal is paused."""
    async with province(state) as one:
        await one.operator.post(f"/v1/systems/{PORTAL}/pause")
        yield one


async def given(here: Province, **changed: Any) -> Caller:
    """Return somebody who calls with a new key of the one-stop's."""
    said = {"system": ONE_STOP, "kind": "key", "name": "thử"} | changed
    reply = await here.operator.post("/v1/credentials", said)
    assert reply.status == 201, reply.body
    return Caller(here.platform.site, reply.json()["secret"])


def sample() -> list[Any]:
    """Return a bare array as a one-stop system writes it."""
    folder = Path(__file__).parents[2] / "adapters" / "one_stop" / "samples"
    bodies = (orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.in.json")))
    return next(body for body in bodies if isinstance(body, list))


def faults(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the code and the place of each problem."""
    return [(one["code"], one["pointer"]) for one in told["problems"]]


async def test_a_foreign_dossier_is_turned_away_and_seen(here: Province) -> None:
    """The others of its request are taken on; it lies in quarantine, where its sender and operators find it."""
    reply = await here.one_stop.post(BRING, [dossier(OWN), dossier(FOREIGN), dossier("H44.12-260131-0002")])
    assert reply.status == 422
    first, second, third = reply.json()["results"]
    assert (first["status"], third["status"]) == ("accepted", "accepted")
    assert second["status"] == 403
    assert faults(second) == [("agency-not-granted", "/code")]
    assert "H44" in second["problems"][0]["vi"]
    alone = await here.one_stop.post(BRING, dossier(FOREIGN))
    assert (alone.status, faults(alone.json())) == (403, [("agency-not-granted", "/code")])
    for reader in (here.one_stop, here.operator):
        kept = (await reader.get("/v1/quarantine", f"code={FOREIGN}")).json()["quarantine"]
        assert len(kept) == 2
        assert (await reader.get("/v1/messages", f"code={FOREIGN}")).json()["messages"] == []


async def test_an_operator_is_bound_by_no_credential(here: Province) -> None:
    """What a person brings as from a system is the person's act, and is not judged by what it serves."""
    foreign = [sample()[0] | {"MaHoSo": "H29.11-260131-0077"}]
    bound = await here.one_stop.post(NATIVE, foreign)
    assert "agency-not-granted" in bound.body.decode()
    assert (await here.operator.post(NATIVE, foreign)).status == 202


@pytest.mark.parametrize(
    ("granted", "code"),
    [
        ({"agencies": [{"agency": "H44.12"}]}, "agency-not-granted"),
        ({"agencies": [{"agency": "H44.11", "until": "2026-01-30"}]}, "agency-not-granted"),
        ({"agencies": [{"agency": "H44.11", "since": "2026-02-01"}]}, "agency-not-granted"),
        ({"types": ["dossier.progress.v1"]}, "type-not-granted"),
        ({"acts": ["collect", "read"]}, "act-not-granted"),
    ],
)
async def test_a_key_brings_what_it_was_granted(here: Province, granted: dict[str, Any], code: str) -> None:
    """Agencies as of the day of the event, types and acts: each turns away what the same system's token brings."""
    key = await given(here, **granted)
    reply = await key.post(BRING, dossier("H44.11-260131-0100"))
    assert (reply.status, faults(reply.json())[0][0]) == (403, code)
    assert (await here.one_stop.post(BRING, dossier("H44.11-260131-0100"))).status in (200, 202)


async def test_a_facade_tells_it_in_its_own_words(here: Province) -> None:
    """A one-stop system reads no word of success, and which of its items it was."""
    key = await given(here, agencies=[{"agency": "H44.12"}])
    reply = await key.post(WRITE, sample())
    told = reply.body.decode().lower()
    assert "h44.12" in told, told
    assert not any(word in told for word in WORDS_OF_SUCCESS)


async def test_acts_that_were_not_granted_are_not_done(here: Province) -> None:
    """Who may only bring reads and collects nothing, over the API and over its façade; the entry names the key."""
    key = await given(here, acts=["send"])
    for path in (CHANGES, REPORTS, "/v1/messages", "/v1/quarantine", f"/v1/systems/{ONE_STOP}/reports"):
        reply = await key.get(path)
        assert (reply.status, faults(reply.json())) == (403, [("act-not-granted", "")]), path
    assert (await key.post(BRING, dossier("H44.11-260131-0200"))).status == 202
    reader = await given(here, acts=["read"])
    assert (await reader.get(REPORTS)).status == (await reader.get("/v1/messages")).status == 200
    assert (await reader.get(CHANGES)).status == 403


READS = (
    "/v1/messages", "/v1/deliveries", "/v1/quarantine", "/v1/first-seen", "/v1/documents", "/v1/systems",
    f"/v1/systems/{ONE_STOP}/reports", f"/v1/systems/{ONE_STOP}", "/v1/counts", "/v1/systems/one-stop/backlog",
)  # fmt: skip


async def test_nobody_reads_what_is_anothers(here: Province) -> None:
    """By code, by id, by filter, by another's address or façade: a system finds no trace of another's message."""
    code = "H44.77-260131-7777"
    receipt = await here.one_stop.bring(dossier(code, subject="CANARY-OF-ANOTHER"))
    await here.one_stop.post(BRING, dossier("H29.77-260131-7777"))
    walk = (await here.one_stop.get(f"/v1/messages/{receipt['id']}")).json()
    (delivery,) = walk["deliveries"]
    asked = ("", f"code={code}", f"source={ONE_STOP}", f"codes={code}", f"code={code}&source={ONE_STOP}",
             f"system={PORTAL}", f"subject={code}", f"key={code}", "state=ready&limit=1000")  # fmt: skip
    for path in READS:
        for query in asked:
            reply = await here.far.get(path, query)
            assert reply.status < 500, (path, query)
            told = reply.body.decode()
            assert "CANARY" not in told, (path, query)
            assert "7777-7777" not in told, (path, query)
            assert receipt["id"] not in told, (path, query)
            assert reply.status != 200 or code not in told, (path, query)
    for method, path in (
        ("GET", f"/v1/messages/{receipt['id']}"), ("GET", f"/v1/files?message={receipt['id']}"),
        ("GET", REPORTS), ("GET", CHANGES), ("POST", WRITE), ("POST", BRING), ("POST", NATIVE),
        ("POST", f"/v1/messages/{receipt['id']}/resend"), ("POST", f"/v1/deliveries/{delivery['id']}/replay"),
        ("POST", f"/v1/deliveries/{delivery['id']}/cancel"), ("POST", f"/v1/systems/{PORTAL}/resume"),
    ):  # fmt: skip
        calling = here.far.get(path) if method == "GET" else here.far.post(path, [dossier(code)])
        reply = await calling
        assert reply.status in (401, 403, 404), (method, path, reply.status)
        assert "CANARY" not in reply.body.decode()
    after = (await here.one_stop.get(f"/v1/messages/{receipt['id']}")).json()
    assert after["deliveries"] == walk["deliveries"]


async def test_a_quota_holds_for_all_that_a_key_asks(here: Province) -> None:
    """Beyond it the answer is 429 with Retry-After, over the API and the façade alike; other callers go on."""
    key = await given(here, limits={"per_minute": 3})
    replies = [await key.get(path) for path in ("/v1/messages", REPORTS, CHANGES, REPORTS, "/v1/messages")]
    assert [reply.status for reply in replies] == [200, 200, 200, 429, 429]
    for reply in replies[3:]:
        assert 1 <= int(reply.headers["retry-after"]) <= 60
        assert reply.json()["type"] == "urn:lgsp:problem:too-many-requests"
        assert not any(word in reply.body.decode().lower() for word in WORDS_OF_SUCCESS)
    assert (await here.one_stop.get(REPORTS)).status == 200
    assert (await (await given(here, limits={"per_minute": 3})).get(REPORTS)).status == 200


async def test_items_have_a_quota_of_their_own(here: Province) -> None:
    """Of a request that goes beyond it nothing is taken on; one that could never fit says how many would."""
    key = await given(here, limits={"items": {"per_day": 4}})
    three = [dossier(f"H44.11-260131-03{n:02d}") for n in range(3)]
    assert (await key.post(BRING, three)).status == 202
    more = [dossier(f"H44.11-260131-04{n:02d}") for n in range(2)]
    reply = await key.post(BRING, more)
    assert reply.status == 429
    assert (await here.one_stop.get("/v1/messages", "code=H44.11-260131-0400")).json()["messages"] == []
    reply = await key.post(BRING, [dossier(f"H44.11-260131-05{n:02d}") for n in range(5)])
    assert (reply.status, reply.json()["problems"][0]["detail"]) == (422, "4")
    assert (await key.post(BRING, more[:1])).status == 202


async def test_a_session_pays_by_the_key_that_opened_it(here: Province) -> None:
    """Whoever shows its session inside a body is known only there, and pays there, each request once."""
    key = await given(here, limits={"per_minute": 3})
    wrapped = f"{FACADE}/XrdAdapter/RestService/forward"
    login = {"username": ONE_STOP, "password": key.credential}
    told = (await here.nobody.post(f"{wrapped}/mapi/login", login)).json()
    session = next(value for value in told.values() if isinstance(value, str) and value.count(".") > 1)
    asking = {"session": session, "service": "TraCuuHoSo", "mahoso": OWN}
    statuses = [(await here.nobody.post(f"{wrapped}/mapi/g", asking)).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


async def test_what_was_turned_away_is_an_entry(here: Province) -> None:
    """With who, why and from where; a hundred tries are few entries; no credential stands in any of them."""
    guess = Caller(here.platform.site, "lgsp-secret-that-was-guessed")
    for _ in range(100):
        assert (await guess.get("/v1/messages")).status in (401, 429)
    assert (await guess.get("/v1/messages")).status == 429
    assert (await here.one_stop.get("/v1/messages")).status == 200
    assert (await here.far.get("/v1/people")).status == 403
    journal = here.platform.gateway.journal
    async with asyncio.timeout(10):
        while not (found := await journal.read(lambda tx: people.done(tx, PORTAL, None, 50))):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert ("turned away", "operators-only") in [(one["what"], one["cause"]) for one in found]
    nobody = await journal.read(lambda tx: people.done(tx, "nobody", None, 500))
    assert 1 <= len([one for one in nobody if one["cause"] == "unknown"]) <= 3
    entries = await journal.read(lambda tx: tx.rows("SELECT who, cause, details FROM entries"))
    assert "guessed" not in str(entries)
