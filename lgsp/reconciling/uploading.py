"""Taking a source's list from a person, part by part, before a run begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lgsp.adapter import Holding
from lgsp.domain.dossier import STATUSES
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_holdings as holdings
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reconciliations import TURNED_AWAY, UPLOADING
from lgsp.message import nfc
from lgsp.reconciling.listing import named

_WORDS = {
    said.casefold(): status.word
    for status in STATUSES
    for said in (status.word, str(status.number), status.vi)
}


class Part(NamedTuple):
    """A part of a source's list.

    Attributes:
        number: from 1, in order.
        last: nothing follows.
        whole: said with the last one: the list names all that the source has in the scope.
        taken_at: said with the last one: when the list was taken, in microseconds; None is when the run was
            asked for.
    """

    number: int
    rows: Sequence[Holding]
    last: bool
    whole: bool
    taken_at: int | None = None


def status(text: str) -> str | None:
    """Return the canonical word of a status as a list may write it: the word, its number, or its name.

    An empty text stays empty; None is what is no status.
    """
    said = nfc(text).strip()
    return _WORDS.get(said.casefold()) if said else ""


def bring(tx: Transaction, number: int, part: Part, tops: Sequence[str] = ()) -> dict[str, Any] | None:
    """Lay a part beside the register, once; the last one lets the run begin. None when there is no run.

    Of a run of an agency `tops` are the subtrees that it means.

    Raises:
        WrongStateError: the run waits for no list, or for another part than this one.
    """
    run = runs.current(tx, number)
    if run is None:
        return None
    at = int(run.cursor or 0) if run.phase == UPLOADING else 0
    if run.phase == UPLOADING and part.number <= at:
        return runs.find(tx, number)  # an answer was lost, and it is brought again
    held = runs.still(tx, run) if run.phase == UPLOADING else None
    if held is None or part.number != at + 1:
        raise WrongStateError(f"reconciliation {number}: it is {run.state}, {run.phase}, part {at}")
    holdings.stage(tx, number, named(part.rows, tops))
    if part.last:
        runs.listed(tx, held, held.asked_at if part.taken_at is None else part.taken_at, whole=part.whole)
        runs.step(tx, held, TURNED_AWAY, "")
    else:
        runs.step(tx, held, UPLOADING, str(part.number))
    return runs.find(tx, number)
