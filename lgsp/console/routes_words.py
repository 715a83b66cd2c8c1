"""Routes in words: types, conditions, and what one version of the routes changes in another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lgsp.console.language import told
from lgsp.routes import Route, Routes, System

TYPES: Mapping[str, str] = {
    "dossier.v1": told("Hồ sơ"),
    "dossier.progress.v1": told("Tiến độ hồ sơ"),
    "document.v1": told("Văn bản"),
    "document.status.v1": told("Trạng thái văn bản"),
    "report.v1": told("Báo cáo"),
    "report.status.v1": told("Trạng thái báo cáo"),
}
"""What the built-in types are called; another is shown by its name."""

ATTRIBUTES: Mapping[str, str] = {
    "agency": told("cơ quan"),
    "subject": told("mã hồ sơ, số văn bản"),
    "partitionkey": told("mã đã chuẩn hóa"),
    "status": told("tình trạng ghi trong nội dung"),
    "type": told("loại dữ liệu khác"),
    "from": told("hệ thống nguồn khác"),
}
"""What a route may ask for, and by what a message may differ from it."""

_UNDER, _LIKE, _IS = (
    told("%(what)s thuộc %(rule)s"),
    told("%(what)s theo mẫu %(rule)s"),
    told("%(what)s là %(rule)s"),
)


def number_of(text: str) -> int | None:
    """Return a version out of an address or a form; None when it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - digits of a version


class Condition(NamedTuple):
    """One condition of a route: a text that is marked with `told`, the attribute's, and the rule."""

    text: str
    what: str
    rule: str


def conditions(route: Route) -> list[Condition]:
    """Return what a message must have to take a route, beside its type and its source."""
    found = []
    for name, rule in route.where.items():
        if rule.startswith("under:"):
            text, rule = _UNDER, rule.removeprefix("under:")  # noqa: PLW2901 - as it is shown
        else:
            text = _LIKE if set(rule) & set("*?[") else _IS
        found.append(Condition(text, ATTRIBUTES[name], rule))
    return found


class Change(NamedTuple):
    """Something that another version says otherwise.

    Attributes:
        how: `added`, `removed` or `changed`.
        what: `system`, `route`, `tests` or `alerts`.
        parts: which of its settings.
    """

    how: str
    what: str
    name: str = ""
    parts: tuple[str, ...] = ()


def changes(old: Routes, new: Routes) -> list[Change]:
    """Return what one version changes in another, systems first."""
    routes = [
        {route.name: _flat(route.model_dump(by_alias=True)) for route in one.routes} for one in (old, new)
    ]
    systems = [{name: _flat(_plain(system)) for name, system in one.systems.items()} for one in (old, new)]
    found = [*_between("system", *systems), *_between("route", *routes)]
    if [*routes[0]] != [*routes[1]] and {*routes[0]} == {*routes[1]}:
        found.append(Change("changed", "order"))
    if [*old.tests] != [*new.tests]:
        found.append(Change("changed", "tests"))
    if old.alerts != new.alerts:
        found.append(Change("changed", "alerts"))
    return found


def _plain(system: System) -> dict[str, Any]:
    return system.model_dump(mode="json")


def _between(
    what: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield Change("removed", what, name)
        elif name not in old:
            yield Change("added", what, name)
        elif old[name] != new[name]:
            places = dict.fromkeys([*old[name], *new[name]])
            parts = tuple(one for one in places if old[name].get(one) != new[name].get(one))
            yield Change("changed", what, name, parts)


def _flat(said: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return settings by their whole path: `deliver.retry`."""
    found: dict[str, Any] = {}
    for key, value in said.items():
        path = f"{before}{key}"
        found |= _flat(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return found
