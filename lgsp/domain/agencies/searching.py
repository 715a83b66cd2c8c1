"""Finding agencies by their names, with or without marks, and by the beginning of a code."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from heapq import nsmallest

from lgsp.domain.agencies.facts import Fact
from lgsp.domain.agencies.listing import Listing
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution
from lgsp.domain.codes import read_agency
from lgsp.domain.letters import plain

_AHEAD = 4
"""So many times what is asked for is looked at in one go: not each code that ever matched does on the day."""


class Names:
    """The names in lists, as people search them: a block of plain text, a line for each row.

    Making it of a hundred thousand names takes half a second; finding in it, milliseconds.
    """

    def __init__(self, lists: Listing) -> None:
        self.lists = lists
        self._text = plain("\n".join(iter(lists.names))).encode()
        self._starts = array("I", [0, *(found.end() for found in re.finditer(b"\n", self._text))])

    def rows(self, words: Sequence[str]) -> Iterator[int]:
        """Yield the rows in whose names all these words stand, in plain letters."""
        wanted = [word.encode() for word in words]
        longest, row = max(wanted, key=len), -1
        place = self._text.find(longest)
        while place >= 0:
            row = bisect_right(self._starts, place) - 1
            end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self._text)
            line = self._text[self._starts[row] : end]
            if all(word in line for word in wanted):
                yield row
            place = self._text.find(longest, end)


def search(  # noqa: PLR0913, PLR0917 - the terms of a search
    register: Register,
    names: Names,
    asked: str,
    on: date,
    after: str = "",
    limit: int = 100,
    *,
    top: str = "",
) -> tuple[list[Resolution], str | None]:
    """Return agencies as of a day whose names hold all the words asked for, or whose codes begin so, by code.

    Args:
        register: what is known.
        names: made of the same lists.
        asked: words of a name, marks or none; or the beginning of a code. Nothing asks for all below `top`.
        on: the day.
        after: the code behind which to go on.
        limit: how many at most.
        top: code of a body; only it and those below it are looked for, by how their codes read.

    Returns:
        What was found, and the code to go on behind; None at the end.
    """
    words, start = plain(asked).split(), read_agency(asked).identity
    if not words and not top:
        return [], None
    known = _candidates(register, names, words, start) if words else _below(register, top)
    candidates = {code for code in known if code > after and (not top or is_within(code, top))}
    found: list[Resolution] = []
    while candidates:
        some = nsmallest(_AHEAD * limit, candidates)
        for code in some:
            one = register.resolve(code, on)
            if _matches(one, words, start):
                found.append(one)
                if len(found) > limit:
                    return found[:limit], found[limit - 1].written
        candidates.difference_update(some)
    return found, None


def is_within(code: str, top: str) -> bool:
    """Tell whether a code is that of a body, or of one below it; both as `read_agency` identifies them."""
    return code == top or code.startswith(f"{top}.") or top in read_agency(code).above


def _below(register: Register, top: str) -> Iterator[str]:
    yield from register.lists.identities(top)
    yield from (claim.code for claim in register.claims if isinstance(claim, Fact))


def _candidates(register: Register, names: Names, words: Sequence[str], start: str) -> Iterator[str]:
    """Yield the codes that may match on some day."""
    lists = names.lists
    yield from (lists.identity(row) for row in names.rows(words))
    yield from lists.identities(start)
    yield from (told.fact.code for told in lists.told_of_other(start))
    for claim in register.claims:
        if isinstance(claim, Fact) and (claim.code.startswith(start) or _holds(claim.name, words)):
            yield claim.code


def _matches(one: Resolution, words: Sequence[str], start: str) -> bool:
    facts: Iterable[Fact] = one.readings or ((one.fact,) if one.fact and one.known else ())
    return any(_holds(fact.name, words) for fact in facts) or (
        one.known and (one.code.identity.startswith(start) or start in one.also)
    )


def _holds(name: str, words: Sequence[str]) -> bool:
    line = plain(name)
    return all(word in line for word in words)
