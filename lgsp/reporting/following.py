"""Following what becomes of reports: those that systems bring, how deliveries stand, what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from lgsp.domain.codes import agency_code
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.judging import Subject, finding, judge
from lgsp.domain.reports.periods import read_label
from lgsp.domain.reports.regimes import STATES, may_follow
from lgsp.domain.reports.written import Of
from lgsp.enduring import enduring
from lgsp.errors import GatewayError
from lgsp.gateway import Gateway
from lgsp.journal import reports, reports_told
from lgsp.journal.contract import Transaction
from lgsp.journal.reports import (
    AT_REST,
    DRAFT,
    OVER,
    RECEIVED,
    REPLACED,
    RETURNED,
    SENT,
    SIGNED,
    TO_TAKE_ON,
    UNDER_WAY,
    Act,
    Report,
)
from lgsp.journal.reports_told import REPORT, Status, Told
from lgsp.journal.states import DEAD, State
from lgsp.journal.turns import Frame
from lgsp.leases import always
from lgsp.reporting.composing import Figures
from lgsp.reporting.definitions import load
from lgsp.reporting.drawing import looking_back
from lgsp.reporting.signing import GATEWAY, call_off, take_on

log = structlog.get_logger(__name__)
_IDLE, _PAUSE = 2.0, 10.0
"""Seconds between two looks, and after a failure."""
_MICROS = 1_000_000
_LEFT = 10 * _MICROS
"""Microseconds after which a signed report that nobody brought in was left behind by a process that ended."""
_KEPT = ("agency", "invariants", "figures", "reason", "extra")
_IN_THE_WAY = "in the way"
_SIGNED_THERE = frozenset({"signed", "sent", "arrived", "accepted"})
"""Said of a report by who brings it: somebody signed it there."""
_GONE = frozenset({State.DELIVERED, State.ADOPTED, State.SHADOWED})


class Following:
    """Keeps the book of reports up with what befalls, for all processes.

    Args:
        gateway: whose journal it is.
        held: tells, inside the transaction, whether this process is the one that does it.
        definitions: of what may be reported.
    """

    def __init__(
        self,
        gateway: Gateway,
        held: Callable[[Transaction], bool] = always,
        definitions: Callable[[], Definitions] = load,
    ) -> None:
        self._gateway = gateway
        self._held = held
        self._definitions = definitions

    async def run(self) -> None:
        """Follow until cancelled."""
        await enduring(self._round, "following reports", log, _PAUSE)

    async def _round(self) -> float:
        """Look once; return after how many seconds to look again."""
        return _IDLE if await self.look() else 0.0

    async def look(self) -> bool:
        """Do what is to be done now; return True when nothing is left, or another process does it."""
        gateway, definitions = self._gateway, self._definitions()
        names = [name for name, to in gateway.counterparts.items() if _tells(to.adapter.brings)]
        here, told, behind = found = await gateway.journal.read(lambda tx: reports_told.look(tx, names))
        moves = await gateway.journal.read(moving)
        if told or moves or here != behind:  # an idle look writes nothing
            wrote = await gateway.journal.write(lambda tx: self._held(tx) and enter(tx, definitions, found))
            if not wrote:
                return True
            gateway.broker.publish(await gateway.journal.write(move_on))
        await self._take_on()
        return not told

    async def _take_on(self) -> None:
        """Bring in what was signed by a process that ended before it could."""
        waiting = await self._gateway.journal.read(_left)
        for report in waiting:
            try:
                await take_on(self._gateway, report)
            except GatewayError as fault:
                log.warning("a signed report was not taken on", report=report.code, fault=str(fault))


def _tells(brings: frozenset[str]) -> bool:
    return REPORT in brings or reports_told.STATUS in brings


def _left(tx: Transaction) -> list[Report]:
    waiting = reports.under_way(tx, TO_TAKE_ON)
    return [one for one in waiting if tx.now - (one.signed_at or 0) >= _LEFT]


def enter(
    tx: Transaction,
    definitions: Definitions,
    found: tuple[reports_told.Place, list[Told], reports_told.Place],
) -> bool:
    """Enter what was told since the last look; what another process entered meanwhile is entered once."""
    before, told, behind = found
    if reports_told.place(tx, hold=True) != before:
        return True
    for one in told:
        if one.data is not None:
            _report(tx, definitions, one) if one.type == REPORT else _status(tx, one)
    reports_told.remember(tx, behind)
    return True


# --- reports that systems bring ----------------------------------------------------------------------------


def _report(tx: Transaction, definitions: Definitions, told: Told) -> None:
    data = told.data or {}
    reports.hold(tx, data["code"])
    there = reports.named(tx, data["code"], data["version"])
    if there is None:
        _received(tx, definitions, told, data)
    elif there.message == told.uid:
        return
    elif there.sending == TO_TAKE_ON and there.source == told.source:
        reports.change(tx, there, None, message=told.uid, sending=UNDER_WAY)
    elif there.state == DRAFT:
        _make_room(tx, there, told)
        _received(tx, definitions, told, data)
    else:
        _told_twice(tx, there, told.source)


def _received(tx: Transaction, definitions: Definitions, told: Told, data: Mapping[str, Any]) -> None:
    report = received(definitions, told, data, _back(tx, data))
    for older in reports.versions(tx, report.code):
        if older.version < report.version and may_follow(older.state, REPLACED):
            act = Act(told.source, "replaced", f"version {report.version}")
            reports.change(tx, older, act, state=REPLACED)
        elif older.version > report.version and older.state != DRAFT:
            report = replace(report, state=REPLACED)
    made = reports.add(tx, report, Act(told.source, "received", str(data.get("reason") or "")))
    for status in reports_told.statuses(tx, made.code, made.version):
        made = _apply(tx, made, status)


def _back(tx: Transaction, data: Mapping[str, Any]) -> tuple[Figures | None, Figures | None]:
    """Return the figures of earlier periods, as they were reported last; None where nobody reported any."""
    try:
        period = read_label(f"{data['period']['scheme']}:{data['period']['code']}")
    except ValueError:
        return None, None
    return looking_back(tx, data.get("form") or "", _agency(data), period)


def received(
    definitions: Definitions, told: Told, data: Mapping[str, Any], back: tuple[Figures | None, Figures | None]
) -> Report:
    """Return a report as a system brought it, with what is odd about it; nothing of it is mended.

    `back` are the figures of the period whose remainder it carries over, and of the one it is compared with.
    """
    agency, label = _agency(data), f"{data['period']['scheme']}:{data['period']['code']}"
    form = data.get("form") or ""
    owner = definitions.regime_of(form)
    regime = str(data.get("regime") or (owner.code if owner else ""))
    known_at = _micros(data.get("known_at"))
    of = Of(agency, label, datetime.fromtimestamp((known_at or told.at) / _MICROS, UTC))
    subject = Subject(form, of, data["figures"], data.get("invariants") or "", back[0], back[1] or ())
    body = {
        name: data[name] for name in ("agency", "invariants", "figures", "reason", "extra") if name in data
    }
    signed = data.get("status") in _SIGNED_THERE
    return Report(
        0, data["code"], data["version"], regime, form, agency, _label(label),
        SIGNED if signed else RECEIVED, origin="received",
        channel=data.get("channel") or "system", source=told.source, message=told.uid, sending=UNDER_WAY,
        known_at=known_at, signed_at=(_micros(data.get("signed_at")) or told.at) if signed else None,
        body={"agency": {"code": agency}, **body}, findings=judge(definitions, subject),
    )  # fmt: skip


def _make_room(tx: Transaction, draft: Report, told: Told) -> None:
    """Number a draft anew: while it was drawn up, its version came from somewhere else."""
    odd = finding("received-meanwhile", f"{draft.agency}/{draft.period}", other=told.source)
    body = {**draft.body, "notes": [*draft.body.get("notes", ()), odd]}
    body["reason"] = body.get("reason") or odd["vi"]
    act = Act(GATEWAY, "numbered anew", f"version {draft.version} came from {told.source}")
    said = {"version": draft.version + 1, "body": body, "findings": [*draft.findings, odd]}
    reports.change(tx, draft, act, **said)


def _told_twice(tx: Transaction, there: Report, other: str) -> None:
    odd = finding("told-twice", f"{there.agency}/{there.period}", other=other)
    if odd not in there.findings:
        reports.change(tx, there, Act(other, "told twice"), findings=[*there.findings, odd])


def _agency(data: Mapping[str, Any]) -> str:
    written = str((data.get("agency") or {}).get("code") or "")
    return agency_code(written) or written


def _label(label: str) -> str:
    """Return a period's label as the schemes write it, or as it came where they have none such."""
    try:
        return read_label(label).label
    except ValueError:
        return label


# --- what far sides answer ---------------------------------------------------------------------------------


def _status(tx: Transaction, told: Told) -> None:
    data = told.data or {}
    status = Status(
        told.id, data["code"], data["version"], told.source, data["state"], data.get("reason") or "",
        _micros(data.get("at")), told.at,
    )  # fmt: skip
    reports.hold(tx, status.code)
    if reports_told.keep(tx, status):
        there = reports.named(tx, status.code, status.version)
        if there is not None:
            _apply(tx, there, status)


def _apply(tx: Transaction, report: Report, status: Status) -> Report:
    """Move a report to where a far side says that it is; what comes too late is noted and moves nothing."""
    act = Act(status.system, status.state, status.reason)
    if report.state == DRAFT or not leads(report.state, status.state):
        return reports.change(tx, report, replace(act, what=f"told {status.state}"))
    sent = {"sent_at": status.at or tx.now} if report.sent_at is None else {}
    return reports.change(tx, report, act, state=status.state, **sent)


def leads(before: str, after: str) -> bool:
    """Tell whether a report may come from one state to another, also past states that nobody told of."""
    if before not in STATES or after not in STATES or before == RETURNED:
        return False
    ahead = STATES[before].next - {DRAFT, REPLACED}
    return after in ahead or any(leads(one, after) for one in ahead)


# --- how deliveries stand ----------------------------------------------------------------------------------


def moving(tx: Transaction) -> list[tuple[Report, dict[str, Any]]]:
    """Return the reports that their deliveries moved on, each with what changes."""
    found = []
    for report in reports.under_way(tx, UNDER_WAY):
        ways = reports_told.ways(tx, report.message) if report.message else []
        said = _standing(report, ways) if ways else _nowhere(report)
        if said:
            found.append((report, said))
    return found


def move_on(tx: Transaction) -> list[Frame]:
    """Take reports on their way to where their deliveries are; return what the broker must carry.

    A version that died after a newer one had taken its place is called off: it would hold that up for ever.
    """
    frames: list[Frame] = []
    for report, said in moving(tx):
        reports.hold(tx, report.code)
        now = reports.find(tx, report.id)
        if now is not None and now.edition == report.edition:
            if said.pop(_IN_THE_WAY, False):
                frames += call_off(tx, now, GATEWAY, DEAD)
            reports.change(tx, now, said.pop("act", None), **said)
    return frames


def _nowhere(report: Report) -> dict[str, Any]:
    """Return what changes for a report that no system takes; what nobody signed is not missed anywhere."""
    if report.state == RECEIVED:
        return {"sending": AT_REST}
    delivery = {"system": "", "state": "unrouted", "cause": ""}
    if report.delivery == delivery:
        return {}
    return {"delivery": delivery, "findings": [*report.findings, finding("unsent", report.code)]}


def _standing(report: Report, ways: list[reports_told.Way]) -> dict[str, Any]:
    """Return what changes for a report by its deliveries; the one that went counts most, then the newest."""
    way = next((one for one in ways if one.state in _GONE), ways[-1])
    delivery = {"system": way.system, "state": way.state.word, "cause": way.cause}
    said: dict[str, Any] = {} if report.delivery == delivery else {"delivery": delivery}
    if way.state in _GONE:
        return said | _went(report, way)
    if way.state is State.REFUSED and may_follow(report.state, RETURNED):
        return said | {"act": Act(way.system, RETURNED, way.cause), "state": RETURNED}
    if way.state in DEAD and report.state == REPLACED:
        return said | {_IN_THE_WAY: True}
    return said


def _went(report: Report, way: reports_told.Way) -> dict[str, Any]:
    said: dict[str, Any] = {"sending": OVER}
    # what was refused and then replayed went after all; what its receiver returned stays returned
    refused = report.delivery.get("state") == State.REFUSED.word
    if report.state in {RECEIVED, SIGNED} or (report.state == RETURNED and refused):
        said |= {"act": Act(way.system, SENT), "state": SENT}
    elif report.channel != "system" and report.entered_at is None:
        said |= {"act": Act(way.system, "entered"), "entered_at": way.changed_at}
    if report.channel == "system":
        said["sent_at"] = way.changed_at
    return said


def _micros(text: Any) -> int | None:
    return int(datetime.fromisoformat(text).timestamp() * _MICROS) if text else None
