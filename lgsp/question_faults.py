"""What is wrong with what a home says of questions: their routes, purposes, memory and what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lgsp.adapter import Adapter
from lgsp.questioning import Ask
from lgsp.questions import Asked
from lgsp.routes import Route, Routes


def question_faults(
    file: Routes,
    routes: Sequence[tuple[str, Route]],
    questions: Mapping[str, Asked],
    adapters: Mapping[str, type[Adapter]],
) -> list[str]:
    """Return the faults, each as `file:line: what; mend`.

    Args:
        file: as far as it can be read.
        routes: each with its place.
        questions: types of questions and answers of the home.
        adapters: of the systems, by name.
    """
    asked = sorted(name for name, one in questions.items() if one.answer)
    return [
        *(
            fault
            for place, route in routes
            if route.type in questions
            for fault in _route(place, route, adapters)
        ),
        *_unanswered(routes, questions),
        *_systems(file, asked),
        *_purposes(file, asked),
    ]


def _route(place: str, route: Route, adapters: Mapping[str, type[Adapter]]) -> Iterator[str]:
    said = f"{place}: route {route.name!r}"
    if route.by_recipients or len(route.systems) != 1:
        yield f"{said}: a question is answered by one system; name that one alone in `to`"
        return
    if route.mode == "shadow" or route.where:
        yield f"{said}: a question goes where its type goes; leave `where` and `mode` out"
    (system,) = route.systems
    cls = adapters.get(system)
    if cls is not None and route.type not in cls.answers:
        yield f"{said}: {system} does not answer {route.type}; name a system that does"


def _unanswered(routes: Sequence[tuple[str, Route]], questions: Mapping[str, Asked]) -> Iterator[str]:
    for place, route in routes:
        if route.type in questions and not questions[route.type].answer:
            yield f"{place}: route {route.name!r}: {route.type} is an answer; route the question"


def _systems(file: Routes, asked: Sequence[str]) -> Iterator[str]:
    for name, system in file.systems.items():
        for part, types in _by_type(system.ask):
            for type_ in types:
                if type_ not in asked:
                    here = file.place("systems", name, "ask", part, type_)
                    yield f"{here}: there is no question {type_!r}; use one of {', '.join(asked) or 'none'}"


def _by_type(ask: Ask) -> Iterator[tuple[str, Mapping[str, object]]]:
    yield from (("cache", ask.cache), ("keep", ask.keep), ("shared", ask.shared))


def _purposes(file: Routes, asked: Sequence[str]) -> Iterator[str]:
    codes: set[str] = set()
    for n, purpose in enumerate(file.purposes):
        here = file.place("purposes", n)
        if purpose.code in codes:
            yield f"{here}: purpose {purpose.code!r} is there twice; rename one"
        codes.add(purpose.code)
        for type_ in purpose.types:
            if type_ not in asked:
                yield f"{here}: there is no question {type_!r}; use one of {', '.join(asked) or 'none'}"
    if not file.purposes and any(route.type in asked for route in file.routes):
        yield (
            f"{file.place('routes')}: questions are routed, but there is no `purposes:`: none gets through;"
            " declare what may be asked for, each with its legal basis"
        )
