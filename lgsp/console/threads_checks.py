"""What other systems were asked about a dossier before it was sent, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lgsp.console.language import told
from lgsp.console.message_view import label
from lgsp.console.states import Look
from lgsp.domain.causes import explain
from lgsp.domain.checks import CHECKS
from lgsp.journal.checks import Evidence, Result

RESULTS: Mapping[str, Look] = {
    "open": Look("clock-pause", "yellow", told("chờ trả lời")),
    "matches": Look("circle-check", "green", told("khớp")),
    "differs": Look("alert-octagon", "red", told("không khớp")),
    "not-found": Look("user-search", "orange", told("không tìm thấy")),
    "refused": Look("circle-x", "orange", told("bị từ chối trả lời")),
    "incomplete": Look("file-alert", "orange", told("thiếu thông tin để hỏi")),
}
"""What is known of a question, by its word."""


def shown(found: Sequence[Evidence], schema: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    """Return a row for each question: what was asked when, what was compared and what came of it; no value.

    Args:
        found: the newest first.
        schema: of the type of dossiers, for what its fields are called.
        lang: of the explanations.
    """
    return [_row(one, schema, lang) for one in found]


def _row(one: Evidence, schema: Mapping[str, Any], lang: str) -> dict[str, Any]:
    rule = CHECKS.get(one.rule)
    waits = one.result is Result.OPEN
    return {
        "name": one.name,
        "against": one.against,
        "look": RESULTS[one.result.word],
        "at": one.began_at if waits else one.told_at,
        "compared": [_called(schema, place, lang) for place in (rule.compared if rule else ())],
        "fields": [_called(schema, place, lang) for place in one.fields],
        "why": explain(one.cause, lang).text if one.cause and waits else "",
        "ask": str(one.ask) if one.ask else "",
        "waived_at": one.waived_at,
        "waived_by": one.waived_by or "",
        "waived_why": one.waived_why or "",
    }


def _called(schema: Mapping[str, Any], place: str, lang: str) -> str:
    """Return what offices call a field; schemas have no English names for it."""
    return (label(schema, place) if lang == "vi" else "") or place
