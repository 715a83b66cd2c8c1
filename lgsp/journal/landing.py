"""Late landings: an old snapshot that may have landed on a newer one makes us send the newest again."""

from __future__ import annotations

from lgsp.journal.contract import Transaction
from lgsp.journal.promoting import dispatch, make_present, next_heads
from lgsp.journal.rows import born, newest_in_line, write_entries
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Frame, Outcome
from lgsp.message import Kind

_OLD = (
    "SELECT seq, identity FROM deliveries WHERE id = ?"
    " UNION ALL SELECT seq, identity FROM history WHERE id = ?"
)
_KEPT = "SELECT 1 FROM bodies WHERE message_id = ?"
_NEWEST = (
    "SELECT p.message_id FROM presence p JOIN messages m ON m.id = p.message_id"
    " WHERE p.line = ? AND p.type = ? AND p.how = 'delivered' AND p.seq > ? AND m.identity = ?"
)


def late_landing(tx: Transaction, outcome: Outcome) -> list[Frame]:
    """Give the newest delivered snapshot of the line one linked delivery, if a late outcome endangers it."""
    claim = outcome.claim
    if claim.shadow:
        return []
    frames = _landed(tx, outcome) if outcome.state is State.DELIVERED else []
    may_have_landed = outcome.state is State.DELIVERED or outcome.uncertain
    if claim.kind is not Kind.SNAPSHOT or not may_have_landed:
        return frames
    return frames + _endangered(tx, claim, outcome)


def _landed(tx: Transaction, outcome: Outcome) -> list[Frame]:
    """A late success still says that some version is there."""
    claim = outcome.claim
    if claim.kind is Kind.EVENT:
        return []
    make_present(tx, [(claim.line, claim.message.type, "answered", None, None)])
    return dispatch(tx, next_heads(tx, [claim.line]))


def _endangered(tx: Transaction, claim: Claim, outcome: Outcome) -> list[Frame]:
    """Send the newest once more if it went, or is going, while the old one was under way.

    A newer one that is still unsent needs nothing: it will be sent over whatever landed.
    """
    old = tx.rows(_OLD, (claim.delivery, claim.delivery))
    if not old:
        return []
    seq, identity = old[0]
    ahead = newest_in_line(tx, claim.line, identity, seq)
    if ahead:
        _, message, worker = ahead
        return _resend(tx, outcome, message, identity) if worker is not None else []
    newest = tx.rows(_NEWEST, (claim.line, claim.message.type, seq, identity))
    return _resend(tx, outcome, newest[0][0], identity) if newest else []


def _resend(tx: Transaction, outcome: Outcome, message: int, identity: bytes) -> list[Frame]:
    claim = outcome.claim
    if not tx.rows(_KEPT, (message,)):
        return []  # retention erased it: there is nothing to send
    number = born(
        tx, message_id=message, source=claim.message.source, system=claim.system, line=claim.line,
        identity=identity, kind=int(claim.kind), type=claim.message.type, state=int(State.WAITING), repeats=1,
        resend_of=claim.delivery,
    )  # fmt: skip
    write_entries(
        tx,
        [{"what": "sent again", "message": message, "delivery": number, "source": claim.message.source,
          "system": claim.system, "state": int(State.WAITING), "who": "gateway", "cause": "late-landing"}],
    )  # fmt: skip
    return dispatch(tx, next_heads(tx, [claim.line]))
