"""Searching messages: by whatever filters together, newest first, at a cost that does not grow with them.

Each filter that an index serves is a way through the numbers of messages (`seeking`). The one that leaves
most out is gone along, and what it gives is held against all filters. A page looks at so many messages:
where the filters leave hardly any, it says how far back it looked, and the next page goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lgsp.domain.codes import FORMS
from lgsp.domain.documents import sought as names_of
from lgsp.journal import reading
from lgsp.journal.choosing import ASTRAY, causes_aside, systems_aside, types_of, written
from lgsp.journal.contract import Transaction
from lgsp.journal.lines import alias_digest
from lgsp.journal.reaching import ALL, Sight, of_messages, within
from lgsp.journal.rows import numbers_of, states
from lgsp.journal.seeking import Along, Named, Span, Through, Together, Way, number_at, sparsest, values_of
from lgsp.journal.states import FINAL, State
from lgsp.journal.tables import ASIDE, CAUSE

PAGE = 100
LOOKED, SPENT = 20_000, 0.12
"""Messages that one page looks at, and seconds in which it does, at most."""
FIRST, _MOST = 128, 1024
"""How many are looked at in one go: few at first, more where few match."""
_LAST = 2**62
_SLACK = 10_000_000
"""Microseconds by which a message may be out of the order of its number: those of the longest transaction."""
_MANY = 128
"""Agencies of a subtree that are gone along one by one; of more, some are in every page anyhow."""
_BEARERS = 200
"""Bearers of a name that are looked at: the newest."""
_MOVING = frozenset({State.READY, State.SENDING})
_PLACE = ("system", "state")
_DELIVERIES = "(SELECT message_id, system, state, cause FROM {} WHERE message_id = m.id AND {})"


@dataclass(slots=True, frozen=True, kw_only=True)
class Sought:
    """What is looked for: all of it at once. What is empty leaves nothing out.

    Attributes:
        code: a dossier's code in either form, a document's id or its number and notation, a message's id.
        agencies: codes of agencies, in either form; whatever lies under one belongs to it.
        alone: the agencies themselves, without what lies under them.
        source, type: of the message.
        system, states, cause: of one and the same delivery of it.
        finding: the code of something odd that was noticed; `*` is anything odd.
        unrouted: no route wants it.
        since, until: when it was taken on, in microseconds: from then on, and before then.
        sight: what may be seen at all; deliveries beyond it are left out of what is found.
    """

    code: str = ""
    agencies: Sequence[str] = ()
    alone: bool = False
    source: str = ""
    type: str = ""
    system: str = ""
    states: frozenset[State] = frozenset()
    cause: str = ""
    finding: str = ""
    unrouted: bool = False
    since: int | None = None
    until: int | None = None
    sight: Sight = ALL


@dataclass(slots=True, frozen=True)
class Page:
    """What was found.

    Attributes:
        messages: newest first, with their deliveries (`reading`).
        older, newer: behind which number the next page in that direction goes on; None where there is none.
        reached: how far back was looked, where it was not to the end (a time of the journal).
    """

    messages: Sequence[dict[str, Any]]
    older: int | None
    newer: int | None
    reached: int | None


def search(
    tx: Transaction, sought: Sought, *, behind: int | None = None, down: bool = True, limit: int = PAGE
) -> Page:
    """Return a page of messages.

    Args:
        tx: the snapshot to read.
        sought: what is looked for.
        behind: the number of a message, which is not part of the page; None begins at the newest.
        down: go on to older ones; else to newer ones.
        limit: at most so many.
    """
    span = _span(tx, sought, down=down)
    if behind is not None:
        span = span.behind(behind)
    found, end = _find(tx, sought, span, limit)
    more = len(found) > limit
    rows = sorted(found[:limit], key=lambda row: -row["seq"])
    further = (rows[-1 if down else 0]["seq"] if more else end) if rows or end else None
    back = _back(rows, behind, down=down)
    reached = None if more or end is None else _taken_on(tx, end)
    older, newer = (further, back) if down else (back, further)
    return Page(within(reading.with_deliveries(tx, rows), sought.sight), older, newer, reached)


def _back(rows: Sequence[dict[str, Any]], behind: int | None, *, down: bool) -> int | None:
    """Return behind which number lies the page that led here."""
    if behind is None:
        return None
    if rows:
        return int(rows[0 if down else -1]["seq"])
    return behind - 1 if down else behind + 1


def _taken_on(tx: Transaction, number: int) -> int | None:
    found = tx.rows("SELECT accepted_at FROM messages WHERE id >= ? ORDER BY id LIMIT 1", (number,))
    return found[0][0] if found else None


def _span(tx: Transaction, sought: Sought, *, down: bool) -> Span:
    above = 0 if sought.since is None else number_at(tx, sought.since - _SLACK) - 1
    below = _LAST if sought.until is None else number_at(tx, sought.until + _SLACK)
    return Span(above, below, down)


def _find(tx: Transaction, sought: Sought, span: Span, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Return what matches, one more than wanted if there is more; and where looking was cut short."""
    lens, count = _Lens(tx, sought), max(FIRST, limit + 1)
    way, drawn = sparsest(tx, lens.ways, span, count)
    found: list[dict[str, Any]] = []
    looked, end = 0, time.monotonic() + SPENT
    while True:
        found += lens.matching(drawn.numbers, span)
        looked += max(len(drawn.numbers), count if drawn.upto else 0)
        if drawn.upto is None or len(found) > limit:
            return found, None
        if looked >= LOOKED or time.monotonic() > end:
            return found, drawn.upto
        span, count = span.behind(drawn.upto), min(count * 2, _MOST)
        drawn = way.draw(tx, span, count)


class _Lens:
    """What is looked for, as ways to go along and as rules to hold messages against."""

    def __init__(self, tx: Transaction, sought: Sought) -> None:
        self._tx, self._sought = tx, sought
        self._agencies = written(tx, sought.agencies, alone=sought.alone) if sought.agencies else []
        self.ways: list[Way] = list(self._ways()) if not sought.code else [_bearing(tx, sought.code)]
        self._rules = list(self._ruled())

    def matching(self, numbers: Sequence[int], span: Span) -> list[dict[str, Any]]:
        """Return those of some messages that match, in the span's direction."""
        rules = "".join(f" AND {rule}" for rule, _ in self._rules)
        values = [value for _, given in self._rules for value in given]
        found = reading.briefs(self._tx, numbers, rules, values)
        return sorted(found, key=lambda row: -row["seq"] if span.down else row["seq"])

    # --- ways -------------------------------------------------------------------------------------------

    def _ways(self) -> Iterator[Way]:
        """Yield a way for each filter that has an index; the last is all there is."""
        sought = self._sought
        if sought.agencies and len(self._agencies) <= _MANY:
            yield _along_messages(("agency",), [(code,) for code in self._agencies])
        yield from self._seen()
        if sought.system or sought.states or sought.cause:
            yield Together(list(self.of_deliveries()))
        if sought.unrouted:
            yield _along_messages(only="unrouted")
        if sought.finding:
            yield _along_messages(only="findings IS NOT NULL")
        if sought.source or sought.type:
            yield _along_messages(("source", "type"), self.origins())
        yield _along_messages()

    def _seen(self) -> Iterator[Way]:
        """Yield a way for each of the limits that has an index."""
        sight = self._sought.sight
        codes = written(self._tx, sight.agencies) if sight.agencies else []
        if 0 < len(codes) <= _MANY:
            yield _along_messages(("agency",), [(code,) for code in codes])
        if sight.systems is not None:
            one = [replace(self._sought, source=name, sight=ALL) for name in sorted(sight.systems)]
            origins = [place for each in one for place in _Lens(self._tx, each).origins()]
            goes = [way for name in sorted(sight.systems) for way in self._going(name)]
            yield Together([_along_messages(("source", "type"), origins), *goes])

    def _going(self, system: str) -> list[Way]:
        """Return the ways to all that goes, or went, to a system."""
        return list(_Lens(self._tx, Sought(system=system)).of_deliveries())

    def origins(self) -> list[tuple[str, str]]:
        """Return the pairs of source and type that are meant."""
        sought, tx = self._sought, self._tx
        sources = [sought.source] if sought.source else values_of(tx, "messages", "source")
        if sought.type:
            return [(source, sought.type) for source in sources]
        return [(one, type_) for one in sources for type_ in types_of(tx, one)]

    def of_deliveries(self) -> Iterator[Way]:
        """Yield ways to the deliveries that are closed, that stand aside, and that are on their way."""
        sought, tx = self._sought, self._tx
        wanted = sought.states or frozenset(State)
        closed = sorted(map(int, wanted & FINAL))
        if closed:
            systems = [sought.system] if sought.system else values_of(tx, "history", "system")
            places = [(system, state) for system in systems for state in closed]
            yield _caused(sought.cause, places) if sought.cause else Along("history", _PLACE, places)
        aside = list(self._aside(sorted(wanted & ASTRAY)))
        yield Along("deliveries", ("state", "system", CAUSE), aside, only=ASIDE)
        if wanted & _MOVING:
            rules = [(f"state IN ({states(wanted & _MOVING)})", []), *self._standing()]
            yield Through(" AND ".join(rule for rule, _ in rules), [v for _, given in rules for v in given])

    def _aside(self, wanted: Sequence[State]) -> Iterator[tuple[int, str, str]]:
        sought, tx = self._sought, self._tx
        for state in map(int, wanted):
            for system in [sought.system] if sought.system else systems_aside(tx, state):
                causes = [sought.cause] if sought.cause else causes_aside(tx, state, system)
                yield from ((state, system, cause) for cause in causes)

    # --- rules ------------------------------------------------------------------------------------------

    def _ruled(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield what SQL says of a message (m), with its values."""
        sought = self._sought
        yield from of_messages(self._tx, sought.sight)
        plain = {"m.source = ?": sought.source, "m.type = ?": sought.type}
        yield from ((rule, [value]) for rule, value in plain.items() if value)
        times = {"m.accepted_at >= ?": sought.since, "m.accepted_at < ?": sought.until}
        yield from ((rule, [moment]) for rule, moment in times.items() if moment is not None)
        if sought.agencies:
            codes = _padded(self._agencies or [""])
            yield f"m.agency IN ({', '.join('?' * len(codes))})", codes
        if sought.unrouted:
            yield "m.unrouted", []
        if sought.finding:
            yield "m.findings LIKE ?", ["%" if sought.finding == "*" else f'%"code":"{sought.finding}"%']
        if sought.system or sought.states or sought.cause:
            yield self._delivered()

    def _delivered(self) -> tuple[str, Sequence[Any]]:
        rules = self._standing()
        if self._sought.states:
            rules.append((f"state IN ({states(self._sought.states)})", []))
        rule, values = " AND ".join(rule for rule, _ in rules), [v for _, given in rules for v in given]
        either = " OR EXISTS ".join(_DELIVERIES.format(table, rule) for table in ("deliveries", "history"))
        return f"(EXISTS {either})", [*values, *values]

    def _standing(self) -> list[tuple[str, Sequence[Any]]]:
        wanted = {"system = ?": self._sought.system, "cause = ?": self._sought.cause}
        return [(rule, [value]) for rule, value in wanted.items() if value]


def _caused(cause: str, places: Sequence[tuple[str, int]]) -> Along:
    return Along("history", ("cause", *_PLACE), [(cause, *at) for at in places], only="cause IS NOT NULL")


def _along_messages(
    columns: Sequence[str] = (), ranges: Sequence[Sequence[Any]] = ((),), only: str = ""
) -> Along:
    return Along("messages", columns, ranges, "id", only)


def _padded(values: Sequence[str]) -> list[str]:
    """Return values, the last one repeated up to a power of two: few statements are ever prepared."""
    return [*values, *[values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values))]


# --- by name --------------------------------------------------------------------------------------------


def _bearing(tx: Transaction, code: str) -> Way:
    """Return the way through the messages whose id this is, or whose line bears this name."""
    keys = list(keys_of(tx, code))
    return Together(
        [Named(_numbered(tx, code)), _along_messages(("partitionkey",), [(key,) for key in keys])]
    )


def keys_of(tx: Transaction, code: str) -> Iterator[str]:
    """Yield the keys of the lines that may be meant by a code, a document's id, or number and notation."""
    typed = code.strip()
    keys = dict.fromkeys(key for form in FORMS.values() if (key := form(typed)))
    bearers = {
        row[0]
        for name in names_of(typed)
        for row in tx.rows(
            "SELECT message_id FROM aliases WHERE alias = ? ORDER BY message_id DESC LIMIT ?",
            (alias_digest(name), _BEARERS),
        )
    }
    lines = tx.among("SELECT partitionkey FROM messages WHERE id IN ({})", sorted(bearers))
    yield from dict.fromkeys([*keys, *sorted({row[0] for row in lines})])


def _numbered(tx: Transaction, code: str) -> list[int]:
    try:
        uid = UUID(code.strip())
    except ValueError:
        return []
    return list(numbers_of(tx, [uid.bytes]).values())
