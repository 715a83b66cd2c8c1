"""The systems that answer: how they stand, what they were asked lately, what is left of their quotas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from lgsp.allowances import Taken
from lgsp.console.asks_words import GROUPS
from lgsp.console.room import Room
from lgsp.enquiring import subject_of
from lgsp.enquiry import Ending
from lgsp.journal import quotas
from lgsp.journal.asks_lately import MOST, SLOW, Count, Lately, lately
from lgsp.journal.contract import Transaction
from lgsp.lookups.walking import Answering

LOOKED_BACK = 24 * 3600 * 1_000_000
"""Microseconds that are counted."""
_MICROS = 1_000_000
_TOLD = frozenset({Ending.ANSWERED, Ending.ABSENT})
_AWAY = frozenset({Ending.TURNED_AWAY})
_BUSIEST = 20


async def overseen(room: Room) -> dict[str, Any]:
    """Return each answering system in a few figures, and who asks what."""
    answering = dict(room.desk.enquiries.answering())

    def look(tx: Transaction) -> tuple[Lately, dict[str, int], int]:
        used = quotas.of_today(tx, [subject_of(name) for name in answering], Taken.ASKS)
        return lately(tx, tx.now - LOOKED_BACK), used, tx.now

    found, used, now = await room.gateway.journal.read(look)
    names = [*answering, *sorted({one.system for one in found.counts} - answering.keys())]
    return {
        "systems": [
            _standing(name, answering.get(name), used.get(subject_of(name), 0))
            | _counted([one for one in found.counts if one.system == name])
            for name in names
        ],
        "askers": _askers(found.counts),
        "since": found.since if found.cut else None,
        "slow": SLOW / _MICROS,
        "most": MOST,
        "at": now,
    }


def _standing(name: str, to: Answering | None, used: int) -> dict[str, Any]:
    if to is None:
        return {
            "name": name,
            "standing": "unrouted",
            "cause": "",
            "after": None,
            "limits": None,
            "left": None,
        }
    care, ask = to.care, to.care.ask
    suspended = not care.health.running
    return {
        "name": name,
        "standing": "suspended" if suspended else "running",
        "cause": care.health.cause if suspended else "",
        "after": care.retry_after() if suspended else None,
        "limits": {
            "inside": care.turnstile.inside,
            "places": care.turnstile.places,
            "waiting": care.turnstile.waiting,
            "queue": care.turnstile.queue,
            "workers": care.health.workers,
            "rate": ask.rate,
            "per_day": ask.per_day,
            "timeout": ask.timeout,
        },
        "left": None if ask.per_day is None else max(0, ask.per_day - used),
    }


def _counted(counts: Sequence[Count]) -> dict[str, Any]:
    """Return what became of questions: how many, and how long those took that were asked and answered."""
    told = [one for one in counts if one.ending in _TOLD]
    fresh = sum(one.count - one.remembered for one in told)
    return {
        "asked": sum(one.count for one in counts),
        "told": sum(one.count for one in told),
        "absent": _sum(counts, {Ending.ABSENT}),
        "refused": _sum(counts, GROUPS["turned-down"][1]),
        "failed": _sum(counts, GROUPS["broken"][1]),
        "away": _sum(counts, _AWAY),
        "slow": sum(one.slow for one in counts),
        "remembered": sum(one.remembered for one in counts),
        "mean": sum(one.took for one in told) / fresh / _MICROS if fresh else None,
        "longest": max((one.longest for one in counts), default=0) / _MICROS or None,
    }


def _sum(counts: Iterable[Count], endings: Collection[Ending]) -> int:
    return sum(one.count for one in counts if one.ending in endings)


def _askers(counts: Sequence[Count]) -> list[dict[str, Any]]:
    """Return who asks what of whom, the most frequent first."""
    pairs = {(one.source, one.type, one.system) for one in counts}
    rows = [
        {"source": source, "type": type_, "system": system}
        | _counted([one for one in counts if (one.source, one.type, one.system) == (source, type_, system)])
        for source, type_, system in sorted(pairs)
    ]
    return sorted(rows, key=lambda row: -row["asked"])[:_BUSIEST]
