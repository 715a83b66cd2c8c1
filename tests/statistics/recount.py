"""Counting dossiers once more, straight from the rows of the register, one dossier and one question at a time.

Nothing here is shared with the statistics but the rule that calls a dossier early, on time or late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from lgsp.domain.classification.rules import rule
from lgsp.domain.classification.timeliness import Facts, classify, overdue
from lgsp.domain.dossier import BY_NUMBER
from lgsp.journal import dossiers
from lgsp.journal.contract import Transaction
from lgsp.message import VIETNAM

RULES = {
    "standard/1": "recommended",
    "withdrawn-solved/1": "recommended",
    "form-06a/1": "form-06a",
    "opencps/1": "opencps-statistics",
}
REGISTERED, REFUSED, WITHDRAWN, STOPPED = 1, 3, 7, 8
ENDS, WAITS = {3, 7, 8, 9, 10}, {5, 6}
EPOCH = datetime(1970, 1, 1, 7, tzinfo=VIETNAM)


def moment(micros: int | None) -> datetime | None:
    """Return a moment of the register."""
    return None if micros is None else EPOCH + timedelta(microseconds=micros)


@dataclass
class Seen:
    """One dossier as it was known."""

    row: dossiers.Row
    chain: Sequence[dossiers.Row]
    steps: Sequence[tuple[int, int]]
    first: int

    @property
    def learnt(self) -> int:
        """When the status that it says was first said."""
        at = self.row.known_from
        for row in reversed(self.chain):
            if row.status != self.row.status:
                return at
            at = row.known_from
        return at

    @property
    def received(self) -> int | None:
        """When the agency took it."""
        if self.row.received is not None:
            return self.row.received
        return min((at for at, status in self.steps if status == 2), default=None)

    def end(self) -> tuple[int, int | None, int | None, bool]:
        """Return status, end, hand-over and whether the end is dated, having gone through the progress."""
        ends: dict[int, int] = {}
        for at, status in self.steps:
            if status in ENDS:
                ends.setdefault(status, at)
            else:
                ends = {}
        broken = sorted((at, status) for status, at in ends.items() if status in {3, 7, 8})
        said = self.row.status in {9, 10}
        if 9 in ends or 10 in ends or (said and not broken):
            finished = ends.get(9, self.row.finished if said else None)
            returned = ends.get(10, self.row.returned if said else None)
            status = 10 if 10 in ends or (said and self.row.status == 10) else 9
            return status, finished, returned, True
        if broken:
            return broken[0][1], broken[0][0], None, True
        if self.row.status in ENDS:
            order = (self.row.declined, self.row.finished)
            told = [at for at in (order if self.row.status == 3 else order[::-1]) if at is not None]
            return self.row.status, told[0] if told else self.learnt, None, bool(told)
        return self.steps[-1][1] if self.steps else self.row.status, None, None, False

    @property
    def leaves(self) -> int | None:
        """When its handling came to an end; not before it was received."""
        _, ended, handed, _ = self.end()
        at = ended if ended is not None else handed
        return at if at is None or self.received is None else max(at, self.received)

    def there(self, moment: int, *, stays: bool = False) -> bool:
        """Tell whether it had not left before a moment."""
        return stays or self.leaves is None or self.leaves >= moment

    def waits(self) -> list[tuple[int, int]]:
        """Return when it waited; one that goes on ends never."""
        never, status = 1 << 62, self.end()[0]
        spans: list[tuple[int, int]] = []
        since: int | None = None
        for at, step in self.steps:
            if step in WAITS and since is None:
                since = at
            elif step not in WAITS and since is not None:
                spans.append((since, at))
                since = None
        if since is not None:
            spans.append((since, never))
        if not spans and self.row.pauses:
            spans = [(at, never if came is None else came) for at, came in orjson.loads(self.row.pauses)]
        if status not in WAITS:
            spans = [(at, self.learnt if came == never else came) for at, came in spans]
        elif all(came < never for _, came in spans):
            spans.append((self.learnt, never))
        return sorted(span for span in spans if span[0] < span[1])

    def promised(self) -> int | None:
        """Return the promise that counts: each wait that had begun may have moved it, once."""
        promise, used = None, 0
        # spans that meet are one wait
        begun: list[list[int]] = []
        for at, came in self.waits():
            if begun and at <= begun[-1][1]:
                begun[-1][1] = max(begun[-1][1], came)
            else:
                begun.append([at, came])
        for row in self.chain:
            promise = (
                (row.first_due if row.first_due is not None else row.due) if promise is None else promise
            )
            count = len([1 for at, _ in begun if at <= row.known_from])
            if row.due not in {None, promise} and count > used:
                promise, used = row.due, count
        return promise


def seen(tx: Transaction, keys: Sequence[str], known: int) -> Iterator[Seen]:
    """Yield the dossiers that were known before a moment, as they were then."""
    rows = [row for row in dossiers.history(tx, keys) if row.known_from < known]
    steps = [step for step in dossiers.steps(tx, keys) if step.known_from < known]
    for key in keys:
        of = sorted((row for row in rows if row.key == key), key=lambda row: row.message_id)
        if of:
            last = of[-1]
            chain = [row for row in of if row.source == last.source]
            progress = {
                (s.at, s.status) for s in steps if (s.key, s.source) == (key, last.source) and s.status
            }
            yield Seen(last, chain, sorted(progress), of[0].known_from)


def counted(
    tx: Transaction, keys: Sequence[str], definition: str, span: tuple[int, int], known: int
) -> Counter[str]:
    """Return the figures of a stretch of time, as they were known before a moment."""
    found: Counter[str] = Counter()
    for one in seen(tx, keys, known):
        found.update(_one(one, definition, *span))
    return found


def _one(one: Seen, definition: str, begin: int, end: int) -> Iterator[str]:
    """Yield the figures in which a dossier counts."""
    status, leaves = one.end()[0], one.leaves
    called = _called(one, definition)
    ended = leaves is not None and begin <= leaves < end
    if status == REFUSED:
        yield from ["refused"] * ended
    elif status != REGISTERED and _lacks(one, definition, called):
        first = one.first if one.received is None else one.received
        yield from ["unclassified"] * (first < end)
    elif status != REGISTERED and one.received is not None:
        yield from _came(one, begin, end)
        yield from _ends(status, called, definition) if ended else ()
        stays = status == STOPPED and definition in {"withdrawn-solved/1", "form-06a/1"}
        yield from ["carried_over"] * (one.received < begin and one.there(begin, stays=stays))
        if one.received < end and one.there(end, stays=stays):
            yield "in_process"
            yield from _in_process(one, definition, end) if one.there(end) else ()


def _called(one: Seen, definition: str) -> str:
    """Return what the rule calls one that ended; empty for others."""
    status, ended, handed, dated = one.end()
    if status not in {9, 10} and (status, definition) != (STOPPED, "opencps/1"):
        return ""
    released = ended if status in {9, 10} or dated else None
    facts = Facts(
        BY_NUMBER[status].word,
        due=moment(one.row.due),
        first_due=moment(one.promised()),
        released=moment(released),
        handed_over=moment(handed),
    )
    return classify(facts, rule(RULES[definition])).value


def _lacks(one: Seen, definition: str, called: str) -> bool:
    """Tell whether a dossier does not say enough to be placed."""
    status = one.end()[0]
    without_promise = RULES[definition] == "recommended" and one.promised() is None
    untold = one.received is None or not status or not one.row.channel
    return untold or without_promise or called == "unclassified" or (status in {9, 10} and one.leaves is None)


def _came(one: Seen, begin: int, end: int) -> Iterator[str]:
    if one.received is not None and begin <= one.received < end:
        yield "received"
        yield "online" if one.row.channel == "online" else "direct"


def _in_process(one: Seen, definition: str, end: int) -> Iterator[str]:
    """Yield whether a dossier waits, or is overdue, at the last moment before an end."""
    waiting = [at for at, came in one.waits() if at < end <= came]
    if waiting and definition == "opencps/1":
        yield "waiting"
    if not waiting or RULES[definition] == "recommended":
        paused = max(min(waiting), one.received or 0) if waiting else None
        now = Facts(
            "supplement_required" if waiting else "processing",
            due=moment(one.row.due),
            first_due=moment(one.promised()),
            paused_at=moment(paused),
        )
        if overdue(now, rule(RULES[definition]), EPOCH + timedelta(microseconds=end - 1)):
            yield "in_process_late"


def _ends(status: int, called: str, definition: str) -> Iterator[str]:
    """Yield the figures in which an end counts."""
    if status == WITHDRAWN:
        yield "withdrawn"
        yield from ["on_time"] * (definition == "form-06a/1")
        yield from ["solved"] * (definition in {"form-06a/1", "withdrawn-solved/1"})
    if status == STOPPED:
        yield "stopped"
    if called:
        yield called
        yield "solved"
