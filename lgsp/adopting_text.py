"""Adopting a whole text at once, as people paste one: looked at first, then taken on part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import orjson

from lgsp.adopting import Adopted, Adoption, Unreadable
from lgsp.errors import Rejected
from lgsp.gateway import Gateway
from lgsp.holdings import ITEMS, LINES, codes_in, items_in, parts, token_of
from lgsp.journal import handovers
from lgsp.journal.contract import Part, WrongStateError
from lgsp.journal.handovers import CODES, Order


class Wanted(NamedTuple):
    """What a text is.

    Attributes:
        what: `codes` or `items`.
        system: that holds what it names.
        of: of codes their type, of items the system that would have told them.
    """

    what: str
    system: str
    of: str

    @property
    def order(self) -> dict[str, str]:
        """Return it as it is ordered: a file and a text of the same bytes are one adoption."""
        return {
            "what": self.what,
            "system": self.system,
            ("type" if self.what == CODES else "source"): self.of,
        }


@dataclass(slots=True)
class Brought:
    """What became of a text, or would: counts, and what cannot be read, each by the line where it stands."""

    counts: Counter[str] = field(default_factory=Counter)
    unreadable: list[Unreadable] = field(default_factory=list)

    def add(self, one: Adopted) -> None:
        """Add what became of a part."""
        self.counts += one.counts
        self.unreadable += one.unreadable


class _Piece(NamedTuple):
    """A part of a text: where it begins and ends as an adoption counts, and what it holds."""

    begins: int
    ends: int
    held: Sequence[Any]


def _pieces(wanted: Wanted, text: str) -> Iterator[_Piece]:
    begins = 0
    if wanted.what == CODES:
        for codes in parts(codes_in(StringIO(text, newline="")), LINES):
            yield _Piece(begins, codes[-1][0], codes)
            begins = codes[-1][0]
    else:
        for items in parts(items_in(StringIO(text), "text"), ITEMS):
            yield _Piece(begins, begins + len(items), items)
            begins += len(items)


async def look(gateway: Gateway, wanted: Wanted, text: str) -> Brought:
    """Return what a text would do; nothing is written.

    Raises:
        NotJsonError: what follows somewhere is no JSON.
    """
    found = Brought()
    async for one in _brought(gateway, wanted, _pieces(wanted, text), None):
        found.add(one)
    return found


async def carry(gateway: Gateway, wanted: Wanted, text: str, who: str, reason: str) -> dict[str, Any]:
    """Take a text on, from where it was broken off if it was; return its adoption at the end.

    Raises:
        StalePartError: another brings it at the same time.
        WrongStateError: it is paused, or was called off.
    """
    named = {"source": wanted.of} if wanted.what != CODES else {"type": wanted.of}
    token = token_of(BytesIO(text.encode()), wanted.order)
    order = Order(token, wanted.what, wanted.system, who, reason, named)
    held, _ = await gateway.journal.write(lambda tx: handovers.ask(tx, order))
    if held["state"] == handovers.DONE:
        return held
    number, place = held["id"], held["place"]
    left = (piece for piece in _pieces(wanted, text) if piece.ends > place)
    async for _ in _brought(gateway, wanted, left, number):
        pass
    done = await gateway.journal.write(lambda tx: handovers.move(tx, number, "end", who))
    if done is None:
        raise WrongStateError(f"adoption {number}: it is gone")
    return done


async def _brought(
    gateway: Gateway, wanted: Wanted, pieces: Iterator[_Piece], number: int | None
) -> AsyncIterator[Adopted]:
    adoption = Adoption(gateway, wanted.system)
    for piece in pieces:
        part = None if number is None else Part(number, piece.begins, piece.ends)
        if wanted.what == CODES:
            yield await adoption.codes(wanted.of, piece.held, part)
        else:
            yield await _items(adoption, wanted.of, piece, part)


async def _items(adoption: Adoption, source: str, piece: _Piece, part: Part | None) -> Adopted:
    """Bring a part of items; what cannot be read is named by its line, all of it where nothing can."""
    values = [one.value for one in piece.held]
    body = orjson.dumps(values[0] if len(values) == 1 else values)
    try:
        found = await adoption.items(source, body, part, piece.begins)
    except Rejected as reason:
        if part is not None:
            raise WrongStateError("adopting: nothing of a part can be read; look at it first") from reason
        bad = [Unreadable(one.line, reason.subject, reason.problems) for one in piece.held]
        return Adopted(Counter(unreadable=len(bad)), bad)
    lines, first = [one.line for one in piece.held], piece.begins + 1
    lined = [replace(one, place=lines[min(one.place - first, len(lines) - 1)]) for one in found.unreadable]
    return Adopted(found.counts, lined)
