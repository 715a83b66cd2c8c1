"""Resolving codes as of a day over a set of claims: live, closed, not yet valid, unknown or ambiguous.

Nothing depends on the order in which claims came: a claim is a member of a set. Claims that contradict each
other are told as ambiguous; none is taken for the better one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from lgsp.domain.agencies.facts import Claim, Fact, Scheme, Share, Succession
from lgsp.domain.agencies.gathering import Key, act, breaks, by_key, by_same, not_withdrawn, order
from lgsp.domain.agencies.listed import by_lists
from lgsp.domain.agencies.listing import NOTHING, Listing, Told
from lgsp.domain.agencies.resolution import Resolution, Standing, State, Successor
from lgsp.domain.codes import AgencyCode, Form, read_agency, under

_DAY = timedelta(days=1)
_KEPT, _HEARD = 50_000, 2_000
"""How many answers by claims, and how many by lists, are remembered before they are thought of anew."""


class Register:
    """A set of claims with what follows from it, and lists for what no claim speaks of.

    It never changes: `extended` and `with_lists` return another one.
    """

    def __init__(self, claims: Iterable[Claim], lists: Listing = NOTHING) -> None:
        self.lists = lists
        self._claims = frozenset(claims)
        standing = not_withdrawn(self._claims)
        self._facts = by_key(c for c in standing if isinstance(c, Fact))
        self._successions: dict[Key, list[Succession]] = defaultdict(list)
        for claim in standing:
            if isinstance(claim, Succession):
                self._successions[claim.scheme, claim.predecessor].append(claim)
        self._same = by_same(self._facts)
        self._tight = {key: [self._tightened(key, f) for f in facts] for key, facts in self._facts.items()}
        self._days = sorted(breaks(standing))
        self._spoken_of = {code for _, code in (*self._facts, *self._successions)}
        self._kept: dict[tuple[str, int], State | None] = {}
        self._resolved: dict[tuple[str, date | None, Scheme | None], Resolution] = {}
        self._heard: dict[tuple[str, date], State | None] = {}

    def extended(self, claims: Iterable[Claim]) -> Register:
        """Return a register that holds these claims too."""
        return Register(self._claims.union(claims), self.lists)

    def with_lists(self, lists: Listing) -> Register:
        """Return a register of the same claims over other lists."""
        return Register(self._claims, lists)

    @property
    def claims(self) -> frozenset[Claim]:
        """Everything that was ever claimed, the withdrawn too."""
        return self._claims

    # --- asking -----------------------------------------------------------------------------------------

    def resolve(self, code: str, on: date | None, scheme: Scheme | None = None) -> Resolution:
        """Return what a code is on a day.

        Args:
            code: in any form.
            on: the day of the event that names the code, in Viet Nam. Without one, a code that named several
                bodies in turn is ambiguous, and any other is what it is after all that is known.
            scheme: whose code it is; None reads two, three and five digits as a statistics code and
                anything else as an identifier.
        """
        asked = code, on, scheme
        found = self._resolved.get(asked)
        if found is None:
            if len(self._resolved) >= _HEARD:
                self._resolved.clear()
            found = self._resolved[asked] = self._resolve(code, on, scheme)
        return found

    def _resolve(self, code: str, on: date | None, scheme: Scheme | None) -> Resolution:
        read = read_agency(code)
        if scheme is None:
            scheme = Scheme.STATISTICS if read.form is Form.STATISTICS else Scheme.IDENTIFIER
        elif (scheme is Scheme.STATISTICS) is not (read.form is Form.STATISTICS):
            return Resolution(code, read, scheme, Standing.UNKNOWN)
        if on is None:
            readings = self._meanings(scheme, read.identity)
            if len(readings) > 1:
                return Resolution(code, read, scheme, Standing.AMBIGUOUS, known=True, readings=readings)
            on = date.max
        state = self._state(scheme, read.identity, on)
        if state is None:
            return self._inherited(code, read, scheme, on)
        if state.standing is Standing.LIVE and read.above:
            return self._outlived(code, read, state, on)
        return Resolution(code, read, scheme, state.standing, True, "", *state[1:])

    def body(self, code: str, on: date) -> str:
        """Return the code by which a body goes on a day: of two, the one under which lists have it.

        Codes for which this is the same name the same body; others may do so too.
        """
        found = self.resolve(code, on, Scheme.IDENTIFIER)
        return found.fact.code if found.known and found.fact is not None else found.code.identity

    def heard(self, code: str, on: date) -> list[Told]:
        """Return what lists say of a code on a day, whatever a decision says."""
        identity = read_agency(code).identity
        told = [*self.lists.told(identity), *self.lists.told_of_other(identity)]
        return [one for one in told if one.fact.covers(on)]

    def codes(self, start: str = "") -> list[str]:
        """Return the identifiers that begin so and that anything is known of, in order, each once."""
        claimed = {
            code for scheme, code in self._facts if scheme is Scheme.IDENTIFIER and code.startswith(start)
        }
        return sorted(claimed.union(self.lists.identities(start)))

    def emittable(self, code: str, on: date) -> bool:
        """Tell whether a code may be written as sender or recipient of something new on a day."""
        return self.resolve(code, on).standing not in {Standing.CLOSED, Standing.NOT_YET}

    def covers(self, subtree: str, code: str, on: date) -> bool:
        """Tell whether a code lies in a subtree on a day, by itself or because all of it went there."""
        if under(code, subtree):
            return True
        found = self.resolve(code, on)
        if found.standing is Standing.LIVE:
            return found.known and found.fact is not None and under(found.fact.code, subtree)
        return found.standing is Standing.CLOSED and any(
            s.share is Share.WHOLE and under(s.code, subtree) for s in found.successors
        )

    # --- finding ----------------------------------------------------------------------------------------

    def _inherited(self, code: str, read: AgencyCode, scheme: Scheme, on: date) -> Resolution:
        for above in read.above:
            state = self._state(scheme, above, on)
            if state is not None and not _went_to(state, read):
                return Resolution(
                    code, read, scheme, state.standing, False, above, *state[1:4], listed=state.listed
                )
        return Resolution(code, read, scheme, Standing.UNKNOWN)

    def _outlived(self, code: str, read: AgencyCode, state: State, on: date) -> Resolution:
        """Close what lies under a closed code: no body outlives the one above it, unless it took over."""
        for above in read.above:
            upper = self._state(Scheme.IDENTIFIER, above, on)
            if upper is not None and upper.standing is Standing.CLOSED and not upper.listed:
                if _went_to(upper, read):
                    break
                taken = tuple(s for s in state.successors if s.effective <= on)  # not those still to come
                successors = taken or self._renamed(state, read, upper, on) or upper.successors
                return Resolution(
                    code, read, Scheme.IDENTIFIER, upper.standing, True, above, state.fact, successors
                )
        return Resolution(code, read, Scheme.IDENTIFIER, state.standing, True, "", *state[1:])

    def _renamed(self, state: State, read: AgencyCode, upper: State, on: date) -> tuple[Successor, ...]:
        """Return the code under which lists have a body whose own code lies under a closed one."""
        fact = state.fact
        if fact is None or fact.code == read.identity or not self.emittable(fact.code, on):
            return ()
        since = max((s.effective for s in upper.successors), default=fact.valid_from or on)
        return (
            Successor(fact.code, fact.name, Share.WHOLE, since, Standing.LIVE, fact.source, fact.confidence),
        )

    def _meanings(self, scheme: Scheme, identity: str) -> tuple[Fact, ...]:
        """Return a fact for each body that a code ever named; a new name makes no other body."""
        bodies: dict[str, Fact] = {}
        facts = self._facts.get((scheme, identity), ())
        for fact in facts:
            bodies.setdefault(fact.same_as or (identity if scheme is Scheme.IDENTIFIER else fact.name), fact)
        return tuple(bodies.values())

    def _state(self, scheme: Scheme, identity: str, on: date) -> State | None:
        """Return what is said of one code on a day, by claims if any speaks of that day, else by lists."""
        state = self._claimed(scheme, identity, on)
        if state is not None and (state.fact or state.readings or not len(self.lists)):
            return state
        said = self._listed(identity, on) if scheme is Scheme.IDENTIFIER else None
        if said is None or state is None:
            return said or state
        return state._replace(fact=said.fact)

    def _listed(self, identity: str, on: date) -> State | None:
        key = (identity, on)
        if key not in self._heard:
            if len(self._heard) >= _HEARD:
                self._heard.clear()
            self._heard[key] = by_lists(self.lists, identity, on)
        return self._heard[key]

    def _claimed(self, scheme: Scheme, identity: str, on: date) -> State | None:
        if identity not in self._spoken_of:
            return None
        key = (identity, bisect_right(self._days, on))
        state = self._kept.get(key)
        if state is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            state = self._kept[key] = self._judged((scheme, identity), on)
        return state

    def _judged(self, key: Key, on: date) -> State | None:
        if key not in self._facts:
            return self._closed(key, on, None) if self._ended_by(key, None, on) else None
        facts, tight = self._facts[key], self._tight[key]
        holding = [n for n, fact in enumerate(tight) if fact.covers(on)]
        if not holding:
            past = [fact for fact in tight if fact.ended(on)]
            last = max(past, key=lambda fact: (fact.valid_to or date.max, order(fact)), default=None)
            return self._closed(key, on, last) if last else State(Standing.NOT_YET, tight[0])
        if self._contradicted(key, holding, on):
            return State(Standing.AMBIGUOUS, readings=tuple(facts[n] for n in holding))
        fact = tight[min(holding, key=lambda n: order(facts[n]))]
        return State(Standing.LIVE, fact, self._coming(key, fact, on), also=self._also(key, fact, on))

    def _contradicted(self, key: Key, holding: Sequence[int], on: date) -> bool:
        facts = self._facts[key]
        if len({facts[n].meaning for n in holding}) > 1:
            return True
        return any(
            self._ended_by(key, facts[n], on) or any(_denies(other, facts[n], on) for other in facts)
            for n in holding
        )

    def _tightened(self, key: Key, fact: Fact) -> Fact:
        """Give a fact the bounds that other claims know and it leaves open."""
        same = [f for f in self._facts[key] if f.meaning == fact.meaning and f.meets(fact)]
        if fact.valid_to is None:
            ends = [f.valid_to for f in same if f.valid_to]
            ends += [s.effective - _DAY for s in self._closing(key, fact)]
            fact = fact._replace(valid_to=min(ends, default=None))
        if fact.valid_from is None:
            fact = fact._replace(valid_from=max((f.valid_from for f in same if f.valid_from), default=None))
        return fact

    def _closing(self, key: Key, fact: Fact | None) -> list[Succession]:
        """Return the successions that take all of a body that this fact speaks of."""
        begun = date.min if fact is None or fact.valid_from is None else fact.valid_from
        return [s for s in self._successions.get(key, ()) if s.share is Share.WHOLE and s.effective > begun]

    def _ended_by(self, key: Key, fact: Fact | None, on: date) -> bool:
        return any(s.effective <= on for s in self._closing(key, fact))

    # --- successors -------------------------------------------------------------------------------------

    def _closed(self, key: Key, on: date, fact: Fact | None) -> State:
        return State(Standing.CLOSED, fact, self._reached(key, on))

    def _coming(self, key: Key, fact: Fact, on: date) -> tuple[Successor, ...]:
        later = [s for s in self._successions.get(key, ()) if s.effective > on]
        if fact.valid_to is not None:
            later = [s for s in later if s.effective <= fact.valid_to + _DAY]
        told = {
            (s.successor, s.share): self._successor(s, s.share, s.effective) for s in sorted(later, key=act)
        }
        return tuple(told.values())

    def _reached(self, key: Key, on: date) -> tuple[Successor, ...]:
        """Follow the steps that were taken by a day to where they end; a circle ends nowhere."""
        whole = self._steps(key, on, whole=True)
        ends = {}
        for code, step in sorted(self._steps(key, on, whole=False).items()):
            if not self._onward((key[0], code), on):
                ends[code] = self._successor(step, Share.WHOLE if code in whole else Share.PART, on)
        return tuple(ends.values())

    def _steps(self, key: Key, on: date, *, whole: bool) -> dict[str, Succession]:
        """Return every code that can be reached, with the step that leads into it."""
        scheme, found, open_ = key[0], dict[str, Succession](), [key[1]]
        while open_:
            for step in self._onward((scheme, open_.pop()), on):
                if whole and step.share is not Share.WHOLE:
                    continue
                if step.successor not in found:
                    open_.append(step.successor)
                found[step.successor] = min(found.get(step.successor, step), step, key=act)
        return found

    def _onward(self, key: Key, on: date) -> list[Succession]:
        """Return the steps out of a code that is not live; a code that was given again is a place to stay."""
        if any(fact.covers(on) for fact in self._tight.get(key, ())):
            return []
        return [s for s in self._successions.get(key, ()) if s.effective <= on]

    def _successor(self, step: Succession, share: Share, on: date) -> Successor:
        tight = self._tight.get((step.scheme, step.successor), [])
        facts = [fact for fact in tight if fact.covers(on)]
        name = min(facts, key=order).name if facts else ""
        standing = Standing.LIVE if facts else self._standing_of(step, tight, on)
        return Successor(step.successor, name, share, step.effective, standing, step.act, step.confidence)

    def _standing_of(self, step: Succession, tight: Sequence[Fact], on: date) -> Standing:
        if any(fact.ended(on) for fact in tight) or self._ended_by((step.scheme, step.successor), None, on):
            return Standing.CLOSED
        return Standing.NOT_YET if tight else Standing.UNKNOWN

    def _also(self, key: Key, fact: Fact, on: date) -> tuple[str, ...]:
        """Return the codes of a body in the other scheme."""
        own = {fact.same_as} if fact.same_as else set()
        return tuple(sorted(own | {f.code for f in self._same.get(key, ()) if f.covers(on)}))


def _went_to(state: State, read: AgencyCode) -> bool:
    """Tell whether a closed body became the one that is asked for."""
    return state.standing is Standing.CLOSED and any(s.code == read.identity for s in state.successors)


def _denies(other: Fact, fact: Fact, on: date) -> bool:
    """Tell whether another fact, of the same meaning, says that it was not so on a day."""
    if other.meaning != fact.meaning or not other.meets(fact):
        return False
    return other.ended(on) or (other.valid_from is not None and other.valid_from > on)
