"""Alerts and the examination over HTTP: for operators, in both languages, by the process that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.journal import acting, alerting
from tests.alerts.receivers import hook
from tests.api.province import PORTAL, Province, province


@pytest.fixture(autouse=True)
def _environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that is examined has the environment of the province."""
    for name, value in {"LGSP_STATE": str(folder), "LGSP_TOKEN_ONE_STOP": "t"}.items():
        monkeypatch.setenv(name, value)


async def test_alerts_are_listed_with_their_words(here: Province) -> None:
    """Open ones and those that ended lately, newest first, and no summary of a day among them."""
    journal = here.platform.gateway.journal
    facts = {"system": PORTAL, "cause": "http-503", "count": 3, "since": "2026-01-05T09:00:00+07:00"}
    await journal.write(lambda tx: alerting.note(tx, {("suspended", PORTAL): facts}, []))
    await journal.write(lambda tx: alerting.take_digest(tx, "2026-01-05"))
    reply = await here.operator.get("/v1/alerts")
    (one,) = reply.json()["alerts"]
    assert (one["rule"], one["subject"], one["told_at"], one["ended_at"]) == ("suspended", PORTAL, None, None)
    assert one["facts"] == facts
    assert "tạm ngừng" in one["vi"]["text"]
    assert "is suspended" in one["en"]["text"]


async def test_alerts_and_the_examination_are_for_operators(here: Province) -> None:
    """A system learns nothing of the others' troubles."""
    for path in ("/v1/alerts", "/v1/doctor"):
        assert (await here.one_stop.get(path)).status == 403
        assert (await here.nobody.get(path)).status == 401
    assert (await here.one_stop.post("/v1/alerts/test")).status == 403


async def test_a_test_letter_says_of_each_target_whether_it_arrived(folder: Path) -> None:
    """It goes to those whom the routes in force name."""
    async with hook() as webhook, province(folder) as here:
        gateway = here.platform.gateway
        said = {"to": [{"webhook": webhook.url, "secret": "s"}]}
        gateway.routes.alerts.__dict__.update(type(gateway.routes.alerts).model_validate(said).__dict__)
        reply = await here.operator.post("/v1/alerts/test")
        assert reply.json() == {"targets": [{"name": webhook.url.removesuffix("?who=me"), "fault": ""}]}
        assert webhook.documents()[0]["type"] == "lgsp.test.v1"


async def test_a_running_gateway_examines_itself(here: Province) -> None:
    """Every part is looked at in the environment of the process, with its own adapters and journal."""
    reply = await here.operator.get("/v1/doctor")
    checks = reply.json()["checks"]
    graded = {(one["part"], one["subject"]): one["grade"] for one in checks}
    assert graded["system", PORTAL] == "well"
    assert graded["tokens", ""] == "well"
    assert graded["journal", ""] == "well"
    assert graded["processes", ""] == "well"
    assert "broken" not in graded.values()


async def test_an_examination_tells_of_a_suspended_system(paused: Province) -> None:
    """What the journal says of a system is in it, and so is that the system does not answer."""
    journal = paused.platform.gateway.journal
    await journal.write(lambda tx: acting.set_system(tx, PORTAL, "suspended", "unreachable", "gateway"))
    await journal.write(
        lambda tx: tx.run("UPDATE systems SET since = ? WHERE name = ?", [(tx.now - 301_000_000, PORTAL)])
    )
    checks = (await paused.operator.get("/v1/doctor")).json()["checks"]
    broken = {(one["part"], one["subject"]) for one in checks if one["grade"] == "broken"}
    assert broken == {("system", PORTAL), ("suspended", PORTAL)}
