"""What became of an attempt, in the journal's words: delivered, refused, put off, handed back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lgsp.adapter import Receipt
from lgsp.domain.causes_named import answer_of
from lgsp.errors import Refused, Scope, Unavailable, Uncertain
from lgsp.journal.contract import Apart, Claim, Outcome
from lgsp.journal.states import State
from lgsp.patience import Patience

_MICROS = 1_000_000
_SAID = 500
"""Characters of what a far side said that stand in the journal's rows; the exchange holds the rest."""


def ended(  # noqa: PLR0913 - an outcome has many sides
    claim: Claim,
    worker: int,
    state: State,
    fault: Refused | Unavailable | None = None,
    *,
    cause: str = "",
    said: str = "",
    **more: Any,
) -> Outcome:
    """Return the outcome of an attempt that left the delivery in a state.

    Args:
        claim: the attempt.
        worker: the number of who made it.
        state: where it leads.
        fault: why; its words stand before `cause` and `said`.
        cause: why, where no fault says so.
        said: what the far side said, likewise.
        more: other sides of the outcome.
    """
    sides: dict[str, Any] = {"patience": claim.patience, "fields": getattr(fault, "fields", ())} | more
    return Outcome(
        claim,
        worker,
        state,
        0,
        0,
        cause=fault.cause if fault else cause,
        said=_shortened(fault.said if fault else said),
        there=fault.there if fault else None,
        answer=answer_of(fault),
        **sides,
    )


def delivered(claim: Claim, worker: int, receipt: Receipt, patience: Patience, *, repeated: bool) -> Outcome:
    """Return the outcome of an attempt that the far side took, for all receivers or for some of them."""
    failed = {code: receipt.failed[code] for code in claim.message.recipients if code in receipt.failed}
    reached = tuple(code for code in claim.message.recipients if code not in failed)
    if failed and not reached:
        return _nobody(claim, worker, failed, patience)
    outcome = ended(
        claim, worker, State.DELIVERED, said=receipt.note, resolved=True,
        repeated=repeated or receipt.repeated,
    )  # fmt: skip
    if failed:
        outcome.recipients, outcome.apart = reached, _apart(claim, failed, patience)
    return outcome


def put_off(  # noqa: PLR0913, PLR0917 - an outcome has many sides
    claim: Claim, worker: int, fault: Unavailable, scope: Scope, patience: Patience, settle: float
) -> Outcome:
    """Return the outcome of a failure that may pass: one of the system spends no patience."""
    doubtful, spent = isinstance(fault, Uncertain), claim.patience + (scope is Scope.MESSAGE)
    state = State.EXHAUSTED if patience.spent(spent) else State.PUT_OFF
    wait = patience.wait(spent, fault.after) if scope is Scope.MESSAGE else patience.bound
    settles = int(settle * _MICROS)
    return ended(
        claim, worker, state, fault, patience=spent, uncertain=doubtful, settle=settles,
        scope=int(scope is Scope.SYSTEM), wait=max(int(wait * _MICROS), settles if doubtful else 0),
    )  # fmt: skip


def handed_back(claim: Claim, worker: int, settle: float, *, begun: bool = False) -> Outcome:
    """Return a put-off that spends no patience; in doubt where a request of the attempt went out already."""
    settles = int(settle * _MICROS)
    return ended(
        claim, worker, State.PUT_OFF, cause="handed-back", scope=1, uncertain=begun, settle=settles,
        wait=settles if begun else 0,
    )  # fmt: skip


def _nobody(
    claim: Claim, worker: int, failed: Mapping[str, Refused | Unavailable], patience: Patience
) -> Outcome:
    """Return what became of an attempt that reached none of the receivers, each for a reason of its own."""
    first, *others = _apart(claim, failed, patience)
    return ended(
        claim, worker, first.state, cause=first.cause, said=first.said, fields=first.fields, wait=first.wait,
        patience=first.patience, recipients=first.recipients if others else (), apart=others,
    )  # fmt: skip


def _apart(claim: Claim, failed: Mapping[str, Refused | Unavailable], patience: Patience) -> Sequence[Apart]:
    """Group receivers by what becomes of them; those who may be tried again go together, and stand first."""
    again = {code: fault for code, fault in failed.items() if isinstance(fault, Unavailable)}
    refused: dict[str, list[str]] = {}
    for code, fault in failed.items():
        if code not in again:
            refused.setdefault(fault.cause, []).append(code)
    groups = [_tried_again(claim, again, patience)] if again else []
    return [*groups, *(_turned_down(claim, codes, failed[codes[0]]) for codes in refused.values())]


def _tried_again(claim: Claim, failed: Mapping[str, Refused | Unavailable], patience: Patience) -> Apart:
    spent = claim.patience + 1
    state = State.EXHAUSTED if patience.spent(spent) else State.PUT_OFF
    first = next(iter(failed.values()))
    wait = int(patience.wait(spent) * _MICROS)
    return Apart(tuple(failed), state, first.cause, _shortened(first.said), wait=wait, patience=spent)


def _turned_down(claim: Claim, codes: Sequence[str], fault: Refused | Unavailable) -> Apart:
    fields = fault.fields if isinstance(fault, Refused) else ()
    said = _shortened(fault.said)
    return Apart(tuple(codes), State.REFUSED, fault.cause, said, fields=fields, patience=claim.patience)


def _shortened(said: str) -> str:
    return said[:_SAID].replace("\0", "")
