"""The level of the administration of an agency: by its code, its code in the other scheme, or its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from lgsp.domain.agencies.facts import Scheme, Share
from lgsp.domain.agencies.known import levels_on
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution, Standing
from lgsp.domain.codes import AgencyCode, read_agency
from lgsp.domain.tables import rows

UNKNOWN = ""
"""Nothing tells the level; it is not guessed from how long a code is."""
_CENTRAL = "central"
_BY_LETTER = {"H": "province", "K": "province"}
_BY_DIGITS = {2: "province", 3: "district", 5: "commune"}
_WORDS: Mapping[str, str] = MappingProxyType(
    {row["word"]: row["level"] for row in rows("statistics/levels.tsv")}
)
_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?!\w)")


def level_of(register: Register, code: str, on: date) -> str:
    """Return the level of an agency on a day, as the agencies' `levels.tsv` names it; empty if nothing tells.

    A closed body of which all went to another one is of the level of that one; any other closed one, as the
    districts, stays what it was.
    """
    read = read_agency(code)
    if read.level == 1:
        return _BY_LETTER.get(read.normal[0], _CENTRAL)
    if read.normal[:1] not in _BY_LETTER:
        return _CENTRAL if read.level else UNKNOWN
    return _below(register, register.resolve(code, on, Scheme.IDENTIFIER), read, on)


def local_levels(on: date) -> tuple[str, ...]:
    """Return the levels of local government on a day, from the top: three before 1 July 2025, two since."""
    return tuple(level.word for level in levels_on(on) if level.local)


def _below(register: Register, found: Resolution, read: AgencyCode, on: date) -> str:
    if found.known and found.standing is Standing.CLOSED:
        went = [
            one.code for one in found.successors if one.share is Share.WHOLE and one.code != read.identity
        ]
        if went and read_agency(went[0]).level > 1:
            return level_of(register, went[0], on)
    told = _told(found) if found.known else UNKNOWN
    above = read_agency(read.above[0]) if read.above else None
    if told or above is None or above.level == 1:
        return told
    return level_of(register, read.above[0], on)


def _told(found: Resolution) -> str:
    """Return what the body's code in the other scheme says, else its name."""
    for code in found.also:
        if code.isdigit() and len(code) in _BY_DIGITS:
            return _BY_DIGITS[len(code)]
    word = _WORD.search(found.fact.name.casefold()) if found.fact else None
    return _WORDS[word[0]] if word else UNKNOWN
