"""A dossier whose owner is asked about before it goes to the portal: from the door to the evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lgsp.api.checks import _told
from lgsp.check import faults_of
from lgsp.home import packed
from lgsp.journal.checks import Evidence, Result
from lgsp.questions import Questions
from lgsp.route_checks import RouteCheck
from lgsp.sandbox.portal import Portal
from tests.api.province import CODE, Province, dossier, province
from tests.lookups.far_side import Citizens

POPULATION = "population-db"
NUMBER = "001099000001"
OWNER = {"name": "Nguyễn Văn A", "kind": "citizen", "identity_number": NUMBER}
CHECK = {
    "name": "owner", "rule": "owner-identity", "against": POPULATION, "purpose": "dossier",
    "hold": ["differs", "not-found"],
}  # fmt: skip


@dataclass(slots=True)
class Checked:
    """The province, and the far side that is asked about owners."""

    here: Province
    far: Citizens

    async def settled(self, receipt: dict[str, Any], *states: str) -> dict[str, Any]:
        """Return a message's delivery once it stands in one of the states."""
        async with asyncio.timeout(20):
            while (found := await self.here.delivery(receipt))["state"] not in states:  # noqa: ASYNC110 - it stands in the journal
                await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def here(folder: Path, portal: Portal) -> AsyncIterator[Province]:
    """A province that works, with a system that answers questions."""
    async with province(folder, portal, asked=True) as one:
        yield one


@pytest.fixture
async def checked(here: Province) -> AsyncIterator[Checked]:
    """Run with a route that has owners checked."""
    gateway, far = here.platform.gateway, Citizens()
    far.type = "citizen.verified.v1"
    to = gateway.counterparts[POPULATION]
    real, to.adapter = to.adapter, far
    said = RouteCheck.model_validate(CHECK)
    routes = [
        one.model_copy(update={"checks": [said]}) if one.name == "dossiers" else one
        for one in gateway.routes.routes
    ]
    gateway.routes = replace(gateway.routes, routes=routes)
    try:
        yield Checked(here, far)
    finally:
        to.adapter = real


EVIDENCE = Evidence(
    b"", "owner", "owner-identity", POPULATION, 1_700_000_000_000_000, None, 1_700_000_060_000_000,
    Result.MATCHES, None, (), UUID(int=7),
)  # fmt: skip
ASKED = {
    "type": "citizen.query.v1", "ending": "answered", "at": 1_700_000_030_000_000, "digest": True, "answer": True,
}  # fmt: skip


def test_an_answer_that_is_kept_stands_beside_what_was_found_and_is_masked() -> None:
    """What a class marks is hidden; who may not read bodies is told that there is one; of a hash just that."""
    known = Questions()
    told = _told(EVIDENCE, (ASKED, {"identity_number": NUMBER, "name": "NGUYỄN VĂN MẪU"}), known)
    assert (told["kept"], told["masked"], told["asked_at"][:10]) == ("answer", True, "2023-11-15")
    assert set(told["answer"]) == {"identity_number", "name"}
    assert NUMBER not in str(told)
    assert "NGUYỄN" not in str(told)
    withheld = _told(EVIDENCE, (ASKED, None), known)
    assert (withheld["withheld"], "answer" in withheld) == (True, False)
    digest = _told(EVIDENCE, (ASKED | {"answer": False}, None), known)
    assert (digest["kept"], "withheld" in digest, "answer" in digest) == ("digest", False, False)


def test_why_nobody_answered_is_explained_and_a_rule_of_before_is_told() -> None:
    """In both languages, while it is waited for or was refused; evidence outlives its question and its rule."""
    waits = replace(EVIDENCE, result=Result.OPEN, told_at=None, cause="deadline-passed", ask=None)
    told = _told(waits, None, Questions())
    assert told["explanation"]["vi"]["code"] == told["explanation"]["en"]["code"] == "deadline-passed"
    assert (told["result"], told["told_at"], told["began_at"][:10]) == ("open", None, "2023-11-15")
    assert (
        _told(replace(waits, result=Result.NOT_FOUND, cause="not-found"), None, Questions())["explanation"]
        is None
    )
    old = _told(replace(EVIDENCE, rule="gone"), None, Questions())
    assert (old["rule"], old["asks"], old["compared"]) == ("gone", "", [])


def test_the_packed_home_with_a_check_is_in_order() -> None:
    """What the documents show fits the routes of questions and the purposes that come with us."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    plain = "type: dossier.v1, to: [national-portal]}"
    assert text.count(plain) == 1
    words = "{name: owner, rule: owner-identity, against: population-db, purpose: dossier, hold: [differs, not-found]}"
    with_check = plain.replace("}", f", checks: [{words}]}}")
    assert faults_of(text.replace(plain, with_check), packed()) == []


async def test_an_owner_who_is_so_goes_to_the_portal(checked: Checked, portal: Portal) -> None:
    """The question stands in the book with its dossier, its purpose and its basis; its number nowhere in the trace."""
    checked.far.tell = lambda _: {"matches": True}
    receipt = await checked.here.one_stop.bring(dossier(applicant=OWNER))
    await checked.settled(receipt, "delivered")
    assert list(portal.state()["dossiers"]) == [CODE]
    (asked,) = (await checked.here.operator.get("/v1/asks", "type=citizen.verification.v1")).json()["asks"]
    assert (asked["dossier"], asked["purpose"], asked["source"], asked["system"], asked["who"]) == (
        CODE, "dossier", "one-stop", POPULATION, "lgsp",
    )  # fmt: skip
    walk = await checked.here.operator.get(f"/v1/messages/{receipt['id']}")
    (kept,) = [one for one in walk.json()["entries"] if one["what"] == "checked"]
    assert kept["details"]["checks"][0]["ask"] == asked["ask"]
    assert NUMBER not in str([one["details"] for one in walk.json()["entries"]])


async def test_an_owner_who_is_not_is_held_until_an_operator_decides(
    checked: Checked, portal: Portal
) -> None:
    """It is shown with who can mend it; checked again it stays; released it goes."""
    checked.far.tell = lambda _: {"matches": False}
    receipt = await checked.here.one_stop.bring(dossier(applicant=OWNER))
    held = await checked.settled(receipt, "held")
    assert (held["cause"], held["explanation"]["vi"]["party"]) == ("check-differs", "agency")
    act = f"/v1/deliveries/{held['id']}"
    assert (await checked.here.operator.post(f"{act}/replay")).status == 200
    await checked.settled(receipt, "put off", "sending", "ready", "held")
    async with asyncio.timeout(20):
        while len(checked.far.asked) < 2:  # noqa: ASYNC110 - the far side notes what it is asked
            await asyncio.sleep(0.02)
    await checked.settled(receipt, "held")
    assert portal.state()["dossiers"] == {}
    assert (await checked.here.operator.post(f"{act}/release", query="reason=papers")).status == 200
    await checked.settled(receipt, "delivered")
    assert list(portal.state()["dossiers"]) == [CODE]
    assert len(checked.far.asked) == 2
    reply = await checked.here.operator.get("/v1/checks", "code=000.00.11.H44-260131-0001")
    (found,) = reply.json()["checks"]
    assert (found["check"], found["result"], found["against"]) == ("owner", "differs", POPULATION)
    assert found["fields"] == found["compared"] == ["/applicant/identity_number", "/applicant/name"]
    assert (found["waived_by"], found["waived_why"], found["explanation"]) == ("operator", "papers", None)
    assert found["told_at"] < found["waived_at"]
    asks = (await checked.here.operator.get("/v1/asks", "type=citizen.verification.v1")).json()["asks"]
    assert (found["ask"], found["ending"], found["kept"]) == (asks[0]["ask"], "answered", "nothing")
    assert NUMBER not in str(found)
    assert "Nguyễn Văn A" not in str(found)


async def test_who_only_answers_has_no_queue(here: Province) -> None:
    """Nothing waits for it and nobody sends to it; it is shown as what it is, and an order touches nobody."""
    told = (await here.operator.get(f"/v1/systems/{POPULATION}")).json()
    assert (told["frames"], told["waiting"], told["takes"], told["brings"]) == (None, 0, [], [])
    assert told["answers"] == ["citizen.query.v1", "citizen.verification.v1"]
    assert [one["name"] for one in told["routes"]["in"]] == ["citizens", "citizens-verified"]
    effect = (await here.operator.get(f"/v1/systems/{POPULATION}/effect")).json()
    assert (effect["frames"], effect["open"]) == (None, 0)
    systems = (await here.operator.get("/v1/systems")).json()["systems"]
    frames = {one["name"]: one["frames"] for one in systems}
    assert {name for name, count in frames.items() if count is not None} == {"national-portal"}
    with pytest.raises(KeyError):
        here.platform.gateway.broker.depth(POPULATION)


async def test_of_whom_nothing_was_asked_nothing_was_found(here: Province) -> None:
    """A list without anything in it is an answer; a code has to be named, and strangers learn nothing."""
    assert (await here.operator.get("/v1/checks", f"code={CODE}")).json() == {"code": CODE, "checks": []}
    assert (await here.operator.get("/v1/checks", "code=K/1")).json()["code"] == "K/1"
    for query in ("", "code=", "code=a%00b", f"code={'x' * 201}"):
        assert (await here.operator.get("/v1/checks", query)).status == 422, query
    assert (await here.one_stop.get("/v1/checks", f"code={CODE}")).status == 403
