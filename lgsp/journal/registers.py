"""The registers of the installation itself, beside the tables of what walks through it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, text

from lgsp.journal.columns import digest, metadata, moment, number


def _texts(*names: str) -> list[Column[str]]:
    """Return columns of text that every row has."""
    return [Column(name, Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[Column[int]]:
    """Return columns of whole numbers (ids and counts) that every row has."""
    return [Column(name, BigInteger, nullable=False) for name in names]


meta = Table("meta", metadata, Column("name", Text, primary_key=True), *_texts("value"))

published = Table(
    "published",
    metadata,
    number("version"),
    *_texts("text"),
    digest("digest"),
    moment("at", nullable=False),
    *_texts("by"),
)

workers = Table(
    "workers",
    metadata,
    number(),
    *_texts("name"),
    moment("started_at", nullable=False),
    moment("beat_at", nullable=False),
    moment("ended_at"),
    Column("roles", Text, nullable=False, server_default=""),
    Column("published", Integer, nullable=False, server_default="0"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    *_numbers("holder"),
    moment("until", nullable=False),
)
"""Which worker does what only one may do at a time, and until when."""

alerts = Table(
    "alerts",
    metadata,
    number(),
    *_texts("rule", "subject"),
    moment("since", nullable=False),
    moment("told_at"),
    moment("ended_at"),
    *_texts("said"),
    Index(
        "alerts_open",
        "rule",
        "subject",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

replays = Table(
    "replays",
    metadata,
    number(),
    *_texts("token", "who", "reason", "wanted"),
    Column("rate", Integer, nullable=False),
    *_texts("state"),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    *_numbers("upto", "after"),
    moment("asked_at", nullable=False),
    moment("changed_at", nullable=False),
    Index("replays_token", "token", unique=True),
)
"""Bulk replays: what was asked (`wanted`, a filter as JSON; deliveries with an id up to `upto`), and how far
it is (`after`). `token` is what makes a double click one replay."""

systems = Table(
    "systems",
    metadata,
    Column("name", Text, primary_key=True),
    *_texts("state"),
    Column("cause", Text),
    *_texts("who"),
    moment("since", nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("system", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    *_texts("cursor"),
    moment("at", nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("system", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    moment("since", nullable=False),
    moment("paused_at"),
    *_texts("paused_by"),
    moment("wanted_at"),
    *_texts("wanted_by"),
    Column("run", BigInteger),
    *_numbers("failures"),
    moment("succeeded_at"),
    *_numbers("rest"),
)
"""What people ordered of a job, its last run, and how its runs went: `failures` in a row, `rest` (a time) is
how long the far side does not want to be asked."""

job_runs = Table(
    "job_runs",
    metadata,
    number(),
    *_texts("system", "job", "who"),
    *_numbers("worker"),
    moment("started_at", nullable=False),
    moment("changed_at", nullable=False),
    moment("ended_at"),
    *_texts("state"),
    Column("whole", SmallInteger, nullable=False),
    *_numbers("pages", "new", "known", "rejected", "facts_new", "facts_changed", "facts_gone", "unconfirmed"),
    *_texts("cause", "said"),
    moment("next_at"),
    Index("job_runs_of", "system", "job", "id"),
    Index(
        "job_runs_running",
        "system",
        "job",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)
"""Runs of jobs, a later one of a job with a higher id. One that is running belongs to a process (`worker`) as
long as that lives; it is `whole` when it began without a cursor."""

agency_facts = Table(
    "agency_facts",
    metadata,
    number(),
    *_texts("kind", "code", "content"),
    Column("valid_from", Text),
    Column("valid_to", Text),
    *_texts("source", "confidence"),
    moment("added_at", nullable=False),
    *_texts("added_by", "note"),
    Index("agency_facts_code", "code"),
)
"""Facts about agencies that became known at run time. Nothing changes a row: a wrong one is withdrawn by a
newer one. `content` is the fact as JSON (`lgsp.domain.agencies`); days are ISO dates, `valid_to` the last."""

agency_lists = Table(
    "agency_lists",
    metadata,
    Column("system", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    *_texts("state", "source", "confidence"),
    *_numbers("run", "version", "size", "wholes", "missing", "odd"),
    moment("at", nullable=False),
    Column("seen", LargeBinary, nullable=False),
)
"""Lists of agencies that jobs bring. `version` is that of the newest entry, `size` how many are listed now,
`wholes` how often the list was brought whole, `missing` what the last run lacked and nobody closed, `odd`
what of it could not be taken. `seen` has a bit for each entry, by its version, that the run brought."""

agency_entries = Table(
    "agency_entries",
    metadata,
    number("version"),
    Column("system", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    *_texts("code", "name", "old", "parent"),
    *_numbers("level"),
    *_texts("identity", "other"),
    *(Column(name, SmallInteger, nullable=False) for name in ("listed", "current")),
    *_texts("since"),
    *_numbers("run"),
    Index(
        "agency_entries_current",
        "code",
        "system",
        "job",
        unique=True,
        sqlite_where=text("current = 1"),
        postgresql_where=text("current = 1"),
    ),
    sqlite_with_rowid=False,
)
"""What a list said of an agency from a day on (`since`, an ISO date; empty: from when is not known), until
its next entry of the same code; one that is not `listed` says that it is there no more. `identity` and
`other` name the body by `code` and by `old`. Only `current`, which marks the newest of a code, changes."""

answers = Table(
    "answers",
    metadata,
    number(),
    *_texts("system", "signature", "shape"),
    moment("first_at", nullable=False),
    moment("last_at", nullable=False),
    *_numbers("times", "deliveries", "delivery_id"),
    Column("message", LargeBinary(16)),
    Column("key_id", SmallInteger, nullable=False),
    Column("sample", LargeBinary),
    Index("answers_signature", "system", "signature", unique=True),
)
"""Answers that no catalogue held, by what they look like: how often, of how many deliveries, and one sample:
its delivery, the outer id of its message and the redacted exchange."""

names = Table(
    "names",
    metadata,
    number(),
    moment("at", nullable=False),
    *_texts("who", "system", "signature", "code"),
    Column("told", Text),
)
"""What operators named answers. Nothing changes a row: the latest one of an answer counts. `told` describes
the cause as JSON; without it the code is one that was there."""

people = Table(
    "people",
    metadata,
    Column("name", Text, primary_key=True),
    *_texts("shown", "hash", "role"),
    Column("disabled", SmallInteger, nullable=False),
    Column("temporary", SmallInteger, nullable=False),
    moment("created_at", nullable=False),
    moment("changed_at", nullable=False),
    *(Column(name, Text, nullable=False, server_default="") for name in ("limits", "issuer", "subject")),
    Index(
        "people_outside",
        "issuer",
        "subject",
        unique=True,
        sqlite_where=text("issuer <> ''"),
        postgresql_where=text("issuer <> ''"),
    ),
)
"""Who may sign in; `hash` is of the password (argon2id), `temporary` that its owner must change it. `limits`
is what the role is limited to, as JSON. Somebody for whom another one vouches (`issuer`, who knows the person
as `subject`) has no password here."""

sessions = Table(
    "sessions",
    metadata,
    digest("token", primary_key=True),
    *_texts("person"),
    moment("created_at", nullable=False),
    moment("seen_at", nullable=False),
    moment("expires_at", nullable=False),
    *_texts("address", "agent"),
    Index("sessions_person", "person", "seen_at"),
)

lockouts = Table(
    "lockouts",
    metadata,
    Column("subject", Text, primary_key=True),
    *_numbers("failures"),
    moment("failed_at", nullable=False),
    moment("until", nullable=False),
)
"""How often signing in failed in a row, by what was tried (a name, an address, or both), and its wait."""

figures = Table(
    "figures",
    metadata,
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    *(Column(name, Text, primary_key=True) for name in ("kind", "source", "system")),
    *_numbers("count"),
    sqlite_with_rowid=False,
)
"""How much of each kind befell in ten minutes; `slot` is their number since 1970."""
