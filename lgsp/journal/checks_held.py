"""Which deliveries are held for what checks found: one word of a person about it lets all of them go.

Whoever acts locks questions first and lines behind them; an outcome that holds, which locks its line alone,
looks under that lock whether what was found still holds anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from lgsp.journal.checks import WAITS
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import CHECK, MESSAGE, Row
from lgsp.journal.states import State
from lgsp.journal.turns import Outcome

_KEPT = "SELECT subject, question FROM checks_held WHERE delivery_id = ? ORDER BY question"
_ALIKE = (
    "SELECT DISTINCT o.delivery_id FROM checks_held h JOIN checks_held o ON o.subject = h.subject"
    " AND o.question = h.question WHERE h.delivery_id = ?"
)
_STANDS = (
    "SELECT h.delivery_id, CASE WHEN c.waived_at IS NULL AND c.result <> 0 THEN 1 ELSE 0 END"
    " FROM checks_held h JOIN checks c ON c.subject = h.subject AND c.question = h.question"
    " WHERE h.delivery_id IN ({})"
)
_FREE = "DELETE FROM checks_held WHERE delivery_id = ?"
_WAIVE = (
    "UPDATE checks SET waived_at = ?, waived_by = ?, waived_why = ? WHERE subject = ? AND question = ?"
    " AND waived_at IS NULL"
)
_ASK_AGAIN = (
    "UPDATE checks SET result = 0, began_at = ?, busy_until = NULL, told_at = NULL, cause = NULL,"
    " fields = NULL, ask = NULL WHERE subject = ? AND question = ? AND result <> 5"
)
"""What a body does not say (5, INCOMPLETE) nobody can be asked for: it stays known."""


def by_check(row: Row) -> bool:
    """Tell whether a delivery is held for what was found, and not by a person."""
    return row.state == State.HELD and row.scope == CHECK


def waive(tx: Transaction, delivery: int, who: str, why: str) -> None:
    """Let what holds a delivery be; it holds for newer messages that ask the same."""
    tx.run(_WAIVE, [(tx.now, who, why or None, *one) for one in tx.rows(_KEPT, (delivery,))])


def ask_again(tx: Transaction, delivery: int) -> None:
    """Forget what was found that holds a delivery, so that it is asked anew."""
    tx.run(_ASK_AGAIN, [(tx.now, *one) for one in tx.rows(_KEPT, (delivery,))])


def alike(tx: Transaction, delivery: int) -> list[int]:
    """Return the deliveries that are, or were, held for the same, that one among them, in order."""
    return sorted({delivery, *(number for (number,) in tx.rows(_ALIKE, (delivery,)))})


def still(tx: Transaction, deliveries: Sequence[int]) -> set[int]:
    """Return which of them something is found of that nobody waived."""
    return {number for number, stands in tx.among(_STANDS, deliveries) if stands}


def free(tx: Transaction, deliveries: Sequence[int]) -> None:
    """Forget for what deliveries were held: they go."""
    tx.run(_FREE, [(number,) for number in deliveries])


def spared(tx: Transaction, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return outcomes without those that hold for what was waived, or is asked anew, since it was looked at.

    Such a delivery is looked at again at once: nobody has to say twice that the same doubt is settled.
    """
    held = [one.claim.delivery for outcome in outcomes for one in outcome.each() if _holds(one)]
    if not held:
        return outcomes
    tx.lock(sorted({outcome.claim.line for outcome in outcomes}))
    found = tx.among(_STANDS, held)
    going = {number for number, _ in found} - {number for number, stands in found if stands}
    return [_spared(one, going) for one in outcomes] if going else outcomes


def _holds(one: Outcome) -> bool:
    return one.state is State.HELD and one.scope == CHECK


def _spared(one: Outcome, going: Collection[int]) -> Outcome:
    then = tuple(_spared(each, going) for each in one.then)
    if _holds(one) and one.claim.delivery in going:
        return replace(
            one, state=State.PUT_OFF, cause=WAITS, said="", fields=(), scope=MESSAGE, wait=0, then=then
        )
    return replace(one, then=then)
