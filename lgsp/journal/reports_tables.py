"""The tables of the book of reports: every version of every report, and what was told of them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, SmallInteger, Table, Text, text

from lgsp.journal.columns import metadata, moment, number


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


_UNDER_WAY = text("sending IN (1, 2)")

reports = Table(
    "reports",
    metadata,
    number(),
    *_texts("code"),
    Column("version", Integer, nullable=False),
    *_texts("regime", "form", "agency", "period", "state", "origin", "channel", "source", "message", "token"),
    Column("sending", SmallInteger, nullable=False),
    Column("edition", Integer, nullable=False),
    moment("known_at"),
    moment("signed_at"),
    moment("sent_at"),
    moment("entered_at"),
    moment("created_at", nullable=False),
    moment("changed_at", nullable=False),
    *_texts("body", "findings", "acts", "delivery"),
    Index("reports_code", "code", "version", unique=True),
    Index("reports_agency", "agency", "period"),
    Index("reports_period", "period", "form"),
    Index("reports_state", "state", "id"),
    Index("reports_message", "message"),
    Index("reports_under_way", "id", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
)
"""One row for each version of a report. `period` is its label; `source` the system as from which it goes, or
from which it came; `message` the outer id of its message, empty before there is one. `sending` is 0 where
nothing is to be sent, 1 where it is to be taken on still, 2 where it is on its way, 3 where that is over.
`edition` rises with each change.
`body`, `findings`, `acts` and `delivery` are JSON: what `report.v1` says of it, what is odd, who did what,
and how far its delivery is."""

report_statuses = Table(
    "report_statuses",
    metadata,
    number("message_id"),
    *_texts("code"),
    Column("version", Integer, nullable=False),
    *_texts("system", "state", "reason"),
    moment("at"),
    moment("known_at", nullable=False),
    Index("report_statuses_code", "code", "version"),
)
"""What far sides told of reports, each once; `at` is when it became so there, `known_at` when we learnt."""
