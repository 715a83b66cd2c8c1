"""Reading a report in our own simple form, as JSON or XML says it, every fault of it by field; no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lgsp.domain.reports.periods import Period, read_label
from lgsp.errors import Invalid, Problem
from lgsp.message import Finding

from .drafts import Draft, Terms, agreed, turned_away, whose

_AMOUNT = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,12})?")
_FIELDS = frozenset(
    {"code", "version", "reason", "regime", "form", "agency", "period", "figures", "status", "signed_at"}
)
_FIGURE = frozenset({"indicator", "value", "split", "agency", "name", "unit", "origin"})
_MOST_FIGURES = 5000
_VERSION = re.compile("[1-9][0-9]{0,3}")
_FAR = 60
"""Places of a number behind which it is no figure: written out, some would fill the memory."""
_OWN_STATES = ("signed", "sent")
"""How far a report can have come by its sender; the rest its receivers say."""


@dataclass(slots=True)
class _Reading:
    """A report on its way to being read."""

    terms: Terms
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, code: str, place: str, detail: str = "") -> None:
        """Keep a fault."""
        self.problems.append(Problem(place, code, detail))


def is_report(item: Any) -> bool:
    """Tell whether a native item is a report in this form."""
    return isinstance(item, dict) and "figures" in item


def read(item: Mapping[str, Any], terms: Terms) -> Draft | Invalid:
    """Return a report as a draft, or every fault of it.

    `form`, `agency` (a code, or `code` and `name`), `period` (a label, or `scheme` and `code`) and `figures`;
    `version`, `reason`, `status`, `signed_at` where the sender says them. The code may be left out.
    """
    reading = _Reading(terms)
    form = _form(reading, item)
    agency, name = _agency(reading, item.get("agency"))
    period = _period(reading, item.get("period"), form)
    version = _version(reading, item.get("version"))
    told = list(_figures(reading, item.get("figures"), form)) if form else []
    more = dict(_more(reading, item))
    if reading.problems or not isinstance(period, Period) or not isinstance(agency, str):
        return turned_away(reading.problems, _text(item.get("code")))
    figures = [figure for _, figure in told]
    said = Draft(
        form,
        agency,
        period,
        figures,
        [place for place, _ in told],
        name,
        version,
        _text(item.get("reason")),
        more,
        reading.findings,
    )
    if _text(item.get("code")) not in {"", said.code}:
        return turned_away([Problem("code", "bad-code", said.code)], _text(item["code"]))
    return agreed(said, terms)


def _form(reading: _Reading, item: Mapping[str, Any]) -> str:
    known = reading.terms.definitions.forms
    form = _text(item.get("form"))
    if not form:
        reading.wrong("missing", "form")
        return ""
    if form not in known:
        reading.wrong("not-one-of", "form", ", ".join(known))
        return ""
    regime = reading.terms.definitions.regime_of(form)
    if regime and _text(item.get("regime")) not in {"", regime.code}:
        reading.wrong("not-one-of", "regime", regime.code)
    return form


def _agency(reading: _Reading, said: Any) -> tuple[str | None, str]:
    code, name = (said.get("code"), _text(said.get("name"))) if isinstance(said, dict) else (said, "")
    found = whose(code, "agency", reading.terms, reading.findings)
    if isinstance(found, Problem):
        reading.problems.append(found)
        return None, name
    return found, name


def _period(reading: _Reading, said: Any, form: str) -> Period | None:
    label = f"{said.get('scheme')}:{said.get('code')}" if isinstance(said, dict) else _text(said)
    regime = reading.terms.definitions.regime_of(form)
    try:
        period = read_label(label if ":" in label else f"{regime.scheme if regime else ''}:{label}")
    except ValueError:
        reading.wrong("report-period-none", "period", "government/1:202403")
        return None
    if regime and reading.terms.definitions.refusal(regime.code, form, period):
        kinds = ", ".join(kind.value for kind in regime.kinds)
        reading.wrong("report-period-none", "period", f"{regime.scheme}: {kinds}")
    return period


def _version(reading: _Reading, said: Any) -> int | None:
    if said in (None, ""):
        return None
    text = str(said)
    if isinstance(said, bool) or not _VERSION.fullmatch(text):
        reading.wrong("wrong-type", "version", "integer >= 1")
        return None
    return int(text)


def _more(reading: _Reading, item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the further fields of a report; those that nobody knows are findings."""
    if _text(item.get("signed_at")):
        yield "signed_at", _text(item["signed_at"])
    status = _text(item.get("status"))
    if status and status not in _OWN_STATES:
        reading.wrong("not-one-of", "status", ", ".join(_OWN_STATES))
    elif status:
        yield "status", status
    unknown = {name: value for name, value in item.items() if name not in _FIELDS}
    reading.findings += [Finding("unknown-field", name[:100]) for name in unknown]
    if unknown:
        yield "extra", {name: str(value)[:2000] for name, value in unknown.items()}


def _figures(reading: _Reading, said: Any, form: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the figures with their places."""
    if not isinstance(said, list) or not said:
        reading.wrong("empty-list", "figures")
        return
    if len(said) > _MOST_FIGURES:
        reading.wrong("too-many", "figures", str(_MOST_FIGURES))
        return
    seen: set[str] = set()
    for number, one in enumerate(said):
        place = f"figures/{number}"
        if not isinstance(one, dict):
            reading.wrong("wrong-type", place, "object")
            continue
        figure = _figure(reading, one, place, form)
        cell = f"{figure.get('indicator')}|{figure.get('agency')}|{figure.get('split')}"
        if cell in seen:
            reading.wrong("indicator-twice", place, "figures")
        seen.add(cell)
        yield place, figure


def _figure(reading: _Reading, one: Mapping[str, Any], place: str, form: str) -> dict[str, Any]:
    known = reading.terms.definitions.of_form(form).by_code
    of = known.get(_text(one.get("indicator")))
    if of is None:
        reading.wrong("indicator-unknown", f"{place}/indicator")
        return {}
    reading.findings += [
        Finding("unknown-field", f"{place}/{name}"[:100]) for name in one if name not in _FIGURE
    ]
    figure: dict[str, Any] = {"indicator": of.code, "name": of.name}
    if of.unit:
        figure["unit"] = of.unit
    if _text(one.get("agency")):
        figure["agency"] = _text(one["agency"])
    split = _split(reading, one.get("split"), place)
    if split:
        figure["split"] = split
    value = _value(one.get("value"))
    if value is None:
        reading.wrong("not-an-amount", f"{place}/value", "85.53")
    elif value:
        figure["value"] = value
    return figure | {"origin": "received"}


def _value(said: Any) -> str | None:
    """Return an exact number as text, empty where it is not given; None for what is none."""
    if said is None or said == "":
        return ""
    if isinstance(said, bool) or not isinstance(said, int | Decimal | str):
        return None
    short = isinstance(said, Decimal) and said.is_finite() and abs(said.adjusted()) < _FAR
    text = f"{said:f}" if short else str(said).strip()
    return text if _AMOUNT.fullmatch(text) else None


def _split(reading: _Reading, said: Any, place: str) -> list[dict[str, str]]:
    cuts = [said] if isinstance(said, dict) else said or []
    if not isinstance(cuts, list):
        reading.wrong("not-a-list", f"{place}/split")
        return []
    told = [
        {name: _text(cut.get(name)) for name in ("breakdown", "member")}
        for cut in cuts
        if isinstance(cut, dict)
    ]
    if len(told) < len(cuts) or any(not (cut["breakdown"] and cut["member"]) for cut in told):
        reading.wrong("wrong-type", f"{place}/split", "breakdown, member")
    return sorted(told, key=lambda cut: cut["breakdown"])


def _text(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""
