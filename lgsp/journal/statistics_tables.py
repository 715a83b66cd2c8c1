"""The tables of the dossier statistics: lives as they were known, and their figures added up ahead."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text, text

from lgsp.domain.statistics.halves import YEAR
from lgsp.domain.statistics.moves import COLUMNS
from lgsp.journal.columns import metadata, moment, number

LATE = f"known / {YEAR} > at / {YEAR}"
"""What was known only in a later year than it befell, in the words of the index that finds it."""
IS_KNOWN, WAS_KNOWN = "until IS NULL", "until IS NOT NULL"


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _sums() -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in COLUMNS]


def _key(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, primary_key=True) for name in names]


def _names() -> list[Column[str]]:
    return [Column(name, Text, primary_key=True) for name in ("agency", "procedure", "field")]


statistics_pending = Table(
    "statistics_pending",
    metadata,
    number("message_id"),
    *_texts("key"),
    sqlite_with_rowid=False,
)
"""Messages that are registered, and whose dossier is not counted anew yet."""

statistics_lives = Table(
    "statistics_lives",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", BigInteger, primary_key=True),
    moment("until"),
    *_texts("agency", "procedure", "field", "channel"),
    Column("status", SmallInteger, nullable=False),
    moment("first", nullable=False),
    *(moment(name) for name in ("received", "due", "promised", "released", "handed", "ended")),
    Column("dated", SmallInteger, nullable=False),
    Column("waits", Text),
    moment("gone"),
    moment("newest", nullable=False),
    Index("statistics_lives_agency", "agency", "key"),
    Index("statistics_lives_since", "since"),
    Index("statistics_lives_until", "until", sqlite_where=text(WAS_KNOWN), postgresql_where=text(WAS_KNOWN)),
    Index("statistics_lives_newest", "newest", sqlite_where=text(IS_KNOWN), postgresql_where=text(IS_KNOWN)),
    sqlite_with_rowid=False,
)
"""What was known of each dossier, and from when until when (NULL: it still is); the other columns are those
of `lgsp.domain.statistics.lives.Life`. `waits` is JSON, `gone` when its handling came to an end, `newest` the
last moment at which it changes a figure, which may be one to come."""

statistics_halves = Table(
    "statistics_halves",
    metadata,
    *_key("definition", "at"),
    *_names(),
    *_key("known"),
    *_sums(),
    Index(
        "statistics_halves_late", "definition", "known", sqlite_where=text(LATE), postgresql_where=text(LATE)
    ),
    sqlite_with_rowid=False,
)
"""What was added in each half-month (`at`), and in which one that was known, by each way to count."""

statistics_years = Table(
    "statistics_years",
    metadata,
    *_key("definition", "at", "known"),
    *_names(),
    *_sums(),
    sqlite_with_rowid=False,
)
"""The same, by years of half-months: what lies before the year that is asked for is read from here."""
