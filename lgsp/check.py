"""Checking a home: every fault of it at once, each with its file, line and mend; nothing is started."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lgsp.adapter import Adapter
from lgsp.adapters import adapter_class
from lgsp.calendars import calendar_faults
from lgsp.catalogue import Catalogues
from lgsp.check_faults import check_faults
from lgsp.domain.codes import FORMS, agency_of, read_agency
from lgsp.errors import ConfigError
from lgsp.message import Message
from lgsp.question_faults import question_faults
from lgsp.questioning import Purpose
from lgsp.questions import Asked, Questions
from lgsp.regimes import definition_faults
from lgsp.routes import (
    Example,
    Route,
    Routes,
    System,
    lines_of,
    parse_routes,
    tree_of,
    unset,
)
from lgsp.routing import goes
from lgsp.schemas import TypeInfo, Types
from lgsp.setting_faults import config_faults, job_faults

Part = TypeVar("Part", bound=BaseModel)


@dataclass(slots=True, frozen=True)
class _Draft:
    """What can be read of a home that may have faults.

    Attributes:
        declared: the names of all systems, readable or not.
        routes: the readable ones, each with its place in the file.
        tests: likewise.
    """

    routes_file: Routes
    declared: frozenset[str]
    routes: Sequence[tuple[str, Route]]
    tests: Sequence[tuple[str, Example]]
    types: Mapping[str, TypeInfo]
    questions: Mapping[str, Asked]
    adapters: Mapping[str, type[Adapter]]

    def takes(self, system: str, type_: str) -> bool:
        """Tell whether a system takes a type, as far as its adapter can be read."""
        return system not in self.adapters or type_ in self.adapters[system].takes


def faults(path: Path, journal: Path | None = None) -> list[str]:
    """Return every fault of the home whose `routes.yaml` is at a path, as `file:line: what; mend`.

    With a journal, systems that were taken away while deliveries to them are open are faults as well.
    """
    waiting = _waiting(journal) if journal is not None and journal.is_file() else ()
    return faults_of(path.read_text(encoding="utf-8"), path.parent, waiting, name=path.name)


def _waiting(journal: Path) -> Collection[str]:
    """Return the systems with open deliveries; most homes are checked where no journal is, and need none."""
    from lgsp.journal.peeking import peek
    from lgsp.journal.reading import open_systems

    return peek(journal, open_systems) or ()


def faults_of(
    text: str, folder: Path, waiting: Collection[str] = (), *, name: str = "routes.yaml"
) -> list[str]:
    """Return every fault that a home would have with this text as its `routes.yaml`.

    Args:
        text: of the file.
        folder: the home, for what else stands in it.
        waiting: systems to which deliveries are open.
        name: of the file, as faults name it.
    """
    found = [*calendar_faults(folder), *definition_faults(folder)]
    try:
        found += unset(parse_routes(text, name))
    except ConfigError as fault:
        found += fault.faults
    try:
        tree = tree_of(text, name)
    except ConfigError as fault:
        return [*calendar_faults(folder), *definition_faults(folder), *fault.faults]
    types = _types(found)
    draft = _draft(text, name, tree, (types, _questions(found)), found)
    for system, cls in draft.adapters.items():
        found += config_faults(system, draft.routes_file, cls)
        found += job_faults(system, draft.routes_file, cls)
    found += [
        *_undeclared(draft),
        *_served_twice(draft),
        *_route_faults(draft),
        *_orphans(draft),
        *_broken_promises(draft),
        *question_faults(draft.routes_file, draft.routes, draft.questions, draft.adapters),
        *check_faults(draft.routes_file, draft.routes, draft.types, draft.questions, draft.adapters),
    ]
    found += _gone(draft, waiting)
    return sorted(dict.fromkeys(found), key=_where)


def _where(fault: str) -> tuple[str, int]:
    """Return the place of a fault, so that they are told in the order of the file."""
    file, _, rest = fault.partition(":")
    line = rest.partition(":")[0]
    return file, int(line) if line.isdigit() else 0


def _types(found: list[str]) -> Mapping[str, TypeInfo]:
    try:
        types = Types()
        Catalogues(types)
    except ConfigError as fault:
        found += fault.faults
        return {}
    else:
        return types


def _questions(found: list[str]) -> Mapping[str, Asked]:
    try:
        return Questions()
    except ConfigError as fault:
        found += fault.faults
        return {}


def _draft(
    text: str,
    name: str,
    tree: Any,
    known: tuple[Mapping[str, TypeInfo], Mapping[str, Asked]],
    found: list[str],
) -> _Draft:
    lines = {place: f"{name}:{line}" for place, line in lines_of(tree)}
    named = dict(_listed(System, tree, "systems"))
    routes, tests = list(_listed(Route, tree, "routes")), list(_listed(Example, tree, "tests"))
    systems = {str(key): system for key, system in named.items()}
    purposes = [purpose for _, purpose in _listed(Purpose, tree, "purposes")]
    said = [route for _, route in routes], [test for _, test in tests]
    file = Routes(text, systems, *said, lines, purposes=purposes)
    return _Draft(
        file,
        frozenset(dict(_items(tree, "systems"))),
        [(file.place("routes", n), route) for n, route in routes],
        [(file.place("tests", n), test) for n, test in tests],
        *known,
        dict(_classes(file, found)),
    )


def _items(tree: Any, name: str) -> Iterator[tuple[Any, Any]]:
    """Yield the parts of a section with their keys, or with their numbers when it is a list."""
    section = tree.get(name)
    if isinstance(section, dict):
        yield from section.items()
    elif isinstance(section, list):
        yield from enumerate(section)


def _listed(model: type[Part], tree: Any, name: str) -> Iterator[tuple[Any, Part]]:
    """Yield the parts of a section that can be read; the faults of the others are told elsewhere."""
    for key, given in _items(tree, name):
        try:
            yield key, model.model_validate(given)
        except ValidationError:
            continue


def _classes(file: Routes, found: list[str]) -> Iterator[tuple[str, type[Adapter]]]:
    for name, system in file.systems.items():
        place = file.place("systems", name, "adapter")
        try:
            yield name, adapter_class(system.adapter)
        except ConfigError as fault:
            found += [f"{place}: {text}; mend the name or add the adapter" for text in fault.faults]
        except Exception as fault:  # noqa: BLE001 - whatever an adapter's code does wrong is a fault of the home
            told = f"{type(fault).__name__}: {fault}"
            found.append(f"{place}: importing adapter {system.adapter!r}: {told}; mend its code")


# --- routes ---------------------------------------------------------------------------------------------


def _undeclared(draft: _Draft) -> Iterator[str]:
    for place, route in draft.routes:
        for system in [*route.systems, *([route.source] if route.source else [])]:
            if system not in draft.declared:
                yield (
                    f"{place}: route {route.name!r} names system {system!r}, which is not declared;"
                    " add it under systems or mend the name"
                )


def _served_twice(draft: _Draft) -> Iterator[str]:
    """Yield the codes that two systems serve which take a type that is routed by its receivers."""
    shared = {route.type for _, route in draft.routes if route.by_recipients}
    for type_ in sorted(shared):
        first: dict[str, str] = {}
        for name, system in draft.routes_file.systems.items():
            for top in system.serves if draft.takes(name, type_) else ():
                other = first.setdefault(read_agency(top).identity, name)
                if other != name:
                    yield (
                        f"{draft.routes_file.place('systems', name, 'serves')}: {other} and {name} both serve"
                        f" {top} and take {type_}; leave it to one of them, or serve parts of it"
                    )


def _route_faults(draft: _Draft) -> Iterator[str]:
    for place, route in draft.routes:
        said = f"{place}: route {route.name!r}"
        if route.type in draft.questions:
            continue
        if draft.types and route.type not in draft.types:
            yield f"{said}: there is no type {route.type!r}; use one of {', '.join(sorted(draft.types))}"
            continue
        for system in route.systems:
            cls = draft.adapters.get(system)
            if cls is not None and route.type not in cls.takes:
                only = "it only answers questions; " if cls.answers and not cls.takes | cls.brings else ""
                yield f"{said}: {system} does not take {route.type}; {only}take it out of `to`"
        yield from _unbrought(draft, said, route)


def _unbrought(draft: _Draft, said: str, route: Route) -> Iterator[str]:
    """Yield the fault of a route whose source, or whose every possible source, does not bring its type."""
    if route.source is not None:
        cls = draft.adapters.get(route.source)
        if cls is not None and route.type not in cls.brings:
            yield f"{said}: {route.source} does not bring {route.type}; mend `from` or the type"
    elif draft.adapters.keys() == draft.declared and not any(
        route.type in cls.brings for cls in draft.adapters.values()
    ):
        yield f"{said}: no system brings {route.type}; take the route out or add the system"


def _orphans(draft: _Draft) -> Iterator[str]:
    """Yield routes by which events go where the type that must be there first never goes."""
    for place, route in draft.routes:
        info = draft.types.get(route.type)
        if info is None or info.anchor is None:
            continue
        for system in route.systems:
            cls = draft.adapters.get(system)
            own = cls is not None and info.anchor in cls.brings  # what it brought itself is there
            if not own and not any(_anchors(other, route, info.anchor, system) for _, other in draft.routes):
                yield (
                    f"{place}: route {route.name!r} takes {route.type} to {system}, where no route takes"
                    f" {info.anchor}: it would wait there for ever; route {info.anchor} to {system} as well"
                )


def _anchors(other: Route, route: Route, anchor: str, system: str) -> bool:
    """Tell whether another route takes the anchor there, from where the events come from."""
    sources = (other.source, route.source)
    return other.type == anchor and system in other.systems and (None in sources or sources[0] == sources[1])


def _broken_promises(draft: _Draft) -> Iterator[str]:
    for place, test in draft.tests:
        if draft.types and test.type not in {*draft.types, *draft.questions}:
            yield f"{place}: the test names type {test.type!r}, which there is not; mend the name"
        if test.source not in draft.declared:
            yield f"{place}: the test names system {test.source!r}, which is not declared; mend the name"
        gives = list(goes(draft.routes_file, _example(draft, test), None, draft.takes))
        if set(gives) != set(test.goes):
            yield (
                f"{place}: {test.type} from {test.source} goes to {_listing(gives)},"
                f" not to {_listing(test.goes)}; mend the routes or the test"
            )


def _example(draft: _Draft, test: Example) -> Message:
    info = draft.types.get(test.type)
    key = FORMS[info.form](test.subject) if info is not None and test.subject else None
    agency = test.agency or agency_of(test.subject) or ""
    return Message(
        test.type, test.subject, key or test.subject, {"status": test.status},
        source=test.source, agency=agency, recipients=test.recipients,
    )  # fmt: skip


def _gone(draft: _Draft, waiting: Collection[str]) -> Iterator[str]:
    for name in sorted(set(waiting) - draft.declared):
        yield (
            f"{draft.routes_file.place('systems')}: system {name!r} is gone but has open deliveries;"
            " put it back until they have ended"
        )


def _listing(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)) or "nowhere"
