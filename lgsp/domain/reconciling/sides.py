"""What each of three sides says of one dossier: the source's own list, our journal, the far system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """Where the newest snapshot stands on its way to the system."""

    NONE = "none"
    UNDER_WAY = "under way"
    HELD = "held"
    DELIVERED = "delivered"
    ADOPTED = "adopted"
    SHADOWED = "shadowed"
    REFUSED = "refused"
    SPENT = "spent"
    OUTLIVED = "outlived"
    CALLED_OFF = "called off"


class Answer(StrEnum):
    """What the system said when it was asked for a dossier; `UNKNOWN` is any answer that says neither."""

    THERE = "there"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(slots=True, frozen=True)
class Local:
    """What the source says that it has, by its own list.

    Attributes:
        status: canonical word; empty where its list does not tell.
        changed_at: microseconds since 1970; None where its list does not tell.
        count: how often the list names the dossier.
    """

    status: str = ""
    changed_at: int | None = None
    count: int = 1


@dataclass(slots=True, frozen=True)
class Ours:
    """What the journal holds of the newest snapshot that was accepted.

    Attributes:
        status: canonical word; empty where it could not be read.
        accepted_at: when that snapshot was taken on, in microseconds.
        since: when it came to stand so.
        cause: why it stands so, by its code; of a system that rests that of the system.
        before: an earlier snapshot of ours was delivered there, or was adopted.
        doubtful: an attempt of the newest may have been applied, and nobody knows.
        sources: systems that told of this dossier.
    """

    way: Way
    status: str = ""
    accepted_at: int = 0
    since: int = 0
    cause: str = ""
    fields: Sequence[str] = ()
    before: bool = False
    doubtful: bool = False
    sources: int = 1


@dataclass(slots=True, frozen=True)
class Theirs:
    """What the system answered.

    Attributes:
        status: canonical word; empty where the answer does not tell, which is the rule.
        count: how many entries the answer held.
        cause: why there was no answer, where there was none.
    """

    answer: Answer = Answer.UNKNOWN
    status: str = ""
    count: int = 1
    cause: str = ""


@dataclass(slots=True, frozen=True)
class TurnedAway:
    """A version that our door turned away after the newest one was taken on.

    Attributes:
        code: of its first problem.
        fields: the places that the problems name.
    """

    code: str
    fields: Sequence[str] = ()


@dataclass(slots=True, frozen=True)
class Rules:
    """How much time is allowed; microseconds.

    Attributes:
        late: what is on its way for longer is late.
        grace: what the source changed more recently it may still be about to tell.
        listed_at: when the source's list was taken; what we took on later it cannot name. 0: there is none.
        whole: the list names all that the source has in the scope: what it lacks the source does not have.
        live: the routes of now send there: what an older connection should have told may be told by us.
    """

    now: int
    late: int = 3_600_000_000
    grace: int = 3_600_000_000
    listed_at: int = 0
    whole: bool = False
    live: bool = False


@dataclass(slots=True, frozen=True)
class Facts:
    """All that is known of one dossier; None is a side that has nothing of it, or was not asked."""

    local: Local | None = None
    ours: Ours | None = None
    theirs: Theirs = Theirs()
    turned_away: TurnedAway | None = None
