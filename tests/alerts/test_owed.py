"""Reports that are late or almost are told, by regime and period, where the regime is in use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from lgsp.alerts import owed
from lgsp.alerts.facts import Eye
from lgsp.alerts.rules import Condition, shared
from lgsp.alerts.wording import say
from lgsp.journal import reports
from lgsp.journal.reports import DRAFT, SENT, SIGNED, Act, Report
from lgsp.limits import Alerts
from lgsp.message import VIETNAM
from tests.alerts.world import HOUR, World

FEBRUARY, MARCH = "government/1:202402", "government/1:202403"
FIRST, OTHER = "H44.11", "H44.12"
ACT = Act("lan.nguyen", "draft")


def on(here: World, moment: str) -> int:
    """Let it be a moment in Viet Nam; return it."""
    here.scene.clock.now = int(datetime.fromisoformat(moment).replace(tzinfo=VIETNAM).timestamp()) * 1_000_000
    return here.scene.clock.now


async def entered(
    here: World, period: str, agency: str = FIRST, state: str = SENT, version: int = 1
) -> Report:
    """Enter a report of a period; one that is sent went now."""
    went = here.scene.clock.now if state == SENT else None
    code = f"06a/{agency}/{period}"
    report = Report(0, code, version, "KSTT", "06a", agency, period, state, sent_at=went)
    return await here.scene.act(lambda tx: reports.add(tx, report, ACT))


async def seen(here: World, eye: Eye | None = None, **home: object) -> list[Condition]:
    """Return what the rule says."""
    alerts = Alerts.model_validate(home)
    facts = await here.scene.journal.read((eye or Eye(alerts.rules)).look)
    return [one for one in shared(facts, alerts, ()) if one.rule == "reports"]


async def test_a_regime_that_is_not_in_use_is_told_of_by_nobody(here: World) -> None:
    """The packed regime is due every month; only a home that has a report of it is reminded."""
    on(here, "2024-03-20T09:00")
    assert await seen(here) == []


async def test_what_did_not_go_is_told_on_its_last_day_and_after_it(here: World) -> None:
    """The cut-off was on Thursday, the second working day is Monday the 18th: from its first hour on."""
    on(here, "2024-02-16T09:00")
    await entered(here, FEBRUARY)
    await entered(here, FEBRUARY, OTHER)
    on(here, "2024-03-17T23:59")
    assert await seen(here) == []
    assert len(await seen(here, rules={"reports": {"before": "2d"}})) == 1
    on(here, "2024-03-18T00:01")
    (one,) = await seen(here)
    assert one.subject == f"KSTT {MARCH}"
    assert (one.facts["count"], one.facts["overdue"], one.facts["due_on"]) == (2, 0, "2024-03-18")
    assert one.facts["agencies"] == [FIRST, OTHER]
    on(here, "2024-03-19T00:01")
    (one,) = await seen(here)
    assert (one.facts["count"], one.facts["overdue"]) == (2, 2)
    told = say(one.rule, one.subject, one.facts, "vi")
    assert "Tháng 3/2024" in told.text
    assert "hạn 18/03/2024: H44.11, H44.12." in told.text
    assert "lgsp report due --regime KSTT" in told.mend
    assert await seen(here, off=["reports"]) == []


async def test_who_signed_is_not_reminded_and_who_did_not_send_is_late(here: World) -> None:
    """A draft needs somebody before its last day is over; a signed one does when it did not go by then."""
    on(here, "2024-02-16T09:00")
    await entered(here, FEBRUARY)
    await entered(here, FEBRUARY, OTHER)
    on(here, "2024-03-18T09:00")
    await entered(here, MARCH, state=SIGNED)
    draft = await entered(here, MARCH, OTHER, state=DRAFT)
    (one,) = await seen(here)
    assert one.facts["agencies"] == [OTHER]
    now = on(here, "2024-03-19T09:00")
    (one,) = await seen(here)
    assert (one.facts["agencies"], one.facts["overdue"]) == ([FIRST, OTHER], 2)
    went = {"state": SENT, "channel": "document", "sent_at": now}
    await here.scene.act(lambda tx: reports.change(tx, draft, ACT, **went))
    (one,) = await seen(here)
    assert one.facts["agencies"] == [FIRST]


async def test_only_the_kinds_of_periods_that_are_reported_are_told_of(here: World) -> None:
    """Where months are reported, quarters are not missed; nor is what was before the first report."""
    on(here, "2024-07-20T09:00")
    await entered(here, FEBRUARY)
    labels = [one.subject.removeprefix("KSTT government/1:") for one in await seen(here)]
    assert labels == ["202403", "202404", "202405", "202406", "202407"]
    await entered(here, "government/1:20242")
    assert [one.subject for one in await seen(here)] == [f"KSTT government/1:{one}" for one in labels]


async def test_many_agencies_are_counted_and_the_first_named(here: World) -> None:
    """An alert is one for all of a period, however many owe it."""
    on(here, "2024-02-16T09:00")
    for number in range(10, 18):
        await entered(here, FEBRUARY, f"H44.{number}")
    on(here, "2024-03-20T09:00")
    (one,) = await seen(here)
    assert one.facts["count"] == 8
    text = say(one.rule, one.subject, one.facts, "en").text
    assert "8 agencies" in text
    assert text.endswith("H44.10, H44.11, H44.12, H44.13, H44.14, ….")


async def test_the_watch_asks_some_minutes_apart(here: World) -> None:
    """A look in between says what the last one found."""
    eye = Eye(Alerts().rules)
    on(here, "2024-03-20T09:00")
    assert await seen(here, eye) == []
    await entered(here, FEBRUARY)
    here.scene.clock.move(299)
    assert await seen(here, eye) == []
    here.scene.clock.move(2)
    assert len(await seen(here, eye)) == 1
    on(here, "2024-02-20T09:00")
    assert await seen(here, eye) == []  # a clock that was set back asks anew


async def test_a_year_that_is_not_notified_is_late_for_nobody(here: World) -> None:
    """Nobody can tell the last day; nothing is told until the days off are entered."""
    on(here, "2028-02-20T09:00")
    await entered(here, "government/1:202801")
    assert await seen(here) == []


async def test_a_home_with_faults_hides_no_other_alert(
    here: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a file of the home says wrongly is told by `lgsp check`; the watch goes on with what it saw."""
    on(here, "2024-03-20T09:00")
    await entered(here, FEBRUARY)
    eye = Eye(Alerts().rules)
    assert len(await seen(here, eye)) == 1
    (tmp_path / "calendar.yaml").write_text("notices: 7\n", encoding="utf-8")
    monkeypatch.setattr(owed, "home", lambda: tmp_path)
    here.scene.clock.move(HOUR)
    assert len(await seen(here, eye)) == 1


async def test_it_is_told_once_and_ends_when_all_went(here: World) -> None:
    """The register holds one alert of a period, from when somebody is late until nobody is."""
    on(here, "2024-02-16T09:00")
    await entered(here, FEBRUARY)
    on(here, "2024-03-19T09:00")
    await here.round()
    await here.round(600)
    assert here.told() == [("new", "reports")]
    await entered(here, MARCH)
    await here.round(600)
    await here.round(600)
    assert here.told() == [("new", "reports"), ("ended", "reports")]
    assert [(one["rule"], one["ended_at"] is None) for one in await here.listed()] == [("reports", False)]
