"""What is handed on of catalogues: the items in force, by their keys, with the bodies that say so."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from lgsp.journal.catalogues_following import heads
from lgsp.journal.contract import Transaction
from lgsp.journal.opening import opened

PAGE = 500
_NAMES = (
    "SELECT key, code, name FROM catalogue_items WHERE type = ? AND source = ? AND current = 1 AND open = 1"
    f" AND key > ? ORDER BY key LIMIT {PAGE}"
)
_BODIES = (
    "SELECT c.key, c.code, c.name, b.key_id, b.body FROM catalogue_items c"
    " LEFT JOIN bodies b ON b.message_id = c.message_id"
    " WHERE c.type = ? AND c.source = ? AND c.current = 1 AND c.open = 1"
)
_PAGE_OF = f"{_BODIES} AND c.key > ? ORDER BY c.key LIMIT {PAGE}"
_ONE = f"{_BODIES} AND c.key = ?"


class Item(NamedTuple):
    """An item in force; `data` is None where its body is kept no more."""

    key: str
    code: str
    name: str
    data: dict[str, Any] | None = None


def sources(tx: Transaction, type_: str) -> list[str]:
    """Return the systems whose catalogue of a type was brought from end to end, by name."""
    return [head.source for head in heads(tx, [type_]) if head.wholes]


def names(tx: Transaction, type_: str, source: str, after: str) -> list[Item]:
    """Return some items behind a key, without their bodies."""
    return [Item(*row) for row in tx.rows(_NAMES, (type_, source, after))]


def items(tx: Transaction, type_: str, source: str, after: str) -> list[Item]:
    """Return some items behind a key."""
    return [_item(tx, *row) for row in tx.rows(_PAGE_OF, (type_, source, after))]


def item(tx: Transaction, type_: str, key: str) -> Item | None:
    """Return an item in force, of the first system that has it; None when there is none."""
    for head in heads(tx, [type_]):
        for row in tx.rows(_ONE, (type_, head.source, key)):
            return _item(tx, *row)
    return None


def _item(tx: Transaction, key: str, code: str, name: str, *kept: Any) -> Item:
    body = None if kept[1] is None else opened(tx, *kept, "item", key)
    return Item(key, code, name, None if body is None else orjson.loads(body))
