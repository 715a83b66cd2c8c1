"""What the far side must hold, in which order, how often: landings beside what the journal says of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lgsp.drill.evidence import Evidence, Violation
from lgsp.drill.records import Fate, Told
from lgsp.journal.states import State

_LATE = frozenset({"lapsed", "late outcome"})


class Landed(NamedTuple):
    """All that came of one content of one dossier.

    Attributes:
        came: how often it landed.
        fates: the deliveries that told it.
    """

    kind: str
    code: str
    digest: str
    came: int
    fates: Sequence[Fate]

    @property
    def surplus(self) -> int:
        """How often more than there are deliveries that were tried, each of which may land once."""
        return max(0, self.came - sum(1 for f in self.fates if f.attempt and f.resend_of is None))


def _contents(evidence: Evidence) -> Iterator[Landed]:
    """Yield every content that was told or landed, with both."""
    told: dict[tuple[str, str, str], list[Fate]] = defaultdict(list)
    for kind, groups in (("dossier", evidence.snapshots()), ("progress", evidence.events())):
        for code, pairs in groups.items():
            for message, fate in pairs:
                told[kind, code, evidence.digest_of(message) or ""].append(fate)
    came = {(*place, name): n for place, order in evidence.landings.items() for name, n in _counted(order)}
    for kind, code, name in told.keys() | came.keys():
        key = kind, code, name
        yield Landed(kind, code, name, came.get(key, 0), told.get(key, ()))


def _counted(order: Sequence[str]) -> Sequence[tuple[str, int]]:
    return list(Counter(order).items())


def _landed(evidence: Evidence) -> Iterator[Violation]:
    """What is called delivered is there, as often as it was told; and nothing is there that nobody told."""
    for one in _contents(evidence):
        if one.came and not one.fates:
            yield Violation("unknown landing", f"{one.kind} {one.code}: nobody was told that it was taken on")
        delivered = [f for f in one.fates if f.state is State.DELIVERED and f.resend_of is None]
        if one.digest and one.came < len(delivered):
            yield Violation("not landed", evidence.named(delivered[-1]))


def _newest(evidence: Evidence) -> Iterator[Violation]:
    """The far side holds the newest snapshot of each dossier, unless that is dead."""
    for code, pairs in evidence.snapshots().items():
        message, fate = max(pairs, key=lambda pair: (pair[0].revision, pair[1].id))
        if fate.state is State.SUPERSEDED:
            yield Violation("not newest", f"{evidence.named(fate)} is the newest, and void")
        history = evidence.landings.get(("dossier", code), ())
        if fate.state is State.DELIVERED and (not history or history[-1] != evidence.digest_of(message)):
            yield Violation("not newest", f"{evidence.named(fate)} is not what the far side holds")


def _early(evidence: Evidence) -> Iterator[Violation]:
    """No progress is told before its dossier."""
    if evidence.far.get("early_progress"):
        yield Violation("early", f"progress came {evidence.far['early_progress']} times before its dossier")
    for code in evidence.far.get("progress", {}).keys() - evidence.far.get("dossiers", {}).keys():
        yield Violation("early", f"{code}: progress without a dossier")


def _snapshots_in_order(evidence: Evidence) -> Iterator[Violation]:
    """No older snapshot lands on a newer one, unless its process had been taken for dead meanwhile."""
    for code, pairs in evidence.snapshots().items():
        places = _places(evidence, pairs)
        at = 0
        for name in evidence.landings.get(("dossier", code), ()):
            ahead = [revision for revision in places.get(name, {}) if revision >= at]
            if ahead:
                at = min(ahead)
            elif name in places and not _may_be_late(evidence, places[name]):
                yield Violation("out of order", f"{code}: a snapshot landed on a newer one")


def _places(
    evidence: Evidence, pairs: Sequence[tuple[Told, Fate]]
) -> Mapping[str, Mapping[int, Sequence[Fate]]]:
    """Return the revisions that told each content, with their deliveries."""
    found: dict[str, dict[int, list[Fate]]] = defaultdict(lambda: defaultdict(list))
    for message, fate in pairs:
        found[evidence.digest_of(message) or ""][message.revision].append(fate)
    return found


def _may_be_late(evidence: Evidence, revisions: Mapping[int, Sequence[Fate]]) -> bool:
    fates = [fate for group in revisions.values() for fate in group]
    return any(_LATE & set(evidence.doubts(fate)) for fate in fates)


def _events_in_order(evidence: Evidence) -> Iterator[Violation]:
    """Events of one dossier land first in the order of acceptance, but for those that died and came back."""
    for code, pairs in evidence.events().items():
        order = {evidence.digest_of(m): m.id for m, fate in pairs if not evidence.died(fate)}
        first = list(dict.fromkeys(evidence.landings.get(("progress", code), ())))
        walked = [order[name] for name in first if name in order]
        if walked != sorted(walked):
            yield Violation("out of order", f"{code}: progress landed in another order than it was told")


def _explained_duplicates(evidence: Evidence) -> Iterator[Violation]:
    """What landed more often than it was told has a reason in the journal for each time."""
    for one in _contents(evidence):
        reasons = [reason for fate in one.fates for reason in evidence.doubts(fate)]
        if one.fates and one.surplus > len(reasons):
            told = f"{one.came} landings, {len(reasons)} reasons: {evidence.named(one.fates[0])}"
            yield Violation("unexplained duplicate", told)


def explained(evidence: Evidence) -> Counter[str]:
    """Return how many landings were too many, by the reasons that the journal holds for them."""
    found: Counter[str] = Counter()
    for one in _contents(evidence):
        reasons = [reason for fate in one.fates for reason in evidence.doubts(fate)]
        found.update(reasons[: one.surplus])
    return found


FAR_RULES = (_landed, _newest, _early, _snapshots_in_order, _events_in_order, _explained_duplicates)
