"""Taking a body apart into native items, by what it holds: JSON, XML or a file of figures; no I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn
from xml.parsers import expat

from lgsp.domain.nesting import check
from lgsp.domain.reports.periods import Period
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.formats import sheets
from lgsp.message import nfc

from . import figures, statistic, votes
from .drafts import Draft, Terms, turned_away

_MARK = b"\xef\xbb\xbf"
_FILES = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
_DEEPEST = 32
_LIST = "figure"
"""Elements of which one alone is a list too."""

MOST = 500
"""Reports that a body may hold."""


def drafts(body: bytes, said: Mapping[str, str], terms: Terms) -> list[Draft | Rejected]:
    """Return the reports of a body, in order; one that cannot be taken stands as its `Invalid`.

    Args:
        body: as it came.
        said: what was said beside a file: `form`, `agency`, `period`.
        terms: the settings.

    Raises:
        Invalid: nothing of it can be read.
    """
    if is_file(body):
        return [of_file(body, said, terms)]
    content = parsed(body)
    items = content if isinstance(content, list) else [content]
    if not items:
        raise Invalid([Problem("", "empty-list")])
    if len(items) > MOST:
        raise Invalid([Problem("", "too-many", str(MOST))])
    return [draft(item, terms) for item in items]


def draft(item: Any, terms: Terms) -> Draft | Rejected:
    """Return a native item as a draft of a report, by the fields that it has."""
    if not isinstance(item, dict):
        return turned_away([Problem("", "wrong-type", "object")])
    try:
        item = _composed(item)
    except RecursionError:
        return turned_away([Problem("", "too-deep")])
    except UnicodeEncodeError:  # half a letter, which JSON can write and nothing else can
        return turned_away([Problem("", "not-json")])
    for recognises, read in (
        (statistic.is_statistic, statistic.read),
        (votes.is_votes, votes.read),
        (figures.is_report, figures.read),
    ):
        if recognises(item):
            return read(item, terms)
    return turned_away([Problem("figures", "missing")])


def of_file(body: bytes, said: Mapping[str, str], terms: Terms) -> Draft | Rejected:
    """Return a file of figures as a draft, or every fault of it by cell."""
    asked = sheets.Asked(said.get("form", ""), said.get("agency", "") or "", said.get("period", ""))
    read = sheets.read(body, asked, terms.definitions)
    if read.faults or not isinstance(read.period, Period):
        return turned_away([fault.problem for fault in read.faults], said.get("name", ""))
    places = [figure["indicator"] for figure in read.figures]
    return Draft(
        read.form,
        read.agency,
        read.period,
        read.figures,
        places,
        version=read.version,
        reason=read.reason,
        findings=read.findings,
    )


def is_file(body: bytes) -> bool:
    """Tell whether a body is a file of figures: neither JSON nor XML."""
    start = body[:64].removeprefix(_MARK).lstrip()[:1]
    return body.startswith(_FILES) or start not in (b"{", b"[", b"<")


def parsed(body: bytes) -> Any:
    """Return a body as JSON values, whichever of JSON and XML it is; numbers stay exact.

    Raises:
        Invalid: it is neither.
    """
    body = body.removeprefix(_MARK)
    if body.lstrip().startswith(b"<"):
        return _xml(body)
    try:
        check(body)
        return json.loads(body, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        raise Invalid([Problem("", "not-json")]) from None


def _composed(item: Any) -> Any:
    """Return an item with its letters composed; exact numbers stay what they are.

    Raises:
        UnicodeEncodeError: a text holds what is no letter.
        RecursionError: it is nested too deeply.
    """
    if isinstance(item, str):
        item.encode()
        return nfc(item)
    if isinstance(item, dict):
        return {_composed(name): _composed(value) for name, value in item.items()}
    return [_composed(one) for one in item] if isinstance(item, list) else item


# --- XML --------------------------------------------------------------------------------------------------


class _Tree:
    """Takes what the parser tells; an element that stands several times is a list."""

    def __init__(self) -> None:
        self.value: Any = ""
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise Invalid([Problem("", "too-deep")])
        told = {
            key: value for key, value in attributes.items() if key.partition(":")[0] not in {"xmlns", "xsi"}
        }
        self._open.append((name.rpartition(":")[2], told, []))

    def text(self, piece: str) -> None:
        self._open[-1][2].append(piece)

    def end(self, _: str) -> None:
        name, children, texts = self._open.pop()
        value: Any = children or "".join(texts).strip()
        if not self._open:
            self.value = value
            return
        above = self._open[-1][1]
        if name in above:
            above[name] = [*above[name], value] if isinstance(above[name], list) else [above[name], value]
        else:
            above[name] = [value] if name == _LIST else value


def _xml(body: bytes) -> Any:
    """Return what stands in a document: `<report>`, `<reports>` of several, `<MStatistic>` or `<MVotes>`.

    Raises:
        Invalid: it is no XML, or has a DOCTYPE.
    """
    tree, parser = _Tree(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = _declared
    try:
        parser.Parse(body, True)
    except expat.ExpatError as fault:
        detail = f"{expat.ErrorString(fault.code)}, {fault.lineno}"
        raise Invalid([Problem("", "not-xml", detail)]) from None
    except (LookupError, ValueError):
        raise Invalid([Problem("", "not-xml", "encoding")]) from None
    return _unwrapped(tree.value)


def _declared(*_: object) -> NoReturn:
    raise Invalid([Problem("", "not-xml", "DOCTYPE")])


def _unwrapped(value: Any) -> Any:
    """Return reports without the elements that hold lists: `figures/figure` and `reports/report`."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"report"}:
        held = value["report"]
        return [_unwrapped(one) for one in held] if isinstance(held, list) else [_unwrapped(held)]
    inside = value.get("figures")
    if isinstance(inside, dict) and _LIST in inside:
        return value | {"figures": inside[_LIST]}
    return value
