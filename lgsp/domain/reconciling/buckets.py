"""Into which bucket a difference goes, what can be done of it, and which of several leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lgsp.domain.cause import Party


class Bucket(StrEnum):
    """Kinds of differences, in the order of precedence: the first that applies leads, others are notes.

    What explains goes before what it leads to: a dossier that our door turned away, or the system refused, is
    missing there for that reason, and mending the reason is what helps.
    """

    UNSENDABLE = "unsendable"
    REFUSED = "refused"
    MISSING_HERE = "missing-here"
    MISSING_THERE = "missing-there"
    DUPLICATE = "duplicate"
    STATE_DIFFERS = "state-differs"
    LATE = "late"
    UNVERIFIABLE = "unverifiable"


class Repair(StrEnum):
    """What may be done of a difference without making another one."""

    RESEND = "resend"
    UPDATE = "update"
    CORRECT = "correct"
    ASK_OWNER = "ask-owner"
    WAIT = "wait"
    NONE = "none"


SAFE = frozenset({Repair.RESEND, Repair.UPDATE})
"""Repairs that the gateway can carry out by itself."""


class Proof(StrEnum):
    """Why a dossier without a difference has none.

    Attributes:
        SEEN: the system's own answer tells the state that we delivered.
        RECEIPT: it took the newest version, and the dossier is there; its state it does not show.
        UNDER_WAY: it is on its way, and not late.
    """

    SEEN = "seen"
    RECEIPT = "receipt"
    UNDER_WAY = "under way"


@dataclass(slots=True, frozen=True)
class Symptom:
    """One thing that is not as it should be.

    Attributes:
        cause: a code of the catalogue.
        owner: who has to act.
        retry: whether doing the same again can go better.
        fields: those that the cause names.
    """

    bucket: Bucket
    cause: str
    owner: Party
    retry: bool
    repair: Repair
    fields: Sequence[str] = ()


@dataclass(slots=True, frozen=True)
class Verdict:
    """What the three sides come to.

    Attributes:
        symptoms: by precedence, the leading one first; without any the sides agree.
        proof: why, where they agree.
    """

    symptoms: Sequence[Symptom] = ()
    proof: Proof | None = None

    @property
    def leading(self) -> Symptom | None:
        """Return the symptom by which the dossier is counted."""
        return self.symptoms[0] if self.symptoms else None


_ORDER = {bucket: place for place, bucket in enumerate(Bucket)}


def by_precedence(symptoms: Sequence[Symptom]) -> list[Symptom]:
    """Return symptoms, the leading one first; of one bucket each cause stands once."""
    once = {(one.bucket, one.cause): one for one in symptoms}
    return sorted(once.values(), key=lambda one: _ORDER[one.bucket])
