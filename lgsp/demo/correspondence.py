"""Planning the correspondence of a demonstration: who writes to whom, and what becomes of it later."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lgsp.sandbox.axis.directory import MEMBERS, Member
from lgsp.sandbox.axis.faults import Habits

FINANCE, LABOUR, REPLIER, REFUSER = (
    Member("H44.11", "Sở Tài chính tỉnh Phú Thọ", "000.00.11.H44"),
    Member("H44.12", "Sở Nội vụ tỉnh Phú Thọ"),
    Member("H44.13", "Sở Nông nghiệp và Môi trường tỉnh Phú Thọ"),
    Member("H44.14", "Sở Khoa học và Công nghệ tỉnh Phú Thọ"),
)
OURS = (FINANCE, LABOUR, REPLIER, REFUSER)
"""The agencies whose document system plays: one answers each document by another, one refuses them all."""

OF_AGENCY = {REPLIER.code: Habits(reply=1.0), REFUSER.code: Habits(refuse=1.0)}
LENIENT, STRICT = (
    tuple(member.code for member in MEMBERS if member.persona == persona) for persona in ("java", "dotnet")
)
NOBODY = "Z99"
"""A code that nobody on the axis bears."""

_MOST = 200


class Act(StrEnum):
    """What is done: a document is sent, of one of four kinds, or wished back by status 13."""

    NEW = "new"
    RECALL = "recall"
    UPDATE = "update"
    REPLACE = "replace"
    TAKE_BACK = "take back"


@dataclass(slots=True, frozen=True)
class Errand:
    """One thing that an agency's people do.

    Attributes:
        sender: code of an agency of ours, or of a peer on the axis.
        to: codes of the receivers.
        about: the errand, by its number, whose document this is about; None for a new one.
    """

    number: int
    sender: str
    to: tuple[str, ...]
    act: Act = Act.NEW
    about: int | None = None


def correspondence(steps: int, seed: int, *, faults: bool = False) -> list[Errand]:
    """Return the errands that go with so many steps of dossiers: about one for ten, at least a dozen.

    Args:
        steps: of the dossiers.
        seed: of every choice.
        faults: some letters are for an agency that does not exist.
    """
    dice, found = random.Random(seed), list[Errand]()
    wanted = min(max(steps // 10, 1), _MOST)
    while len(found) < wanted:
        found += _dozen(dice, len(found), faults=faults)
    return found


def _dozen(dice: random.Random, first: int, *, faults: bool) -> Iterator[Errand]:
    """Yield letters of every kind, and then what follows some of them."""
    one, other = dice.sample((FINANCE.code, LABOUR.code), 2)
    lenient, far, strict = *dice.sample(LENIENT, 2), dice.choice(STRICT)
    letters: list[tuple[str, tuple[str, ...]]] = [
        (one, (other,)),
        (one, (lenient,)),
        (other, (strict,)),
        (one, (other, REPLIER.code, far, strict)),
        (one, (REFUSER.code, REPLIER.code)),
        (lenient, (one,)),
        (far, (other, REPLIER.code, strict)),
        (strict, (REFUSER.code, one)),
        *([(other, (NOBODY,))] if faults else []),
    ]
    yield from (Errand(first + n, *letter) for n, letter in enumerate(letters))
    yield from _later(letters, first)


def _later(letters: Sequence[tuple[str, tuple[str, ...]]], first: int) -> Iterator[Errand]:
    """Yield what follows letters of one dozen: each goes to whom its letter went."""
    following = (
        (Act.UPDATE, 1),
        (Act.RECALL, 3),
        (Act.REPLACE, 2),
        (Act.TAKE_BACK, 0),
        (Act.TAKE_BACK, 1),
        (Act.RECALL, 6),
    )
    for n, (act, about) in enumerate(following, len(letters)):
        sender, to = letters[about]
        yield Errand(first + n, sender, to, act, first + about)
