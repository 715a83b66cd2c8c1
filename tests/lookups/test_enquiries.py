"""The routes in force: who answers, for whom, and what stays when they are published anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lgsp.allowances import Rate
from lgsp.enquiring import Enquiries
from lgsp.enquiry import NoAnswer
from lgsp.gateway import Gateway
from lgsp.journal.contract import Journal
from lgsp.questioning import Ask
from lgsp.quotas import Quotas
from lgsp.routes import Route
from tests.lookups.far_side import ANSWER, PURPOSES, Citizens, Trace, questions, request


@dataclass(frozen=True)
class Routed:
    """As much of routes as is looked at."""

    routes: list[Route]
    purposes: list[Any] = field(default_factory=lambda: [*PURPOSES.values()])


@dataclass
class Shares:
    """Quotas that say what they are told, and keep what they were asked."""

    wait: float | None = None
    known: float | None = None
    asked: list[tuple[str, Rate]] = field(default_factory=list)
    looked: list[tuple[str, Rate]] = field(default_factory=list)

    async def take(self, subject: str, _: str, rate: Rate) -> float | None:
        """Take a share."""
        self.asked.append((subject, rate))
        return self.wait

    def none_left(self, subject: str, _: str, rate: Rate) -> float | None:
        """Remember that it was looked for; nobody knows yet."""
        self.looked.append((subject, rate))
        return self.known


def _route(to: str, source: str | None = None, type_: str = "citizen.query.v1") -> Route:
    return Route.model_validate({"name": f"to-{to}", "type": type_, "to": [to], "from": source})


class Place:
    """A gateway with two systems that answer, and the desk at which they are asked."""

    def __init__(self, *routes: Route) -> None:
        self.far = {name: Citizens() for name in ("one", "other")}
        counterparts = {name: self.counterpart(far) for name, far in self.far.items()}
        journal = cast("Journal", None)
        self.gateway = SimpleNamespace(journal=journal, routes=Routed([*routes]), counterparts=counterparts)
        self.shares = Shares()
        gateway, quotas = cast("Gateway", self.gateway), cast("Quotas", self.shares)
        self.desk = Enquiries(gateway, quotas, questions())
        self.desk.asking.book = Trace()

    @staticmethod
    def counterpart(far: Citizens, **ask: Any) -> Any:
        """Return a system that answers."""
        return SimpleNamespace(adapter=far, spec=SimpleNamespace(ask=Ask.model_validate(ask)))

    def publish(self, *routes: Route) -> None:
        """Publish other routes; without any, those that there are anew."""
        now = self.gateway.routes
        self.gateway.routes = replace(now, routes=[*routes] or now.routes)


async def test_the_first_route_that_fits_says_who_answers() -> None:
    """By type and by who asks; a type that no route takes anywhere is answered by nobody."""
    place = Place(_route("one", "dms"), _route("other"))
    assert (await place.desk.ask(request(source="dms"))).system == "one"
    assert (await place.desk.ask(request(source="one-stop"))).system == "other"
    with pytest.raises(NoAnswer) as told:
        await place.desk.ask(request(type="citizen.verification.v1"))
    assert told.value.problems[0].code == "nobody-answers"
    place.far["other"].answers = frozenset()
    with pytest.raises(NoAnswer):
        await place.desk.ask(request())


async def test_how_a_system_stands_outlives_routes() -> None:
    """Suspended stays suspended; other numbers hold at once, and who has left is forgotten."""
    place = Place(_route("one"), _route("other", type_="citizen.verification.v1"))
    before = place.desk.answering()["one"].care
    before.health.suspend("unreachable", 0.0)
    place.gateway.counterparts["one"] = place.counterpart(place.far["one"], concurrency=3)
    place.publish(_route("one"))
    assert list(place.desk.answering()) == ["one"]
    after = place.desk.answering()["one"].care
    assert after is before
    assert (after.turnstile.places, after.health.running) == (3, False)


async def test_another_adapter_remembers_nothing() -> None:
    """(311) The same one remembers on, whatever else was published."""
    place = Place(_route("one"))
    place.gateway.counterparts["one"] = place.counterpart(place.far["one"], cache={"citizen.query.v1": "10m"})
    for _ in range(2):
        await place.desk.ask(request())
        place.publish()
    assert len(place.far["one"].asked) == 1
    new = Citizens()
    place.gateway.counterparts["one"] = place.counterpart(new, cache={"citizen.query.v1": "10m"})
    place.publish()
    assert (await place.desk.ask(request())).data == ANSWER
    assert len(new.asked) == 1


async def test_a_share_is_taken_by_the_rates_of_the_question() -> None:
    """Of the system by its name; where the home says nothing nobody is asked for a share."""
    place = Place(_route("one"))
    await place.desk.ask(request())
    assert place.shares.asked == []
    place.gateway.counterparts["one"] = place.counterpart(place.far["one"], rate="50/s", per_day=9)
    place.publish()
    await place.desk.ask(request())
    assert place.shares.asked == [("system:one", Rate(per_second=50.0, per_day=9))]
    place.shares.wait = 3.0
    with pytest.raises(NoAnswer) as told:
        await place.desk.ask(request())
    assert (told.value.cause, told.value.after) == ("quota-used-up", 3.0)


async def test_a_used_up_share_is_known_at_the_door() -> None:
    """Where memory says no the journal is not asked; by the rates in force, and only where there are some."""
    place = Place(_route("one"))
    place.shares.known = 9.0
    await place.desk.ask(request())
    assert place.shares.looked == []
    place.gateway.counterparts["one"] = place.counterpart(place.far["one"], per_day=9)
    place.publish()
    with pytest.raises(NoAnswer) as told:
        await place.desk.ask(request())
    assert (told.value.cause, told.value.after) == ("quota-used-up", 9.0)
    assert (place.shares.looked, place.shares.asked) == ([("system:one", Rate(per_day=9))], [])


async def test_processes_share_the_places() -> None:
    """Also of systems that are routed to later."""
    place = Place(_route("one"))
    place.desk.answering()
    place.desk.share(4, 1)
    assert place.desk.answering()["one"].care.turnstile.places == 4
    place.publish(_route("one"), _route("other", type_="citizen.verification.v1"))
    assert place.desk.answering()["other"].care.turnstile.places == 4
