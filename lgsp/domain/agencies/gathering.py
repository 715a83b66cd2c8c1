"""Putting claims in order before anything is asked: those that stand, by code, and the days that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from lgsp.domain.agencies.facts import Claim, Confidence, Fact, Scheme, Succession, Withdrawal

RANK = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}
DAY = timedelta(days=1)

Key = tuple[Scheme, str]


def not_withdrawn(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims that stand: one is withdrawn by a claim that itself stands."""
    against: dict[str, list[str]] = defaultdict(list)
    claims = list(claims)
    for claim in claims:
        if claim.withdraws:
            against[claim.withdraws].append(claim.id)

    def stands(number: str, asking: frozenset[str] = frozenset()) -> bool:
        return number in asking or not any(stands(by, asking | {number}) for by in against.get(number, ()))

    return [claim for claim in claims if not claim.id or stands(claim.id)]


def by_key(facts: Iterable[Fact]) -> Mapping[Key, list[Fact]]:
    """Return facts by their code, in an order that is theirs alone."""
    found: dict[Key, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.scheme, fact.code].append(fact)
    return {key: sorted(of, key=order) for key, of in found.items()}


def by_same(facts: Mapping[Key, list[Fact]]) -> Mapping[Key, list[Fact]]:
    """Return facts by the code of the same body in the other scheme."""
    found: dict[Key, list[Fact]] = defaultdict(list)
    for (scheme, _), of in facts.items():
        other = Scheme.IDENTIFIER if scheme is Scheme.STATISTICS else Scheme.STATISTICS
        for fact in of:
            if fact.same_as:
                found[other, fact.same_as].append(fact)
    return dict(found)


def breaks(claims: Iterable[Claim]) -> set[date]:
    """Return the days on which anything changes."""
    days: set[date] = set()
    for claim in claims:
        if isinstance(claim, Fact):
            days |= {claim.valid_from} if claim.valid_from else set()
            days |= {claim.valid_to + DAY} if claim.valid_to and claim.valid_to < date.max else set()
        elif not isinstance(claim, Withdrawal):
            days.add(claim.effective)
    return days


def order(fact: Fact) -> tuple[object, ...]:
    """Put facts in an order that is theirs alone; where several say the same, the surer one is shown."""
    days = (fact.valid_from or date.min, fact.valid_to or date.max)
    return (
        RANK[fact.confidence],
        *days,
        fact.name,
        fact.parent,
        fact.level or 0,
        fact.same_as,
        fact.source,
        fact.id,
    )


def act(step: Succession) -> tuple[object, ...]:
    """Put successions in an order that is theirs alone."""
    return (
        step.effective,
        step.share.value,
        step.successor,
        RANK[step.confidence],
        step.act,
        step.source,
        step.id,
    )
