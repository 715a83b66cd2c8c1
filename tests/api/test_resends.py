"""Edit and resend: a corrected body takes the place of what did not get through, and both know of each other."""

from __future__ import annotations

from typing import Any

from lgsp.sandbox.portal import Portal
from tests.api.province import CODE, Province, dossier


async def refused(here: Province, portal: Portal) -> dict[str, Any]:
    """Return the receipt of a dossier that the portal refuses for its handling unit."""
    portal.trouble(b'{"refuse_fields": {"TenCoQuan": {"contains": "X"}, "DonViXuLy": {"contains": "wrong"}}}')
    receipt = await here.one_stop.bring(dossier(handling_unit="wrong unit"))
    await here.rest("refused")
    return receipt


async def walk(here: Province, uid: str) -> dict[str, Any]:
    """Return everything about a message."""
    found: dict[str, Any] = (await here.operator.get(f"/v1/messages/{uid}")).json()
    return found


async def test_a_corrected_body_takes_the_place_of_a_refused_one(here: Province, portal: Portal) -> None:
    """It is delivered; the old delivery is replaced, with who and why; each message names the other."""
    old = await refused(here, portal)
    said = {"data": dossier(handling_unit="Sở Tư pháp")["data"], "reason": "gõ nhầm đơn vị"}
    reply = await here.operator.post(f"/v1/messages/{old['id']}/resend", said)
    assert (reply.status, reply.json()["revision"], reply.json()["instead_of"]) == (202, 2, old["id"])
    await here.rest("delivered", "replaced")
    was, now = await walk(here, old["id"]), await walk(here, reply.json()["id"])
    assert [d["state"] for d in (*was["deliveries"], *now["deliveries"])] == ["replaced", "delivered"]
    assert [(e["who"], e["cause"]) for e in was["entries"] if e["what"] == "replaced"] == [
        ("operator", "gõ nhầm đơn vị")
    ]
    assert [(one["how"], one["message"]) for one in was["links"]] == [("replaced_by", reply.json()["id"])]
    assert [(one["how"], one["message"]) for one in now["links"]] == [("instead_of", old["id"])]
    assert now["data"]["handling_unit"] == "Sở Tư pháp"


async def test_a_source_that_tells_the_same_again_does_not_undo_a_correction(
    here: Province, portal: Portal
) -> None:
    """It is answered with the receipt of the correction; what it tells anew goes its own way."""
    old = await refused(here, portal)
    said = {"data": dossier(handling_unit="Sở Tư pháp")["data"], "reason": "x"}
    corrected = (await here.operator.post(f"/v1/messages/{old['id']}/resend", said)).json()
    await here.rest("delivered", "replaced")
    again = (
        await here.one_stop.post("/v1/systems/one-stop/messages", dossier(handling_unit="wrong unit"))
    ).json()
    assert (again["id"], again["status"]) == (corrected["id"], "known")
    newer = await here.one_stop.bring(dossier(handling_unit="Sở Tài chính"))
    assert newer["revision"] == 3


async def test_a_correction_is_judged_like_any_message(here: Province, portal: Portal) -> None:
    """It fits its type, stays the same subject, changes something, and has a reason; else nothing is changed."""
    old = await refused(here, portal)
    path, good = f"/v1/messages/{old['id']}/resend", dossier(handling_unit="Sở")["data"]
    cases = [
        ({"data": good | {"status": "no such status"}, "reason": "x"}, 422),
        ({"data": good | {"code": "H44.11-260131-0002"}, "reason": "x"}, 422),
        ({"data": (await walk(here, old["id"]))["data"], "reason": "x"}, 409),
        ({"data": good, "reason": ""}, 422),
        ({"data": [], "reason": "x"}, 422),
    ]
    for said, status in cases:
        reply = await here.operator.post(path, said)
        assert reply.status == status, (said, reply.body)
    assert (await here.delivery(old))["state"] == "refused"


async def test_a_value_typed_over_a_mask_is_not_compared(here: Province, portal: Portal) -> None:
    """To whoever sees masks the right value and a wrong one are answered alike; with a look open it is told."""
    old, same = await refused(here, portal), dossier(handling_unit="wrong unit")["data"]
    path, said = f"/v1/messages/{old['id']}", {"data": same, "reason": "x"}
    why = {"purpose": "correction", "reason": "đơn vị đề nghị sửa"}
    assert (await here.operator.post(f"{path}/disclose", why)).status == 200
    assert (await here.operator.post(f"{path}/resend", said)).status == 409
    assert (await here.operator.post(f"{path}/mask")).status == 200
    assert (await here.operator.post(f"{path}/resend", said)).status == 202


async def test_only_operators_correct_and_only_what_is_stuck(here: Province, portal: Portal) -> None:
    """What was delivered is for the source to tell anew; a system does not correct at all."""
    done = await here.one_stop.bring(dossier())
    await here.rest("delivered")
    said = {"data": dossier(handling_unit="Sở")["data"], "reason": "x"}
    assert (await here.one_stop.post(f"/v1/messages/{done['id']}/resend", said)).status == 403
    assert (await here.operator.post(f"/v1/messages/{done['id']}/resend", said)).status == 409
    unknown = "00000000-0000-5000-8000-000000000000"
    assert (await here.operator.post(f"/v1/messages/{unknown}/resend", said)).status == 404
    assert CODE in portal.state()["dossiers"]
