"""`GET /v1/documents`: found by what people call it, told to people with masks, and whole to systems what is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from lgsp.journal.contract import Arrival, Offer
from lgsp.message import VIETNAM, Raw
from lgsp.testing.letters import LETTER, letter, telling
from tests.api.province import ONE_STOP, PORTAL, Caller, Province

TO_PORTAL = (PORTAL, ["H44.12"])


async def bring(here: Province, *offers: Offer, source: str = ONE_STOP) -> None:
    """Take documents on as an adapter that brings them does."""
    raw = Raw.of(orjson.dumps([offer.message.data for offer in offers]))
    await here.platform.gateway.journal.accept(Arrival(source, raw, offers))


async def find(caller: Caller, key: str, **asked: str) -> Any:
    """Ask for a document and return the answer."""
    return await caller.get("/v1/documents", urlencode({"key": key} | asked))


async def documents(caller: Caller, key: str, **asked: str) -> Sequence[Any]:
    """Return the documents that are found."""
    reply = await find(caller, key, **asked)
    assert reply.status == 200, reply.body
    told: list[Any] = reply.json()["documents"]
    return told


def now() -> datetime:
    """Return the present, to the second."""
    return datetime.now(VIETNAM).replace(microsecond=0)


@pytest.mark.parametrize("key", [LETTER, "000.00.00.H37,2026/03/05,15/UBND-VP", "15/UBND-VP", " 15/ubnd-vp "])
async def test_a_document_is_found_by_what_people_call_it(paused: Province, key: str) -> None:
    """Slashes and commas stand in the key; either form of the agency, any letters."""
    await bring(paused, letter(LETTER, TO_PORTAL, subject="V/v thử"))
    (found,) = await documents(paused.operator, key)
    assert (found["key"], found["number"], found["year"], found["subject"]) == (
        LETTER,
        "15",
        2026,
        "‹•••0 ≤20›",
    )
    assert [one["subject"] for one in await documents(paused.one_stop, key)] == ["V/v thử"]
    (receiver,) = found["receivers"]
    assert (receiver["code"], receiver["transport"]["system"]) == ("H44.12", PORTAL)
    assert receiver["transport"]["standing"] == "paused"
    assert (receiver["awaited"]["of"], receiver["status"]) == ("operator", None)


async def test_each_status_says_who_set_it_and_when(paused: Province) -> None:
    """06 was told before 03: both are there, in the order in which things were, and nobody is awaited."""
    await bring(paused, letter(LETTER, TO_PORTAL))
    early, late = now() - timedelta(minutes=30), now() - timedelta(minutes=5)
    await bring(paused, telling("06", late), source=PORTAL)
    await bring(
        paused, telling("03", early, staff={"name": "Lê Văn C", "email": "c@example.vn"}), source=PORTAL
    )
    ((receiver,),) = [one["receivers"] for one in await documents(paused.operator, LETTER)]
    assert [(step["code"], step["late"]) for step in receiver["history"]] == [("03", True), ("06", False)]
    assert receiver["history"][0]["staff"] == {"name": "‹•••0 L.V.C›"}
    ((own,),) = [one["receivers"] for one in await documents(paused.far, LETTER)]
    assert own["history"][0]["staff"] == {"name": "Lê Văn C"}
    assert receiver["status"]["at"] == late.isoformat(timespec="milliseconds")
    assert receiver["awaited"]["what"] == "nothing"
    assert receiver["sending"]["late"] is False


async def test_a_recall_says_who_destroyed_and_who_has_not_answered(paused: Province) -> None:
    """By receiver, with the counts of it."""
    both = {"receivers": ("H44.12", "H44.13")}
    await bring(paused, letter(LETTER, (PORTAL, []), **both))
    await bring(paused, letter(LETTER, (PORTAL, []), act="recall", **both))
    await bring(paused, telling("15", now()), source=PORTAL)
    ((change,),) = [one["changes"] for one in await documents(paused.operator, LETTER)]
    assert (change["what"], change["agreed"], change["declined"], change["unanswered"]) == ("recall", 1, 0, 1)
    assert [(one["code"], one["destroyed"]) for one in change["answers"]] == [
        ("H44.12", True),
        ("H44.13", False),
    ]


async def test_look_alikes_stand_beside_each_other_the_newest_first(paused: Province) -> None:
    """Of one year they are flagged; of two years they are two numbers, and each names the other."""
    old = "H37,2025/03/05,15/UBND-VP"
    await bring(paused, letter(LETTER, TO_PORTAL))
    await bring(paused, letter(old, TO_PORTAL, promulgated_on="2025-03-05"))
    found = await documents(paused.operator, "15/UBND-VP")
    assert [(one["key"], one["year"], one["look_alike"]) for one in found] == [
        (LETTER, 2026, False),
        (old, 2025, False),
    ]
    (by_id,) = await documents(paused.operator, LETTER)
    assert [(one["key"], one["year"]) for one in by_id["look_alikes"]] == [(old, 2025)]
    await bring(paused, letter("another id", TO_PORTAL))
    found = await documents(paused.operator, "15/UBND-VP")
    assert [(one["key"], one["look_alike"]) for one in found] == [
        ("another id", True),
        (LETTER, True),
        (old, False),
    ]


async def test_the_issuer_tells_them_apart(paused: Province) -> None:
    """By its code in either form, and by that of the body it became."""
    await bring(paused, letter(LETTER, TO_PORTAL))
    await bring(paused, letter("H62,2026/03/06,15/UBND-VP", TO_PORTAL, sender={"code": "H62"}))
    assert len(await documents(paused.operator, "15/UBND-VP")) == 2
    for agency, key in (("000.00.00.H37", LETTER), ("H62", "H62,2026/03/06,15/UBND-VP")):
        assert [one["key"] for one in await documents(paused.operator, "15/UBND-VP", agency=agency)] == [key]
    became = await documents(paused.operator, "15/UBND-VP", agency="H44")
    assert [one["sender"]["code"] for one in became] == ["H62"]
    assert (await find(paused.operator, "15/UBND-VP", agency="G22")).status == 404


async def test_a_system_sees_what_is_its_own(paused: Province) -> None:
    """The source everything; the receiver's system its receivers, and no status that is not for it."""
    await bring(
        paused,
        letter(LETTER, TO_PORTAL, (ONE_STOP, ["H44.13"]), receivers=("H44.12", "H44.13")),
        source="axis",
    )
    await bring(paused, telling("03", now(), by="H44.13"), source=ONE_STOP)
    seen = {
        name: (await find(caller, LETTER)).json()["documents"][0]
        for name, caller in {"portal": paused.far, "own": paused.one_stop, "all": paused.operator}.items()
    }
    codes = {name: [one["code"] for one in found["receivers"]] for name, found in seen.items()}
    assert codes == {"portal": ["H44.12"], "own": ["H44.13"], "all": ["H44.12", "H44.13"]}
    assert b"H44.13" not in (await find(paused.far, LETTER)).body
    assert seen["own"]["receivers"][0]["status"]["staff"] == {"name": "Trần Thị B"}


async def test_what_is_not_ones_own_is_not_there(paused: Province) -> None:
    """A document between others is 404 like one that does not exist; without a token nothing is told."""
    await bring(paused, letter(LETTER, TO_PORTAL), source="axis")
    hidden, absent = await find(paused.one_stop, LETTER), await find(paused.one_stop, "no such id")
    assert (hidden.status, absent.status) == (404, 404)
    assert hidden.json()["detail"] == f"no document has the id, or the number and notation, {LETTER!r}"
    assert (await find(paused.nobody, LETTER)).status == 401
    assert (await find(paused.operator, LETTER)).status == 200


@pytest.mark.parametrize("query", ["", "key=", "key=%20", "agency=H37", f"key={'x' * 501}"])
async def test_a_key_that_is_none_is_422(paused: Province, query: str) -> None:
    """What is missing is named, with what belongs there."""
    reply = await paused.operator.get("/v1/documents", query)
    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
    assert "key" in reply.json()["detail"]


async def test_a_cause_stands_there_in_words(paused: Province) -> None:
    """What a delivery is put off for is explained as everywhere else, in both languages."""
    await bring(paused, letter(LETTER, TO_PORTAL))
    await paused.platform.gateway.journal.write(
        lambda tx: tx.run("UPDATE deliveries SET cause = ? WHERE system = ?", [("timed-out", PORTAL)])
    )
    ((receiver,),) = [one["receivers"] for one in await documents(paused.operator, LETTER)]
    assert receiver["transport"]["explanation"]["vi"]["text"]
    assert receiver["transport"]["explanation"]["en"]["party"]


async def test_a_broken_calendar_of_the_home_hides_no_document(
    paused: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deadlines are then counted by the national calendar, and the faults are told beside them."""
    (tmp_path / "routes.yaml").write_text("systems: {}\n", encoding="utf-8")
    (tmp_path / "calendar.yaml").write_text("notices: 5\n", encoding="utf-8")
    await bring(paused, letter(LETTER, TO_PORTAL))
    monkeypatch.setenv("LGSP_HOME", str(tmp_path))
    answer = (await find(paused.operator, LETTER)).json()
    assert answer["documents"][0]["receivers"][0]["sending"]["at"]
    assert "calendar.yaml" in answer["calendar_faults"][0]
    (tmp_path / "calendar.yaml").unlink()
    assert (await find(paused.operator, LETTER)).json()["calendar_faults"] == []


async def test_what_replaces_a_document_and_what_answers_it_stands_beside_it(paused: Province) -> None:
    """A later document names the earlier one by its id, in either form; a recall of it is no answer."""
    old = "000.00.00.H37,2026/03/05,15/UBND-VP"
    await bring(paused, letter(LETTER, TO_PORTAL))
    for key, said in {
        "new one": {"act": "replace", "business": {"replaces": [{"id": old}]}, "number": "16"},
        "reply": {"sender": {"code": "H44.12"}, "replies_to": [{"id": old}], "number": "17"},
    }.items():
        await bring(paused, letter(key, TO_PORTAL, **said))
    await bring(paused, letter(LETTER, TO_PORTAL, act="recall", replies_to=[{"id": LETTER}]))
    (found,) = await documents(paused.operator, LETTER)
    assert [one["key"] for one in found["replaced_by"]] == ["new one"]
    assert [(one["key"], one["sender"]) for one in found["answered_by"]] == [("reply", "H44.12")]
    assert found["look_alikes"] == []
