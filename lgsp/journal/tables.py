"""The journal's tables.

Ids are integers inside; the outer id of a message is a UUID. Times are microseconds since 1970 (UTC) of the
journal's own clock. `messages`, `presence`, `deliveries` and what is open stay in unpartitioned tables;
`bodies`, `raws`, `attempts`, `entries` and `history` grow with time and are partitioned where the database
can.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from lgsp.journal.asks_tables import asks, asks_about
from lgsp.journal.catalogues_registers import catalogue_items, catalogues
from lgsp.journal.checks_tables import checks, checks_held
from lgsp.journal.columns import delivery_columns, digest, metadata, moment, number, partial
from lgsp.journal.credentials_tables import credential_secrets, credentials, token_keys
from lgsp.journal.dossiers_tables import dossier_steps, dossiers
from lgsp.journal.handover_tables import handovers
from lgsp.journal.keys_tables import data_keys
from lgsp.journal.personal_tables import disclosed, disclosures, erased, erasures
from lgsp.journal.quotas_tables import quotas
from lgsp.journal.reconciliations_tables import (
    differences,
    holdings,
    portal_counts,
    reconciliations,
    repairs,
)
from lgsp.journal.registers import (
    agency_entries,
    agency_facts,
    agency_lists,
    alerts,
    answers,
    cursors,
    job_runs,
    jobs,
    leases,
    lockouts,
    meta,
    names,
    people,
    published,
    replays,
    sessions,
    systems,
    workers,
)
from lgsp.journal.relayed_tables import relayed
from lgsp.journal.reports_tables import report_statuses, reports
from lgsp.journal.seal_tables import log_checkpoints, log_tiles
from lgsp.journal.states import BEHIND, DEAD, HEADS, State
from lgsp.journal.statistics_tables import (
    statistics_halves,
    statistics_lives,
    statistics_pending,
    statistics_years,
)

ACTS = (
    "message_id IS NULL OR what IN ('replayed', 'retried now', 'cancelled', 'asked to cancel', 'held',"
    " 'released', 'replaced')"
)
"""Which entries may be an act of a person, in the words of the index that finds them."""

messages = Table(
    "messages",
    metadata,
    number(),
    Column("uid", LargeBinary(16), nullable=False),
    digest("identity"),
    Column("revision", Integer, nullable=False),
    digest("native"),
    Column("source", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("partitionkey", Text, nullable=False),
    Column("agency", Text, nullable=False),
    moment("time"),
    moment("accepted_at", nullable=False),
    moment("expires_at"),
    Column("correlationid", Text, nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("published", Integer, nullable=False),
    Column("unrouted", Boolean, nullable=False),
    Column("raw_id", BigInteger, nullable=False),
    Column("raw_item", Integer, nullable=False),
    Column("findings", Text),
    Column("watched", Text),
    Column("body_hash", LargeBinary(32), nullable=False),
    # the identity is the outer id of the first revision: later ones alone need an index of their own
    Index("messages_identity", "identity", "revision", unique=True),
    partial("messages_uid", "uid", where="revision > 1", unique=True),
    Index("messages_partitionkey", "partitionkey", "id"),
    # by these people search; each ends with the number, so that the newest come first without sorting
    Index("messages_agency", "agency", "id"),
    Index("messages_origin", "source", "type", "id"),
    partial("messages_findings", "id", where="findings IS NOT NULL"),
    partial("messages_documents", "source", "accepted_at", where="kind = 3"),
    partial("messages_unrouted", "id", where="unrouted"),
)

bodies = Table(
    "bodies",
    metadata,
    number("message_id"),
    Column("salt", LargeBinary(16), nullable=False),
    Column("key_id", SmallInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

raws = Table(
    "raws",
    metadata,
    number(),
    Column("source", Text, nullable=False),
    moment("at", nullable=False),
    Column("content_type", Text, nullable=False),
    digest("sha256"),
    Column("size", BigInteger, nullable=False),
    Column("attributes", Text),
    Column("key_id", SmallInteger, nullable=False),
    Column("body", LargeBinary),
    Column("blob", Text),
)

presence = Table(
    "presence",
    metadata,
    digest("line", primary_key=True),
    Column("type", Text, primary_key=True),
    Column("how", Text, nullable=False),
    Column("message_id", BigInteger),
    Column("seq", BigInteger),
    moment("at", nullable=False),
    # lines of which nobody knows yet whether the older connection told of their subject
    partial("presence_shadowed", "line", where="how = 'shadowed'"),
    sqlite_with_rowid=False,
)

aliases = Table(
    "aliases",
    metadata,
    Column("message_id", BigInteger, nullable=False, autoincrement=False),
    Column("alias", LargeBinary(16), nullable=False),
    PrimaryKeyConstraint("alias", "message_id"),
    sqlite_with_rowid=False,
)
"""Other names of a message's subject, as digests: by which people look for it, and by which one that looks
like another one is noticed."""

attached = Table(
    "attached",
    metadata,
    number("message_id"),
    Column("blob", Text, primary_key=True),
    moment("looked_at"),
    Column("key_id", SmallInteger),
    Column("found", LargeBinary),
    partial("attached_unseen", "message_id", where="looked_at IS NULL"),
)
"""Files of the store that a message refers to: they are kept as long as its body. `found` is what was seen of
their signatures, as JSON, sealed; without any it stays empty."""

settling = Table(
    "settling",
    metadata,
    digest("line", primary_key=True),
    moment("until", nullable=False),
    sqlite_with_rowid=False,
)
"""Lines in which an attempt may still land late: nothing of them is sent before `until`."""

_HEADS = ", ".join(str(int(state)) for state in sorted(HEADS))
_BEHIND = ", ".join(str(int(state)) for state in sorted(BEHIND))
_DEAD = ", ".join(str(int(state)) for state in sorted(DEAD))
_ASIDE = sorted((HEADS | BEHIND) - {State.READY, State.SENDING})
ASIDE, CAUSE = f"state IN ({', '.join(str(int(state)) for state in _ASIDE)})", "coalesce(cause, '')"
"""Which deliveries are found by state, system and cause: one that goes straight through never is of them."""

deliveries = Table(
    "deliveries",
    metadata,
    *delivery_columns(),
    # heads have an index of their own: one that goes straight through never touches this one
    partial("deliveries_line", "line", "state", "seq", where=f"state IN ({_BEHIND})"),
    # whoever would give a line a second head fails here instead of reordering a dossier
    partial("deliveries_head", "line", where=f"state IN ({_HEADS})", unique=True),
    Index("deliveries_message", "message_id"),
    partial("deliveries_aside", "state", "system", CAUSE, "message_id", where=ASIDE),
    partial("deliveries_expiry", "expires_at", where="expires_at IS NOT NULL"),
    partial(
        "deliveries_undispatched",
        "system",
        "bulk",
        "seq",
        where=f"state = {int(State.READY)} AND dispatched_at IS NULL",
    ),
    partial("deliveries_offered", "system", "seq", where=f"state = {int(State.OFFERED)}"),
    partial("deliveries_due", "system", "next_attempt_at", where=f"state = {int(State.PUT_OFF)}"),
    partial("deliveries_parked", "next_attempt_at", where=f"state = {int(State.PARKED)}"),
    partial("deliveries_dead", "system", "cause", "id", where=f"state IN ({_DEAD})"),
    partial("deliveries_shadow", "system", "state", where="shadow > 0"),
)

history = Table(
    "history",
    metadata,
    *delivery_columns(),
    Index("history_message", "message_id"),
    Index("history_system", "system", "state", "message_id"),
    partial("history_cause", "cause", "system", "state", "message_id", where="cause IS NOT NULL"),
)

attempts = Table(
    "attempts",
    metadata,
    number("delivery_id"),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("worker", BigInteger, nullable=False),
    moment("started_at", nullable=False),
    moment("ended_at", nullable=False),
    Column("outcome", SmallInteger, nullable=False),
    Column("cause", Text),
    Column("said", Text),
    Column("key_id", SmallInteger, nullable=False),
    Column("exchanges", LargeBinary),
    # the signature of an answer that no catalogue held
    Column("answer", Text),
)

entries = Table(
    "entries",
    metadata,
    number(),
    moment("at", nullable=False),
    Column("what", Text, nullable=False),
    Column("message_id", BigInteger),
    Column("delivery_id", BigInteger),
    Column("source", Text),
    Column("system", Text),
    Column("state", SmallInteger),
    Column("attempt", Integer),
    Column("cause", Text),
    Column("who", Text, nullable=False),
    Column("details", Text),
    Column("body_hash", LargeBinary(32)),
    Column("final", SmallInteger, nullable=False),
    # the number of the transaction, where several commit beside one another: who reads in order waits for it
    Column("tx", BigInteger, nullable=False, server_default="0"),
    Index("entries_message", "message_id"),
    partial("entries_final", "source", "tx", "id", where="final = 1"),
    # what people did, among all that befell
    partial("entries_acts", "who", "id", where=ACTS),
)

quarantine = Table(
    "quarantine",
    metadata,
    number(),
    moment("at", nullable=False),
    Column("source", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("raw_id", BigInteger, nullable=False),
    Column("raw_item", Integer, nullable=False),
    Index("quarantine_source", "source", "id"),
    Index("quarantine_subject", "subject", "id"),
)

__all__ = [
    "agency_entries",
    "agency_facts",
    "agency_lists",
    "alerts",
    "aliases",
    "answers",
    "asks",
    "asks_about",
    "attached",
    "attempts",
    "bodies",
    "catalogue_items",
    "catalogues",
    "checks",
    "checks_held",
    "credential_secrets",
    "credentials",
    "cursors",
    "data_keys",
    "deliveries",
    "differences",
    "disclosed",
    "disclosures",
    "dossier_steps",
    "dossiers",
    "entries",
    "erased",
    "erasures",
    "handovers",
    "history",
    "holdings",
    "job_runs",
    "jobs",
    "leases",
    "lockouts",
    "log_checkpoints",
    "log_tiles",
    "messages",
    "meta",
    "metadata",
    "names",
    "people",
    "portal_counts",
    "presence",
    "published",
    "quarantine",
    "quotas",
    "raws",
    "reconciliations",
    "relayed",
    "repairs",
    "replays",
    "report_statuses",
    "reports",
    "sessions",
    "settling",
    "statistics_halves",
    "statistics_lives",
    "statistics_pending",
    "statistics_years",
    "systems",
    "token_keys",
    "workers",
]
