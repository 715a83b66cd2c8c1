"""What an answer about a code consists of."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import NamedTuple

from lgsp.domain.agencies.facts import Confidence, Fact, Scheme, Share
from lgsp.domain.codes import AgencyCode


class Standing(Enum):
    """What a code is on a day."""

    LIVE = "live"
    CLOSED = "closed"
    NOT_YET = "not-yet-valid"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


class Successor(NamedTuple):
    """Where a closed body went.

    Attributes:
        share: whole, when all of it is there, over every step in between.
        effective: the day of the last step.
        standing: what the successor is on the day that was asked for.
    """

    code: str
    name: str
    share: Share
    effective: date
    standing: Standing
    act: str
    confidence: Confidence


class State(NamedTuple):
    """What claims, or lists, say of one code on a day; the fields are those of a `Resolution`."""

    standing: Standing
    fact: Fact | None = None
    successors: tuple[Successor, ...] = ()
    readings: tuple[Fact, ...] = ()
    also: tuple[str, ...] = ()
    listed: bool = False


class Resolution(NamedTuple):
    """The answer to: whose code is this on that day.

    Attributes:
        written: the code as it was asked for.
        code: how it reads.
        known: whether facts speak of this very code. Otherwise what stands here is that of `ancestor`, the
            nearest body above it that facts speak of; name and level of this one are not guessed.
        fact: the fact that holds, of it or of its ancestor; None when none or several do.
        successors: of a closed code, those at which it ended up by that day; of a live one, those that are
            known to come.
        readings: of an ambiguous code, the facts among which it does not decide.
        also: other codes of the same body on that day: in the other scheme, or by a list.
        listed: it rests on lists alone; no decision speaks of the code, or of its ancestor.
    """

    written: str
    code: AgencyCode
    scheme: Scheme
    standing: Standing
    known: bool = False
    ancestor: str = ""
    fact: Fact | None = None
    successors: tuple[Successor, ...] = ()
    readings: tuple[Fact, ...] = ()
    also: tuple[str, ...] = ()
    listed: bool = False
