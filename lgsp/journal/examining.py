"""What an examination asks the journal: are its tables the newest, who lives, has a second machine all."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lgsp.journal.contract import Transaction

_SETTINGS = ("synchronous_standby_names", "synchronous_commit", "fsync", "full_page_writes")


class Standby(NamedTuple):
    """A server that PostgreSQL sends its changes to.

    Attributes:
        state: `streaming` when it keeps up; None when this account may not see it.
        sync: `sync` or `quorum` when a commit waits for it; `async` or `potential` when not.
    """

    name: str
    state: str | None
    sync: str | None


class Server(NamedTuple):
    """What a PostgreSQL server says of its durability."""

    settings: dict[str, str]
    standbys: list[Standby]


def revision(tx: Transaction) -> str:
    """Return the revision of the tables."""
    return str(tx.rows("SELECT version_num FROM alembic_version")[0][0])


def newest_revision() -> str:
    """Return the revision that this version of the code needs."""
    versions = Path(__file__).parent / "migrations" / "versions"
    return max(path.name.partition("_")[0] for path in versions.glob("[0-9]*_*.py"))


def workers(tx: Transaction) -> list[tuple[str, str, int, int]]:
    """Return name, roles, version of the routes and last heartbeat of the processes that have not ended."""
    sql = "SELECT name, roles, published, beat_at FROM workers WHERE ended_at IS NULL ORDER BY id"
    return [tuple(row) for row in tx.rows(sql)]


def server(tx: Transaction) -> Server:
    """Return what PostgreSQL says of its durability; ask only where the journal is on PostgreSQL."""
    settings = {name: str(tx.rows("SELECT current_setting(?)", (name,))[0][0]) for name in _SETTINGS}
    standbys = tx.rows("SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY 1")
    return Server(settings, [Standby(*row) for row in standbys])
