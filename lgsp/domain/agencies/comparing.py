"""Holding what lists say against what decisions say: a difference is shown, and never settled silently.

Decisions are what people added and what comes with the product. Where one speaks of a code, it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from lgsp.domain.agencies.facts import Fact, Scheme, Succession
from lgsp.domain.agencies.listed import same_name
from lgsp.domain.agencies.listing import Told
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution, Standing


def compared(register: Register, found: Resolution, on: date) -> dict[str, Any]:
    """Return what lists say of a code on a day, as JSON has it, and in what it differs from the answer.

    `differs` names `standing` where a list has a code that a decision says is closed or not there yet, and
    `name` where it calls the body by words that the decision's name does not have, nor the other way round.
    """
    heard = [] if found.scheme is Scheme.STATISTICS else register.heard(found.code.identity, on)
    return {"listed": [told_by_list(one) for one in heard], "differs": _differences(found, heard)}


def disagreements(register: Register, on: date) -> Iterator[dict[str, Any]]:
    """Yield the codes of which a decision speaks and lists say something else on a day, in order.

    `below` counts the codes under a closed one that lists have.
    """
    for code in sorted(_decided(register)):
        found = register.resolve(code, on)
        told = compared(register, found, on)
        below = sum(1 for _ in register.lists.identities(f"{code}.")) if _is_over(found) else 0
        if told["differs"] or below:
            name = found.fact.name if found.fact else None
            yield {"code": code, "name": name, "standing": found.standing.value, "below": below} | told


def _decided(register: Register) -> set[str]:
    codes = set()
    for claim in register.claims:
        if isinstance(claim, Fact) and claim.scheme is Scheme.IDENTIFIER:
            codes.add(claim.code)
        elif isinstance(claim, Succession) and claim.scheme is Scheme.IDENTIFIER:
            codes.add(claim.predecessor)
    return codes


def _is_over(found: Resolution) -> bool:
    return found.standing is Standing.CLOSED and not found.listed


def _differences(found: Resolution, heard: Sequence[Told]) -> list[str]:
    if found.listed or not heard:
        return []
    differs = ["standing"] if found.standing in {Standing.CLOSED, Standing.NOT_YET} else []
    name = found.fact.name if found.fact is not None and found.known else ""
    if name and not all(same_name(one.fact.name, name) for one in heard):
        differs.append("name")
    return differs


def told_by_list(one: Told) -> dict[str, Any]:
    """Return what a list said of an agency, and from when to when, as JSON has it."""
    fact = one.fact
    return {
        "code": one.code,
        "other": one.other or None,
        "name": fact.name,
        "valid_from": fact.valid_from.isoformat() if fact.valid_from else None,
        "valid_to": fact.valid_to.isoformat() if fact.valid_to else None,
        "source": fact.source,
        "confidence": fact.confidence.value,
        "fact": fact.id,
    }
