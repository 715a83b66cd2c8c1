"""Saying what would become of a file that a system brings, without a gateway and without sending anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.adapters import adapter_class
from lgsp.api.incoming import canonical_item
from lgsp.api.problems import problems
from lgsp.blobs import Blobs
from lgsp.counterparts import build_adapter
from lgsp.domain.agencies.known import built_in
from lgsp.domain.causes import explain
from lgsp.errors import ConfigError, Forbidden, Invalid, Problem, Rejected
from lgsp.home import home
from lgsp.message import Finding, Message, Raw
from lgsp.routes import Routes, read_routes
from lgsp.routing import body_of, goes
from lgsp.schemas import Types
from lgsp.settings import read_settings


@dataclass(slots=True, frozen=True)
class _Reader:
    """What is needed to judge what one system brings."""

    system: str
    brings: frozenset[str]
    routes: Routes
    types: Types

    def judge(self, item: Message | Rejected) -> dict[str, Any]:
        """Return what would become of one item: the canonical form and where it goes, or its problems."""
        reason = item if isinstance(item, Rejected) else self._reason(item)
        told = _canonical(item) if isinstance(item, Message) else {}
        if reason is not None:
            return {"taken": False, **told, "problems": problems(reason.problems)}
        assert isinstance(item, Message)  # noqa: S101 - a rejected one has a reason
        item.source = self.system
        return {"taken": True, **told, "goes": self._goes(item)}

    def _goes(self, item: Message) -> dict[str, list[str]] | list[str]:
        """Return where it goes; each with its receivers there, if it has any."""
        item.recipients = self.types[item.type].receivers(item.data, lambda code: body_of(built_in(), code))
        found = goes(self.routes, item, None, self._takes)
        return found if item.recipients else list(found)

    def _takes(self, system: str, type_: str) -> bool:
        return type_ in adapter_class(self.routes.systems[system].adapter).takes

    def _reason(self, message: Message) -> Rejected | None:
        if message.type not in self.brings:
            return Forbidden([Problem("type", "type-not-brought", message.type)])
        found = self.types.check(message.type, message.data)
        return Invalid(found) if found else None


async def preview(system: str, raw: Raw, *, canonical: bool) -> list[dict[str, Any]]:
    """Return what would become of each item of a body, in order.

    Args:
        system: who brings it.
        raw: the body.
        canonical: it is canonical JSON, one message or an array; otherwise the system's own form.

    Raises:
        ConfigError: there is no such system, or its settings are wrong.
    """
    routes = read_routes(home() / "routes.yaml")
    if system not in routes.systems:
        known = ", ".join(routes.systems)
        raise ConfigError([f"system {system!r}: not declared in routes.yaml; use one of {known}"])
    files = Blobs.at(read_settings().blobs_url).files
    adapter = build_adapter(system, routes.systems[system], routes.place("systems", system, "config"), files)
    reader = _Reader(system, adapter.brings, routes, Types())
    try:
        items = _read_canonical(reader.types, raw) if canonical else await adapter.read(raw)
    except Rejected as reason:
        items = [reason]
    return [reader.judge(item) for item in items]


def _read_canonical(types: Types, raw: Raw) -> Sequence[Message | Rejected]:
    try:
        said = orjson.loads(raw.read())
    except orjson.JSONDecodeError:
        return [Invalid([Problem("", "not-json")])]
    return [canonical_item(types, one) for one in (said if isinstance(said, list) else [said])]


def _canonical(message: Message) -> dict[str, Any]:
    return {
        "type": message.type,
        "subject": message.subject,
        "partitionkey": message.partitionkey,
        "agency": message.agency,
        "data": message.data,
        "findings": [_finding(one) for one in message.findings],
    }


def _finding(finding: Finding) -> dict[str, str]:
    problem = Problem(finding.place, finding.code)
    return finding.as_dict() | {lang: explain(problem, lang).text for lang in ("vi", "en")}
