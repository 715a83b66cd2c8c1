"""How systems answer over time: what became of deliveries, by the figures; how long it took, by samples."""

from __future__ import annotations

from typing import NamedTuple

from lgsp.journal.alerting import first_since
from lgsp.journal.contract import Transaction
from lgsp.journal.figures import CAME, SLOT, TURNED_AWAY

_CHUNKS, _EACH = 4, 300
_OUTCOMES = "'delivered', 'put off', 'held', 'refused', 'exhausted'"
_WHOSE = f"CASE WHEN kind IN ('{CAME}', '{TURNED_AWAY}') THEN source ELSE system END"
_COUNTED = f"SELECT slot, {_WHOSE}, kind, sum(count) FROM figures WHERE slot >= ? GROUP BY 1, 2, 3"
_TOOK = (
    "SELECT e.system, a.ended_at - a.started_at FROM"
    " (SELECT id, what, who, system, delivery_id, attempt FROM entries WHERE id >= ? AND id < ?"
    " ORDER BY id LIMIT ?) e JOIN attempts a ON a.delivery_id = e.delivery_id AND a.attempt = e.attempt"
    f" WHERE e.what IN ({_OUTCOMES}) AND e.who LIKE 'worker %' AND a.ended_at > a.started_at"
)


class Took(NamedTuple):
    """How long attempts of one slot took, in microseconds; of `looked` that were looked at."""

    middle: int
    slow: int
    looked: int


def counted(tx: Transaction, since: int) -> dict[str, dict[int, dict[str, int]]]:
    """Return how much of each kind befell since a time, by system and slot (its beginning).

    What came and what was turned away is its source's; what became of deliveries is their system's.
    """
    found: dict[str, dict[int, dict[str, int]]] = {}
    for slot, system, kind, count in tx.rows(_COUNTED, (since // SLOT,)):
        found.setdefault(system, {}).setdefault(slot * SLOT, {})[kind] = int(count)
    return found


def first_after(tx: Transaction, moment: int) -> int:
    """Return about the first entry that was written at a time or later."""
    return first_since(tx, "entries", moment, tx.rows("SELECT max(id) FROM entries")[0][0] or 0)


def took(tx: Transaction, first: int, last: int) -> dict[str, Took]:
    """Return how long attempts took, by system, by samples of the entries from `first` up to before `last`.

    What a slot holds does not matter for the cost: some stretches of it are looked at, spread evenly.
    """
    step = max(1, (last - first) // _CHUNKS)
    spans: dict[str, list[int]] = {}
    for start in range(first, last, step):
        for system, span in tx.rows(_TOOK, (start, min(start + step, last), _EACH)):
            spans.setdefault(system, []).append(span)
    return {system: _summed(sorted(found)) for system, found in spans.items()}


def _summed(spans: list[int]) -> Took:
    return Took(spans[len(spans) // 2], spans[min(len(spans) * 95 // 100, len(spans) - 1)], len(spans))
