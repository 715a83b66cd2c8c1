"""`POST /v1/status`: the holder of a receipt sees how the dossier stands, and nobody learns more by trying."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from lgsp.domain.receipts import secret_of
from lgsp.journal import dossiers_keeping
from tests.api.province import CODE, ONE_STOP, PORTAL, Province, dossier, province
from tests.asgi import Reply, call

pytestmark = pytest.mark.asyncio(loop_scope="module")
STATUS = "/v1/status"
NAME, NUMBER = "Nguyễn Văn An", "079201001234"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(state: Path) -> AsyncIterator[Province]:
    """One province for all, which has one dossier."""
    async with province(state) as one:
        await one.operator.post(f"/v1/systems/{PORTAL}/pause")
        applicant = {"name": NAME, "kind": "citizen", "identity_number": NUMBER}
        await one.one_stop.bring(dossier(applicant=applicant, due_at="2026-02-06T17:00:00+07:00"))
        await _register(one)
        yield one


async def _register(here: Province) -> None:
    """Let the register of dossiers catch up."""
    journal = here.platform.gateway.journal
    for _ in range(5):
        look = await journal.read(dossiers_keeping.look)
        await journal.write(lambda tx, found=look: dossiers_keeping.keep(tx, found))  # type: ignore[misc]


async def _secret(here: Province, code: str = CODE) -> str:
    reply = await here.one_stop.get(f"/v1/systems/{ONE_STOP}/receipts/{code}")
    assert reply.status == 200
    return str(reply.json()["secret"])


async def _try(here: Province, code: str, secret: str) -> Reply:
    return await here.nobody.post(STATUS, {"code": code, "secret": secret})


async def test_as_long_as_no_secret_was_handed_out_none_can_be_made(here: Province) -> None:
    """There is no key yet: an empty one, which everybody could calculate with, opens nothing."""
    assert (await _try(here, CODE, secret_of(b"", CODE))).status == 404


async def test_the_holder_of_a_receipt_sees_how_it_stands(here: Province) -> None:
    """Status, agency, procedure and dates, however code and secret are typed; nothing of the person."""
    secret = await _secret(here)
    reply = await _try(here, f" {CODE.lower()} ", secret.lower().replace("-", ""))
    told: dict[str, Any] = reply.json()
    assert (reply.status, told["code"], told["status"]["word"]) == (200, CODE, "received")
    assert told["agency"]["code"] == "H44.11"
    assert told["procedure"]["code"] == "1.003897"
    assert told["received"] == "2026-01-31T08:30:00.000+07:00"
    assert told["due"] == "2026-02-06T17:00:00.000+07:00"
    assert reply.headers["cache-control"] == "no-store"
    text = orjson.dumps(told).decode()
    assert NAME not in text
    assert NUMBER not in text


async def test_a_later_step_tells_the_status(here: Province) -> None:
    """Progress that came after the dossier itself is what counts."""
    await here.one_stop.bring(
        {
            "type": "dossier.progress.v1",
            "data": {
                "code": CODE,
                "status": "processing",
                "handled_at": "2026-02-01T09:00:00+07:00",
            },
        }
    )
    await _register(here)
    told = (await _try(here, CODE, await _secret(here))).json()
    assert told["status"]["word"] == "processing"


async def test_a_wrong_secret_and_a_wrong_code_are_one_answer(here: Province) -> None:
    """Nobody learns by trying which dossiers there are."""
    secret = await _secret(here)
    wrong = secret_of(b"other", CODE)
    replies = [await _try(here, CODE, wrong), await _try(here, "H44.11-260131-7777", secret)]
    replies.append(await _try(here, "\u0000'; DROP", secret))
    assert {(one.status, one.body) for one in replies} == {(404, replies[0].body)}
    assert CODE not in replies[0].body.decode()


async def test_a_slip_is_told(here: Province) -> None:
    """Without a look at any dossier: also of a code that is none."""
    secret = await _secret(here)
    slip = ("A" if secret[0] != "A" else "B") + secret[1:]
    for code in (CODE, "no-such-code"):
        reply = await _try(here, code, slip)
        assert (reply.status, reply.json()["type"]) == (422, "urn:lgsp:problem:receipt-mistyped")
        assert "12" in reply.json()["mend_vi"]


async def test_only_its_source_is_given_the_secret(here: Province) -> None:
    """Another system, people and strangers are not; of a dossier that it did not bring neither is the source."""
    path = f"/v1/systems/{ONE_STOP}/receipts/{CODE}"
    assert [(await who.get(path)).status for who in (here.far, here.operator, here.nobody)] == [401] * 3
    assert (await here.far.get(f"/v1/systems/{PORTAL}/receipts/{CODE}")).status == 404
    assert (await here.one_stop.get(f"/v1/systems/{ONE_STOP}/receipts/H44.11-260131-7777")).status == 404


async def _from(here: Province, address: str, secret: str, code: str = CODE) -> int:
    body = orjson.dumps({"code": code, "secret": secret})
    return (await call(here.platform.site, "POST", STATUS, body=body, client=address)).status


async def test_who_mistypes_without_end_has_to_wait(here: Province) -> None:
    """An address is let try so often; another one goes on meanwhile."""
    secret, slip = await _secret(here), "AAAA-AAAA-AAAA"
    assert [await _from(here, "10.1.1.1", slip) for _ in range(21)] == [422] * 20 + [429]
    assert await _from(here, "10.1.1.1", secret) == 429
    assert await _from(here, "10.1.1.2", secret) == 200


async def test_guesses_at_one_moment_are_counted_too(here: Province) -> None:
    """Each counts before it is looked at: who sends them all at once is let try no oftener."""
    code = "H44.11-260131-7171"
    wrong = secret_of(b"other", code)
    found = await asyncio.gather(*(_from(here, f"10.3.0.{n}", wrong, code) for n in range(40)))
    assert sorted(set(found)) == [404, 429]
    assert found.count(404) == 10
    found = await asyncio.gather(*(_from(here, "10.3.1.1", wrong, f"{code}{n}") for n in range(40)))
    assert found.count(404) == 20


async def test_who_holds_receipts_pays_for_nobody_else(here: Province) -> None:
    """A hall of kiosks has one address: what is right counts as no guess."""
    secret = await _secret(here)
    assert {await _from(here, "10.4.0.1", secret) for _ in range(30)} == {200}


async def test_guessing_one_code_is_slow_from_wherever(here: Province) -> None:
    """The last test here: the right secret is no way round it, for that would tell who guessed it."""
    wrong = secret_of(b"other", CODE)
    found = [await _from(here, f"10.2.0.{n}", wrong) for n in range(1, 12)]
    assert found[-1] == 429
    assert set(found[:-1]) <= {404, 429}
    assert await _from(here, "10.2.0.99", await _secret(here)) == 429
    assert await _from(here, "10.2.0.99", wrong, "H44.11-260131-8888") == 404
