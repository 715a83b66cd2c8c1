"""Shaping a message's walk for its page: a timeline, and for each delivery why it is where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from lgsp.api.outlook import explained
from lgsp.console.message_words import step
from lgsp.domain.ahead import ahead
from lgsp.domain.causes import explain
from lgsp.errors import Problem
from lgsp.gateway import Gateway
from lgsp.route_checks import CAUSES

_DEAD = ("refused", "exhausted", "expired")
_STUCK = ("held", "put off", *_DEAD)
_ACTS: Mapping[str, Sequence[str]] = {
    "put off": ("retry", "hold", "cancel"),
    "ready": ("hold", "cancel"),
    "offered": ("hold", "cancel"),
    "waiting": ("cancel",),
    "parked": ("cancel",),
    "sending": ("call-off",),
    "held": ("release", "cancel"),
    **dict.fromkeys(_DEAD, ("replay", "cancel")),
}
"""What may be done to a delivery, by its state; what the journal allows is the journal's to say."""
_OVER = ("delivered", "cancelled", "superseded", "replaced", "shadowed", "adopted")
_CHECKED = frozenset(CAUSES.values())
_QUIET = frozenset({"gateway"})
_GAP = 60.0


def view(found: dict[str, Any], gateway: Gateway, language: str) -> dict[str, Any]:
    """Return a walk (`lgsp.journal.walking.told`) with all that its page shows beside it.

    Adds to each delivery `explanation`, `ahead`, `acts`, `over` and `attempts`; `timeline`, `notes` (findings
    with their explanations), `files` (signatures), `live` and `stuck`.
    """
    walk = explained(found, gateway.names)
    for delivery in walk["deliveries"]:
        to = gateway.counterparts.get(delivery["system"])
        overtaken = bool(delivery["superseded_by"])
        delivery["standing"] = to.health.standing.value if to else "running"
        delivery["ahead"] = ahead(delivery["state"], delivery["standing"], overtaken=overtaken)
        delivery["over"] = delivery["state"] in _OVER or overtaken
        delivery["acts"] = acts(delivery)
        delivery["why"] = _said(delivery, language)
    walk["timeline"] = timeline(walk, language)
    walk["notes"] = [_note(finding, language) for finding in walk["findings"]]
    walk["live"] = walk["unrouted"] or any(not one["over"] for one in walk["deliveries"])
    walk["stuck"] = editable(walk["deliveries"])
    return walk


def acts(delivery: Mapping[str, Any]) -> list[str]:
    """Return what an operator may do to a delivery now."""
    if delivery["superseded_by"]:
        return []
    allowed = list(_ACTS.get(delivery["state"], ()))
    if delivery["state"] == "held" and delivery["uncertain"]:
        allowed[0] = "resolve"
    if delivery["state"] == "held" and delivery.get("cause") in _CHECKED:
        allowed[:1] = [allowed[0] if delivery["uncertain"] else "waive", "recheck"]
    return allowed


def editable(deliveries: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a corrected body may take the place of what is stuck of a message."""
    return any(one["state"] in _STUCK and not one["superseded_by"] for one in deliveries) and all(
        one["state"] != "sending" for one in deliveries
    )


def _said(told: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    found = told.get("explanation")
    return found["en" if language == "en" else "vi"] if found else None


def _note(finding: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return a finding with what it means."""
    said = explain(Problem(finding["place"], finding["code"], finding["read"]), language)
    return {**finding, **said.as_dict(), "read": "" if finding["read"] in said.text else finding["read"]}


# --- the timeline ---------------------------------------------------------------------------------------


def timeline(walk: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Return the steps of a message in order, each attempt with how long it took."""
    tries = {(one["delivery"], one["attempt"]): one for one in walk["attempts"]}
    steps = [_step(entry, tries, language) for entry in walk["entries"]]
    for before, one in pairwise(steps):
        gap = (one["at"] - before["at"]) / 1_000_000
        one["gap"] = gap if gap >= _GAP else None
    return steps


def _step(
    entry: Mapping[str, Any], tries: Mapping[tuple[int, int], Mapping[str, Any]], language: str
) -> dict[str, Any]:
    details = entry["details"] if isinstance(entry["details"], dict) else {}
    attempt = tries.get((entry["delivery"], entry["attempt"])) if _by_worker(entry) else None
    went = details if entry["what"] == "accepted" else {}
    why = _said(entry, language)
    return {
        "at": entry["at"],
        "look": step(entry["what"]),
        "system": entry["system"],
        "delivery": entry["delivery"],
        "attempt": attempt,
        "why": why,
        "reason": entry["cause"] if entry["cause"] and why is None else "",
        "who": "" if _by_worker(entry) or entry["who"] in _QUIET else entry["who"],
        "went": went,
        "said": details.get("said") or "",
        "fields": details.get("fields") or [],
        "due": details.get("next_attempt_at"),
        "recipients": details.get("recipients") or [],
        "repeated": bool(details.get("repeated")),
        "by_system": details.get("scope") == "system",
        "by": details.get("by") or "",
        "gap": None,
    }


def _by_worker(entry: Mapping[str, Any]) -> bool:
    return str(entry["who"]).startswith("worker ")


# --- fields ---------------------------------------------------------------------------------------------


def label(schema: Mapping[str, Any], pointer: str) -> str:
    """Return what a schema calls the field behind a pointer, in Vietnamese; empty where it does not say."""
    at: Mapping[str, Any] = schema
    title = ""
    for name in pointer.split("/")[1:]:
        at = _within(schema, at, name)
        title = at.get("title", "") or title
    return title if at else ""


def _within(schema: Mapping[str, Any], at: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for one in _meant(schema, at):
        if name.isdecimal() and "items" in one:
            return dict(one["items"])
        if name in one.get("properties", {}):
            return dict(one["properties"][name])
    return {}


def _meant(schema: Mapping[str, Any], at: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return a schema with what it refers to, or chooses from."""
    found: list[Mapping[str, Any]] = [at]
    if "$ref" in at:
        found += _meant(schema, schema.get("$defs", {}).get(at["$ref"].rpartition("/")[2], {}))
    for choice in (*at.get("anyOf", ()), *at.get("allOf", ()), *at.get("oneOf", ())):
        found += _meant(schema, choice)
    return found
