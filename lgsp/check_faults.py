"""What is wrong with the checks that routes declare: rules, answering systems, purposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lgsp.adapter import Adapter
from lgsp.domain.checks import CHECKS, FORMS
from lgsp.questions import Asked
from lgsp.route_checks import RouteCheck
from lgsp.routes import Route, Routes
from lgsp.schemas import TypeInfo


def check_faults(
    file: Routes,
    routes: Sequence[tuple[str, Route]],
    types: Mapping[str, TypeInfo],
    questions: Mapping[str, Asked],
    adapters: Mapping[str, type[Adapter]],
) -> list[str]:
    """Return the faults, each as `file:line: what; mend`.

    Args:
        file: as far as it can be read.
        routes: each with its place.
        types: of messages.
        questions: types of questions and answers of the home.
        adapters: of the systems, by name.
    """
    return [
        fault
        for place, route in routes
        if route.checks
        for fault in (
            *_route(f"{place}: route {route.name!r}", route, types, adapters),
            *_twice(f"{place}: route {route.name!r}", route),
            *(
                told
                for check in route.checks
                for told in _check(f"{place}: check {check.name!r}", check, file, route, questions)
            ),
        )
    ]


def _route(
    said: str, route: Route, types: Mapping[str, TypeInfo], adapters: Mapping[str, type[Adapter]]
) -> Iterator[str]:
    if route.by_recipients:
        yield f"{said}: who receives decides where it goes: nothing can be checked; name systems in `to`"
    for system in route.systems:
        cls = adapters.get(system)
        if cls is not None and cls.collects:
            yield f"{said}: {system} comes for what is meant for it: nothing is checked; leave `checks` out"
    info = types.get(route.type)
    form = info.schema["x-lgsp"].get("checks") if info is not None else None
    wrong = [one.rule for one in route.checks if CHECKS[one.rule].form != form]
    if info is not None and wrong:
        known = ", ".join(FORMS.get(form or "", ())) or "none"
        yield f"{said}: no {route.type} is read by rule {', '.join(wrong)}; use one of {known}"


def _twice(said: str, route: Route) -> Iterator[str]:
    names = [check.name for check in route.checks]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{said}: check {name!r} is there twice; rename one"


def _check(
    said: str, check: RouteCheck, file: Routes, route: Route, questions: Mapping[str, Asked]
) -> Iterator[str]:
    type_ = CHECKS[check.rule].asks
    if questions and type_ not in questions:
        yield f"{said}: there is no question {type_!r}, which its rule asks; add its schema"
    answers = _answering(file.routes, type_, route.source)
    if check.against not in answers:
        known = ", ".join(answers) or "nobody"
        yield (
            f"{said}: {type_} is answered by {known} for {route.source or 'any system'}, not by"
            f" {check.against}; mend `against`, or route the question there"
        )
    purpose = next((one for one in file.purposes if one.code == check.purpose), None)
    if purpose is None or not purpose.allows(type_):
        known = ", ".join(one.code for one in file.purposes if one.allows(type_)) or "none"
        yield f"{said}: {type_} may not be asked for {check.purpose!r}; use one of {known}"


def _answering(routes: Sequence[Route], type_: str, source: str | None) -> list[str]:
    """Return the system that answers a type for a source; for any source, all that may come to answer."""
    found = [
        one.systems[0]
        for one in routes
        if one.type == type_ and one.systems and (source is None or one.source in {None, source})
    ]
    return found[:1] if source is not None else list(dict.fromkeys(found))
