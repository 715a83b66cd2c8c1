"""All that is claimed of one code, over all days: decisions, what it came from and became, what lists said.

Nothing is chosen here: what was withdrawn stands beside what withdrew it, each with its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from lgsp.domain.agencies.comparing import told_by_list
from lgsp.domain.agencies.facts import Claim, Fact, Scheme, Succession, kind_of, told_of
from lgsp.domain.agencies.gathering import not_withdrawn
from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import Form, read_agency

BUILT_IN, ADDED = "built-in", "added"
"""Where a decision stands: it came with the product, or somebody added it here."""
_DAY = timedelta(days=1)


def history(register: Register, code: str) -> dict[str, Any]:
    """Return everything that was ever claimed of a code, in any form, as JSON has it.

    `facts` are decisions about the code itself or about the same body's code in the other scheme;
    `became` and `came_from` are successions, each with the other body's name on its last or first day;
    `lists` is what lists said of it, from when to when. Each is in the order of its days.
    """
    read = read_agency(code)
    scheme = Scheme.STATISTICS if read.form is Form.STATISTICS else Scheme.IDENTIFIER
    withdrawn = _withdrawn(register.claims)
    facts: list[Fact] = []
    became: list[Succession] = []
    came: list[Succession] = []
    for claim in register.claims:
        if isinstance(claim, Fact) and read.identity in _codes(claim, scheme):
            facts.append(claim)
        elif isinstance(claim, Succession) and claim.scheme is scheme:
            became += [claim] if claim.predecessor == read.identity else []
            came += [claim] if claim.successor == read.identity else []
    return {
        "facts": [_told(one, withdrawn) for one in sorted(facts, key=_days)],
        "became": [
            _step(register, one, one.successor, one.effective, withdrawn) for one in _in_order(became)
        ],
        "came_from": [
            _step(register, one, one.predecessor, one.effective - _DAY, withdrawn) for one in _in_order(came)
        ],
        "lists": list(_lists(register, read.identity)) if scheme is Scheme.IDENTIFIER else [],
    }


def _codes(fact: Fact, scheme: Scheme) -> Sequence[str]:
    """Return the codes of a scheme by which a fact calls its body."""
    return (fact.code,) if fact.scheme is scheme else (fact.same_as,)


def _withdrawn(claims: frozenset[Claim]) -> Mapping[str, str]:
    """Return by the id of each claim that stands no more the id of what withdrew it."""
    standing = not_withdrawn(claims)
    kept = {claim.id for claim in standing}
    return {
        claim.withdraws: claim.id for claim in standing if claim.withdraws and claim.withdraws not in kept
    }


def _told(claim: Fact | Succession, withdrawn: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": claim.id,
        "kind": kind_of(claim),
        "origin": BUILT_IN if claim.id.startswith(BUILT_IN) else ADDED,
        "withdrawn_by": withdrawn.get(claim.id),
        "content": told_of(claim),
    }


def _step(
    register: Register, claim: Succession, other: str, day: date, withdrawn: Mapping[str, str]
) -> dict[str, Any]:
    found = register.resolve(other, day, claim.scheme)
    name = found.fact.name if found.known and found.fact else None
    return _told(claim, withdrawn) | {"code": other, "name": name}


def _in_order(steps: Sequence[Succession]) -> list[Succession]:
    return sorted(steps, key=lambda one: (one.effective, one.predecessor, one.successor, one.id))


def _days(fact: Fact) -> tuple[Any, ...]:
    return fact.valid_from or date.min, fact.valid_to or date.max, fact.scheme.value, fact.id


def _lists(register: Register, identity: str) -> Iterator[dict[str, Any]]:
    told = [*register.lists.told(identity), *register.lists.told_of_other(identity)]
    seen = set()
    for one in sorted(told, key=lambda one: (one.fact.valid_from or date.min, one.fact.id)):
        if one.fact.id not in seen:
            seen.add(one.fact.id)
            yield told_by_list(one)
