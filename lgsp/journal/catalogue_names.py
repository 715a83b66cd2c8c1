"""The names that catalogues give codes now: what a table with codes in it needs to be read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lgsp.journal.contract import Transaction

_PAGE = 500
_NAMES = (
    "SELECT key, name FROM catalogue_items WHERE type = ? AND current = 1 AND name <> ''"
    " AND key IN ({}) ORDER BY key, source"
)


def names(tx: Transaction, type_: str, keys: Iterable[str]) -> dict[str, str]:
    """Return the names of those codes that a catalogue has; of several catalogues the first one's by name.

    Args:
        tx: the snapshot to read.
        type_: of the catalogue, such as `procedure.v1`.
        keys: codes in their normal form.
    """
    found: dict[str, str] = {}
    left = iter(dict.fromkeys(keys))
    while some := list(islice(left, _PAGE)):
        for key, name in tx.rows(_NAMES.format(", ".join("?" * len(some))), (type_, *some)):
            found.setdefault(key, name)
    return found
