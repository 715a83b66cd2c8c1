"""Where a message goes: the routes that want it, and of its receivers the systems that serve them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from lgsp.domain.agencies.facts import Share
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Standing
from lgsp.domain.codes import agency_code, read_agency, under
from lgsp.message import VIETNAM, Message
from lgsp.routes import Route, Routes

Takes = Callable[[str, str], bool]
"""Tells of a system and a type whether it takes that type."""


def _anything(_: str, __: str) -> bool:
    return True


def goes(
    routes: Routes, message: Message, agencies: Register | None = None, takes: Takes = _anything
) -> dict[str, list[str]]:
    """Return the systems that a message goes to, in the order of the routes, each with its receivers there.

    No receivers means all of the message. A route that names a system outright takes all of it there. What
    came from a system is not sent back to it because nobody else serves a receiver: that is others' affair.

    Args:
        routes: in force.
        message: what goes; `recipients` are all of its receivers, each body once.
        agencies: what is known of codes: what bears a closed one goes where its successor does; None is what
            came with the code.
        takes: of the systems that serve a receiver, only those count that take the type.
    """
    known = agencies or built_in()
    found: dict[str, dict[str | None, None]] = {}
    for route in routes.routes:
        if route.wants(message, known):
            for system, code in _ways(routes, route, message, known, takes):
                found.setdefault(system, {})[code] = None
    return {
        system: [] if None in codes else [code for code in codes if code is not None]
        for system, codes in found.items()
    }


def shadowed(
    routes: Routes,
    message: Message,
    found: Mapping[str, Sequence[str]],
    agencies: Register | None = None,
    takes: Takes = _anything,
) -> Collection[str]:
    """Return those of the systems that a message goes to, to which only routes in the shadow lead."""
    if all(route.mode == "live" for route in routes.routes):
        return ()
    live = [route for route in routes.routes if route.mode == "live"]
    return found.keys() - goes(replace(routes, routes=live), message, agencies, takes).keys()


def _ways(
    routes: Routes, route: Route, message: Message, known: Register, takes: Takes
) -> Iterator[tuple[str, str | None]]:
    if not route.by_recipients:
        yield from ((system, None) for system in route.systems)
        return
    outside = [system for system in route.otherwise if system != message.source]
    for code in message.recipients:
        served = serving(routes, code, known, lambda system: takes(system, message.type))
        yield from ((system, code) for system in ([served] if served else outside))


def serving(routes: Routes, code: str, known: Register, may: Callable[[str], bool]) -> str | None:
    """Return the system that serves an agency: of those that may, the one that is told most exactly.

    An agency is served as what it is, or as what all of it became.
    """
    codes = [code, *_became(known, code)]
    best, deepest = None, 0
    for name, system in routes.systems.items():
        depth = _exactness(system.serves, codes) if system.serves else 0  # most serve nobody
        if depth > deepest and may(name):
            best, deepest = name, depth
    return best


def served_by(tops: Sequence[str], code: str, known: Register) -> bool:
    """Tell whether an agency, or what all of it became, is one of those named or below one of them."""
    return _exactness(tops, [code, *_became(known, code)]) > 0


def _exactness(tops: Sequence[str], codes: Sequence[str]) -> int:
    return max([_depth(top) for top in tops for one in codes if within(one, top)], default=0)


def within(code: str, top: str) -> bool:
    """Tell whether an agency is the one that is named, or below it. An opaque code has nothing below it."""
    return under(code, top) or read_agency(code).identity == read_agency(top).identity


def body_of(known: Register, code: str, on: date | None = None) -> str:
    """Return what names the body behind a code on a day, today unless told: its codes give the same."""
    became = _became(known, code, on)
    return read_agency(became[0] if len(became) == 1 else code).identity


def _became(known: Register, code: str, on: date | None = None) -> Sequence[str]:
    """Return the bodies that all of a closed one became, or the one that a list knows under another code."""
    found = known.resolve(code, on or _today())
    if found.standing is not Standing.CLOSED:
        listed = found.fact.code if found.known and found.fact else found.code.identity
        return () if listed == found.code.identity else [listed]
    return [one.code for one in found.successors if one.share is Share.WHOLE]


def _depth(top: str) -> int:
    return (agency_code(top) or "").count(".") + 1


def _today() -> date:
    return datetime.now(VIETNAM).date()
