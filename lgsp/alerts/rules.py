"""When a person is told: each rule turns what was looked at into conditions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from lgsp.alerts.facts import SECOND, Disk, Facts, Nearby
from lgsp.alerts.office import office_time
from lgsp.journal.alerting import Pile, Soon
from lgsp.journal.reading import at
from lgsp.journal.states import State
from lgsp.limits import Alerts, Silence
from lgsp.message import VIETNAM
from lgsp.schedules import Job

MOVING = (State.WAITING, State.READY, State.SENDING, State.PUT_OFF, State.OFFERED)
"""States in which a delivery is on its way and nobody has to act."""
_CODES = 3
_DAY = 86400 * SECOND
_AGENCIES = 5


@dataclass(slots=True, frozen=True)
class Condition:
    """Something that is so and that a person should know.

    Attributes:
        rule: which rule says so.
        subject: what it is about; with the rule it is what an alert is known by.
        facts: codes, counts, causes and times as ISO 8601: never personal data.
    """

    rule: str
    subject: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def shared(
    facts: Facts,
    alerts: Alerts,
    silences: Sequence[Silence],
    planned: Mapping[tuple[str, str], Job] = MappingProxyType({}),
) -> list[Condition]:
    """Return what the journal gives reason to tell; `planned` are the jobs of the home."""
    found = [
        *_suspended(facts, alerts),
        *_dead(facts, alerts),
        *_piled(facts, alerts),
        *_unrouted(facts, alerts),
        *_deadlines(facts, alerts),
        *_quarantine(facts, alerts),
        *_sweepers(facts),
        *_silent(facts, alerts, silences),
        *_jobs(facts, alerts, planned),
        *_lists(facts),
        *_reconciliations(facts),
        *_owed(facts),
        *_sealing(facts, alerts),
        *_credentials(facts, alerts),
        *_unanswered(facts, alerts),
    ]
    return [one for one in found if one.rule not in alerts.off]


def nearby(near: Nearby, alerts: Alerts, *, leads: bool = True) -> list[Condition]:
    """Return what this host gives reason to tell; the dead-letter queue is everybody's, told by who leads."""
    found = [_disk(near.host, disk) for disk in near.disks()]
    poison, faults = near.poison(), near.broker_faults()
    if leads and poison >= alerts.rules.poison.count:
        found.append(Condition("poison", "dead-letters", {"count": poison}))
    if faults:
        told = {"codes": [fault.code for fault in faults], "host": near.host}
        for lang in ("vietnamese", "english"):
            told[f"told_{lang[:2]}"] = "; ".join(getattr(fault, lang) for fault in faults)
        found.append(Condition("broker", near.host, told))
    return [one for one in found if one.rule not in alerts.off]


def silences_of(alerts: Alerts, sources: Sequence[str]) -> list[Silence]:
    """Return the office hours that are watched: those of the home, else the defaults for each source."""
    if alerts.silence is not None:
        return list(alerts.silence)
    return [Silence.model_validate({"from": source}) for source in sources]


def _suspended(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    for one in facts.standings:
        if one.state == "suspended" and facts.now - one.since >= alerts.rules.suspended.after * SECOND:
            backlog = sum(pile.size for pile in facts.piles if pile.system == one.system and _moves(pile))
            told = {"system": one.system, **facts.told(one.cause or "uncatalogued"), "since": at(one.since)}
            yield Condition("suspended", one.system, {**told, "count": backlog})


def _dead(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    rule = alerts.rules.dead
    for system, cause, count in facts.died:
        if count >= rule.count:
            told = {"system": system, **facts.told(cause), "count": count}
            yield Condition("dead", f"{system} {cause}", {**told, **_within(rule.within)})


def _moves(pile: Pile) -> bool:
    return pile.state in MOVING


def _piled(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    """Return what waits, is parked or is held for longer than it should."""
    rules = alerts.rules
    moving = [pile for pile in facts.piles if _moves(pile) and pile.state is not State.OFFERED]
    for system in sorted({pile.system for pile in moving}):
        own = [pile for pile in moving if pile.system == system]
        oldest = min(pile.oldest for pile in own)
        if facts.now - oldest >= rules.waiting.after * SECOND:
            yield _pile("waiting", system, sum(pile.size for pile in own), oldest)
    for pile in facts.piles:
        if pile.state is State.PARKED and facts.now - pile.since >= rules.parked.after * SECOND:
            yield _pile("parked", pile.system, pile.size, pile.since)
        if pile.state is State.HELD and facts.now - pile.since >= rules.held.after * SECOND:
            yield _pile("held", pile.system, pile.size, pile.since)
        if pile.state is State.OFFERED and facts.now - pile.oldest >= rules.uncollected.after * SECOND:
            yield _pile("uncollected", pile.system, pile.size, pile.oldest)


def _pile(rule: str, system: str, count: int, since: int) -> Condition:
    return Condition(rule, system, {"system": system, "count": count, "since": at(since)})


def _unrouted(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    for source, type_, count in facts.unrouted:
        if count >= alerts.rules.unrouted.count:
            told = {"source": source, "type": type_, "count": count}
            yield Condition("unrouted", f"{source} {type_}", told)


def _deadlines(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    """Return the systems to which something is late soon: it expires, or its own due date comes."""
    until = facts.now + int(alerts.rules.deadline.before * SECOND)
    late: dict[str, list[Soon]] = {}
    for soon in [*facts.expiring, *_due(facts, until)]:
        late.setdefault(soon.system, []).append(soon)
    for system, found in sorted(late.items()):
        count, first = max(soon.size for soon in found), min(soon.first for soon in found)
        yield Condition("deadline", system, {"system": system, "count": count, "first": at(first)})


def _due(facts: Facts, until: int) -> Iterator[Soon]:
    found: dict[str, list[int]] = {}
    for system, due_at in facts.due:
        when = _micros_of(due_at)
        if when is not None and when < until:
            found.setdefault(system, []).append(when)
    for system, moments in found.items():
        yield Soon(system, len(moments), min(moments))


def _micros_of(iso: str) -> int | None:
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=VIETNAM)
    return int(when.timestamp() * SECOND)


def _quarantine(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    rule = alerts.rules.quarantine
    for source, codes in sorted(facts.turned_away.items()):
        if codes.total() >= rule.count:
            most = [code for code, _ in codes.most_common(_CODES)]
            told = {"source": source, "count": codes.total(), "codes": most}
            yield Condition("quarantine", source, {**told, **_within(rule.within)})


def _sweepers(facts: Facts) -> Iterator[Condition]:
    for name, until in facts.lapsed:
        yield Condition("sweeper", name, {"duty": name, "since": at(until)})


def _silent(facts: Facts, alerts: Alerts, silences: Sequence[Silence]) -> Iterator[Condition]:
    now = _time(facts.now)
    for one in silences:
        last = facts.last.get(one.source)
        since = _time(last or facts.began)
        lasted = office_time(since, now, one, alerts.holidays)
        if lasted >= timedelta(seconds=one.after):  # it grows in office hours only, and so begins in them
            told = {"source": one.source, "last": at(last), "lasted": lasted.total_seconds()}
            yield Condition("silence", one.source, told)


def _jobs(facts: Facts, alerts: Alerts, planned: Mapping[tuple[str, str], Job]) -> Iterator[Condition]:
    """Return the jobs that fail again and again, or that had no success for too many of their turns."""
    rule = alerts.rules.job
    for (system, name), job in sorted(planned.items()):
        held = facts.jobs.get((system, name))
        if held is None or held.paused(job):
            continue
        last = held.succeeded_at or held.since
        quiet = facts.now - last >= max(rule.turns * job.interval, rule.after) * SECOND
        if held.failures >= rule.failures or quiet:
            cause = facts.told(held.cause) if held.failures and held.cause else {}
            told = {"system": system, "job": name, "count": held.failures, "last": at(held.succeeded_at)}
            yield Condition("job", f"{system} {name}", {**told, **cause})


def _lists(facts: Facts) -> Iterator[Condition]:
    """Return the lists of agencies of which so much is missing that nothing was closed."""
    for system, job, run, missing, size in facts.short:
        told = {"system": system, "job": job, "run": run, "count": missing, "total": size}
        yield Condition("list", f"{system} {job}", told)


def _reconciliations(facts: Facts) -> Iterator[Condition]:
    """Return the nightly reconciliations of which the last one failed."""
    for source, system, run, said, ended in facts.failing:
        told = {"source": source, "system": system, "run": run, "said": said, "since": at(ended)}
        yield Condition("reconcile", f"{source} {system}", told)


def _owed(facts: Facts) -> Iterator[Condition]:
    """Return the periods of regimes of which reports are late or almost, with the first of who owes them."""
    for one in facts.owed:
        agencies = [*sorted(one.late), *sorted(one.soon - one.late)]
        told = {"regime": one.regime.code, "period": one.period.label, "due_on": one.first.isoformat()}
        told |= {f"period_{lang}": one.period.said(lang) for lang in ("vi", "en")}
        counts = {"count": len(agencies), "overdue": len(one.late), "agencies": agencies[:_AGENCIES]}
        yield Condition("reports", f"{one.regime.code} {one.period.label}", {**told, **counts})


def _sealing(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    """Return why the log falls behind: it is not gone on with, or not copied."""
    log, rule = facts.log, alerts.rules.seal
    if log is None:
        return
    if log.fault:
        yield _log("fault", log.unsealed, log.since or facts.now, (log.fault, log.fault))
    elif log.size and log.since is not None and facts.now - log.since >= rule.after * SECOND:
        yield _log("unsealed", log.unsealed, log.since, ("chưa niêm phong kịp", "sealing falls behind"))
    if log.copies and log.behind is not None and facts.now - log.behind >= rule.copied * SECOND:
        yield _log("copy", log.size - log.copied, log.behind, _UNCOPIED)


_UNCOPIED = ("chưa chép được điểm niêm phong sang nơi thứ hai", "checkpoints are not copied elsewhere")


def _log(subject: str, count: int, since: int, told: tuple[str, str]) -> Condition:
    facts = {"count": count, "since": at(since), "told_vi": told[0], "told_en": told[1]}
    return Condition("seal", subject, facts)


def _credentials(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    """Return the credentials in use that have so many days left as the rule names: each day is an alert."""
    for one in facts.ending:
        left = (one.until - facts.now) // _DAY
        if left in alerts.rules.credential.days:
            told = {"uid": one.uid, "system": one.owner, "name": one.name, "days": left}
            yield Condition("credential", f"{one.uid} {left}", told | {"last": at(one.until)})


def _unanswered(facts: Facts, alerts: Alerts) -> Iterator[Condition]:
    """Return the systems that answer nobody; questions have a standing apart from that of deliveries."""
    rule = alerts.rules.unanswered
    for one in facts.silent:
        if one.count >= rule.count and facts.now - one.since >= rule.after * SECOND:
            told = {"system": one.system, **facts.told(one.cause), "count": one.count, "since": at(one.since)}
            yield Condition("unanswered", one.system, told)


def _disk(host: str, disk: Disk) -> Condition:
    told = {
        "host": host,
        "folder": disk.folder,
        "free": disk.free,
        "percent": round(100 * disk.free / disk.total, 1),
    }
    return Condition("disk", f"{host} {disk.folder}", told)


def _within(seconds: float) -> dict[str, float]:
    return {"within": seconds}


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / SECOND, VIETNAM)
