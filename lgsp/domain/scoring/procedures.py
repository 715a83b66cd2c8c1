"""What the measures ask of a procedure: does it cost something, does it end in a paper, what is its term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lgsp.domain.calendar.terms import Term, read_term

_DAYS = frozenset({"ngày làm việc", "working_day"})
_HOURS = frozenset({"giờ", "giờ làm việc", "hour"})


class Procedure(NamedTuple):
    """What a catalogue says of a procedure; None stands for what it does not say.

    Attributes:
        costs: whether it bears a fee.
        paper: whether its result is a paper.
        terms: how long it may take by channel, in working days or hours. A channel with several terms, or
            with one in calendar days or months, has none here: which one holds is not said.
    """

    costs: bool | None = None
    paper: bool | None = None
    terms: Mapping[str, Term] = {}


UNKNOWN = Procedure()


def procedure_of(record: Mapping[str, Any]) -> Procedure:
    """Return what a canonical `procedure.v1` says."""
    methods = record.get("methods")
    results = record.get("results")
    return Procedure(
        None if methods is None else any(fee.get("amount") != 0 for _, fee in _fees(methods)),
        None if results is None else bool(results),
        dict(_terms(methods or ())),
    )


def _fees(methods: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for method in methods:
        for time in method.get("times") or ():
            for fee in time.get("fees") or ():
                yield method.get("channel") or "", fee


def _terms(methods: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Term]]:
    channels: dict[str, set[Term | None]] = {}
    for method in methods:
        found = channels.setdefault(method.get("channel") or "", set())
        found |= {_term(time) for time in method.get("times") or ()}
    for channel, terms in channels.items():
        (term, *others) = terms or {None}
        if term is not None and not others:
            yield channel, term


def _term(time: Mapping[str, Any]) -> Term | None:
    unit = " ".join((time.get("unit") or "").lower().split())
    if unit not in _DAYS | _HOURS:
        return None
    try:
        return read_term(time.get("duration") or "", hours=unit in _HOURS)
    except ValueError:
        return None
