"""A clean world as a drill leaves it, into which tests plant one violation each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lgsp.drill.evidence import Evidence
from lgsp.drill.ledger import Receipt
from lgsp.drill.records import Fate, Noted, Records, Told
from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.sandbox.compare import digest

CODE, OTHER = "H44.1-260105-0001", "H44.1-260105-0002"
PORTAL = "national-portal"
DOSSIERS = [{"MaHoSo": CODE, "MaTTHC": "1", "TrangThaiHoSo": str(n)} for n in (1, 2)]
STEPS = [{"MaHoSo": CODE, "NoiDungXuLy": f"bước {n}"} for n in (1, 2)]


def told(number: int, kind: Kind = Kind.SNAPSHOT, revision: int = 1, code: str = CODE) -> Told:
    """Return a message."""
    type_ = "dossier.v1" if kind is Kind.SNAPSHOT else "dossier.progress.v1"
    return Told(number, f"uid-{number}", type_, int(kind), code, revision, False)


def fate(number: int, message: int, state: State = State.DELIVERED, **more: Any) -> Fate:
    """Return a closed delivery of it, in its first attempt."""
    plain = Fate(number, message, PORTAL, CODE.encode(), number, state, 1, 0, None, None, True)
    return plain._replace(**more)


def noted(
    what: str, message: int, delivery: int | None = None, state: State | None = None, **more: Any
) -> Noted:
    """Return an entry."""
    plain = Noted(what, message, delivery, None if state is None else int(state), False, None, {})
    return plain._replace(**more)


def ended(message: int, delivery: int, state: State = State.DELIVERED, **more: Any) -> Noted:
    """Return the entry of an end."""
    return noted(state.word, message, delivery, state, final=True, **more)


def clean() -> Evidence:
    """Return two revisions of a dossier and two steps of its progress, all delivered, once and in order."""
    messages = [told(1), told(2, Kind.EVENT), told(3, revision=2), told(4, Kind.EVENT)]
    entries = [noted("accepted", n, details={PORTAL: "ready"}) for n in (1, 2, 3, 4)]
    entries += [ended(n, n) for n in (1, 2, 3, 4)]
    items = [DOSSIERS[0], STEPS[0], DOSSIERS[1], STEPS[1]]
    kinds = ["dossier", "progress", "dossier", "progress"]
    return Evidence(
        Records(
            messages, [fate(n, n) for n in (1, 2, 3, 4)], entries, frozenset((n, 1) for n in (1, 2, 3, 4))
        ),
        [Receipt(f"uid-{n}", CODE, kinds[n - 1], digest(items[n - 1])) for n in (1, 2, 3, 4)],
        {
            "dossiers": {CODE: DOSSIERS[1]},
            "history": {CODE: [digest(one) for one in DOSSIERS]},
            "progress": {CODE: STEPS},
            "duplicates": 0,
            "early_progress": 0,
        },
        frozenset({"SoDienThoai"}),
    )


def with_records(evidence: Evidence, **rows: Any) -> Evidence:
    """Return the evidence with other rows."""
    return replace(evidence, records=replace(evidence.records, **rows))


def with_fate(evidence: Evidence, number: int, **changes: Any) -> Evidence:
    """Return the evidence with one delivery changed."""
    fates = [f._replace(**changes) if f.id == number else f for f in evidence.records.fates]
    return with_records(evidence, fates=fates)


def with_far(evidence: Evidence, **changes: Any) -> Evidence:
    """Return the evidence with another far side."""
    return replace(evidence, far={**evidence.far, **changes})


def with_entry(evidence: Evidence, *entries: Noted) -> Evidence:
    """Return the evidence with more entries."""
    return with_records(evidence, entries=[*evidence.records.entries, *entries])
