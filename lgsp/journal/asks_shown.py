"""Questions as people look for them: who asked what about whom, how often, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson

from lgsp.enquiry import Ending
from lgsp.journal import citizens
from lgsp.journal.contract import Transaction

_SHOWN = (
    "id", "uid", "at", "source", "system", "type", "who", "dossier", "purpose", "basis", "outcome", "cause",
    "took", "age", "findings",
)  # fmt: skip
_ALL = f"SELECT {', '.join('a.' + name for name in _SHOWN)} FROM asks a"
_BY = {
    "source": "a.source = ?",
    "system": "a.system = ?",
    "dossier": "a.dossier = ?",
    "type": "a.type = ?",
    "purpose": "a.purpose = ?",
    "who": "a.who = ?",
    "since": "a.at >= ?",
    "until": "a.at < ?",
    "before": "a.id < ?",
    "after": "a.id >= ?",
    "slow": "a.took >= ?",
}
_ABOUT = "EXISTS (SELECT 1 FROM asks_about b WHERE b.digest IN ({}) AND b.ask_id = a.id)"
_ANSWER = "SELECT key_id, answer FROM asks WHERE uid = ?"
_COUNTED = (
    "SELECT system, outcome, count(*), avg(took) FROM asks WHERE at >= ? AND at < ? GROUP BY system, outcome"
    " ORDER BY system, outcome"
)
_DAY, _EAST = 86_400_000_000, 7 * 3_600_000_000
_FIRST_DAY = date(1970, 1, 1)
_BY_DAY = (
    f"SELECT (at + {_EAST}) / {_DAY} AS day, system, outcome, count(*), count(age), avg(took), max(took)"
    " FROM asks WHERE at >= ? AND at < ? GROUP BY day, system, outcome ORDER BY day DESC, system, outcome"
)


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which questions are looked for; what is empty does not restrict.

    Attributes:
        endings: any of these; none: all.
        about: a number that names somebody or something, in its normal form.
        since: microseconds since 1970, as is `until`, which is not among them.
        before: the number of a question: older ones.
        after: the number of a question: that one, and newer ones.
        slow: microseconds that the answer took at least.
    """

    source: str = ""
    system: str = ""
    dossier: str = ""
    type: str = ""
    purpose: str = ""
    who: str = ""
    ending: Ending | None = None
    endings: Collection[Ending] = ()
    about: str = ""
    since: int = 0
    until: int = 0
    before: int = 0
    after: int = 0
    slow: int = 0
    limit: int = 100


def found(tx: Transaction, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the questions that are looked for, the newest first."""
    asked = [(rule, getattr(wanted, name)) for name, rule in _BY.items() if getattr(wanted, name)]
    if wanted.ending is not None:
        asked.append(("a.outcome = ?", int(wanted.ending)))
    rules, values = [rule for rule, _ in asked], [value for _, value in asked]
    if wanted.endings:
        rules.append(f"a.outcome IN ({', '.join('?' * len(wanted.endings))})")
        values += map(int, wanted.endings)
    if wanted.about:
        digests = citizens.digests(tx, [wanted.about])
        if not digests:
            return []
        rules.append(_ABOUT.format(", ".join("?" * len(digests))))
        values += digests
    where = f" WHERE {' AND '.join(rules)}" if rules else ""
    rows = tx.rows(f"{_ALL}{where} ORDER BY a.id DESC LIMIT ?", (*values, wanted.limit))
    return [_told(row) for row in rows]


def answer(tx: Transaction, uid: UUID) -> dict[str, Any] | None:
    """Return what is kept of the answer to a question; None where nothing is."""
    rows = tx.rows(_ANSWER, (uid.bytes,))
    if not rows or rows[0][1] is None:
        return None
    return dict(orjson.loads(tx.keys.open(rows[0][0], bytes(rows[0][1]), "the answer to a question")))


def counted(tx: Transaction, since: int, until: int) -> list[dict[str, Any]]:
    """Return how often each system was asked between two times, by ending, and the mean time (µs)."""
    return [
        {"system": system, "ending": Ending(outcome).word, "count": count, "took": int(took or 0)}
        for system, outcome, count, took in tx.rows(_COUNTED, (since, until))
    ]


def by_day(tx: Transaction, since: int, until: int) -> list[dict[str, Any]]:
    """Return the same for each day of Viet Nam, the newest first; `slowest` is the longest time (µs)."""
    rows = tx.rows(_BY_DAY, (since, until))
    return [
        {
            "day": _FIRST_DAY + timedelta(days=int(day)), "system": system, "ending": Ending(outcome).word,
            "count": count, "remembered": remembered, "took": int(took or 0), "slowest": slowest or 0,
        }
        for day, system, outcome, count, remembered, took, slowest in rows
    ]  # fmt: skip


def _told(row: Any) -> dict[str, Any]:
    told = dict(zip(_SHOWN, row, strict=True))
    told["number"] = told.pop("id")
    told["ask"] = str(UUID(bytes=bytes(told.pop("uid"))))
    told["ending"] = Ending(told.pop("outcome")).word
    told["findings"] = orjson.loads(told["findings"]) if told["findings"] else []
    return told
