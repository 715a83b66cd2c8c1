"""How the receiver of reports names things: `wire.json`, and what a home says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

WIRE: Mapping[str, Any] = orjson.loads(Path(__file__).with_name("wire.json").read_bytes())
"""The wire form that this platform made itself; `source` in it says what was not read."""

RESULTS = frozenset(WIRE["results"].values())
STATES = frozenset(WIRE["states"].values())
_MEANINGS = {"results": RESULTS, "states": STATES}
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True, frozen=True)
class Wording:
    """The names of a receiver. Of each part: our name to its name; of results and states: its code to ours.

    Attributes:
        root: of XML: the element of a report.
        asked: of XML: the element of any other request.
        row: of XML: each row of a list.
    """

    root: str
    asked: str
    row: str
    report: Mapping[str, str]
    figure: Mapping[str, str]
    split: Mapping[str, str]
    status: Mapping[str, str]
    answer: Mapping[str, str]
    results: Mapping[str, str]
    states: Mapping[str, str]

    @classmethod
    def of(cls, others: Mapping[str, str] = _NONE) -> Wording:
        """Return the wording of `wire.json`, with some names as a home says them.

        Args:
            others: such as `report.agency/code: MaCoQuan`, `results.07: version-old` or `root: Report`.

        Raises:
            ValueError: one names nothing that has a name, or gives none.
        """
        words: dict[str, Any] = {one.name: WIRE[one.name] for one in fields(cls)}
        for place, name in others.items():
            _put(words, place, name)
        return cls(**words)

    @property
    def told(self) -> frozenset[str]:
        """The receiver's names of all that a report says."""
        return frozenset({*self.report.values(), *self.figure.values(), *self.split.values()})


def _put(words: dict[str, Any], place: str, name: str) -> None:
    part, _, which = place.partition(".")
    known = words.get(part)
    meanings = _MEANINGS.get(part)
    if not name or known is None or isinstance(known, str) == bool(which):
        raise ValueError(f"{place!r} names nothing here; write one as {_places()}")
    if meanings is not None:
        if name not in meanings:
            raise ValueError(f"{place!r}: {name!r} is none of {', '.join(sorted(meanings))}")
    elif which and which not in known:
        raise ValueError(f"{place!r} is no name here; {part} has {', '.join(known)}")
    words[part] = {**known, which: name} if which else name


def _places() -> str:
    return "root, asked, row, report.code, figure.value, split.member, status.at, answer.result, results.07"
