"""What became of an attempt, in the journal's words: delivered, refused, put off, handed back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lgsp.adapter import Receipt
from lgsp.domain.causes_named import answer_of
from lgsp.errors import Refused, Scope, Unavailable, Uncertain
from lgsp.journal.states import State
from lgsp.journal.turns import Apart, Claim, Outcome
from lgsp.patience import Patience

_MICROS = 1_000_000
_SAID = 500
"""Characters of what a far side said that stand in the journal's rows; the exchange holds the rest."""


class Means(Protocol):
    """What a system's policy says of attempts that fail."""

    @property
    def patience(self) -> Patience:
        """How long to wait between attempts."""

    @property
    def settle(self) -> float:
        """Seconds in which a doubtful attempt may still land."""


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
        said=shortened(fault.said if fault else said),
        there=fault.there if fault else None,
        answer=answer_of(fault),
        **sides,
    )


def delivered(  # noqa: PLR0913 - an outcome has many sides
    claim: Claim, worker: int, receipt: Receipt, means: Means, whom: Sequence[str], *, repeated: bool
) -> Outcome:
    """Return the outcome of an attempt that the far side took, for all receivers or for some of them.

    Args:
        claim: the attempt.
        worker: the number of who made it.
        receipt: what the far side answered.
        means: patience and settle time of the system.
        whom: all receivers that the attempt was for.
        repeated: it went out once more although it may have arrived.
    """
    failed = {code: receipt.failed[code] for code in whom if code in receipt.failed}
    reached = tuple(code for code in whom if code not in failed)
    if failed and not reached:
        return _nobody(claim, worker, failed, means)
    outcome = ended(
        claim, worker, State.DELIVERED, said=receipt.note, resolved=True,
        repeated=repeated or receipt.repeated,
    )  # fmt: skip
    if failed:
        outcome.recipients, outcome.apart = reached, _apart(claim, failed, means)
        outcome.settle = int(means.settle * _MICROS)
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


def waiting(claim: Claim, worker: int, cause: str, said: str, wait: int) -> Outcome:
    """Return the put-off, by microseconds, of what lacks something here: it spends no patience."""
    return ended(claim, worker, State.PUT_OFF, cause=cause, said=said, wait=wait)


def _nobody(claim: Claim, worker: int, failed: Mapping[str, Refused | Unavailable], means: Means) -> Outcome:
    """Return what became of an attempt that reached none of the receivers, each for a reason of its own."""
    first, *others = _apart(claim, failed, means)
    return ended(
        claim, worker, first.state, cause=first.cause, said=first.said, fields=first.fields, wait=first.wait,
        patience=first.patience, uncertain=first.uncertain, settle=int(means.settle * _MICROS),
        recipients=first.recipients if others else (), apart=others,
    )  # fmt: skip


def _apart(claim: Claim, failed: Mapping[str, Refused | Unavailable], means: Means) -> Sequence[Apart]:
    """Group receivers by what becomes of them; those who may be tried again go together, and stand first.

    If one of those may have been reached, the far side is asked about all of them before they are tried.
    """
    again = {code: fault for code, fault in failed.items() if isinstance(fault, Unavailable)}
    refused: dict[str, list[str]] = {}
    for code, fault in failed.items():
        if isinstance(fault, Refused):
            refused.setdefault(fault.cause, []).append(code)
    groups = [_tried_again(claim, again, means)] if again else []
    return [*groups, *(_turned_down(claim, codes, failed[codes[0]]) for codes in refused.values())]


def _tried_again(claim: Claim, failed: Mapping[str, Refused | Unavailable], means: Means) -> Apart:
    spent, doubtful = claim.patience + 1, any(isinstance(fault, Uncertain) for fault in failed.values())
    state = State.EXHAUSTED if means.patience.spent(spent) else State.PUT_OFF
    first = next(iter(failed.values()))
    asked = max(getattr(fault, "after", None) or 0.0 for fault in failed.values())
    wait = max(means.patience.wait(spent, asked), means.settle if doubtful else 0.0)
    return Apart(
        tuple(failed), state, first.cause, shortened(first.said), wait=int(wait * _MICROS), patience=spent,
        uncertain=doubtful,
    )  # fmt: skip


def _turned_down(claim: Claim, codes: Sequence[str], fault: Refused | Unavailable) -> Apart:
    fields = fault.fields if isinstance(fault, Refused) else ()
    said = shortened(fault.said)
    return Apart(tuple(codes), State.REFUSED, fault.cause, said, fields=fields, patience=claim.patience)


def shortened(said: str) -> str:
    """Return what somebody said, as long as it stands in the journal's rows."""
    return said[:_SAID].replace("\0", "")
