"""Putting questions to systems by the routes in force, for the API, façades and checks of routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lgsp.allowances import Rate, Taken
from lgsp.enquiry import Question, Reply
from lgsp.errors import Problem
from lgsp.gateway import Gateway
from lgsp.lookups.asking import Asking
from lgsp.lookups.book import Book
from lgsp.lookups.care import Care
from lgsp.lookups.walking import Answering, Sources
from lgsp.questioning import Ask, Purpose
from lgsp.questions import Questions
from lgsp.quotas import Quotas
from lgsp.routes import Route, Routes


class Enquiries:
    """One process's questions.

    Args:
        gateway: whose routes and systems.
        quotas: shared by all processes; None limits nobody.
        questions: types of questions and answers of the home.
    """

    def __init__(self, gateway: Gateway, quotas: Quotas | None, questions: Questions) -> None:
        self.questions = questions
        self._gateway = gateway
        self._quotas = quotas
        self._routes: Routes | None = None
        self._ways: dict[str, list[Route]] = {}
        self._answering: dict[str, Answering] = {}
        self._rates: dict[str, tuple[Ask, Rate]] = {}
        self._processes: tuple[int, int | None] = (1, None)
        self.asking = Asking(Book(gateway.journal), self._sources({}))

    async def ask(self, request: Question) -> Reply:
        """Return the answer to a question.

        Raises:
            NoAnswer: there is none.
            JournalError: the question could not be entered; nobody was asked.
        """
        self._follow()
        return await self.asking.ask(request)

    async def deny(self, request: Question, problems: Sequence[Problem]) -> None:
        """See `lgsp.enquiry.Enquiring.deny`."""
        self._follow()
        await self.asking.deny(request, problems)

    def answering(self) -> Mapping[str, Answering]:
        """Return the systems to which questions are routed, by name."""
        self._follow()
        return self._answering

    def share(self, processes: int, place: int | None = None) -> None:
        """Take this process's part of what may be asked at once, now that so many processes ask."""
        if (processes, place) != self._processes:
            self._processes = (processes, place)
            for one in self._answering.values():
                one.care.share(processes, place)

    async def close(self) -> None:
        """Write what is left to be written."""
        await self.asking.book.close()

    def _follow(self) -> None:
        """Go over to newer routes; how a system stands, and who is being asked, stays."""
        routes = self._gateway.routes
        if routes is self._routes:
            return
        self._routes = routes
        self._ways = {one: [route for route in routes.routes if route.type == one] for one in self.questions}
        named = {route.to[0] for ways in self._ways.values() for route in ways}
        self._answering = {
            name: self._one(name) for name in sorted(named & self._gateway.counterparts.keys())
        }
        self.asking.sources = self._sources({one.code: one for one in routes.purposes})

    def _one(self, name: str) -> Answering:
        to = self._gateway.counterparts[name]
        known = self._answering.get(name)
        care = known.care if known else Care(to.spec.ask)
        care.become(to.spec.ask)
        care.share(*self._processes)
        return known if known and known.adapter is to.adapter else Answering(name, to.adapter, care)

    def _sources(self, purposes: Mapping[str, Purpose]) -> Sources:
        return Sources(self.questions, purposes, self._route, self)

    def _route(self, source: str, type_: str) -> Answering | None:
        for route in self._ways.get(type_, ()):
            if route.source in (None, source):
                found = self._answering.get(route.to[0])
                return found if found is not None and type_ in found.adapter.answers else None
        return None

    async def take(self, system: str, ask: Ask) -> float | None:
        """Take one question's share of what a system may be asked; see `lgsp.lookups.walking.Allowance`."""
        if self._quotas is None or ask.free:
            return None
        return await self._quotas.take(subject_of(system), Taken.ASKS, self._rate(system, ask))

    def none_left(self, system: str, ask: Ask) -> float | None:
        """See `lgsp.lookups.walking.Allowance`."""
        if self._quotas is None or ask.free:
            return None
        return self._quotas.none_left(subject_of(system), Taken.ASKS, self._rate(system, ask))

    def _rate(self, system: str, ask: Ask) -> Rate:
        """Return what a system may be asked: the same one for as long as the routes say the same."""
        known = self._rates.get(system)
        if known is None or known[0] is not ask:
            known = self._rates[system] = (ask, rate_of(ask))
        return known[1]


def rate_of(ask: Ask) -> Rate:
    """Return what a system may be asked, as quotas have it."""
    return Rate(per_second=ask.rate, burst=None, per_minute=None, per_day=ask.per_day)


def subject_of(system: str) -> str:
    """Return by which name quotas know the questions that a system is asked."""
    return f"system:{system}"
