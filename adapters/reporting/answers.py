"""Answering reporting systems: MResult for the message of one-stop systems, and each report's own result.

Known clients of MResult judge by `Status`: 1 is done there, anything else is an error that is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lgsp.adapter import Accepted, Found, Report, Waiting
from lgsp.domain.causes import explain
from lgsp.domain.reports.regimes import STATES
from lgsp.errors import Conflict, Problem, Rejected
from lgsp.message import Message

Answer = dict[str, Any]
DONE, FAILED = 1, 0
_FAULTS = 20


def result(outcomes: Sequence[Accepted | Rejected]) -> Answer:
    """Return MResult for what one request brought: done only when all of it is ours."""
    rejected = [outcome for outcome in outcomes if isinstance(outcome, Rejected)]
    if rejected:
        return {"Status": FAILED, "Message": " ".join(_faults(one) for one in rejected)[:2000]}
    known = all(outcome.known for outcome in outcomes if isinstance(outcome, Accepted))
    return {"Status": DONE, "Message": "Số liệu này đã được nhận trước đó" if known else "Đã nhận số liệu"}


def turned_away(reason: Rejected) -> Answer:
    """Return MResult for a request of which nothing was taken."""
    return result([reason])


def results(outcomes: Sequence[Accepted | Rejected], drafts: Sequence[Message | Rejected]) -> Answer:
    """Return the answer to reports, in their order: each with its version, or with every fault."""
    return {"results": [_result(one, of) for one, of in zip(outcomes, drafts, strict=True)]}


def status_of(outcomes: Sequence[Accepted | Rejected]) -> int:
    """Return the HTTP status of an answer to reports."""
    if any(isinstance(outcome, Conflict) for outcome in outcomes):
        return 409
    if any(isinstance(outcome, Rejected) for outcome in outcomes):
        return 422
    return 200 if all(isinstance(one, Accepted) and one.known for one in outcomes) else 202


def not_admitted() -> Rejected:
    """Return the reason for turning away a caller without a valid token."""
    return Rejected([Problem("", "not-admitted")])


def waiting(one: Waiting, data: dict[str, Any]) -> Answer:
    """Return what a receiver says of a report, as it waits to be picked up."""
    state = STATES.get(str(data.get("state")))
    return {
        "id": str(one.id),
        "code": data.get("code"),
        "version": data.get("version"),
        "state": data.get("state"),
        "state_vi": state.vi if state else "",
        "reason": data.get("reason", ""),
        "receipt": data.get("receipt", ""),
        "at": data.get("at"),
        "from": one.source,
    }


def found(one: Found, reports: Sequence[Report]) -> Answer:
    """Return what we have of a report, and what became of it at each system."""
    return {
        "code": one.subject,
        "version": one.data.get("version"),
        "reason": one.data.get("reason", ""),
        "figures": len(one.data.get("figures", ())),
        "message": str(one.message),
        "delivered": [reported(report) for report in reports],
    }


def reported(report: Report) -> Answer:
    """Return what became of a report at one system."""
    why = explain(report.why or report.cause) if report.cause else None
    return {
        "cursor": report.cursor,
        "message": str(report.message),
        "code": report.subject,
        "system": report.system,
        "state": report.state,
        "at": report.at.isoformat(),
        "cause": report.cause,
        "cause_vi": why.text if why else "",
        "mend_vi": why.mend if why else "",
        "said": report.said,
    }


def faults(reason: Rejected) -> list[Answer]:
    """Return every fault of a report: its place (a field or a cell), and what is wrong in both languages."""
    return [_fault(problem) for problem in reason.problems]


def _result(outcome: Accepted | Rejected, of: Message | Rejected) -> Answer:
    if isinstance(outcome, Rejected):
        return {"status": "rejected", "code": outcome.subject, "faults": faults(outcome)}
    version = of.data["version"] if isinstance(of, Message) else None
    return {
        "status": "known" if outcome.known else "accepted",
        "code": of.subject,
        "version": version,
        "message": str(outcome.id),
        "findings": [_finding(finding.place, finding.code, finding.read) for finding in outcome.findings],
    }


def _finding(place: str, code: str, read: str) -> Answer:
    problem = Problem(place, code, read)
    return {"place": place, "code": code, "read": read, **_texts(problem)}


def _fault(problem: Problem) -> Answer:
    mends = {"mend_vi": explain(problem).mend, "mend_en": explain(problem, "en").mend}
    return {
        "place": problem.place,
        "code": problem.code,
        "detail": problem.detail,
        **_texts(problem),
        **mends,
    }


def _texts(problem: Problem) -> dict[str, str]:
    return {"vi": explain(problem).text, "en": explain(problem, "en").text}


def _faults(reason: Rejected) -> str:
    said = [explain(problem).text for problem in reason.problems[:_FAULTS]]
    mends = dict.fromkeys(explain(problem).mend for problem in reason.problems[:_FAULTS])
    return f"Không tiếp nhận. {'; '.join(said)}. {' '.join(mends)}"
