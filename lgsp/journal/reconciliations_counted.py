"""What the far side counts by agency, as somebody read it there, beside what a run counts of the same.

The far side's look-up tells no list. So a gap between the two says that something differs, and never which
dossiers do: it is shown as what it is, and stands in no bucket.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.domain.reconciling.sides import Answer, Theirs
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.journal.reconciliations_comparing import Page
from lgsp.journal.reconciliations_tables import portal_counts
from lgsp.journal.rows import insert

_INSERT = insert(portal_counts)
_NAMES = ("agency", "since", "until", "count", "there", "held")
_SELECT = f"SELECT place, {', '.join(_NAMES)} FROM portal_counts WHERE run = ? ORDER BY place"
_ADD = "UPDATE portal_counts SET there = there + ?, held = held + ? WHERE run = ? AND place = ?"


@dataclass(slots=True, frozen=True)
class Counted:
    """What the far side counts of an agency, with all that lies under it.

    Attributes:
        agency: normal form of its code.
        since, until: microseconds between which the dossiers were received; None is as the run has it.
    """

    agency: str
    count: int
    since: int | None = None
    until: int | None = None


Places = Mapping[str, Sequence[tuple[int, int | None, int | None]]]
"""By agency the places of its counts in what was told, each with its period."""


def lay(tx: Transaction, run: int, told: Sequence[Counted]) -> None:
    """Lay counts beside a run that begins."""
    rows = [
        (run, place, one.agency, one.since, one.until, one.count, 0, 0)
        for place, one in enumerate(told, 1)
    ]  # fmt: skip
    tx.run(_INSERT, rows)


def places(tx: Transaction, run: int) -> Places:
    """Return which counts a run keeps."""
    found: dict[str, list[tuple[int, int | None, int | None]]] = {}
    for place, agency, since, until, *_ in tx.rows(_SELECT, (run,)):
        found.setdefault(agency, []).append((place, since, until))
    return found


def tally(wanted: Places, page: Page, answers: Mapping[str, Theirs]) -> Counter[tuple[int, str]]:
    """Return how many dossiers of a page are there, and held here, by the place of what was told.

    One counts for its agency and for each above it that was told.
    """
    found: Counter[tuple[int, str]] = Counter()
    for key, side in page.sides.items() if wanted else ():
        heads = ["held"] if side.ours is not None else []
        heads += ["there"] if key in answers and answers[key].answer is Answer.THERE else []
        for agency in _upwards(key.partition("-")[0]):
            for place, since, until in wanted.get(agency, ()):
                if _within(page.received.get(key), since, until):
                    found.update((place, head) for head in heads)
    return found


def _upwards(agency: str) -> list[str]:
    """Return an agency's code, and those above it."""
    parts = agency.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _within(received: int | None, since: int | None, until: int | None) -> bool:
    if since is None and until is None:
        return True
    return (
        received is not None and (since is None or since <= received) and (until is None or received < until)
    )


def add(tx: Transaction, run: int, more: Mapping[tuple[int, str], int]) -> None:
    """Add what a page counted; in the transaction that moves the run past it."""
    touched = sorted({place for place, _ in more})
    tx.run(
        _ADD,
        [(more.get((place, "there"), 0), more.get((place, "held"), 0), run, place) for place in touched],
    )


def shown(tx: Transaction, run: int) -> list[dict[str, Any]]:
    """Return what was told and what was counted, as people see it; `gap` is what the far side has more."""
    rows = [dict(zip(_NAMES, row[1:], strict=True)) for row in tx.rows(_SELECT, (run,))]
    return [
        row | {"since": at(row["since"]), "until": at(row["until"]), "gap": row["count"] - row["there"]}
        for row in rows
    ]
