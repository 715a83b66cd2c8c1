"""The book of reports as the journal keeps it: every version of every report, and everything done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.lines import line_digest
from lgsp.journal.reports_tables import reports
from lgsp.journal.rows import insert, write_entries

DRAFT, RECEIVED, SIGNED = "draft", "received", "signed"
SENT, RETURNED, REPLACED = "sent", "returned", "replaced"
AT_REST, TO_TAKE_ON, UNDER_WAY, OVER = 0, 1, 2, 3
"""What is to be sent of a version: nothing, it is to be taken on still, it is on its way, that is over."""

_JSON = frozenset({"body", "findings", "acts", "delivery"})
_COLUMNS = tuple(column.name for column in reports.columns)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM reports"
_INSERT = insert(reports)
_UPDATE = f"UPDATE reports SET {', '.join(f'{name} = ?' for name in _COLUMNS[1:])} WHERE id = ?"


@dataclass(slots=True, frozen=True)
class Report:
    """One version of a report. Times are microseconds since 1970; None is not (yet) so.

    Attributes:
        id: its number here.
        code: of all its versions.
        regime, form: codes; empty where a system brought it without them.
        agency: normal form of the agency's code.
        period: label of the period, with its scheme.
        state: by `lgsp.domain.reports.regimes.STATES`.
        origin: `counted`, `typed` or `received`.
        channel: `system`, `document` or `other`: by which way it went.
        source: as from which system it goes, or from which it came.
        message: outer id of its message; empty before there is one.
        token: of the signature: signing again with it does nothing twice.
        sending: see `AT_REST`.
        edition: rises with each change.
        known_at: its figures are as they were known then; None is as known when it was drawn up.
        sent_at: when it went, by whichever way; `entered_at` when the system took what had gone otherwise.
        body: what `report.v1` says of it, but for what stands in columns here.
        findings: what is odd, each with code, place, vi, en and whether it keeps it from being signed.
        acts: who did what, oldest first.
        delivery: system, state and cause of its delivery; empty before there is one.
    """

    id: int
    code: str
    version: int
    regime: str
    form: str
    agency: str
    period: str
    state: str
    origin: str = "counted"
    channel: str = "system"
    source: str = ""
    message: str = ""
    token: str = ""
    sending: int = AT_REST
    edition: int = 1
    known_at: int | None = None
    signed_at: int | None = None
    sent_at: int | None = None
    entered_at: int | None = None
    created_at: int = 0
    changed_at: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    acts: Sequence[Mapping[str, Any]] = ()
    delivery: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Act:
    """What somebody did to a report: it stands beside it, and in the journal."""

    who: str
    what: str
    reason: str = ""

    def as_dict(self, at: int) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"at": at, "who": self.who, "what": self.what, "reason": self.reason}


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which reports are wanted; what is left out does not restrict.

    Attributes:
        states: by name; all of them if none is named.
        after: behind this number, in the order of the list: newest first.
    """

    states: Sequence[str] = ()
    regime: str = ""
    form: str = ""
    agency: str = ""
    period: str = ""
    code: str = ""
    after: int = 0
    limit: int = 100


def hold(tx: Transaction, code: str) -> None:
    """Lock a report with all its versions, before what is done to it is decided."""
    tx.lock([line_digest("report", code)])


def find(tx: Transaction, number: int) -> Report | None:
    """Return a version by its number."""
    return _one(tx.rows(f"{_SELECT} WHERE id = ?", (number,)))


def named(tx: Transaction, code: str, version: int) -> Report | None:
    """Return a version by its report's code."""
    return _one(tx.rows(f"{_SELECT} WHERE code = ? AND version = ?", (code, version)))


def versions(tx: Transaction, code: str) -> list[Report]:
    """Return all versions of a report, the first one first."""
    return [_report(row) for row in tx.rows(f"{_SELECT} WHERE code = ? ORDER BY version", (code,))]


def closed(tx: Transaction, form: str, agency: str, period: str) -> Report | None:
    """Return the newest version that was signed off of an agency's report of a period, or None."""
    rules = "agency = ? AND period = ? AND form = ? AND state <> ?"
    sql = f"{_SELECT} WHERE {rules} ORDER BY version DESC, id DESC LIMIT 1"
    return _one(tx.rows(sql, (agency, period, form, DRAFT)))


def listing(tx: Transaction, wanted: Wanted) -> list[Report]:
    """Return a page of reports, newest first."""
    rules, values = ["1 = 1"], list[Any]()
    for name in ("regime", "form", "agency", "period", "code"):
        if getattr(wanted, name):
            rules.append(f"{name} = ?")
            values.append(getattr(wanted, name))
    if wanted.states:
        rules.append(f"state IN ({', '.join('?' * len(wanted.states))})")
        values += wanted.states
    if wanted.after:
        rules.append("id < ?")
        values.append(wanted.after)
    sql = f"{_SELECT} WHERE {' AND '.join(rules)} ORDER BY id DESC LIMIT ?"
    return [_report(row) for row in tx.rows(sql, [*values, wanted.limit])]


def of_period(tx: Transaction, form: str, period: str) -> list[Report]:
    """Return the reports of a form and period, each by its newest version, in the order of their agencies."""
    sql = f"{_SELECT} WHERE period = ? AND form = ? ORDER BY agency, version"
    newest = {one.agency: one for one in map(_report, tx.rows(sql, (period, form)))}
    return list(newest.values())


def under_way(tx: Transaction, sending: int, limit: int = 500) -> list[Report]:
    """Return versions that are to be taken on still, or that are on their way, the oldest first."""
    sql = f"{_SELECT} WHERE sending IN (1, 2) AND sending = ? ORDER BY id LIMIT ?"
    return [_report(row) for row in tx.rows(sql, (sending, limit))]


def add(tx: Transaction, report: Report, act: Act) -> Report:
    """Enter a version, under the next number."""
    (number,) = tx.ids("reports", 1)
    made = replace(report, id=number, created_at=tx.now, changed_at=tx.now, acts=[act.as_dict(tx.now)])
    tx.run(_INSERT, [_row(made)])
    _note(tx, made, act)
    return made


def change(tx: Transaction, report: Report, act: Act | None, **said: Any) -> Report:
    """Change a version that was read under its lock; what was done is noted beside it."""
    acts = [*report.acts, act.as_dict(tx.now)] if act else report.acts
    made = replace(report, **said, acts=acts, edition=report.edition + 1, changed_at=tx.now)
    row = _row(made)
    tx.run(_UPDATE, [(*row[1:], made.id)])
    if act:
        _note(tx, made, act)
    return made


def _note(tx: Transaction, report: Report, act: Act) -> None:
    told = {"report": report.code, "version": report.version, "reason": act.reason}
    details = orjson.dumps(told).decode()
    write_entries(
        tx, [{"what": f"report {act.what}", "system": report.source, "who": act.who, "details": details}]
    )


def _one(found: Sequence[Any]) -> Report | None:
    return _report(found[0]) if found else None


def _report(row: Sequence[Any]) -> Report:
    told = dict(zip(_COLUMNS, row, strict=True))
    return Report(**{name: orjson.loads(v) if name in _JSON else v for name, v in told.items()})


def _row(report: Report) -> list[Any]:
    return [
        orjson.dumps(getattr(report, name)).decode() if name in _JSON else getattr(report, name)
        for name in _COLUMNS
    ]


assert {one.name for one in fields(Report)} == set(_COLUMNS)  # noqa: S101 - the table and the class are one
