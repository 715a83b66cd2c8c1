"""What follows for one code from what lists say of it: there, there no more, or another code of a body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from lgsp.domain.agencies.facts import Fact, Share
from lgsp.domain.agencies.listing import Listing, Told
from lgsp.domain.agencies.resolution import Standing, State, Successor
from lgsp.domain.letters import plain

_DAY = timedelta(days=1)


def by_lists(lists: Listing, identity: str, on: date) -> State | None:
    """Return what lists say of a code on a day; None when they never spoke of it.

    The other code that a list gives an agency names the same body as long as nobody else bears it: such a
    code is live, with the fact of the agency. Where it was an agency's own before, that agency is closed, and
    the one that bears its code now is its successor.
    """
    own, other = lists.told(identity), lists.told_of_other(identity)
    there, bears = _holding(own, on), _holding(other, on)
    if there:
        return _there(
            there, [told.other for told in there if told.other] + [told.fact.code for told in bears]
        )
    past = [told.fact for told in own if told.fact.ended(on)]
    if past:
        return State(Standing.CLOSED, _last(past), _successors(bears, _last(past)), listed=True)
    if bears:
        return _there(bears, [told.fact.code for told in bears])
    past = [told.fact for told in other if told.fact.ended(on)]
    if past:
        return State(Standing.CLOSED, _last(past), listed=True)
    return State(Standing.NOT_YET, (own or other)[0].fact, listed=True) if own or other else None


def same_name(one: str, other: str) -> bool:
    """Tell whether two names may be those of one body: all the words of one stand in the other."""
    words, others = set(plain(one).split()), set(plain(other).split())
    return words <= others or others <= words


def _holding(told: Iterable[Told], on: date) -> list[Told]:
    return [one for one in told if one.fact.covers(on)]


def _there(told: Sequence[Told], also: Iterable[str]) -> State:
    """Return the one body that these speak of, or that it cannot be told which."""
    first, *more = (one.fact for one in told)
    if any(fact.code != first.code or not same_name(fact.name, first.name) for fact in more):
        return State(Standing.AMBIGUOUS, readings=(first, *more), listed=True)
    return State(Standing.LIVE, first, also=tuple(sorted(set(also))), listed=True)


def _last(past: Sequence[Fact]) -> Fact:
    return max(past, key=lambda fact: fact.valid_to or date.max)


def _successors(bears: Sequence[Told], closed: Fact) -> tuple[Successor, ...]:
    """Return who bears the code of a closed agency as its other one: it alone is the whole of it."""
    since = (closed.valid_to or date.max - _DAY) + _DAY
    facts = {told.fact.code: told.fact for told in bears}
    share = Share.WHOLE if len(facts) == 1 else Share.PART
    return tuple(
        Successor(
            code, fact.name, share, max(since, fact.valid_from or since), Standing.LIVE, fact.source,
            fact.confidence,
        )
        for code, fact in sorted(facts.items())
    )  # fmt: skip
