"""How long a reconciliation of very many dossiers takes, and how much memory: rows are written straight in.

`python -m tests.reconciling.large --dossiers 1000000`
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lgsp.adapter import Arrival, Known
from lgsp.journal import reconciliations as journalled
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers_tables import dossiers
from lgsp.journal.lines import identity_digest, line_digest
from lgsp.journal.reconciliations import TURNED_AWAY, Order, Scope
from lgsp.journal.rows import INSERT_MESSAGE, insert
from lgsp.journal.states import State
from lgsp.journal.tables import history
from lgsp.reconciling.running import Runs
from lgsp.testing.making import SYSTEM
from tests.core.rig import DESK, Portal, rig

TYPE = "dossier.v1"
_CHUNK = 10_000
_LOST = 1000
_PLAIN = {column.name: None if column.nullable else 0 for column in history.columns}
_DOSSIER = tuple(column.name for column in dossiers.columns)


class Vast(Portal):
    """A portal that holds all but one in a thousand."""

    async def known(self, subject: str) -> Known:
        """Answer by the number of the code."""
        return Known(Arrival.ABSENT if int(subject[-7:]) % _LOST == 0 else Arrival.ARRIVED)


def code(number: int) -> str:
    """Return the code of a dossier."""
    return f"H44.{number % 120 + 10}-20260131-{number:07d}"


def written(tx: Transaction, numbers: range) -> None:
    """Write delivered dossiers."""
    messages, deliveries, present, registered = [], [], [], []
    for number, key in ((number, code(number)) for number in numbers):
        identity, line = identity_digest(DESK, TYPE, key), line_digest(SYSTEM, key)
        agency = key.partition("-")[0]
        messages.append(
            (number, identity, identity, 1, identity, DESK, TYPE, 1, key, key, agency, None, 5, None, "", "", 1,
             False, 1, 0, None, None, b"")
        )  # fmt: skip
        told = _PLAIN | {
            "id": number, "message_id": number, "source": DESK, "system": SYSTEM, "line": line,
            "identity": identity, "seq": number, "kind": 1, "type": TYPE, "state": int(State.DELIVERED),
            "created_at": 5, "changed_at": 5,
        }  # fmt: skip
        deliveries.append(tuple(told.values()))
        present.append((line, TYPE, "delivered", number, number, 5))
        said = dict.fromkeys(_DOSSIER) | {
            "key": key, "message_id": number, "source": DESK, "revision": 1, "known_from": 5, "agency": agency,
            "procedure": "1.003897", "field": "", "channel": "", "status": 4, "marks": 0, "received": 5,
        }  # fmt: skip
        registered.append(tuple(said[name] for name in _DOSSIER))
    for sql, rows in (
        (INSERT_MESSAGE, messages),
        (insert(history, *_PLAIN), deliveries),
        (insert(dossiers), registered),
    ):
        tx.run(sql, rows)
    tx.run("INSERT INTO presence (line, type, how, message_id, seq, at) VALUES (?, ?, ?, ?, ?, ?)", present)


def chunks(count: int) -> Iterator[range]:
    """Yield the numbers of dossiers, some at a time."""
    for first in range(1, count + 1, _CHUNK):
        yield range(first, min(first + _CHUNK, count + 1))


async def measured(folder: Path, count: int) -> dict[str, Any]:
    """Fill a journal, reconcile all of it, and return what it took."""
    async with rig(folder, portal=Vast()) as one:
        for numbers in chunks(count):
            await one.journal.write(lambda tx, some=numbers: written(tx, some))
        scope, order = Scope(DESK, SYSTEM), Order("large", "operator", "", TURNED_AWAY)
        await one.journal.write(lambda tx: journalled.ask(tx, scope, order))
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        runs = Runs(one.gateway)
        while await runs.step():
            pass
        run = (await one.journal.read(journalled.listing))["reconciliations"][0]
        return {
            "counts": run["counts"],
            "seconds": round(time.monotonic() - began, 1),
            "megabytes before": before // 1024,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def main() -> None:
    """Measure at the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(measured(Path(folder), asked.dossiers))
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main()
