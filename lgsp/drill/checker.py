"""Judging what a drill left behind by the journal's own law: pure, and tested with planted violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lgsp.drill.evidence import Evidence, Violation
from lgsp.drill.far_rules import FAR_RULES, explained
from lgsp.drill.records import Fate
from lgsp.journal.states import DEAD, FINAL, HEADS, State
from lgsp.message import Kind

Rule = Callable[[Evidence], Iterator[Violation]]
_MOVING = {State.READY: "unfinished", State.PUT_OFF: "unfinished", State.SENDING: "frozen"}


@dataclass(slots=True)
class Verdict:
    """What the checker found.

    Attributes:
        violations: breaches; none is the only good answer.
        explained: duplicates at the far side, by the reason that the journal holds for each.
        figures: how much there was to judge.
    """

    violations: list[Violation]
    explained: Counter[str]
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Tell whether nothing was breached."""
        return not self.violations


def judge(evidence: Evidence) -> Verdict:
    """Return the verdict on what is at rest."""
    violations = [found for rule in (*_RULES, *FAR_RULES) for found in rule(evidence)]
    return Verdict(violations, explained(evidence), _figures(evidence))


def _figures(evidence: Evidence) -> dict[str, Any]:
    states = Counter(fate.state.word for fate in evidence.records.fates)
    doubts = Counter(entry.what for entry in evidence.records.entries)
    return {
        "receipts": len(evidence.receipts),
        "messages": len(evidence.records.messages),
        "deliveries": dict(sorted(states.items())),
        "lapses": doubts["lapsed"],
        "late outcomes": doubts["late outcome"],
        "duplicates": evidence.far.get("duplicates", 0),
    }


# --- what was taken on ----------------------------------------------------------------------------------


def _lost(evidence: Evidence) -> Iterator[Violation]:
    """Whatever has a receipt is in the journal."""
    known = {message.uid for message in evidence.records.messages}
    for receipt in evidence.receipts:
        if receipt.uid not in known:
            yield Violation("lost", f"{receipt.kind} {receipt.code}: receipt {receipt.uid} names no message")


def _turned_away(evidence: Evidence) -> Iterator[Violation]:
    """The traffic is good: nothing of it is rejected."""
    yield from (Violation("turned away", said[:300]) for said in evidence.rejected)


def _one_fate(evidence: Evidence) -> Iterator[Violation]:
    """Each message has exactly one delivery of its own to each system that a route wants."""
    for message in evidence.records.messages:
        own = [f for f in evidence.fates_of.get(message.id, ()) if f.resend_of is None]
        named = f"message {message.id}, {message.type} {message.subject}"
        if not own and not message.unrouted:
            yield Violation("undelivered", f"{named} has no delivery")
        for system, count in Counter(fate.system for fate in own).items():
            if count > 1:
                yield Violation("doubled", f"{named} has {count} deliveries to {system}")


def _orphans(evidence: Evidence) -> Iterator[Violation]:
    """Each delivery is of a message, and stands in one place only."""
    seen: set[int] = set()
    for fate in evidence.records.fates:
        if fate.message not in evidence.messages:
            yield Violation("orphaned", evidence.named(fate))
        if fate.id in seen:
            yield Violation("doubled", f"{evidence.named(fate)} is open and closed")
        seen.add(fate.id)


def _accepted_in_order(evidence: Evidence) -> Iterator[Violation]:
    """One dossier's snapshots, told one after the other, are revisions in that order."""
    revisions = {message.uid: message.revision for message in evidence.records.messages}
    last: dict[str, int] = {}
    for receipt in evidence.receipts:
        if receipt.kind == "dossier" and receipt.uid in revisions:
            revision = revisions[receipt.uid]
            if revision < last.get(receipt.code, 0):
                yield Violation("out of order", f"{receipt.code}: revision {revision} was told after a newer")
            last[receipt.code] = max(revision, last.get(receipt.code, 0))


# --- where it stands ------------------------------------------------------------------------------------


def _at_rest(evidence: Evidence) -> Iterator[Violation]:
    """Nothing is under way any more."""
    for fate in evidence.records.fates:
        if fate.state in _MOVING:
            yield Violation(_MOVING[fate.state], evidence.named(fate))


def _waits_for_somebody(evidence: Evidence) -> Iterator[Violation]:
    """What waits has a head before it, or is a document behind a dead one."""
    for line in evidence.lines.values():
        for fate in line:
            if fate.state is State.WAITING and not _blocked(evidence, fate, line):
                yield Violation("wedged", evidence.named(fate))


def _blocked(evidence: Evidence, fate: Fate, line: Any) -> bool:
    papers = [f for f in line if _kind(evidence, f) == Kind.DOCUMENT and f.seq < fate.seq]
    dead = any(f.state in DEAD and not f.superseded_by for f in papers)
    head = any(f.state in HEADS and not f.closed for f in line)  # one that is stuck itself is told of as such
    return head or (dead and _kind(evidence, fate) == Kind.DOCUMENT)


def _kind(evidence: Evidence, fate: Fate) -> int:
    message = evidence.messages.get(fate.message)
    return message.kind if message else 0


def _one_head(evidence: Evidence) -> Iterator[Violation]:
    """It is nobody's turn twice in one line."""
    for line in evidence.lines.values():
        heads = [fate for fate in line if fate.state in HEADS and not fate.closed]
        if len(heads) > 1:
            yield Violation("two heads", "; ".join(evidence.named(fate) for fate in heads))


def _parked_for_a_reason(evidence: Evidence) -> Iterator[Violation]:
    """Nothing is parked whose anchor is at the far side."""
    for subject, events in evidence.events().items():
        if subject in evidence.far.get("dossiers", {}):
            parked = [fate for _, fate in events if fate.state is State.PARKED]
            yield from (Violation("stranded", evidence.named(fate)) for fate in parked)


def _planned_deaths(evidence: Evidence) -> Iterator[Violation]:
    """Only what the far side was told to refuse is dead; nothing ran out of patience or time."""
    for fate in evidence.records.fates:
        if fate.state in DEAD:
            said = [e for e in evidence.entries_of.get(fate.id, ()) if e.what == fate.state.word]
            fields = set(said[-1].details.get("fields") or ()) if said else set()
            if fate.state is not State.REFUSED or not fields & evidence.planned:
                cause = said[-1].cause if said else "nobody says why"
                yield Violation("unplanned death", f"{evidence.named(fate)}: {cause}")


# --- what is written of it ------------------------------------------------------------------------------


def _entries(evidence: Evidence) -> Iterator[Violation]:
    """Acceptance, unparking and end have their entries, and the last end told is the one that stands."""
    born = {e.message: e.details for e in evidence.records.entries if e.what in ("accepted", "routed")}
    for message in evidence.records.messages:
        if message.id not in born and not message.unrouted:
            yield Violation("untold", f"message {message.id}: no entry of its acceptance")
    for fate in evidence.records.fates:
        told = evidence.entries_of.get(fate.id, ())
        ends = [entry.state for entry in told if entry.final]
        if fate.state in FINAL and (not ends or ends[-1] != fate.state):
            yield Violation("untold", f"{evidence.named(fate)}: its end was not told, or told otherwise")
        parked = born.get(fate.message, {}).get(fate.system) == State.PARKED.word
        if parked and fate.attempt and not any(entry.what == "anchor came" for entry in told):
            yield Violation("untold", f"{evidence.named(fate)}: no entry of its anchor's coming")


def _attempts(evidence: Evidence) -> Iterator[Violation]:
    """Each attempt is on record, but for those whose process died; and none that was not made."""
    made: Counter[int] = Counter(delivery for delivery, _ in evidence.records.attempts)
    highest: dict[int, int] = {}
    for delivery, attempt in evidence.records.attempts:
        highest[delivery] = max(attempt, highest.get(delivery, 0))
    for fate in evidence.records.fates:
        lapses = sum(entry.what == "lapsed" for entry in evidence.entries_of.get(fate.id, ()))
        if made[fate.id] + lapses < fate.attempt:
            told = f"{made[fate.id]} of {fate.attempt} attempts on record, {lapses} lapsed"
            yield Violation("attempt missing", f"{evidence.named(fate)}: {told}")
        if highest.get(fate.id, 0) > fate.attempt:
            told = f"attempt {highest[fate.id]} of {fate.attempt}"
            yield Violation("attempt unknown", f"{evidence.named(fate)}: {told}")


def _spools(evidence: Evidence) -> Iterator[Violation]:
    """No process keeps an outcome to itself."""
    if evidence.spooled:
        yield Violation("spooled", f"{evidence.spooled} outcomes lie in spools")


_RULES: tuple[Rule, ...] = (
    _lost, _turned_away, _one_fate, _orphans, _accepted_in_order, _at_rest, _waits_for_somebody, _one_head,
    _parked_for_a_reason, _planned_deaths, _entries, _attempts, _spools,
)  # fmt: skip
