"""What is stuck is told over HTTP to operators, with what it means."""

from __future__ import annotations

from tests.api.province import PORTAL, Province, dossier


async def test_what_is_stuck_is_told_with_its_meaning(here: Province) -> None:
    """System, cause and state once, how many, of whom, and who has to act; others are not told."""
    await here.one_stop.bring([dossier("H44.11-260131-0001", procedure=None)])
    await here.rest("refused")
    (one,) = (await here.operator.get("/v1/problems")).json()["problems"]
    assert (one["system"], one["cause"], one["state"], one["count"], one["more"]) == (
        PORTAL, "portal-field-missing", "refused", 1, False,
    )  # fmt: skip
    assert one["agencies"] == [{"name": "H44.11", "count": 1}]
    assert one["explanation"]["en"]["party"] == "vendor"
    assert (await here.operator.get("/v1/problems", "agency=H44.12")).json() == {"problems": []}
    assert (await here.one_stop.get("/v1/problems")).status == 403
