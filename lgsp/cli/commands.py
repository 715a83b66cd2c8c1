"""Every command by its name, and the module that has it: only what is named is imported and made."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import typer
from typer.main import get_group

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = MappingProxyType({
    "run": "serving", "serve": "serving", "work": "serving", "migrate": "publishing", "declare": "declaring",
    "publish": "publishing", "rebuild-broker": "rebuilding", "retain": "retaining", "demo": "trials",
    "check": "checking", "send": "sending", "ask": "asking", "asks": "asking", "checks": "asking",
    "trace": "tracing", "dead": "deliveries", "replay": "deliveries", "replays": "replays",
    "systems": "systems", "pause": "systems", "drain": "systems", "resume": "systems",
    "quarantine": "systems", "adopt": "handing_over", "cut-over": "handing_over", "handovers": "handing_over",
    "doctor": "doctor", "alerts": "doctor", "causes": "causes", "token": "serving", "sandbox": "serving",
    "bench": "trials", "drill": "trials", "restored": "restoring", "compare": "restoring", "code": "codes",
    "score": "scores", "audit": "audit", "figures": "figures", "calendar": "calendar", "edxml": "edxml",
    "codes": "listings:agencies", "procedures": "procedures", "jobs": "jobs", "credentials": "credentials",
    "keys": "keys", "shadow": "shadow", "reconcile": "reconcile", "report": "report", "personal": "personal",
})  # fmt: skip
"""In the order in which help lists them: `module`, or `module:attribute` where the two have other names."""


class Commands(MutableMapping[str, Any]):
    """The commands of a table, each made when it is asked for the first time.

    Args:
        places: name and `module[:attribute]` of each; an attribute is a function, or a group (`typer.Typer`).
    """

    def __init__(self, places: Mapping[str, str] = COMMANDS) -> None:
        self._places = dict(places)
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, self._places[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __setitem__(self, name: str, command: Any) -> None:
        self._places.setdefault(name, "")
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._made.pop(name, None)


def _made(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"lgsp.cli.{module}"), attribute or name.replace("-", "_"))
    around = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return get_group(around).commands[name]
