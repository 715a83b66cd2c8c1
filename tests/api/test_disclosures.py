"""Personal data over HTTP: masked for people, whole for a purpose and a while, and who has seen it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.api.province import CODE, Province, dossier

NAME, NUMBER = "Nguyễn Văn An", "079201001234"
WHY = {"purpose": "fault", "reason": f"hồ sơ {NUMBER} bị vướng"}
REPORT = "/v1/disclosures/report"


def _told(**changed: Any) -> dict[str, Any]:
    applicant = {"name": NAME, "kind": "citizen", "identity_number": NUMBER, "phone": "0912345678"}
    return dossier(applicant=applicant, **changed)


async def _walk(here: Province, receipt: dict[str, Any]) -> dict[str, Any]:
    return dict((await here.operator.get(f"/v1/messages/{receipt['id']}")).json())


async def test_a_person_sees_masks_and_a_system_its_own_whole(paused: Province) -> None:
    """Body masked, original and exchanges withheld; the source reads what it wrote."""
    receipt = await paused.one_stop.bring(_told())
    seen = await _walk(paused, receipt)
    assert (seen["data"]["applicant"]["name"], seen["raw"]["text"], seen["masked"]) == (
        "‹•••1 N.V.A›",
        None,
        True,
    )
    assert NUMBER not in orjson.dumps(seen).decode()
    own = (await paused.one_stop.get(f"/v1/messages/{receipt['id']}")).json()
    assert (own["data"]["applicant"]["name"], NUMBER in own["raw"]["text"]) == (NAME, True)


async def test_a_stated_purpose_shows_it_for_a_while_and_stands_in_the_report(paused: Province) -> None:
    """Found by the number however it is written, by the code and by the person; the number stands nowhere."""
    receipt = await paused.one_stop.bring(_told())
    told = await paused.operator.post(f"/v1/messages/{receipt['id']}/disclose", WHY)
    assert told.status == 200
    seen = await _walk(paused, receipt)
    assert (seen["data"]["applicant"]["name"], seen["disclosed_until"]) == (NAME, told.json()["until"])
    for asked in ({"number": "079 201 001 234"}, {"code": CODE}, {"who": "operator"}):
        reply = await paused.operator.post(REPORT, asked)
        (row,) = reply.json()["disclosures"]
        assert (row["who"], row["purpose"], row["reason"]) == ("operator", "fault", "hồ sơ ••• bị vướng")
    assert (await paused.operator.post(REPORT, {"number": "079201001235"})).json()["disclosures"] == []
    table = (await paused.operator.post(f"{REPORT}.csv", {"number": NUMBER})).body.decode()
    assert (table.count("\r\n"), CODE in table, NUMBER in table) == (2, True, False)
    assert (await paused.operator.post(f"/v1/messages/{receipt['id']}/mask")).json()["masked"] is True
    assert (await _walk(paused, receipt))["masked"] is True


@pytest.mark.parametrize(
    "said",
    [{}, {"purpose": "curiosity", "reason": "just so"}, WHY | {"reason": "x"}, WHY | {"minutes": 61}],
)
async def test_without_a_purpose_nothing_is_shown(paused: Province, said: dict[str, Any]) -> None:
    """An undeclared one, no reason, or too long a time: 422, and it stays masked."""
    receipt = await paused.one_stop.bring(_told())
    assert (await paused.operator.post(f"/v1/messages/{receipt['id']}/disclose", said)).status == 422
    assert (await _walk(paused, receipt))["masked"] is True


async def test_systems_and_strangers_disclose_nothing(paused: Province) -> None:
    """It is a person's act; and of what is not there nothing is shown."""
    receipt = await paused.one_stop.bring(_told())
    path = f"/v1/messages/{receipt['id']}/disclose"
    replies = [await caller.post(path, WHY) for caller in (paused.one_stop, paused.nobody)]
    assert [one.status for one in replies] == [403, 401]
    assert (await paused.one_stop.post(REPORT, {"code": CODE})).status == 403
    unknown = "/v1/messages/00000000-0000-5000-8000-000000000000/disclose"
    assert (await paused.operator.post(unknown, WHY)).status == 404
    assert (await paused.operator.post(REPORT, {"number": "12"})).status == 422


async def test_a_masked_body_that_is_corrected_keeps_what_was_masked(paused: Province) -> None:
    """The correction holds the citizen's name, and no mask; a mask that was moved is refused."""
    receipt = await paused.one_stop.bring(_told())
    masked = (await _walk(paused, receipt))["data"]
    moved = masked | {"handling_unit": masked["applicant"]["identity_number"]}
    path = f"/v1/messages/{receipt['id']}/resend"
    refused = await paused.operator.post(path, {"data": moved, "reason": "sửa"})
    assert (refused.status, refused.json()["problems"][0]["pointer"]) == (422, "/handling_unit")
    taken = await paused.operator.post(path, {"data": masked | {"handling_unit": "Sở Y tế"}, "reason": "sửa"})
    assert taken.status == 202
    own = (await paused.one_stop.get(f"/v1/messages/{taken.json()['id']}")).json()
    assert (own["data"]["applicant"]["name"], own["data"]["handling_unit"]) == (NAME, "Sở Y tế")


async def test_what_was_turned_away_is_read_for_a_purpose(paused: Province) -> None:
    """Lists show everything but the original; reading it is a disclosure by the number that stands in it."""
    await paused.one_stop.post("/v1/systems/one-stop/messages", _told(status="nowhere"))
    (row,) = (await paused.operator.get("/v1/quarantine")).json()["quarantine"]
    assert row["raw"]["text"] is None
    read = await paused.operator.post(f"/v1/quarantine/{row['id']}/disclose", WHY)
    assert NUMBER in read.json()["text"]
    found = (await paused.operator.post(REPORT, {"number": NUMBER})).json()["disclosures"]
    assert [one["item"] for one in found] == [f"quarantine/{row['id']}"]


async def test_retention_is_shown_previewed_and_paused(paused: Province) -> None:
    """A home without `keep:` erases nothing; pausing is an act with a reason, and is done once."""
    told = (await paused.operator.get("/v1/retention")).json()
    assert (told["rules"], told["paused"], told["next_at"], told["runs"]) == ({}, False, None, [])
    assert (await paused.operator.get("/v1/retention/preview")).json() == {"would_erase": [], "next": None}
    assert (await paused.operator.post("/v1/retention/run", {"reason": "x"})).status == 409
    assert (await paused.operator.post("/v1/retention/pause", {"reason": "kiểm toán"})).json()[
        "paused"
    ] is True
    assert (await paused.operator.post("/v1/retention/pause", {"reason": "kiểm toán"})).status == 409
    assert (await paused.operator.post("/v1/retention/resume", {})).status == 422
