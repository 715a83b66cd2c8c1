"""How far a person's role reaches: as it is kept, and as rules on messages and their deliveries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal.choosing import written
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import numbers_of

Rule = tuple[str, Sequence[Any]]
"""A condition in SQL, and its values."""
_KINDS = ("systems", "routes", "agencies")
_NOTHING: Rule = ("1 = 0", ())


@dataclass(slots=True, frozen=True)
class Reach:
    """How far a person's role reaches; what is empty is no limit. Limits of several kinds hold together.

    Attributes:
        systems: names of systems whose traffic the person sees and acts upon: what they bring, and what goes
            to them.
        routes: names of routes, likewise.
        agencies: codes of agencies; each stands for itself and all under it.
    """

    systems: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    agencies: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Tell whether there is no limit."""
        return not (self.systems or self.routes or self.agencies)

    def told(self) -> dict[str, list[str]]:
        """Return the limits as they are told to people; kinds without any are left out."""
        kept = {name: sorted(getattr(self, name)) for name in _KINDS}
        return {name: values for name, values in kept.items() if values}


EVERYTHING = Reach()


def reach_of(told: Mapping[str, Iterable[str]]) -> Reach:
    """Return limits from how they are told."""
    systems, routes, agencies = (sorted({*told.get(name, ())}) for name in _KINDS)
    return Reach(frozenset(systems), frozenset(routes), tuple(agencies))


def packed(reach: Reach) -> str:
    """Return limits as a row holds them: JSON, or an empty text for none."""
    return "" if reach.everything else orjson.dumps(reach.told()).decode()


def unpacked(kept: str) -> Reach:
    """Return limits from a row."""
    return reach_of(orjson.loads(kept)) if kept else Reach()


@dataclass(slots=True, frozen=True)
class Path:
    """What a route carries.

    Attributes:
        type: of the messages.
        source: whose messages; None is everybody's.
        systems: to which they go; None is to whoever receives them.
    """

    type: str
    source: str | None = None
    systems: frozenset[str] | None = None


@dataclass(slots=True, frozen=True)
class Sight:
    """Limits, as the routes of now make them out.

    Attributes:
        systems: None is all of them.
        paths: what the routes within the limits carry; None is all that goes anywhere.
        agencies: empty is all of them.
    """

    systems: frozenset[str] | None = None
    paths: tuple[Path, ...] | None = None
    agencies: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Tell whether all may be seen."""
        return self.systems is None and self.paths is None and not self.agencies

    def shows(self, source: str, type_: str, system: str) -> bool:
        """Tell whether a delivery is within, apart from whose agency it is of."""
        known = self.systems is None or source in self.systems or system in self.systems
        return known and (self.paths is None or any(_fits(one, source, type_, system) for one in self.paths))

    def holds(self, system: str) -> bool:
        """Tell whether a system itself is within: only limits that name systems tell."""
        return self.everything or (self.systems is not None and system in self.systems)


ALL = Sight()


def _fits(path: Path, source: str, type_: str, system: str) -> bool:
    goes = path.systems is None or system in path.systems
    return goes and path.type == type_ and path.source in {None, source}


def of_messages(tx: Transaction, sight: Sight) -> list[Rule]:
    """Return rules that a message (m) within the limits keeps: it came from there, or goes there."""
    return [*_agencies(tx, sight), *_theirs(sight), *_along(sight, "m.source", "m.type")]


def of_deliveries(tx: Transaction, sight: Sight) -> list[Rule]:
    """Return rules that a delivery (d, of a message m) within the limits keeps."""
    rules = [*_agencies(tx, sight), *_along(sight, "d.source", "d.type", "d.system")]
    if sight.systems is not None:
        (source, values), (system, _) = _among("d.source", sight.systems), _among("d.system", sight.systems)
        rules.append((f"({source} OR {system})", [*values, *values]))
    return rules


def _agencies(tx: Transaction, sight: Sight) -> list[Rule]:
    return [_among("m.agency", written(tx, sight.agencies))] if sight.agencies else []


def _theirs(sight: Sight) -> list[Rule]:
    if sight.systems is None:
        return []
    (source, values), (system, _) = _among("m.source", sight.systems), _among("w.system", sight.systems)
    goes = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} w WHERE w.message_id = m.id AND {system})"
        for table in ("deliveries", "history")
    )
    return [(f"({source} OR {goes})", [*values, *values, *values])]


def _along(sight: Sight, source: str, type_: str, system: str = "") -> list[Rule]:
    """Return the rule that one of the paths leads here."""
    if sight.paths is None:
        return []
    rules = [_path(one, source, type_, system) for one in sight.paths]
    if not rules:
        return [_NOTHING]
    either = " OR ".join(f"({rule})" for rule, _ in rules)
    return [(f"({either})", [value for _, values in rules for value in values])]


def _path(path: Path, source: str, type_: str, system: str) -> Rule:
    rules, values = [f"{type_} = ?"], [path.type]
    if path.source is not None:
        rules.append(f"{source} = ?")
        values.append(path.source)
    if system and path.systems is not None:
        rule, more = _among(system, path.systems)
        rules.append(rule)
        values += more
    return " AND ".join(rules), values


def _among(column: str, wanted: Collection[str]) -> Rule:
    if not wanted:
        return _NOTHING
    return f"{column} IN ({', '.join('?' * len(wanted))})", sorted(wanted)


def within(messages: Sequence[dict[str, Any]], sight: Sight) -> Sequence[dict[str, Any]]:
    """Return messages (`reading`) with those of their deliveries alone that may be seen."""
    if not sight.everything:
        for one in messages:
            one["deliveries"] = [
                to for to in one["deliveries"] if sight.shows(one["source"], one["type"], to["system"])
            ]
    return messages


def sees_message(tx: Transaction, sight: Sight, uid: UUID) -> bool:
    """Tell whether a message is within the limits; one that is not there is not."""
    if sight.everything:
        return True
    numbers = list(numbers_of(tx, [uid.bytes]).values())
    return bool(_kept(tx, "SELECT m.id FROM messages m WHERE m.id IN ({})", numbers, of_messages(tx, sight)))


def sees_delivery(tx: Transaction, sight: Sight, number: int) -> bool:
    """Tell whether a delivery is within the limits; one that is not there is not."""
    return sight.everything or bool(seen_deliveries(tx, sight, [number]))


def seen_deliveries(tx: Transaction, sight: Sight, numbers: Sequence[int]) -> set[int]:
    """Return those of some deliveries that are within the limits."""
    rules = of_deliveries(tx, sight)
    sql = "SELECT d.id FROM {table} d JOIN messages m ON m.id = d.message_id WHERE d.id IN ({{}})"
    both = ("deliveries", "history")
    return {one for table in both for one in _kept(tx, sql.format(table=table), numbers, rules)}


def seen_messages(tx: Transaction, sight: Sight, numbers: Sequence[int]) -> set[int]:
    """Return those of some messages, by the journal's own numbers, that are within the limits."""
    return _kept(tx, "SELECT m.id FROM messages m WHERE m.id IN ({})", numbers, of_messages(tx, sight))


def _kept(tx: Transaction, sql: str, numbers: Sequence[int], rules: Sequence[Rule]) -> set[int]:
    more = "".join(f" AND {rule}" for rule, _ in rules)
    values = [value for _, given in rules for value in given]
    return {row[0] for row in tx.among(f"{sql}{more}", list(numbers), *values)}


def of_quarantine(sight: Sight) -> list[Rule]:
    """Return rules that what was turned away keeps; nobody knows whose agency it is of: limits close it."""
    if sight.agencies:
        return [_NOTHING]
    theirs = [] if sight.systems is None else [_among("source", sight.systems)]
    return [*theirs, *_along(sight, "source", "type")]
