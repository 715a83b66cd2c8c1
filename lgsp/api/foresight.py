"""What would become of a sample, as JSON says it: for `POST /v1/routes/try` and `lgsp send --dry-run`."""

from __future__ import annotations

from typing import Any

from lgsp.api.problems import problems
from lgsp.domain.causes import explain
from lgsp.errors import Problem
from lgsp.foreseeing import Foreseen, Goal, Way
from lgsp.message import Finding, Message

SHOWN = 64 * 1024
"""Bytes of what would be said to a system that are shown."""


def told_of(one: Foreseen) -> dict[str, Any]:
    """Return what would become of one item: `taken`, the canonical form, problems, and where it goes.

    `goes` is a list of systems, or, for what has receivers, each system with its receivers there.
    """
    told = _canonical(one.message) if one.message is not None else {}
    if one.problems:
        return {"taken": False, **told, "problems": problems(one.problems)}
    goes = {goal.system: list(goal.recipients) for goal in one.goals}
    receivers = bool(one.message and one.message.recipients)
    return {
        "taken": True,
        **told,
        "goes": goes if receivers else list(goes),
        "ways": [_way(way) for way in one.ways],
        "sent": [_goal(goal) for goal in one.goals],
    }


def _canonical(message: Message) -> dict[str, Any]:
    return {
        "type": message.type,
        "subject": message.subject,
        "partitionkey": message.partitionkey,
        "agency": message.agency,
        "data": message.data,
        "findings": [_finding(one) for one in message.findings],
    }


def _finding(finding: Finding) -> dict[str, str]:
    problem = Problem(finding.place, finding.code)
    return finding.as_dict() | {lang: explain(problem, lang).text for lang in ("vi", "en")}


def _way(way: Way) -> dict[str, Any]:
    line = int(way.place.rpartition(":")[2])
    return {"route": way.route.name, "line": line, "differs": list(way.differs), "served": dict(way.served)}


def _goal(goal: Goal) -> dict[str, Any]:
    told: dict[str, Any] = {
        "system": goal.system,
        "recipients": list(goal.recipients),
        "collects": goal.collects,
    } | ({"shadow": True} if goal.shadow else {})
    if goal.drawn is not None:
        text = goal.drawn.read()
        told |= {"content_type": goal.drawn.content_type, "text": text[:SHOWN].decode("utf-8", "replace")}
    if goal.refused is not None:
        told["refused"] = {
            "cause": goal.refused.cause,
            **{lang: explain(goal.refused.cause, lang).text for lang in ("vi", "en")},
        }
    return told
