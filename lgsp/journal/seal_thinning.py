"""What who seals keeps in order besides: which checkpoints stay, which are copied, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.remembered import remember, remembered
from lgsp.journal.seal_reading import STANDING

_HOUR = 3_600_000_000
_MINUTE, _WEEK = _HOUR // 60, 7 * 24 * _HOUR
_SEEN = "SELECT size, at FROM log_checkpoints WHERE at < ? ORDER BY size"
_LAST_COPY = "SELECT max(size) FROM log_checkpoints WHERE copied_at IS NOT NULL"


def too_many(tx: Transaction, now: int) -> list[int]:
    """Return the sizes of checkpoints that need not be kept: the newest one covers them.

    One a minute stays of those older than an hour, one an hour of those older than a week: the last one.
    """
    found = tx.rows(_SEEN, (now - _HOUR,))
    last = {_slot(at, now): size for size, at in found}
    stay = {*last.values(), tx.rows(_LAST_COPY)[0][0]}
    return [size for size, _ in found if size not in stay]


def _slot(at: int, now: int) -> tuple[int, int]:
    width = _HOUR if at < now - _WEEK else _MINUTE
    return width, at // width


def forget(tx: Transaction, sizes: Sequence[int]) -> None:
    """Forget checkpoints."""
    tx.run("DELETE FROM log_checkpoints WHERE size = ?", [(size,) for size in sizes])


def copied(tx: Transaction, size: int) -> None:
    """Note that the checkpoint of a size stands in the second place too, and so whatever it covers."""
    tx.run("UPDATE log_checkpoints SET copied_at = ? WHERE size = ?", [(tx.now, size)])


def note_standing(tx: Transaction, *, copies: bool, fault: str) -> None:
    """Remember, for all who look, what is wrong with sealing or copying; an empty text where nothing is."""
    told = orjson.dumps({"copies": copies, "fault": fault}).decode()
    if remembered(tx, STANDING) != told:
        remember(tx, STANDING, told)
