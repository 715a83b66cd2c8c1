"""Each rule over a journal with real rows: when it speaks, when it is silent, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lgsp.alerts import facts as looked_at
from lgsp.alerts.facts import Disk, Eye, Nearby, room
from lgsp.alerts.office import office_time
from lgsp.alerts.rules import Condition, nearby, shared
from lgsp.alerts.wording import say
from lgsp.broker.standing import BrokerFault
from lgsp.errors import Invalid, Problem
from lgsp.journal import acting
from lgsp.journal.contract import Transaction
from lgsp.journal.reports_told import REPORT
from lgsp.limits import RULES, Alerts, Silence
from lgsp.message import VIETNAM
from lgsp.testing.making import SECOND, SYSTEM, dossier, progress, unrouted
from tests.alerts.world import HOUR, MINUTE, Broker, World

DAY = 24 * HOUR


async def seen(here: World, rule: str, silences: Sequence[Silence] = (), **home: Any) -> list[Condition]:
    """Return what a rule says of the journal as it stands."""
    alerts = Alerts.model_validate(home)
    facts = await here.scene.journal.read(Eye(alerts.rules).look)
    return [one for one in shared(facts, alerts, silences) if one.rule == rule]


async def test_dead_is_told_by_system_and_cause_while_new_ones_come(here: World) -> None:
    """Deliveries that died within the rule's time count; those of yesterday do not."""
    await here.scene.kill(dossier("K1"), "portal-field-missing")
    await here.scene.kill(dossier("K2"), "portal-field-missing")
    await here.scene.kill(dossier("K3"), "portal-other")
    found = {one.subject: one.facts["count"] for one in await seen(here, "dead")}
    assert found == {f"{SYSTEM} portal-field-missing": 2, f"{SYSTEM} portal-other": 1}
    assert await seen(here, "dead", rules={"dead": {"count": 3}}) == []
    here.scene.clock.move(HOUR + 1)
    assert await seen(here, "dead") == []


async def test_a_dead_one_that_a_newer_version_overtook_needs_nobody(here: World) -> None:
    """A dead snapshot behind which a newer one came is resolved."""
    await here.scene.kill(dossier("K1", "A"))
    assert len(await seen(here, "dead")) == 1
    await here.scene.told(dossier("K1", "B"))
    assert await seen(here, "dead") == []


async def test_what_waits_too_long_is_told_with_the_oldest(here: World) -> None:
    """The age of the oldest decides, and all that waits for that system is counted."""
    await here.scene.told(dossier("K1"))
    here.scene.clock.move(HOUR - 60)
    await here.scene.told(dossier("K2"))
    assert await seen(here, "waiting") == []
    here.scene.clock.move(120)
    (one,) = await seen(here, "waiting")
    assert (one.subject, one.facts["count"]) == (SYSTEM, 2)
    assert one.facts["since"].startswith("2026-01-05T09:00:00")
    await here.scene.run()
    assert await seen(here, "waiting") == []


async def test_what_is_parked_or_held_for_long_is_told_apart(here: World) -> None:
    """What waits for its dossier, and what waits for a person, is not what waits for the system."""
    await here.scene.told(progress("K1"))
    receipt = await here.scene.told(dossier("K2"))
    number = (await here.scene.delivery(receipt))["id"]
    await here.scene.act(lambda tx: acting.hold(tx, number, "operator", "to see"))
    here.scene.clock.move(HOUR + 1)
    assert [one.facts["count"] for one in await seen(here, "held")] == [1]
    assert await seen(here, "parked") == []
    here.scene.clock.move(DAY)
    assert [one.facts["count"] for one in await seen(here, "parked")] == [1]
    assert await seen(here, "waiting") == []


async def test_what_no_route_wants_is_told_at_once(here: World) -> None:
    """A slip in the routes is told by source and type."""
    await here.scene.tell(unrouted(dossier("K1")), unrouted(dossier("K2")))
    (one,) = await seen(here, "unrouted")
    assert one.facts == {"source": "desk", "type": "dossier.v1", "count": 2}


async def test_a_report_that_nobody_signed_yet_needs_no_route(here: World) -> None:
    """It stands in the book of reports; that it does not go on is no slip."""
    offer = unrouted(dossier("K1"))
    offer.message.type = REPORT
    await here.scene.tell(offer)
    assert await seen(here, "unrouted") == []


async def test_a_deadline_is_told_before_it_passes(here: World) -> None:
    """What expires soon is counted while it is open, and not when it is long off."""
    offer, later = dossier("K1"), dossier("K2")
    offer.message.expirytime, later.message.expirytime = _moment(here, 3 * HOUR), _moment(here, 9 * HOUR)
    await here.scene.tell(offer, later)
    (one,) = await seen(here, "deadline")
    assert one.facts["count"] == 1
    assert one.facts["first"].startswith("2026-01-05T12:00:00")
    await here.scene.run()
    assert await seen(here, "deadline") == []


@pytest.mark.parametrize(
    ("due_at", "told"),
    [
        ("2026-01-05T11:00:00+07:00", True),
        ("2026-01-05T11:00:00", True),
        ("2025-12-31T17:00:00+07:00", True),
        ("2026-01-09T11:00:00+07:00", False),
        ("soon", False),
    ],
)
async def test_a_dossiers_own_due_date_counts(here: World, due_at: str, told: bool) -> None:
    """The due date that was first seen counts like an expiry, for what has been open for some minutes."""
    offer = dossier("K1")
    offer.watched = f'{{"/due_at": "{due_at}"}}'
    await here.scene.told(offer)
    assert await seen(here, "deadline") == []
    here.scene.clock.move(6 * MINUTE)
    assert bool(await seen(here, "deadline")) is told


async def test_quarantine_that_grows_is_told_with_its_codes(here: World) -> None:
    """Many that were turned away within the time are told by source, with the codes that were most."""
    fault = Invalid([Problem("/due_at", "bad-date")], subject="H44.11-260131-0001")
    await here.scene.journal.accept(_turned_away(fault, 19))
    assert await seen(here, "quarantine") == []
    await here.scene.journal.accept(_turned_away(fault, 1))
    (one,) = await seen(here, "quarantine")
    assert one.facts == {"source": "desk", "count": 20, "codes": ["invalid"], "within": 3600.0}
    here.scene.clock.move(HOUR + 1)
    assert await seen(here, "quarantine") == []


async def test_a_duty_that_nobody_took_over_is_told(here: World) -> None:
    """No sweeper or no dispatcher is told when its lease is over for longer than the rule's time.

    A lease that is only held now and then, such as the trial of a system, is no duty.
    """
    until = here.scene.clock.now + 10 * SECOND
    held = [(name, 1, until) for name in ("sweep", "trial:portal")]
    await here.scene.act(lambda tx: tx.run("INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)", held))
    here.scene.clock.move(69)
    assert await seen(here, "sweeper") == []
    here.scene.clock.move(2)
    assert [one.subject for one in await seen(here, "sweeper")] == ["sweep"]


@pytest.mark.parametrize(
    ("roles", "missing"),
    [(["serve", "work:portal"], ["jobs"]), (["serve,jobs"], ["work"]), (["work", "jobs"], []), ([""], [])],
)
async def test_a_role_that_no_process_has_is_told(here: World, roles: list[str], missing: list[str]) -> None:
    """Where processes live and none of them works, or none does the jobs, that is told after a while."""
    eye = Eye(Alerts().rules)
    for seconds in (0, 30, 31):
        here.scene.clock.move(seconds)
        beat = here.scene.clock.now
        rows = [(100 + n + beat, "a:1", beat, beat, one, 0) for n, one in enumerate(roles)]
        await here.scene.act(lambda tx, rows=rows: _enter(tx, rows))  # type: ignore[misc]
        found = (await here.scene.journal.read(eye.look)).lapsed
        assert [name for name, _ in found] == (missing if seconds == 31 else [])


async def test_where_no_process_lives_no_role_is_missing(here: World) -> None:
    """That nothing runs is for the doctor to say: here it means that somebody only looks."""
    here.scene.clock.move(HOUR)
    eye = Eye(Alerts().rules)
    await here.scene.journal.read(eye.look)
    here.scene.clock.move(HOUR)
    assert (await here.scene.journal.read(eye.look)).lapsed == []


async def test_silence_counts_in_office_hours_only(here: World) -> None:
    """Nothing since Monday 09:00: 2 h 30 min before lunch, the rest after it; the night does not count."""
    await here.scene.told(dossier("K1"))
    silence = [Silence.model_validate({"from": "desk", "after": "4h"})]
    here.scene.clock.move(5 * HOUR + 59 * MINUTE)  # 14:59
    assert await seen(here, "silence", silence) == []
    here.scene.clock.move(2 * MINUTE)  # 15:01
    (one,) = await seen(here, "silence", silence)
    assert one.subject == "desk"
    assert one.facts["last"].startswith("2026-01-05T09:00:00")
    here.scene.clock.move(12 * HOUR)  # in the night it is still so
    assert len(await seen(here, "silence", silence)) == 1
    await here.scene.told(dossier("K2"))
    assert await seen(here, "silence", silence) == []


async def test_a_source_that_never_brought_anything_is_silent_since_the_beginning(here: World) -> None:
    """It counts from the first publishing of the routes."""
    silence = [Silence.model_validate({"from": "nobody", "after": "2h"})]
    here.scene.clock.move(HOUR)
    assert await seen(here, "silence", silence) == []
    here.scene.clock.move(HOUR + 1)
    (one,) = await seen(here, "silence", silence)
    assert "chưa có" in say("silence", "nobody", one.facts, "vi").text


async def test_the_eye_remembers_what_it_saw(here: World) -> None:
    """A look costs what is new; what was seen before is not forgotten."""
    eye = Eye(Alerts().rules)
    await here.scene.told(dossier("K1"))
    first = await here.scene.journal.read(eye.look)
    here.scene.clock.move(MINUTE)
    await here.scene.tell(dossier("K2"), source="other")
    second = await here.scene.journal.read(eye.look)
    assert second.last["desk"] == first.last["desk"]
    assert second.last["other"] > first.last["desk"]


async def test_the_first_look_goes_back_a_month(here: World) -> None:
    """A source whose last message is older than that is silent since the beginning: nothing older is read."""
    await here.scene.told(dossier("K1"))
    here.scene.clock.move(40 * DAY)
    await here.scene.tell(dossier("K2"), source="other")
    looked = await here.scene.journal.read(Eye(Alerts().rules).look)
    assert set(looked.last) == {"other"}


async def test_a_rule_that_is_off_says_nothing(here: World) -> None:
    """`off` takes rules out."""
    await here.scene.kill(dossier("K1"))
    assert await seen(here, "dead", off=["dead"]) == []


def test_office_time_leaves_out_lunch_nights_weekends_and_holidays() -> None:
    """From Thursday 16:00 to Tuesday 08:00 with a holiday on Monday there are 1 + 7.5 + 0.5 hours."""
    silence = Silence.model_validate({"from": "desk"})
    since = datetime(2026, 1, 8, 16, 0, tzinfo=VIETNAM)
    until = datetime(2026, 1, 13, 8, 0, tzinfo=VIETNAM)
    assert office_time(since, until, silence, [date(2026, 1, 12)]) == timedelta(hours=9)
    assert office_time(since.astimezone(UTC), until, silence, []) == timedelta(hours=16.5)
    assert office_time(until, since, silence, []) == timedelta()


def test_the_disk_is_told_by_share_and_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little in per cent or little in gigabytes: either is reason enough."""
    disks = [Disk("/a", 100 * 10**9, 9 * 10**9), Disk("/b", 4 * 10**9, 9 * 10**8), Disk("/c", 10**12, 10**12)]
    monkeypatch.setattr(looked_at, "room", lambda _: disks)
    alerts = Alerts()
    found = nearby(Nearby([tmp_path], Broker(), alerts.rules), alerts)
    assert [one.facts["folder"] for one in found] == ["/a", "/b"]


def test_a_folder_that_is_not_there_yet_has_the_room_of_its_parent(tmp_path: Path) -> None:
    """And folders on one file system are one disk."""
    (one,) = room([tmp_path / "not" / "there", tmp_path])
    assert 0 < one.free <= one.total


def test_poison_is_told_by_who_leads(tmp_path: Path) -> None:
    """The dead-letter queue is everybody's: one process tells of it, as soon as there are so many in it."""
    broker = Broker(poison=1)
    alerts = Alerts.model_validate({"off": ["disk"], "rules": {"poison": {"count": 2}}})
    near = Nearby([tmp_path], broker, alerts.rules)
    assert nearby(near, alerts) == []
    broker.poison = 2
    (one,) = nearby(near, alerts)
    assert (one.subject, one.facts["count"]) == ("dead-letters", 2)
    assert nearby(near, alerts, leads=False) == []


def test_a_broker_that_is_ill_for_long_is_told(tmp_path: Path) -> None:
    """A reconnect of a moment is no news; what lasts is told in the broker's own sentences."""
    broker = Broker(faults=(BrokerFault("blocked", "low on memory"), BrokerFault("dead-letters", "1")))
    alerts = Alerts.model_validate({"off": ["disk"]})
    near = Nearby([tmp_path], broker, alerts.rules)
    assert nearby(near, alerts) == []
    assert near._ill_since is not None
    near._ill_since -= 61
    (one,) = nearby(near, alerts)
    assert one.facts["codes"] == ["blocked"]
    assert "thiếu bộ nhớ" in say("broker", one.subject, one.facts, "vi").text
    assert "lack of memory" in say("broker", one.subject, one.facts, "en").text
    broker.faults = ()
    assert nearby(near, alerts) == []
    assert near._ill_since is None


FACTS: dict[str, Any] = {
    "system": "portal", "source": "desk", "type": "dossier.v1", "cause": "http-503", "count": 1234,
    "since": "2026-01-05T09:00:00+07:00", "first": "2026-01-05T09:00:00+07:00", "last": None,
    "within": 3600.0, "lasted": 9000.0, "codes": ["invalid"], "host": "truc-1", "folder": "state",
    "free": 5 * 1024**3, "percent": 4.2, "duty": "sweep", "told": "OSError", "told_vi": "thiếu bộ nhớ",
    "told_en": "lack of memory", "job": "papers", "run": 7, "total": 60, "said": "timed out",
    "regime": "KSTT", "period_vi": "Tháng 3/2024", "period_en": "Month 3 of 2024", "due_on": "2024-03-18",
    "overdue": 1, "agencies": ["H44.11"], "uid": "1", "name": "khóa", "days": 7,
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_rule_has_words_in_both_languages(rule: str, lang: str) -> None:
    """Nobody is told the name of a rule instead of what is so and what to do; no place is left unfilled."""
    told, over = say(rule, "s", FACTS, lang), say(rule, "s", FACTS, lang, over=True)
    for text in (told.text, told.mend, over.text):
        assert len(text) > 15
        assert "{" not in text
    assert over.text != told.text


def _enter(tx: Transaction, rows: list[tuple[Any, ...]]) -> None:
    tx.run("DELETE FROM workers WHERE id > ?", [(0,)])
    sql = "INSERT INTO workers (id, name, started_at, beat_at, roles, published) VALUES (?, ?, ?, ?, ?, ?)"
    tx.run(sql, rows)


def _moment(here: World, seconds: float) -> datetime:
    return datetime.fromtimestamp(here.scene.clock.now / SECOND + seconds, VIETNAM)


def _turned_away(fault: Invalid, count: int) -> Any:
    from lgsp.testing.making import arrival

    return arrival(rejected=[(n, fault) for n in range(count)])
