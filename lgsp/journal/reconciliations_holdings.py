"""What a source says that it has, and what our door turned away of it, laid beside the register for a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from lgsp.domain.codes import dossier_code, under
from lgsp.domain.reconciling.sides import Local, TurnedAway
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations_sides import DOSSIER
from lgsp.journal.reconciliations_tables import holdings
from lgsp.journal.rows import insert

_COLUMNS = "key, subject, status, status_at, count, rejected_at, rejected"
_STAGE = (
    f"{insert(holdings)} ON CONFLICT (run, key) DO UPDATE SET count = holdings.count + excluded.count,"
    " subject = excluded.subject, status = excluded.status, status_at = excluded.status_at"
)
_STAGE_REJECTED = (
    f"{insert(holdings)} ON CONFLICT (run, key) DO UPDATE SET rejected_at = excluded.rejected_at,"
    " rejected = excluded.rejected"
)
_PAGE = f"SELECT {_COLUMNS} FROM holdings WHERE run = ? AND key > ? ORDER BY key LIMIT ?"
_AMONG = f"SELECT {_COLUMNS} FROM holdings WHERE key IN ({{}}) AND run = ?"
_SOME = "SELECT key FROM holdings WHERE run = ? ORDER BY key LIMIT ?"
_DROP = "DELETE FROM holdings WHERE run = ? AND key <= ? RETURNING run"
_LEFT = (
    "SELECT r.id FROM (SELECT min(run) AS run FROM holdings) h JOIN reconciliations r ON r.id = h.run"
    " WHERE r.state IN ('cancelled', 'done') OR (r.state = 'failed' AND r.changed_at < ?)"
)
_TURNED_AWAY = (
    "SELECT id, at, subject, code, problems, type FROM quarantine WHERE source = ? AND id > ?"
    " ORDER BY id LIMIT ?"
)


@dataclass(slots=True, frozen=True)
class Named:
    """One dossier as the source's list names it; what it does not tell is empty.

    Attributes:
        key: normal form of its code; the text itself where it is none.
        subject: its code as written.
        status: canonical word.
        changed_at: microseconds since 1970.
        fault: why its code cannot be read: a cause of the catalogue.
    """

    key: str
    subject: str
    status: str = ""
    changed_at: int | None = None
    fault: str = ""


class Holding(NamedTuple):
    """A dossier as it was laid beside the register."""

    key: str
    subject: str
    status: str
    status_at: int | None
    times: int
    rejected_at: int | None
    rejected: str

    @property
    def local(self) -> Local | None:
        """Return what the source's list says of it; None when the list does not name it."""
        return Local(self.status, self.status_at, self.times) if self.times else None

    def turned_away(self, since: int) -> TurnedAway | None:
        """Return the version that our door turned away later than a time, if there is one."""
        if self.rejected_at is None or self.rejected_at <= since:
            return None
        told = orjson.loads(self.rejected)
        return TurnedAway(told["code"], tuple(told["fields"]))


def stage(tx: Transaction, run: int, named: Sequence[Named]) -> None:
    """Lay a part of the source's list beside the register; a dossier that is named twice counts twice."""
    rows = [(run, one.key, one.subject, one.status, one.changed_at, 1, *_fault(tx, one)) for one in named]
    tx.run(_STAGE, rows)


def _fault(tx: Transaction, one: Named) -> tuple[int | None, str]:
    if not one.fault:
        return None, ""
    return tx.now, orjson.dumps({"code": one.fault, "fields": ["/code"]}).decode()


def stage_turned_away(  # noqa: PLR0913, PLR0917 - a page of one source, of some agency
    tx: Transaction, run: int, source: str, within: Sequence[str], since: int, after: int, limit: int
) -> int | None:
    """Lay what our door turned away, a page in its order; return the id to go on after, None at the end.

    Of a dossier that was turned away more than once the latest counts. `within` are the subtrees of agencies
    that are meant; none is all.
    """
    found = tx.rows(_TURNED_AWAY, (source, after, limit))
    latest = {row[1]: row for row in _of_dossiers(found, within, since)}
    tx.run(_STAGE_REJECTED, [(run, key, subject, "", None, 0, moment, why)
                             for key, (moment, _, subject, why) in latest.items()])  # fmt: skip
    return found[-1][0] if len(found) == limit else None


def _of_dossiers(
    rows: Sequence[Any], within: Sequence[str], since: int
) -> Iterator[tuple[int, str, str, str]]:
    """Yield when, key, code and reason of what was a dossier of the agencies; others cannot be compared."""
    for _, moment, subject, code, problems, type_ in rows:
        parsed = dossier_code(subject) if subject else None
        if type_ not in {DOSSIER, ""} or parsed is None or moment < since:
            continue
        if not within or any(under(parsed.agency_normal, top) for top in within):
            yield moment, parsed.normal, subject, _why(code, orjson.loads(problems))


def _why(code: str, problems: Sequence[Sequence[str]]) -> str:
    """Return the first problem's code, or that of the reason, and all places, as JSON."""
    fields = [place for place, *_ in problems if place]
    return orjson.dumps({"code": problems[0][1] if problems else code, "fields": fields}).decode()


def page(tx: Transaction, run: int, after: str, limit: int) -> list[Holding]:
    """Return what was laid, behind a key, in the order of keys."""
    return [Holding._make(row) for row in tx.rows(_PAGE, (run, after, limit))]


def among(tx: Transaction, run: int, keys: Sequence[str]) -> dict[str, Holding]:
    """Return what was laid of some keys."""
    return {row[0]: Holding._make(row) for row in tx.among(_AMONG, keys, run)}


def left(tx: Transaction, before: int) -> int | None:
    """Return a run that needs what was laid for it no more: it is over, or failed before a time."""
    return next((int(row[0]) for row in tx.rows(_LEFT, (before,))), None)


def drop(tx: Transaction, run: int, most: int) -> bool:
    """Take away some of what was laid; return True when nothing is left."""
    rows = tx.rows(_SOME, (run, most))
    if rows:
        tx.rows(_DROP, (run, rows[-1][0]))
    return len(rows) < most
