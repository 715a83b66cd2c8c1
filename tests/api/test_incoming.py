"""Bringing canonical messages: what each answer means, and that it is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lgsp.api.desk import Desk
from lgsp.api.door import Door
from lgsp.api.site import site
from lgsp.enquiring import Enquiries
from lgsp.journal.contract import JournalError
from lgsp.questions import Questions
from lgsp.sandbox.portal import Portal
from lgsp.testing.making import PAPER
from tests.api.province import BRING, CODE, PORTAL, PORTAL_TOKEN, TOKEN, Caller, Province, dossier, dossiers
from tests.asgi import Reply
from tests.core.rig import DESK, rig

PROBLEM = "application/problem+json"


def faults(told: Any) -> list[tuple[str, str]]:
    """Return pointer and code of each problem of a problem document."""
    return [(one["pointer"], one["code"]) for one in told["problems"]]


def status_and_type(reply: Reply) -> tuple[int, str]:
    """Return the status of a problem document, which the body repeats, and what its type ends with."""
    assert reply.headers["content-type"] == PROBLEM
    assert reply.json()["status"] == reply.status
    return reply.status, reply.json()["type"].rpartition(":")[2]


async def test_what_is_taken_on_has_a_receipt_and_arrives(here: Province, portal: Portal) -> None:
    """202 says that it is ours: the receipt names where it goes, and there it is afterwards."""
    receipt = await here.one_stop.bring(dossier())
    assert (receipt["status"], receipt["revision"], receipt["systems"]) == ("accepted", 1, [PORTAL])
    await here.rest("delivered")
    assert portal.state()["dossiers"][CODE]["ChuHoSo"] == "Nguyễn Văn A"


async def test_the_same_fact_again_is_200_with_the_old_receipt(paused: Province) -> None:
    """Repeating is safe: same id, `known`, and nothing is sent a second time."""
    first = await paused.one_stop.bring(dossier())
    again = await paused.one_stop.post(BRING, dossier())
    assert again.status == 200
    assert again.json() == {**first, "status": "known"}
    found = (await paused.operator.get("/v1/deliveries")).json()["deliveries"]
    assert len(found) == 1


async def test_another_body_of_the_same_dossier_is_its_next_revision(paused: Province) -> None:
    """A dossier is a snapshot: what changed is taken on as a message of its own."""
    first = await paused.one_stop.bring(dossier())
    second = await paused.one_stop.bring(dossier(status="processing"))
    assert (second["revision"], second["id"] == first["id"]) == (2, False)


async def test_another_body_under_a_documents_identity_is_409(folder: Path) -> None:
    """A document is told once: whoever tells it differently learns so, and the first one stands."""
    async with rig(folder) as one:
        app = site(
            Desk(one.gateway, Door({DESK: TOKEN}, ""), Enquiries(one.gateway, None, Questions([]))),
            lambda _: None,
        )
        desk, path = Caller(app, TOKEN), f"/v1/systems/{DESK}/messages"
        first, other = ({"type": PAPER, "data": {"key": "K1", "body": body}} for body in "AB")
        assert [(await desk.post(path, said)).status for said in (first, first)] == [202, 200]
        reply = await desk.post(path, other)
        assert status_and_type(reply) == (409, "conflict")
        assert (await desk.post(path, first)).status == 200


async def test_what_a_sender_adds_for_tracing_is_kept(paused: Province) -> None:
    """`correlationid` stands with the message."""
    receipt = await paused.one_stop.bring({**dossier(), "correlationid": "ticket-7"})
    walk = (await paused.one_stop.get(f"/v1/messages/{receipt['id']}")).json()
    assert walk["correlationid"] == "ticket-7"


@pytest.mark.parametrize("credential", ["", "wrong", PORTAL_TOKEN, "token-of-the-operator", "đ"])
async def test_nobody_else_brings_in_a_systems_name(paused: Province, credential: str) -> None:
    """No token, a wrong one, another system's, even the operator's: 401, and nothing was kept."""
    reply = await Caller(paused.platform.site, credential).post(BRING, dossier())
    assert status_and_type(reply) == (401, "not-admitted")
    assert (await paused.operator.get("/v1/messages")).json()["messages"] == []


async def test_nobody_learns_which_systems_there_are(paused: Province) -> None:
    """A system that is not there answers as one whose token is wrong."""
    there = await paused.nobody.post(BRING, dossier())
    not_there = await paused.one_stop.post("/v1/systems/no-such-system/messages", dossier())
    assert (there.status, there.body) == (not_there.status, not_there.body)


async def test_a_system_brings_only_its_own_types(paused: Province) -> None:
    """403 names the type; the portal takes dossiers and brings none."""
    reply = await paused.far.post(f"/v1/systems/{PORTAL}/messages", dossier())
    assert status_and_type(reply) == (403, "forbidden")
    (problem,) = reply.json()["problems"]
    assert problem["code"] == "type-not-brought"
    assert problem["en"].endswith("does not bring messages of type dossier.v1")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (b"{", [("", "not-json")]),
        (b"\xff", [("", "not-json")]),
        (7, [("", "wrong-type")]),
        ({}, [("/type", "not-one-of")]),
        ({"type": "letter.v1", "data": {}}, [("/type", "not-one-of")]),
        ({"type": "dossier.v1"}, [("/data", "wrong-type")]),
        ({"type": "dossier.v1", "data": []}, [("/data", "wrong-type")]),
        ({**dossier(), "id": "mine"}, [("/id", "unknown-field")]),
        (dossier(due_at="2026-02-30T08:00:00+07:00"), [("/due_at", "bad-date")]),
        (dossier(status="lost"), [("/status", "not-one-of")]),
        (dossier(applicant={"name": 7}), [("/applicant/name", "wrong-type")]),
    ],
    ids=lambda value: "" if isinstance(value, list) else str(value)[:40],
)
async def test_a_fault_is_told_with_its_pointer(paused: Province, said: Any, found: Any) -> None:
    """422 points at each place of the body, says the same in both languages, and how it is mended."""
    reply = await paused.one_stop.post(BRING, said)
    assert status_and_type(reply) == (422, "invalid")
    assert faults(reply.json()) == found
    assert all(one[name] for one in reply.json()["problems"] for name in ("vi", "en", "mend_vi", "mend_en"))


async def test_faults_come_all_at_once(paused: Province) -> None:
    """Who mends them need not ask again for the next one."""
    reply = await paused.one_stop.post(BRING, dossier(status="lost", due_at="soon", nonsense=1))
    assert {pointer for pointer, _ in faults(reply.json())} >= {"/status", "/due_at", "/nonsense"}


async def test_an_array_is_answered_in_its_order(paused: Province) -> None:
    """All taken: 202 and a receipt each, in the order in which they came."""
    told = await paused.one_stop.bring(dossiers(3))
    shown = [(await paused.one_stop.get(f"/v1/messages/{one['id']}")).json() for one in told["results"]]
    assert [walk["subject"] for walk in shown] == [one["data"]["code"] for one in dossiers(3)]


async def test_the_good_ones_of_an_array_are_taken(paused: Province) -> None:
    """422 for the whole, receipts and problems in order; sent again mended, the good ones are known."""
    first, bad, third = dossiers(3)
    bad["data"]["status"] = "lost"
    reply = await paused.one_stop.post(BRING, [first, bad, third, 7])
    assert reply.status == 422
    results = reply.json()["results"]
    assert ["id" in one for one in results] == [True, False, True, False]
    assert [faults(results[n]) for n in (1, 3)] == [[("/status", "not-one-of")], [("", "wrong-type")]]
    again = (await paused.one_stop.bring(dossiers(3)))["results"]
    assert [one["status"] for one in again] == ["known", "accepted", "known"]
    assert [again[n]["id"] for n in (0, 2)] == [results[n]["id"] for n in (0, 2)]


async def test_an_array_has_its_bound(paused: Province) -> None:
    """More than a thousand messages are 413, and none of them is taken."""
    reply = await paused.one_stop.post(BRING, dossiers(1001))
    assert status_and_type(reply) == (413, "too-large")
    assert (await paused.operator.get("/v1/messages")).json()["messages"] == []


@pytest.mark.parametrize("path", [BRING, "/v1/systems/one-stop/native"])
async def test_a_journal_that_cannot_write_takes_nothing_on(
    paused: Province, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with the seconds to wait: what is not durable has no receipt, by whatever way it came."""

    async def accept(_: Any) -> Any:
        raise JournalError("writing to the journal: full")

    monkeypatch.setattr(paused.platform.gateway.journal, "accept", accept)
    said = dossier() if path == BRING else [{"MaHoSo": CODE, "TrangThaiHoSo": "4"}]
    reply = await paused.one_stop.post(path, said)
    assert status_and_type(reply) == (503, "journal-unavailable")
    assert int(reply.headers["retry-after"]) > 0
