"""`POST /v1/systems/{system}/ask`: each thing that can become of a question has an answer of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import pytest_asyncio

from lgsp.allowances import Limits
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import Message
from tests.api.asking import ASK, Asked, about, asked
from tests.api.permissions import Crowd
from tests.api.province import CODE, PORTAL, dossier
from tests.api.test_bounds import given
from tests.lookups.far_side import ANSWER, QUESTION

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHY = {"purpose": "complaint", "reason": "giải quyết khiếu nại"}
REPORT = "/v1/disclosures/report"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(state: Path) -> AsyncIterator[Asked]:
    """One province for all."""
    async with asked(state) as one:
        yield one


@pytest.fixture(autouse=True)
def fresh(desk: Asked) -> None:
    """Each test finds a far side that answers, asked as by default."""
    desk.become()


def raising(fault: Exception) -> Any:
    """Return a far side that fails in one way."""

    def tell(_: Message) -> dict[str, Any]:
        raise fault

    return tell


async def test_an_answer_comes_in_the_same_call(desk: Asked) -> None:
    """With who answered and its trace: who asked, for whom, for what, and how it ended."""
    reply = await desk.ask(purpose="dossier", dossier=CODE, within=5)
    told = reply.json()
    assert (reply.status, told["type"], told["system"], told["data"]) == (200, "citizen.v1", PORTAL, ANSWER)
    assert (told["remembered"], told["age"]) == (False, 0)
    trace = await desk.trace(reply)
    named = {
        name: trace[name] for name in ("source", "system", "who", "dossier", "purpose", "basis", "ending")
    }
    assert named == {
        "source": "one-stop", "system": PORTAL, "who": "Trần Thị B", "dossier": CODE, "purpose": "dossier",
        "basis": "căn cứ", "ending": "answered",
    }  # fmt: skip
    assert trace["kept"] == "nothing"
    assert 0 < trace["took"] < 60


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Refused("not-found"), 404, "not-found"),
        (Refused("field-rejected", fields=["HoVaTen"]), 422, "field-rejected"),
        (Refused("officer-not-allowed"), 502, "officer-not-allowed"),
        (Unavailable("uncatalogued"), 502, "uncatalogued"),
        (KeyError("a bug"), 502, "adapter-bug"),
        (Unavailable("http-429", after=7.0), 503, "http-429"),
    ],
)
async def test_what_the_far_side_says_has_a_status_of_its_own(
    desk: Asked, fault: Exception, status: int, code: str
) -> None:
    """Known not to exist, wrong, refused to us, failed, to be asked later: all as problem documents."""
    desk.far.tell = raising(fault)
    reply = await desk.ask()
    told = reply.json()
    assert (reply.status, told["type"]) == (status, f"urn:lgsp:problem:{code}")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers.get("retry-after") == ("7" if status == 503 else None)
    assert (await desk.trace(reply))["cause"] == code


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"purpose": None}, "/purpose"),
        ({"purpose": "curiosity"}, "/purpose"),
        ({"purpose": "dossier"}, "/dossier"),
        ({"who": None}, "/who"),
        ({"type": "dossier.v1"}, "/type"),
        ({"data": QUESTION | {"identity_number": "1"}}, "/data/identity_number"),
    ],
)
async def test_no_question_without_its_reason(desk: Asked, changed: dict[str, Any], place: str) -> None:
    """422 with the place of each fault; nobody is asked, and what was tried stands in the journal."""
    before = len(desk.far.asked)
    reply = await desk.ask(**changed)
    assert (reply.status, reply.json()["problems"][0]["pointer"]) == (422, place)
    assert len(desk.far.asked) == before
    assert (await desk.trace(reply))["ending"] == "rejected"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"type": 1}', b'{"who": "A", "more": 1}', b'{"data": {"n": NaN}}']
)
async def test_what_is_no_question_is_none(desk: Asked, body: bytes) -> None:
    """422 before anything is entered."""
    assert (await desk.here.one_stop.post(ASK, body)).status == 422


async def test_a_deadline_is_kept(desk: Asked) -> None:
    """504 when it is over."""
    desk.far.open.clear()
    try:
        reply = await desk.ask(within=0.05)
    finally:
        desk.far.open.set()
    assert (reply.status, reply.json()["type"]) == (504, "urn:lgsp:problem:deadline-passed")


async def test_a_far_side_that_is_away_is_spared(desk: Asked) -> None:
    """503 with the time to wait, for it is not asked; deliveries to it have a standing of their own.

    Who was turned away stands in the journal a moment later.
    """
    desk.far.tell = raising(Unavailable("unreachable", scope=Scope.SYSTEM))
    assert (await desk.ask()).status == 503
    reply = await desk.ask()
    assert (reply.status, reply.json()["type"]) == (503, "urn:lgsp:problem:suspended")
    assert int(reply.headers["retry-after"]) >= 1
    trace = await desk.trace(reply)
    assert (trace["ending"], trace["cause"], trace["who"]) == ("turned-away", "suspended", "Trần Thị B")
    care = desk.here.platform.gateway.checks.asking.enquirer.answering()[PORTAL].care
    care.health.resume(0.0)


async def test_quotas_of_both_sides(desk: Asked) -> None:
    """The caller's own: 429. The answering system's: 503; both with the time to ask again."""
    desk.become(Limits.model_validate({"asks": {"per_minute": 1}}))
    replies = [await desk.ask() for _ in range(2)]
    assert [one.status for one in replies] == [200, 429]
    desk.become(per_day=1)
    replies = [await desk.ask() for _ in range(2)]
    assert [one.status for one in replies] == [200, 503]
    assert replies[1].json()["type"] == "urn:lgsp:problem:quota-used-up"
    assert int(replies[1].headers["retry-after"]) > 1


async def test_credentials_ask_what_they_were_granted(desk: Asked) -> None:
    """Nobody else's system, no act and no type that was not granted; what was tried stands in the journal."""
    here, before = desk.here, len(desk.far.asked)
    assert [(await desk.ask(one)).status for one in (here.nobody, here.far, here.operator)] == [401] * 3
    for granted, code in (
        ({"acts": ["send"]}, "act-not-granted"),
        ({"types": ["citizen.verification.v1"]}, "type-not-granted"),
        ({"agencies": [{"agency": "H44.99"}]}, "agency-not-granted"),
    ):
        reply = await desk.ask(await given(here, **granted), dossier="H44.11-260131-0001")
        assert (reply.status, reply.json()["problems"][0]["code"]) == (403, code)
        tried = await desk.tried()
        assert (tried["ending"], tried["cause"], tried["who"]) == ("rejected", code, "Trần Thị B")
        assert (tried["source"], tried["dossier"]) == ("one-stop", "H44.11-260131-0001")
    assert len(desk.far.asked) == before
    narrow = await given(here, types=["citizen.verification.v1"])
    assert b"001099000001" not in (await desk.ask(narrow, type="001099000001")).body
    assert ((await desk.tried())["type"], (await desk.tried())["cause"]) == ("", "type-not-granted")
    able = await given(here, acts=["ask"], types=["citizen.query.v1"])
    assert (await desk.ask(able)).status == 200
    assert (await able.post("/v1/systems/one-stop/messages", dossier())).status == 403


async def test_what_is_remembered_says_its_age(desk: Asked) -> None:
    """Asked again, the far side hears nothing of it; the trace says that it was remembered."""
    desk.become(cache={"citizen.query.v1": "10m"})
    before = len(desk.far.asked)
    replies = [await desk.ask(data=about("001099000077")) for _ in range(3)]
    assert len(desk.far.asked) == before + 1
    assert [one.json()["remembered"] for one in replies] == [False, True, True]
    assert (await desk.trace(replies[2]))["age"] == pytest.approx(replies[2].json()["age"], abs=0.01)


# --- afterwards -----------------------------------------------------------------------------------------


async def test_questions_are_found_again(desk: Asked) -> None:
    """By what people know of them, page by page; nothing of their bodies is there."""
    for n in range(3):
        await desk.ask(who="Người tìm", dossier=f"H44.11-260131-100{n % 2}")
    look = desk.here.operator.get
    first = (await look("/v1/asks", "who=Ng%C6%B0%E1%BB%9Di%20t%C3%ACm&limit=2")).json()
    rest = (await look("/v1/asks", f"who=Ng%C6%B0%E1%BB%9Di%20t%C3%ACm&after={first['next']}")).json()
    assert (len(first["asks"]), len(rest["asks"]), rest["next"]) == (2, 1, None)
    assert QUESTION["identity_number"] not in orjson.dumps(first).decode()
    assert len((await look("/v1/asks", "dossier=H44.11-260131-1000")).json()["asks"]) == 2
    assert (await look("/v1/asks", "source=nobody")).json()["asks"] == []
    for wrong in ("ending=nothing", "slow=x", "from=tomorrow", "limit=0", f"who={'x' * 201}"):
        assert (await look("/v1/asks", wrong)).status == 422
    assert (await look("/v1/asks/00000000-0000-4000-8000-000000000000")).status == 404


async def test_counts_by_day(desk: Asked) -> None:
    """Of each system and ending, today; what spans too long is not counted."""
    await desk.trace(await desk.ask(purpose=None))
    look = desk.here.operator.get
    told = (await look("/v1/asks/counts")).json()["counts"]
    by = {one["ending"]: one for one in told if one["system"] == PORTAL}
    assert by["answered"]["count"] >= 1
    assert by["rejected"]["count"] >= 1
    assert {one["day"] for one in told} <= {told[0]["day"], told[-1]["day"]}
    assert (await look("/v1/asks/counts", "from=2020-01-01")).status == 422
    assert (await look("/v1/asks/counts", "from=2020-01-01&to=2020-01-31")).json()["counts"] == []


async def test_a_kept_answer_is_masked_until_a_purpose_is_stated(desk: Asked) -> None:
    """Like any body: for an operator masked, whole for a purpose, which is a disclosure."""
    number = "001099000088"
    desk.become(keep={"citizen.query.v1": "answer"})
    desk.far.tell = lambda _: {"identity_number": number, "name": "PHẠM VĂN GIỮ"}
    reply = await desk.ask(data=about(number))
    trace, path = await desk.trace(reply), f"/v1/asks/{reply.json()['ask']}"
    assert (trace["kept"], trace["masked"]) == ("answer", True)
    assert number not in orjson.dumps(trace).decode()
    assert "PHẠM" not in orjson.dumps(trace).decode()
    operator = desk.here.operator
    assert (await operator.post(f"{path}/disclose", WHY | {"purpose": "curiosity"})).status == 422
    whole = (await operator.post(f"{path}/disclose", WHY)).json()
    assert whole["answer"] == {"identity_number": number, "name": "PHẠM VĂN GIỮ"}
    rows = (await operator.post(REPORT, {"number": number})).json()["disclosures"]
    assert [(one["how"], one["purpose"], one["system"]) for one in rows] == [
        ("shown", "complaint", ""),
        ("asked", "check", "one-stop"),
    ]
    desk.become()
    unkept = await desk.ask(data=about("001099000089"))
    assert (await operator.post(f"/v1/asks/{unkept.json()['ask']}/disclose", WHY)).status == 404


async def test_the_report_of_a_citizen_lists_every_question(desk: Asked) -> None:
    """Answered, not found, late or remembered, by whichever of the two numbers; page by page, none twice."""
    old, new = "012345678", "001099000099"
    desk.become(cache={"citizen.query.v1": "10m"})
    desk.far.tell = lambda _: {"identity_number": new, "old_identity_number": old}
    asked_about = QUESTION | {"identity_number": None, "old_identity_number": old}
    data = {name: value for name, value in asked_about.items() if value is not None}
    for _ in range(2):
        await desk.trace(await desk.ask(data=data))
    desk.far.tell = raising(Refused("not-found"))
    await desk.trace(await desk.ask(data=about(new), purpose="dossier", dossier=CODE))
    operator = desk.here.operator
    rows = (await operator.post(REPORT, {"number": new})).json()["disclosures"]
    assert [one["ending"] for one in rows] == ["absent", "answered", "answered"]
    assert {one["answered_by"] for one in rows} == {PORTAL}
    assert len((await operator.post(REPORT, {"number": old})).json()["disclosures"]) == 2
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = (await operator.post(REPORT, {"number": new}, query=f"limit=1&after={after}")).json()
        found += page["disclosures"]
        after = page["next"]
    assert [one["item"] for one in found] == [one["item"] for one in rows]
    table = (await operator.post(f"{REPORT}.csv", {"code": CODE})).body.decode()
    assert "tra" not in table.splitlines()[0]
    assert '"asked"' in table


async def test_a_hundred_at_once(desk: Asked) -> None:
    """Equal ones hear one answer, each with a trace of its own."""
    before = len(desk.far.asked)
    desk.far.open.clear()
    tasks = [asyncio.create_task(desk.ask(data=about("001099000055"))) for _ in range(50)]
    await desk.opened(50)
    desk.far.open.set()
    replies = await asyncio.gather(*tasks)
    assert {one.status for one in replies} == {200}
    assert len({one.json()["ask"] for one in replies}) == 50
    assert len(desk.far.asked) == before + 1


async def test_who_asked_is_the_business_of_auditors(desk: Asked) -> None:
    """Others read initials, in the list, of one question and beside a kept answer, and find nobody by name."""
    desk.become(keep={"citizen.query.v1": "answer"})
    reply = await desk.ask(who="Người Kín")
    trace, path = await desk.trace(reply), f"/v1/asks/{reply.json()['ask']}"
    crowd = await Crowd(desk.here).gather()
    roles = ("viewer", "auditor", "operator")
    viewer, auditor, operator = (replace(desk.here.operator, credential=crowd.bearers[one]) for one in roles)
    assert trace["who"] == "Người Kín"
    assert (await auditor.get(path)).json()["who"] == "Người Kín"
    assert len((await auditor.get("/v1/asks", f"who={quote('Người Kín')}")).json()["asks"]) == 1
    told = [
        await viewer.get("/v1/asks"),
        await viewer.get(path),
        await operator.post(f"{path}/disclose", WHY),
    ]
    assert [one.status for one in told] == [200, 200, 200]
    assert not [one for one in told if "Kín" in one.body.decode()]
    assert "N.K" in told[1].json()["who"]
    assert (await viewer.get("/v1/asks", f"who={quote('Người Kín')}")).status == 403
