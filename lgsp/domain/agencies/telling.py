"""Saying what a code is: the one JSON form of a resolution, for the API and the command line."""

from __future__ import annotations

from datetime import date
from typing import Any

from lgsp.domain.agencies.comparing import compared
from lgsp.domain.agencies.facts import Fact, Scheme
from lgsp.domain.agencies.known import groups, levels_on
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution, Standing, Successor

_CENTRAL = frozenset("ABCDEFGI")
_PROVINCIAL = frozenset("HK")
_DIGITS = {2: "province", 3: "district", 5: "commune"}


def asked(
    register: Register, code: str, on: date | None, today: date, scheme: Scheme | None
) -> dict[str, Any]:
    """Return what a code is on a day; without a day, today, if it never named two bodies.

    A code that did is ambiguous without a day: its readings stand there, and nothing is chosen.
    """
    found = register.resolve(code, on, scheme)
    if on is None and found.standing is not Standing.AMBIGUOUS:
        found = register.resolve(code, today, scheme)
    day = on or today
    open_ = on is None and found.standing is Standing.AMBIGUOUS
    return {"on": None if open_ else day.isoformat()} | told(found, day) | compared(register, found, day)


def told(found: Resolution, day: date) -> dict[str, Any]:
    """Return a resolution as of a day as JSON has it; what is not known is null."""
    fact, own = found.fact, found.fact if found.known else None
    return {
        "code": found.written,
        "form": found.code.form.value,
        "normal": found.code.normal,
        "scheme": found.scheme.value,
        "standing": found.standing.value,
        "known": found.known,
        "ancestor": found.ancestor or None,
        "name": own.name if own else None,
        "level": _level(found, own, day),
        "tier": _tier(found),
        "group": _group(found),
        "parent": (own.parent if own else "") or _parent(found),
        "valid_from": _day(fact.valid_from) if fact else None,
        "valid_to": _day(fact.valid_to) if fact else None,
        "successors": [_successor(one) for one in found.successors],
        "also": list(found.also),
        "readings": [reading(one) for one in found.readings],
        "confidence": fact.confidence.value if fact else None,
        "source": fact.source if fact else None,
        "fact": fact.id if fact else None,
    }


def reading(fact: Fact) -> dict[str, Any]:
    """Return one of the facts among which a code does not decide."""
    return {
        "name": fact.name,
        "same_as": fact.same_as or None,
        "valid_from": _day(fact.valid_from),
        "valid_to": _day(fact.valid_to),
        "confidence": fact.confidence.value,
        "source": fact.source,
        "fact": fact.id,
    }


def _successor(one: Successor) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name or None,
        "share": one.share.value,
        "effective": one.effective.isoformat(),
        "standing": one.standing.value,
        "act": one.act,
        "confidence": one.confidence.value,
    }


def _level(found: Resolution, own: Fact | None, day: date) -> int | None:
    """Return the level that is known, else that of the code's form; a statistics code's is of its day."""
    if own is not None and own.level is not None:
        return own.level
    if found.scheme is Scheme.STATISTICS:
        local = [level.word for level in levels_on(day) if level.local]
        tier = _tier(found)
        return local.index(tier) + 1 if tier in local else None
    return found.code.level or None


def _tier(found: Resolution) -> str | None:
    """Return the level of the administration; below level 1 an identifier does not tell it."""
    code = found.code.normal
    if found.scheme is Scheme.STATISTICS:
        return _DIGITS.get(len(code))
    if found.code.level != 1:
        return None
    return "central" if code[0] in _CENTRAL else "province" if code[0] in _PROVINCIAL else None


def _group(found: Resolution) -> str | None:
    lettered = found.scheme is Scheme.IDENTIFIER and (found.code.level or found.code.form.value == "scheme")
    return groups().get(found.code.normal[:1]) if lettered else None


def _parent(found: Resolution) -> str | None:
    return found.code.above[0] if found.code.above else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
