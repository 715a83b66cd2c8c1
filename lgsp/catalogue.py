"""Catalogues as a process knows them: which types are some, and what those items are that others name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from lgsp.domain.catalogued import RULES, Item, Rule
from lgsp.errors import ConfigError
from lgsp.message import Finding, Message
from lgsp.schemas import TypeInfo

MOST = 50_000
"""Items of a catalogue that a process holds. Of a larger one it holds some, and calls nothing unknown."""


class Catalogued(NamedTuple):
    """What the journal's catalogue keeps of one message.

    Attributes:
        name: of the item; empty where it has none.
        state: the word that says whether it is in force.
        open: whether it is.
        more: what else of it others are compared with, as JSON: a list of texts.
        gone: it was closed because a whole list had it no more.
        run: the run of a job that found so; None for what came by itself or on a page.
        over: number of the message that this one was made to follow: once that is not the newest, it says
            nothing.
    """

    name: str
    state: str
    open: bool
    more: str
    gone: bool = False
    run: int | None = None
    over: int | None = None


@dataclass(slots=True, frozen=True)
class Mark:
    """Where messages of a catalogue's type say what the catalogue keeps. Pointers are JSON pointers.

    Attributes:
        state: whether the item is in force.
        closed: the word that says that it is not.
        name: what it is called.
        closed_at: since when it is not; empty where the type has no such field.
        more: what else of it others are compared with.
    """

    state: str
    closed: str
    name: str
    closed_at: str = ""
    more: Sequence[str] = ()

    def read(self, data: Any) -> Catalogued:
        """Return what the catalogue keeps of a message's data."""
        state = _text(data, self.state)
        more = orjson.dumps([_text(data, pointer) for pointer in self.more]).decode()
        return Catalogued(_text(data, self.name), state, state != self.closed, more)

    def closing(self, data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """Return an item's data as those of one that is closed since now."""
        told = _put(data, self.state, self.closed)
        return _put(told, self.closed_at, now.isoformat(timespec="seconds")) if self.closed_at else told


@dataclass(slots=True)
class Book:
    """What a process knows of one source's catalogue.

    Attributes:
        source: the system that it came from.
        version: up to which all of it is known.
        whole: it was brought from end to end: what it lacks does not exist there, unless it is absent.
        absent: keys that its list has, and of which nothing else could be had yet.
        cut: it is larger than a process holds.
        seen: how far it had come (version, times it was whole, run of its list) when it was looked at.
        items: by key, closed ones too.
    """

    source: str
    version: int = 0
    whole: bool = False
    absent: frozenset[str] = frozenset()
    cut: bool = False
    seen: tuple[int, int, int] = (-1, 0, 0)
    items: dict[str, Item] = field(default_factory=dict)

    def lacks(self, rule: Rule, code: str) -> bool:
        """Tell whether a code that none of its items has does not exist there."""
        return self.whole and self.absent.isdisjoint(rule.keys(code))


class Catalogues:
    """The catalogues of a home: what the types say of them, and what this process knows of their items.

    Attributes:
        marks: by the type of the catalogue's own messages.
        rules: by the type of messages that name a catalogue's items.
        books: by type and source, of the types that others name. Whoever follows the journal fills them.
    """

    def __init__(self, types: Mapping[str, TypeInfo]) -> None:
        """Read the marks of types.

        Raises:
            ConfigError: with every fault of every mark.
        """
        faults: list[str] = []
        self.marks = {name: mark for name, info in types.items() if (mark := _mark(info, faults))}
        self.rules = {name: rule for name, info in types.items() if (rule := _rule(info, faults))}
        if faults:
            raise ConfigError(faults)
        self.books: dict[str, dict[str, Book]] = {rule.type: {} for rule in self.rules.values()}

    def read(self, message: Message) -> Catalogued | None:
        """Return what a catalogue keeps of a message; None for what is none of its items."""
        mark = self.marks.get(message.type)
        return None if mark is None else mark.read(message.data)

    def odd(self, message: Message) -> Sequence[Finding]:
        """Return what a message says otherwise than the catalogue whose item it names."""
        rule = self.rules.get(message.type)
        if rule is None or not (books := self.books[rule.type]):
            return ()
        said = rule.said(message.data)
        code = said.get(rule.code)
        if not code:
            return ()
        for source, book in books.items():
            item = rule.find(code, book.items)
            if item is not None:
                return rule.odd(said, item, source)
        return _unknown(rule, books, code)

    def note(self, message: Message) -> None:
        """Add what is odd of a message to its findings; looked at twice it is said once."""
        for one in self.odd(message):
            if one not in message.findings:
                message.findings.append(one)


def _unknown(rule: Rule, books: Mapping[str, Book], code: str) -> Sequence[Finding]:
    """Return what is odd of a code that no catalogue has: nothing, unless each of them would have it."""
    if not all(book.lacks(rule, code) for book in books.values()):
        return ()
    known = ", ".join(f"{book.source} {book.version}" for book in books.values())
    return [Finding(rule.unknown, f"/{rule.inside}/{rule.code}", f"{code[:100]} ({known})")]


def _mark(info: TypeInfo, faults: list[str]) -> Mark | None:
    said = info.schema["x-lgsp"].get("catalogue")
    if said is None:
        return None
    try:
        return Mark(**said)
    except TypeError:
        faults.append(
            f"{info.name}.json:1: `x-lgsp.catalogue` is not understood; give state, closed and name, and"
            " where they are said closed_at and more"
        )
        return None


def _rule(info: TypeInfo, faults: list[str]) -> Rule | None:
    named = info.schema["x-lgsp"].get("catalogued")
    if named is not None and named not in RULES:
        faults.append(
            f"{info.name}.json:1: `x-lgsp.catalogued` names no rule; write one of {', '.join(RULES)}, or"
            " leave it out"
        )
    return RULES.get(named)


def _text(data: Any, pointer: str) -> str:
    """Return the text that a pointer leads to, through lists too; empty where there is none."""
    for part in pointer.removeprefix("/").split("/"):
        if isinstance(data, list):
            place = int(part) if part.isdigit() else len(data)
            data = data[place] if place < len(data) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""


def _put(data: Mapping[str, Any], pointer: str, value: str) -> dict[str, Any]:
    """Return data with another text where a pointer leads, which is no place in a list."""
    first, _, rest = pointer.removeprefix("/").partition("/")
    return {**data, first: _put(data.get(first) or {}, rest, value) if rest else value}
