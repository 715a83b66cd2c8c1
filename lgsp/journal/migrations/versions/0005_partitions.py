"""PostgreSQL keeps what grows in partitions: a retention is the drop of a table, not a search for rows."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

GROWING = {
    "bodies": ("message_id", ("message_id",), "messages", 1_000_000),
    "raws": ("id", ("id",), "raws", 1_000_000),
    "attempts": ("delivery_id", ("delivery_id", "attempt"), "deliveries", 1_000_000),
    "history": ("id", ("id",), "deliveries", 1_000_000),
    "entries": ("id", ("id",), "entries", 5_000_000),
}
INDEXES = {
    "history": {"history_message": "(message_id)"},
    "entries": {"entries_message": "(message_id)", "entries_final": "(source, tx, id) WHERE final = 1"},
}


def upgrade() -> None:
    """Make each growing table a partitioned one, of which what is there is the first partition."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, (column, key, counter, step) in GROWING.items():
        _divide(table, column, key, counter, step)
    op.execute(sa.text("ALTER TABLE bodies ALTER COLUMN body SET COMPRESSION lz4"))
    op.execute(sa.text("ALTER TABLE raws ALTER COLUMN body SET COMPRESSION lz4"))
    op.execute(sa.text("ALTER TABLE attempts ALTER COLUMN exchanges SET COMPRESSION lz4"))
    # open deliveries are rewritten several times and then leave: room in the page, and a keen vacuum
    op.execute(sa.text("ALTER TABLE deliveries SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)"))


def _divide(table: str, column: str, key: tuple[str, ...], counter: str, step: int) -> None:
    first = f"{table}_first"
    for statement in (
        f"ALTER TABLE {table} RENAME TO {first}",
        f"ALTER INDEX {table}_pkey RENAME TO {first}_pkey",
        *(f"ALTER INDEX {name} RENAME TO {name}_first" for name in INDEXES.get(table, {})),
        f"CREATE TABLE {table} (LIKE {first} INCLUDING DEFAULTS) PARTITION BY RANGE ({column})",
        f"ALTER TABLE {table} ADD PRIMARY KEY ({', '.join(key)})",
        *(f"CREATE INDEX {name} ON {table} {rest}" for name, rest in INDEXES.get(table, {}).items()),
    ):
        op.execute(sa.text(statement))
    ahead = op.get_bind().scalar(sa.text(f"SELECT last_value FROM {counter}_ids")) + 1
    bound = (ahead // step + 1) * step
    for statement in (
        f"ALTER TABLE {table} ATTACH PARTITION {first} FOR VALUES FROM (MINVALUE) TO ({bound})",
        f"CREATE TABLE {table}_{bound} PARTITION OF {table} FOR VALUES FROM ({bound}) TO ({bound + step})",
        f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT",
    ):
        op.execute(sa.text(statement))
