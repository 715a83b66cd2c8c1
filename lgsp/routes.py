"""Reading `routes.yaml`: systems, routes and their tests, with a file and line for every fault."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from json import JSONDecodeError
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from lgsp.allowances import NO_LIMITS, Limits
from lgsp.delivery import Delivery
from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import agency_of, under
from lgsp.domain.nesting import check
from lgsp.errors import ConfigError
from lgsp.keeping import Age, Keep
from lgsp.limits import Alerts
from lgsp.measures import STRICT
from lgsp.message import VIETNAM, Message
from lgsp.nightly import Reconcile
from lgsp.questioning import Ask, Purpose
from lgsp.route_checks import RouteCheck
from lgsp.schedules import Job

_SECRET = re.compile(r"\$\{(env|file):([^}:]+)(?::-([^}]*))?\}")
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_NAME = r"^[a-z][a-z0-9-]{0,62}$"

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]
"""Where something stands in a file of the home: its keys and numbers from the top down."""


class _Part(BaseModel):
    model_config = STRICT


class System(_Part):
    """One configured counterpart: adapter, settings, how it is delivered to, asked; its jobs, its limits."""

    adapter: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    serves: list[str] = []
    config: dict[str, Any] = {}
    deliver: Delivery = Delivery.model_construct()
    ask: Ask = Ask.model_construct()
    jobs: dict[Annotated[str, Field(pattern=_NAME)], Job] = {}
    reconcile: Reconcile = Reconcile.model_construct()
    limits: Limits = NO_LIMITS


class Route(_Part):
    """This type, from this system, goes to these systems.

    Attributes:
        to: names of systems, or the word `recipients`: for each receiver the system that serves it.
        otherwise: where receivers go whom no system serves.
        mode: `live`, or `shadow`: everything is done but nothing is sent, because an older connection is.
        keep: for how long content that goes this way is kept, instead of the age of its type.
        checks: what other systems are asked before it is sent.
        where: named attributes (`agency`, `subject`, `partitionkey`, `status`) that must equal a value, match
            a glob (`H44.*`) or lie under a code (`under:H44`), by themselves or as what a closed code became.
    """

    name: str = Field(pattern=_NAME)
    source: str | None = Field(None, alias="from")
    type: str
    to: list[str] | Literal["recipients"] = Field(min_length=1)
    otherwise: list[str] = Field([], alias="else")
    where: dict[Literal["agency", "subject", "partitionkey", "status"], str] = {}
    keep: Age | None = None
    mode: Literal["live", "shadow"] = "live"
    checks: list[RouteCheck] = []

    @property
    def by_recipients(self) -> bool:
        """Tell whether who receives decides where it goes."""
        return self.to == "recipients"

    @property
    def systems(self) -> Sequence[str]:
        """Return the systems that it names."""
        return self.otherwise if self.by_recipients else [*self.to]

    @field_validator("otherwise", mode="before")
    @classmethod
    def _one_or_several(cls, said: Any) -> Any:
        return [said] if isinstance(said, str) else said

    @model_validator(mode="after")
    def _recipients_need_a_way_out(self) -> Route:
        if self.by_recipients and not self.otherwise:
            raise ValueError("`to: recipients` needs `else:`, the system of receivers whom no system serves")
        if self.otherwise and not self.by_recipients:
            raise ValueError("`else:` belongs to `to: recipients` alone")
        if self.mode == "shadow" and "status" in self.where:  # one subject would be left and sent by turns
            raise ValueError("`mode: shadow` and `where: {status: …}` exclude each other; leave one out")
        return self

    def wants(self, message: Message, agencies: Register) -> bool:
        """Tell whether a message takes this route, by what is known of agencies now."""
        return (
            message.type == self.type
            and self.source in (None, message.source)
            and all(_matches(getattr(message, name), rule, agencies) for name, rule in self.where.items())
        )

    def differs(self, message: Message, agencies: Register) -> list[str]:
        """Return why a message does not take this route: `type`, `from`, and what `where` names."""
        told = {"type": message.type == self.type, "from": self.source in (None, message.source)}
        told |= {name: _matches(getattr(message, name), rule, agencies) for name, rule in self.where.items()}
        return [name for name, fits in told.items() if not fits]


class Example(_Part):
    """A promise that `lgsp check` holds: a message like this goes there."""

    source: str = Field(alias="from")
    type: str
    goes: list[str]
    agency: str = ""
    subject: str = ""
    status: str = ""
    recipients: list[str] = []


class _Home(_Part):
    systems: dict[Annotated[str, Field(pattern=_NAME)], System]
    routes: list[Route] = []
    tests: list[Example] = []
    alerts: Alerts = Alerts.model_construct()
    purposes: list[Purpose] = []
    keep: Keep = Keep()


@dataclass(slots=True, frozen=True)
class Routes:
    """A valid `routes.yaml`.

    Attributes:
        text: the file as it stands, which is what is published.
        where: `file:line` of a place in it, by path (`("systems", "one-stop")`).
    """

    text: str
    systems: Mapping[str, System]
    routes: Sequence[Route]
    tests: Sequence[Example]
    lines: Mapping[Place, str] = field(repr=False)
    alerts: Alerts = field(default_factory=Alerts)
    purposes: Sequence[Purpose] = ()
    keep: Keep = field(default_factory=Keep)

    def jobs(self) -> dict[tuple[str, str], Job]:
        """Return the jobs of all systems, by system and name."""
        return {(name, job): told for name, one in self.systems.items() for job, told in one.jobs.items()}

    def place(self, *path: str | int) -> str:
        """Return `file:line` of a place, or of the nearest place above it."""
        return line_of(self.lines, path)


def _matches(value: str, rule: str, agencies: Register) -> bool:
    if not rule.startswith("under:"):
        return fnmatchcase(value, rule)
    code, subtree = agency_of(value) or value, rule.removeprefix("under:")
    return under(code, subtree) or agencies.covers(subtree, code, datetime.now(VIETNAM).date())


def read_routes(path: Path) -> Routes:
    """Read a `routes.yaml`.

    Raises:
        ConfigError: all of its faults at once.
    """
    text = path.read_text(encoding="utf-8")
    return parse_routes(text, path.name)


def parse_routes(text: str, name: str = "routes.yaml") -> Routes:
    """Read the text of a `routes.yaml`; `name` is used in faults.

    Raises:
        ConfigError: all of its faults at once.
    """
    home, lines = read_as(_Home, text, name)
    found = Routes(text, home.systems, home.routes, home.tests, lines, home.alerts, home.purposes, home.keep)
    faults = list(_cross_faults(found))
    if faults:
        raise ConfigError(faults)
    return found


def read_as(
    model: type[M], text: str, name: str, needs: str = "`systems:` and `routes:`"
) -> tuple[M, dict[Place, str]]:
    """Return the text of a file of the home as a model, and `file:line` of each of its places.

    Raises:
        ConfigError: it is not YAML, or not as the model has it, with every fault.
    """
    tree = tree_of(text, name, needs)
    lines = {place: f"{name}:{line}" for place, line in lines_of(tree)}
    try:
        return model.model_validate(tree), lines
    except ValidationError as fault:
        raise ConfigError([_fault(lines, error) for error in fault.errors()]) from None


def tree_of(text: str, name: str, needs: str = "`systems:` and `routes:`") -> Any:
    """Return a file of the home as YAML has it, with the places of its parts; `needs` says what it holds.

    Raises:
        ConfigError: it is not YAML, or not a mapping.
    """
    try:
        check(text)  # of brackets, thousands of which the parser takes minutes for
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ConfigError([f"{name}:{line}: not YAML: {fault.problem}; mend the line"]) from None
    except (YAMLError, JSONDecodeError):  # a character that it does not know, or no end of nesting
        raise ConfigError([f"{name}:1: cannot be read as YAML; look for odd characters"]) from None
    except ValueError as fault:
        raise ConfigError([f"{name}:{_impossible_day(text)}: {fault}; mend the date"]) from None
    if not isinstance(tree, dict):
        raise ConfigError([f"{name}:1: is not a mapping; it needs {needs}"])
    return tree


def _impossible_day(text: str) -> int:
    """Return the line of the first date that does not exist: YAML's reader raises for it without a place."""
    for n, line in enumerate(text.splitlines(), 1):
        for year, month, day in _DATE.findall(line):
            try:
                date(int(year), int(month), int(day))
            except ValueError:
                return n
    return 1


def lines_of(node: Any, path: Place = ()) -> Iterator[tuple[Place, int]]:
    """Yield each place of a YAML tree with its line, counted from 1."""
    if path == ():
        yield (), 1
    for key, value, line in _inside(node):
        yield (*path, key), line + 1
        yield from lines_of(value, (*path, key))


def _inside(node: Any) -> Iterator[tuple[str | int, Any, int]]:
    """Yield what stands in a mapping or a sequence: key, value, line counted from 0."""
    if isinstance(node, CommentedMap):
        yield from ((key, value, node.lc.key(key)[0]) for key, value in node.items())
    elif isinstance(node, CommentedSeq):
        yield from ((n, value, node.lc.item(n)[0]) for n, value in enumerate(node))


def line_of(lines: Mapping[Place, str], path: Sequence[str | int]) -> str:
    """Return `file:line` of a place, or of the nearest place above it."""
    parts = tuple(path)
    while parts not in lines and parts:
        parts = parts[:-1]
    return lines.get(parts, "routes.yaml:1")


def _fault(lines: Mapping[Place, str], error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    told = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        told = "is not known here; mend the spelling or take it out"
    return f"{line_of(lines, error['loc'])}: {place}: {told}"


def _cross_faults(found: Routes) -> Iterator[str]:
    names: set[str] = set()
    for n, route in enumerate(found.routes):
        if route.name in names:
            yield f"{found.place('routes', n)}: route {route.name!r} is there twice; rename one"
        names.add(route.name)
        for system in [*route.systems, *([route.source] if route.source else [])]:
            if system not in found.systems:
                yield (
                    f"{found.place('routes', n)}: route {route.name!r} names system {system!r}, which is not"
                    " declared; add it under systems or mend the name"
                )
    for n, silence in enumerate(found.alerts.silence or ()):
        if silence.source not in found.systems:
            yield (
                f"{found.place('alerts', 'silence', n)}: silence of {silence.source!r}, which is not there;"
                " add it under systems or mend the name"
            )


def unset(found: Routes) -> list[str]:
    """Return what the alerts of a home name that is not there: variables and files."""
    try:
        resolved(found.alerts.model_dump(mode="json"))
    except ConfigError as fault:
        return [f"{found.place('alerts')}: alerts: {told}" for told in fault.faults]
    return []


def resolved(config: Any) -> Any:
    """Return settings with `${env:NAME}`, `${env:NAME:-default}` and `${file:path}` filled in.

    Raises:
        ConfigError: a variable or file that has no default is not there.
    """
    if isinstance(config, dict):
        return {key: resolved(value) for key, value in config.items()}
    if isinstance(config, list):
        return [resolved(value) for value in config]
    return _SECRET.sub(_filled, config) if isinstance(config, str) else config


def references(text: str) -> list[tuple[str, str]]:
    """Return what a setting names instead of saying it: `env` or `file`, and the variable or the path."""
    return [(found[1], found[2]) for found in _SECRET.finditer(text)]


def _filled(found: re.Match[str]) -> str:
    how, name = found[1], found[2]
    default: str | None = found[3]
    if how == "env":
        value = os.environ.get(name, default)
    else:
        path = Path(name)
        value = path.read_text(encoding="utf-8").strip() if path.is_file() else default
    if value is None:
        mend = "set it" if how == "env" else "create the file"
        raise ConfigError([f"{how} {name}: is not there and has no default; {mend}"])
    return value
