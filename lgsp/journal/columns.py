"""The kinds of columns that the journal's tables share, and the columns of a delivery."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Text, text

metadata = MetaData()

_DELIVERY = (
    ("message_id", BigInteger, False),
    ("source", Text, False),
    ("system", Text, False),
    ("line", LargeBinary, False),
    ("identity", LargeBinary, False),
    ("seq", BigInteger, False),
    ("kind", SmallInteger, False),
    ("type", Text, False),
    ("anchor", Text, True),
    ("state", SmallInteger, False),
    ("attempt", Integer, False),
    ("patience", Integer, False),
    ("lapses", Integer, False),
    ("uncertain", SmallInteger, False),
    ("repeats", Integer, False),
    ("next_attempt_at", BigInteger, True),
    ("cause", Text, True),
    ("said", Text, True),
    ("fields", Text, True),
    ("scope", SmallInteger, False),
    ("epoch", Integer, False),
    ("dispatched_at", BigInteger, True),
    ("worker", BigInteger, True),
    ("claimed_at", BigInteger, True),
    ("wish", SmallInteger, True),
    ("bulk", SmallInteger, False),
    ("recipients", Text, True),
    ("resend_of", BigInteger, True),
    ("superseded_by", BigInteger, True),
    ("created_at", BigInteger, False),
    ("changed_at", BigInteger, False),
    ("expires_at", BigInteger, True),
    ("shadow", SmallInteger, False),
)
"""`uncertain` counts attempts that may have been applied and were not resolved; `repeats` counts those sent
again all the same. `scope` is 1 when the system, not the message, was the reason of a put-off. `shadow` is 1
where nothing is sent because an older connection is; 2 where one of those was brought to life."""

_FROM_ZERO = frozenset({"attempt", "patience", "lapses", "uncertain", "repeats", "bulk", "shadow"})
DELIVERY_COLUMNS = ("id", *(name for name, _, _ in _DELIVERY))


def number(name: str = "id") -> Column[int]:
    """Return the key column of a number that the journal gives out, not the database."""
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)


def moment(name: str, *, nullable: bool = True) -> Column[int]:
    """Return the column of a time, in microseconds since 1970."""
    return Column(name, BigInteger, nullable=nullable)


def digest(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[bytes]:
    """Return the column of a SHA-256."""
    return Column(name, LargeBinary(32), primary_key=primary_key, nullable=nullable)


def delivery_columns() -> list[Column[Any]]:
    """Return fresh columns of a delivery, for the table of the open ones and for that of the closed."""
    return [
        number(),
        *(
            Column(name, kind, nullable=nullable, server_default="0" if name in _FROM_ZERO else None)
            for name, kind, nullable in _DELIVERY
        ),
    ]


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of those rows for which a condition holds, in its very words on either database.

    A column may be an expression, with its parentheses.
    """
    rule = text(where)
    parts = [text(column) if "(" in column else column for column in columns]
    return Index(name, *parts, unique=unique, sqlite_where=rule, postgresql_where=rule)
