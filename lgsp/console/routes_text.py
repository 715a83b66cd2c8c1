"""The text of `routes.yaml` as people read it: lines in colours, what differs, what is secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from pydantic import SecretStr

from lgsp.adapters import adapter_class
from lgsp.errors import ConfigError
from lgsp.publishing import difference
from lgsp.routes import Routes, parse_routes

_TOKEN = re.compile(
    r"(?P<comment>(?:^|(?<=\s))\#.*$)"
    r"|(?P<name>\$\{[^}]*\})"
    r"|(?P<key>(?:[\w.-]+|\"[^\"\n]*\")\s*:(?=\s|$))"
    r"|(?P<text>\"[^\"\n$]*\"?|'[^'\n]*'?)"
    r"|(?P<number>(?<![\w.-])\d+(?:\.\d+)?(?:ms|s|m|h|d)?(?![\w.-])|\b(?:true|false|null)\b)"
    r"|(?P<sign>[\[\]{},]|^\s*-(?=\s))"
)
_FAULT = re.compile(r"[^:\s]+:(\d+): (.*)", re.DOTALL)
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_HIDDEN = "•••"


class Line(NamedTuple):
    """A line with its number and the faults that stand in it, as they were given."""

    number: int
    code: Markup
    faults: Sequence[Any] = ()


class Change(NamedTuple):
    """A line of a difference: `+`, `-`, a space, or `@` before lines that are far from the ones above.

    Attributes:
        old, new: its number in either text; None where it does not stand.
    """

    sign: str
    code: Markup
    old: int | None = None
    new: int | None = None


def coloured(line: str) -> Markup:
    """Return one line of YAML with its parts in the classes of the other highlighters."""
    made, at = [], 0
    for found in _TOKEN.finditer(line):
        made.append(escape(line[at : found.start()]))
        made.append(Markup('<span class="hl-{}">{}</span>').format(found.lastgroup, found[0]))
        at = found.end()
    return Markup("").join([*made, escape(line[at:])])


def lines(text: str, faults: Iterable[tuple[int, Any]] = ()) -> list[Line]:
    """Return all lines of a text; a fault behind the last stands in the last."""
    told = text.splitlines() or [""]
    of: dict[int, list[Any]] = {}
    for number, fault in faults:
        of.setdefault(min(max(number, 1), len(told)), []).append(fault)
    return [Line(n, coloured(line), of.get(n, ())) for n, line in enumerate(told, 1)]


def placed(faults: Iterable[str]) -> list[tuple[int, str]]:
    """Return faults with the line of each: `file:line: what; mend`. One without a place stands in line 0."""
    found = []
    for fault in faults:
        at = _FAULT.fullmatch(fault)
        found.append((int(at[1]), at[2]) if at else (0, fault))
    return found


def compared(old: str, new: str) -> list[Change]:
    """Return what differs between two texts, with three lines around each change."""
    made: list[Change] = []
    before = after = 0
    for line in difference(old, new, ("", ""), 3)[2:]:
        if at := _HUNK.match(line):
            before, after = int(at[1]), int(at[2])
            made += [Change("@", Markup("…"))] if made else []
            continue
        sign, code = line[:1] or " ", coloured(line[1:])
        made.append(Change(sign, code, before if sign != "+" else None, after if sign != "-" else None))
        before, after = before + (sign != "+"), after + (sign != "-")
    return made


# --- secrets ---------------------------------------------------------------------------------------------


def hidden(text: str) -> str:
    """Return a text in which secrets that stand there in the clear are not shown.

    A setting that its adapter calls secret belongs into the environment or a file; whoever wrote one here
    all the same does not show it to everybody who may look at routes.
    """
    try:
        routes = parse_routes(text)
    except ConfigError:
        return "\n".join(_blind(line) for line in text.splitlines()) + "\n"
    told = text.split("\n")
    for number, secret in _secrets(routes):
        told[number - 1] = told[number - 1].replace(secret, _HIDDEN)
    return "\n".join(told)


def _secrets(routes: Routes) -> Iterator[tuple[int, str]]:
    for name, system in routes.systems.items():
        try:
            fields: Mapping[str, Any] = adapter_class(system.adapter).Config.model_fields
        except ConfigError:
            continue
        for key, value in system.config.items():
            is_secret = key in fields and fields[key].annotation in (SecretStr, SecretStr | None)
            if is_secret and isinstance(value, str) and value and "${" not in value:
                place = routes.place("systems", name, "config", key)
                yield int(place.rpartition(":")[2]), value


def _blind(line: str) -> str:
    """Hide what looks like a secret in a text that cannot be read."""
    return re.sub(
        r"(?i)((?:password|secret|token|passphrase)\s*:\s*)(?![\"']?\$\{)\S.*", rf"\1{_HIDDEN}", line
    )
