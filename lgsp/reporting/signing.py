"""Signing off: a person's word, a message to the gateway, and never two of either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from lgsp.adapter import Accepted
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.judging import blocking
from lgsp.domain.reports.periods import read_label
from lgsp.domain.reports.regimes import may_follow
from lgsp.errors import Rejected
from lgsp.gateway import Gateway
from lgsp.journal import acting, reports, reports_told
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reports import AT_REST, DRAFT, REPLACED, SIGNED, TO_TAKE_ON, UNDER_WAY, Act, Report
from lgsp.journal.states import DEAD, OPEN, State
from lgsp.journal.turns import Frame
from lgsp.message import VIETNAM, Finding, Raw
from lgsp.reporting.asking import ContradictoryError, Signature, UnusableError
from lgsp.reporting.composing import composed, parts_of
from lgsp.reporting.drawing import held

_MICROS = 1_000_000
GATEWAY = "gateway"
"""Who does what follows by itself."""


@dataclass(slots=True, frozen=True)
class Signed:
    """A version that was signed, and what the broker must carry because of it."""

    report: Report
    frames: list[Frame]


def sign(tx: Transaction, definitions: Definitions, number: int, by: Signature) -> Signed:
    """Sign a draft off; what it says is fixed from now on, and versions before it are replaced.

    Raises:
        NoReportError: there is no such report.
        WrongStateError: it is no draft, or not its newest version.
        ContradictoryError: it contradicts itself, and nobody said why it stands.
    """
    report = held(tx, number)
    if report.token == by.token and report.state != DRAFT:
        return Signed(report, [])
    if report.state != DRAFT:
        raise WrongStateError(f"report {number}: it is {report.state} already")
    report = composed(definitions, report, parts_of(report), tx.now)
    against = blocking(report.findings)
    if against and not by.agreed.strip():
        raise ContradictoryError(against)
    frames = _replace_older(tx, report, by.who)
    agreed = {"reason": by.agreed.strip(), "who": by.who, "findings": [_short(one) for one in against]}
    body = {**report.body, **({"agreed": agreed} if against else {})}
    made = reports.change(
        tx, report, Act(by.who, "signed", by.agreed.strip() if against else ""),
        state=SIGNED, token=by.token, signed_at=tx.now, body=body, findings=report.findings,
        known_at=report.known_at or tx.now, sending=TO_TAKE_ON if by.send else AT_REST,
    )  # fmt: skip
    return Signed(made, frames)


def _short(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("code", "place", "vi", "en")}


def _replace_older(tx: Transaction, report: Report, who: str) -> list[Frame]:
    """Mark versions before one as replaced. What of them died is called off: it would hold up the new one.

    What is on its way still goes, before it: the far side sees the versions in their order.
    """
    frames: list[Frame] = []
    for older in reports.versions(tx, report.code):
        if older.version < report.version:
            frames += call_off(tx, older, who, DEAD)
            if may_follow(older.state, REPLACED):
                act = Act(who, "replaced", f"version {report.version}")
                reports.change(tx, older, act, state=REPLACED)
    return frames


def call_off(
    tx: Transaction, report: Report, who: str, states: frozenset[State] = OPEN | DEAD
) -> list[Frame]:
    """Call off the deliveries of a version that stand in some states: a newer one takes their place.

    Raises:
        WrongStateError: one is being sent this moment.
    """
    frames: list[Frame] = []
    for way in reports_told.ways(tx, report.message) if report.message else ():
        if way.state in states and way.state is State.SENDING:
            raise WrongStateError(f"report {report.id}: it is being sent this moment; try again")
        if way.state in states:
            frames += acting.cancel(tx, way.id, who, "a newer version of the report")
    return frames


def message_of(report: Report) -> dict[str, Any]:
    """Return a signed version as `report.v1` has it; the same version gives the same bytes."""
    period, body = read_label(report.period), report.body
    said = {
        "code": report.code,
        "version": report.version,
        "reason": body.get("reason"),
        "regime": report.regime,
        "form": report.form,
        "agency": body["agency"],
        "period": {
            "scheme": period.scheme.label,
            "kind": period.kind.value,
            "code": period.code,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "known_at": _moment(report.known_at),
        "invariants": body.get("invariants"),
        "status": SIGNED,
        "signed_at": _moment(report.signed_at),
        "figures": body["figures"],
        "extra": {"agreed": body["agreed"]} if "agreed" in body else None,
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


async def take_on(gateway: Gateway, report: Report) -> Report:
    """Bring a signed version into the gateway as from its system; however often, it is taken on once.

    Raises:
        UnusableError: there is no such system, or it brings no reports.
        Rejected: the gateway turned it away; it is a draft again.
    """
    to = gateway.counterparts.get(report.source)
    if to is None or reports_told.REPORT not in to.adapter.brings:
        await gateway.journal.write(lambda tx: _back(tx, report, f"no system {report.source!r}"))
        raise UnusableError(
            f"system: {report.source!r} brings no reports; add it, or name another one in the regime"
        )
    data = message_of(report)
    message = gateway.types.message(reports_told.REPORT, data)
    message.findings += [
        Finding("contradiction-agreed", one["place"][:200], one["code"])
        for one in report.body.get("agreed", {}).get("findings", ())
    ]
    raw = Raw.of(orjson.dumps(data, option=orjson.OPT_SORT_KEYS))
    (result,) = await gateway.accept(report.source, raw, [message])
    if isinstance(result, Rejected):
        said = "; ".join(f"{one.place}: {one.code}" for one in result.problems)
        await gateway.journal.write(lambda tx: _back(tx, report, said))
        raise result
    return await gateway.journal.write(lambda tx: _taken(tx, report, result))


def _taken(tx: Transaction, report: Report, receipt: Accepted) -> Report:
    now = held(tx, report.id)
    if now.sending != TO_TAKE_ON:
        return now
    return reports.change(tx, now, None, message=str(receipt.id), sending=UNDER_WAY)


def _back(tx: Transaction, report: Report, why: str) -> Report:
    """Make a version a draft again that the gateway did not take."""
    now = held(tx, report.id)
    if now.sending != TO_TAKE_ON:
        return now
    act = Act(GATEWAY, "not taken on", why[:500])
    return reports.change(tx, now, act, state=DRAFT, token="", signed_at=None, sending=AT_REST)


def _moment(micros: int | None) -> str | None:
    return None if micros is None else datetime.fromtimestamp(micros / _MICROS, VIETNAM).isoformat()
