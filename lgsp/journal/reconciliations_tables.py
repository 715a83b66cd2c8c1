"""The registers of reconciliations: runs, what they found, what a source said that it has, and repairs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text, text

from lgsp.journal.columns import metadata, moment, number

_RUNNING = text("state = 'running'")


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


reconciliations = Table(
    "reconciliations",
    metadata,
    number(),
    *_texts("token", "series", "wanted", "source", "system", "who", "reason", "state", "phase", "cursor"),
    *_texts("counts", "said"),
    Column("previous", BigInteger),
    Column("whole", SmallInteger, nullable=False),
    moment("listed_at"),
    moment("as_of"),
    moment("asked_at", nullable=False),
    moment("changed_at", nullable=False),
    moment("ended_at"),
    Index("reconciliations_token", "token", unique=True),
    Index("reconciliations_series", "series", "id"),
    Index("reconciliations_running", "id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
)
"""Runs. `series` names runs that can be compared with one another, `previous` is the one before it of the
series that ended well; `wanted` is the scope as JSON, `cursor` the key up to which all is compared."""

differences = Table(
    "differences",
    metadata,
    Column("run", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    *_texts("subject", "agency", "procedure", "bucket", "cause", "owner", "repair"),
    Column("retry", SmallInteger, nullable=False),
    *_texts("details"),
    Column("since", BigInteger, nullable=False),
    moment("since_at", nullable=False),
    *_texts("mending"),
    Column("mended_by", BigInteger),
    Column("delivery", BigInteger),
    moment("changed_at", nullable=False),
    Index("differences_bucket", "run", "bucket", "key"),
    Index("differences_cause", "run", "cause", "key"),
    Index("differences_owner", "run", "owner", "key"),
    Index("differences_mended", "mended_by", "mending", "key"),
    sqlite_with_rowid=False,
)
"""What a run found. `since` is the first run of its series that found it in the same bucket; `mending` says
how far its repair is, `mended_by` which one, and `delivery` what that one sent."""

holdings = Table(
    "holdings",
    metadata,
    Column("run", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    *_texts("subject", "status"),
    moment("status_at"),
    Column("count", Integer, nullable=False),
    moment("rejected_at"),
    *_texts("rejected"),
    sqlite_with_rowid=False,
)
"""What a source said that it has (`count` above 0), and what our door turned away of it (`rejected`, JSON),
while a run compares it; gone when the run ends."""

portal_counts = Table(
    "portal_counts",
    metadata,
    Column("run", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    *_texts("agency"),
    moment("since"),
    moment("until"),
    *(Column(name, BigInteger, nullable=False) for name in ("count", "there", "held")),
    sqlite_with_rowid=False,
)
"""How many dossiers the far side counts by agency and period, as somebody read it there (`count`), and how
many a run saw there and found in our journal meanwhile."""

repairs = Table(
    "repairs",
    metadata,
    number(),
    *_texts("token", "who", "reason", "wanted", "state", "phase", "after"),
    Column("run", BigInteger, nullable=False),
    Column("rate", Integer, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("total", "sent", "skipped", "solved", "unsolved")),
    moment("asked_at", nullable=False),
    moment("changed_at", nullable=False),
    Index("repairs_token", "token", unique=True),
    Index("repairs_run", "run", "id"),
)
"""Repairs of what a run found: which differences (`wanted`, a filter as JSON), and how far it is (`after`, a
key, in each of its phases: sending, then checking)."""
