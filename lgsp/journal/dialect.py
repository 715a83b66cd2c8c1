"""The journal's SQL as PostgreSQL speaks it: numbered parameters, arrays for lists, many rows at once.

The acts of the journal are written once, in the SQL that both databases share, with `?` for a value and `{}`
for a list of values. Two comments say which rows are locked: `/* lock */` leaves out rows that others hold,
`/* hold */` waits for them. SQLite, which has one writer, reads over them. A third, `/* letters */`, compares
texts by their letters, as SQLite does by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy.dialects import postgresql

from lgsp.journal.tables import metadata

_PLACE = re.compile(r"\?|IN \(\{\}\)|VALUES \{\}")
_INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]*)\) VALUES \(([^)]*)\)(.*)", re.DOTALL)
_COPY = re.compile(r"INSERT INTO (\w+) \(([^)]*)\) SELECT (.*) FROM (\w+) WHERE (\w+) = \?$", re.DOTALL)
_UPDATE = re.compile(r"UPDATE (\w+) SET (.*) WHERE (\w+) = \?( AND [^?]*)?$", re.DOTALL)
_DELETE = re.compile(r"DELETE FROM (\w+) WHERE (\w+) = \?$")
_CONFLICT = re.compile(r"ON CONFLICT \(([^)]*)\)")
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(slots=True, frozen=True)
class Many:
    """A statement that takes many rows at once, as one array for each column.

    Attributes:
        keys: places of the values by which rows must differ within one run of the statement.
        writes: the table it changes.
        reads: the table it copies from, if it does.
    """

    sql: str
    keys: tuple[int, ...]
    writes: str
    reads: str = ""

    def waves(self, rows: Sequence[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
        """Return the rows in goes, in order, so that none meets a row with its key in the same go."""
        if not self.keys:
            yield list(rows)
            return
        waves: list[list[Sequence[Any]]] = []
        seen: dict[tuple[Any, ...], int] = {}
        for row in rows:
            key = tuple(row[place] for place in self.keys)
            wave = seen[key] = seen.get(key, -1) + 1
            if wave == len(waves):
                waves.append([])
            waves[wave].append(row)
        yield from waves


@lru_cache(1024)
def numbered(sql: str) -> str:
    """Return a statement with its parameters numbered from the left; a list of values is one array."""
    numbers = count(1)

    def place(found: re.Match[str]) -> str:
        n = next(numbers)
        if found[0] == "?":
            return f"${n}"
        return f"= ANY(${n})" if found[0].startswith("IN") else f"SELECT unnest(${n}::bytea[])"

    return _locking(_PLACE.sub(place, sql))


@lru_cache(1024)
def together(sql: str) -> Many | None:
    """Return the form of a statement that takes many rows at once; None where it has none."""
    for pattern, form in ((_INSERT, _insert), (_COPY, _copy), (_UPDATE, _update), (_DELETE, _delete)):
        found = pattern.fullmatch(sql)
        if found is not None:
            return form(found)
    return None


def _locking(sql: str) -> str:
    sql = sql.replace("/* letters */", 'COLLATE "C"')
    return sql.replace("/* lock */", "FOR UPDATE SKIP LOCKED").replace("/* hold */", "FOR UPDATE")


def _type(table: str, column: str) -> str:
    return metadata.tables[table].c[column].type.compile(_POSTGRESQL)


def _rows(types: Sequence[str]) -> str:
    arrays = ", ".join(f"${n}::{name}[]" for n, name in enumerate(types, 1))
    return f"unnest({arrays}) AS u({', '.join(f'c{n}' for n in range(len(types)))})"


def _filled(parts: Sequence[str]) -> list[str]:
    """Return parts of a statement with each `?` replaced by the column of the rows that stands for it."""
    numbers = count()
    return [re.sub(r"\?", lambda _: f"u.c{next(numbers)}", part) for part in parts]


def _insert(found: re.Match[str]) -> Many:
    table, columns, values, rest = found[1], _names(found[2]), _names(found[3]), found[4]
    open_ = [column for column, value in zip(columns, values, strict=True) if value == "?"]
    source = _rows([_type(table, column) for column in open_])
    sql = f"INSERT INTO {table} ({found[2]}) SELECT {', '.join(_filled(values))} FROM {source}{rest}"
    conflict = _CONFLICT.search(rest)
    keys = tuple(open_.index(name) for name in _names(conflict[1])) if conflict else ()
    return Many(sql, keys, table)


def _copy(found: re.Match[str]) -> Many:
    table, columns, values, source, key = found[1], _names(found[2]), _names(found[3]), found[4], found[5]
    open_ = [column for column, value in zip(columns, values, strict=True) if value == "?"]
    types = [*(_type(table, column) for column in open_), _type(source, key)]
    chosen = ", ".join(_filled(values))
    sql = (
        f"INSERT INTO {table} ({found[2]}) SELECT {chosen} FROM {source}"
        f" JOIN {_rows(types)} ON {source}.{key} = u.c{len(open_)}"
    )
    return Many(sql, (len(open_),), table, source)


def _update(found: re.Match[str]) -> Many:
    table, changes, key, rest = found[1], _names(found[2]), found[3], found[4] or ""
    open_ = [change.split(" = ", 1)[0] for change in changes for _ in range(change.count("?"))]
    types = [*(_type(table, column) for column in open_), _type(table, key)]
    sql = (
        f"UPDATE {table} SET {', '.join(_filled(changes))} FROM {_rows(types)}"
        f" WHERE {table}.{key} = u.c{len(open_)}{rest}"
    )
    return Many(sql, (len(open_),), table)


def _delete(found: re.Match[str]) -> Many:
    table, key = found[1], found[2]
    return Many(f"DELETE FROM {table} WHERE {key} = ANY($1::{_type(table, key)}[])", (), table)


@lru_cache(1024)
def joined(statements: tuple[str, ...], arrays: tuple[int, ...]) -> str:
    """Return statements as one, which saves the waits between them; `arrays` says how many values each has.

    All of them see the tables as they were before: none may read or change what another one changes.
    """
    parts, first = [], 0
    for n, (sql, values) in enumerate(zip(statements, arrays, strict=True)):
        shifted = re.sub(r"\$(\d+)", lambda found, by=first: f"${int(found[1]) + by}", sql)  # type: ignore[misc]
        parts.append(f"s{n} AS ({shifted})")
        first += values
    return f"WITH {', '.join(parts)} SELECT 1"


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
