"""Foreseeing what would become of what a system brings: nothing is taken on, kept or sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from lgsp.adapter import Adapter, DrawsUp
from lgsp.counterparts import build_adapter, close
from lgsp.domain.agencies.register import Register
from lgsp.errors import Forbidden, Invalid, Problem, Refused, Rejected
from lgsp.folder import Folder
from lgsp.items import canonical_items
from lgsp.linking import note_unreachable
from lgsp.message import Message, Raw
from lgsp.routes import Route, Routes
from lgsp.routing import body_of, goes, serving, shadowed
from lgsp.schemas import Types, misnamed


@dataclass(slots=True, frozen=True)
class Way:
    """One route beside one message.

    Attributes:
        route: its name.
        place: `file:line` where it stands.
        differs: why the message does not take it; empty when it does.
        served: for each receiver the system that serves it; None: nobody does, and `else:` is its way. Only
            where a route asks for receivers.
    """

    route: Route
    place: str
    differs: Sequence[str]
    served: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Goal:
    """A system to which a message would go.

    Attributes:
        recipients: of the message, those who are there; none is all of it.
        collects: it comes for what is meant for it.
        drawn: what would be said to it, where that is known beforehand.
        refused: why nothing can be said to it.
        shadow: it would not be sent: an older connection tells it.
    """

    system: str
    recipients: Sequence[str]
    collects: bool
    drawn: Raw | None = None
    refused: Refused | None = None
    shadow: bool = False


@dataclass(slots=True, frozen=True)
class Foreseen:
    """What would become of one item.

    Attributes:
        message: as it would be kept; None when it cannot be read as one.
        problems: why it would be turned away; none: it would be taken on.
    """

    message: Message | None
    problems: Sequence[Problem] = ()
    ways: Sequence[Way] = ()
    goals: Sequence[Goal] = ()


class Foresight:
    """Judges by routes that need not be those in force, with adapters of its own; see `foresight`."""

    def __init__(
        self, routes: Routes, types: Types, agencies: Register, adapters: Mapping[str, Adapter]
    ) -> None:
        self._routes = routes
        self._types = types
        self._agencies = agencies
        self._adapters = adapters

    async def of(self, system: str, raw: Raw, *, canonical: bool) -> list[Foreseen]:
        """Return what would become of each item of a body, in order.

        Args:
            system: who brings it; one of the routes' systems.
            raw: the body.
            canonical: it is canonical JSON, one message or an array; otherwise the system's own form.
        """
        try:
            items = canonical_items(self._types, raw) if canonical else await self._adapters[system].read(raw)
        except Rejected as reason:
            return [Foreseen(None, reason.problems)]
        return [await self.judge(system, item) for item in items]

    async def judge(self, system: str, item: Message | Rejected) -> Foreseen:
        """Return what would become of one item that a system brings."""
        if isinstance(item, Rejected):
            return Foreseen(None, item.problems)
        item.source = system
        if reason := self._turned_away(system, item):
            return Foreseen(item, reason.problems)
        info = self._types[item.type]
        note_unreachable(info, item)
        item.recipients = info.receivers(item.data, lambda code: body_of(self._agencies, code))
        found = goes(self._routes, item, self._agencies, self._takes)
        unsent = shadowed(self._routes, item, found, self._agencies, self._takes)
        goals = [
            replace(await self._goal(name, codes, item), shadow=name in unsent)
            for name, codes in found.items()
        ]
        return Foreseen(item, (), [*self._ways(item)], goals)

    def _turned_away(self, system: str, message: Message) -> Rejected | None:
        if message.type not in self._adapters[system].brings:
            return Forbidden([Problem("type", "type-not-brought", message.type)])
        found = self._types.check(message.type, message.data)
        found = found or misnamed(self._types, message, self._agencies)
        return Invalid(found) if found else None

    def _ways(self, message: Message) -> list[Way]:
        return [self._way(n, route, message) for n, route in enumerate(self._routes.routes)]

    def _way(self, n: int, route: Route, message: Message) -> Way:
        differs, place = route.differs(message, self._agencies), self._routes.place("routes", n)
        if differs or not route.by_recipients:
            return Way(route, place, differs)
        may = lambda system: self._takes(system, message.type)  # noqa: E731
        served = {code: serving(self._routes, code, self._agencies, may) for code in message.recipients}
        return Way(route, place, differs, served)

    def _takes(self, system: str, type_: str) -> bool:
        return type_ in self._adapters[system].takes

    async def _goal(self, system: str, codes: Sequence[str], message: Message) -> Goal:
        adapter = self._adapters[system]
        if adapter.collects:
            return Goal(system, codes, collects=True)
        if not isinstance(adapter, DrawsUp):
            return Goal(system, codes, collects=False)
        every, message.recipients = message.recipients, list(codes)
        try:
            return Goal(system, codes, collects=False, drawn=await adapter.drawn_up(message))
        except Refused as refused:
            return Goal(system, codes, collects=False, refused=refused)
        finally:
            message.recipients = every


@asynccontextmanager
async def foresight(
    routes: Routes, types: Types, agencies: Register, files: Folder
) -> AsyncIterator[Foresight]:
    """Lend what foresees by routes; adapters are made for it, and speak to nobody.

    Raises:
        ConfigError: a system's adapter is not there, or its settings are wrong.
    """
    made: dict[str, Adapter] = {}
    try:
        for name, system in routes.systems.items():
            made[name] = build_adapter(name, system, routes.place("systems", name, "config"), files)
        yield Foresight(routes, types, agencies, made)
    finally:
        for adapter in made.values():
            await close(adapter)
