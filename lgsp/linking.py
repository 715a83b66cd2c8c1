"""Looking at the addresses of files that a message names: what nobody outside can reach is a finding."""

from __future__ import annotations

from collections.abc import Iterable

from lgsp.domain.links import LINKS, Named
from lgsp.domain.reachable import standing
from lgsp.message import Finding, Message
from lgsp.schemas import TypeInfo

_LONGEST = 100
SHOWN = 20
"""Addresses of one message that are told singly; how many more there are stands behind them."""


def files_of(info: TypeInfo, data: dict[str, object]) -> Iterable[Named]:
    """Return the files that a body names by their addresses, where its type says how they are read."""
    rule = LINKS.get(info.schema["x-lgsp"].get("links", ""))
    return rule(data) if rule is not None else ()


def note_unreachable(info: TypeInfo, message: Message) -> None:
    """Add a finding for each address that whoever is outside cannot reach, with its place and host."""
    found = [
        Finding("file-unreachable", file.place, seen.host[:_LONGEST])
        for file in files_of(info, message.data)
        if (seen := standing(file.url)).why is not None
    ]
    if len(found) > SHOWN:
        found[SHOWN:] = [Finding("file-unreachable", "", f"+{len(found) - SHOWN}")]
    if found:
        message.findings += [one for one in found if one not in message.findings]
