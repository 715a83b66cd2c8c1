"""A gateway with a book of reports: who reports, an office that takes reports, and figures as a test counts them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from lgsp.adapter import Accepted, Adapter
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.domain.reports.periods import Period, read_label
from lgsp.journal import reports
from lgsp.journal.contract import Transaction
from lgsp.journal.reports import Report
from lgsp.message import Raw
from lgsp.reporting.asking import Order, Signature
from lgsp.reporting.book import Book
from lgsp.reporting.following import Following
from lgsp.routes import Routes
from lgsp.schemas import Types
from lgsp.testing.making import SYSTEM
from lgsp.testing.scene import Clock
from tests.core import rig as crew
from tests.core.rig import DESK, Portal, Rig

AGENCY, UNIT = "H44.11", "H44.11.1"
PERIOD = "government/1:202403"
CUT_OFF = 1_710_435_600_000_000
"""2024-03-15T00:00+07:00, in microseconds: the moment behind the period."""
DAY = 86_400
WHO = "operator"
COUNTS = {
    "received": 10, "online": 6, "direct": 4, "carried_over": 2, "total": 12, "early": 3, "on_time": 3,
    "late": 1, "in_time": 6, "solved": 7, "withdrawn": 0, "stopped": 0, "in_process": 5,
    "in_process_on_time": 4, "in_process_late": 1, "refused": 0,
}  # fmt: skip
"""Figures that add up by every set of definitions."""


class Row(NamedTuple):
    """A row of a table of statistics."""

    code: str
    counts: Mapping[str, int]


class Table(NamedTuple):
    """A table of statistics."""

    rows: Sequence[Row]
    total: Mapping[str, int]
    as_of: int


class Asked(NamedTuple):
    """What is asked of statistics."""

    by: str
    agency: str
    period: Period
    definition: str = "standard/1"
    known_at: int | None = None


@dataclass
class Figures:
    """Dossier statistics as a test says them.

    Attributes:
        then, now: the counts as known at a moment, and as known now.
        units: counts of units below the agency.
        as_of: until when everything is counted.
        asked: every question.
    """

    then: dict[str, int] = field(default_factory=lambda: dict(COUNTS))
    now: dict[str, int] = field(default_factory=lambda: dict(COUNTS))
    units: dict[str, dict[str, int]] = field(default_factory=dict)
    as_of: int = CUT_OFF
    asked: list[Asked] = field(default_factory=list)
    Asked = Asked

    def table(self, _: Transaction, asked: Asked) -> Table:
        """Return what the test says."""
        self.asked.append(asked)
        total = self.now if asked.known_at is None else self.then
        rows = [Row(code, counts) for code, counts in (self.units or {AGENCY: total}).items()]
        return Table(rows, total, self.as_of)

    def dossiers(self, _: Transaction, asked: Asked, *of: Any) -> list[str]:
        """Return the dossiers behind a figure."""
        self.asked.append(asked)
        return [f"{of[1]}-1", f"{of[1]}-2"]


class Scribe(Adapter):
    """Systems that report."""

    brings = frozenset({"report.v1"})


class Office(Portal):
    """The office that takes reports and says what becomes of them."""

    takes = frozenset({"report.v1"})  # type: ignore[assignment]
    brings = frozenset({"report.status.v1"})


class Desk(Rig):
    """A rig whose source reports, and whose far side takes reports."""

    def __init__(
        self, journal: Any, folder: Path, portal: Any, routes: Routes, broker: EmbeddedBroker
    ) -> None:
        super().__init__(journal, folder, portal, routes, broker)
        self.systems[DESK].adapter = Scribe(None, None)  # type: ignore[arg-type]
        self.gateway.types = Types()
        self.defined = definitions()
        self.book = Book(self.gateway, lambda: self.defined)
        self.following = Following(self.gateway, definitions=lambda: self.defined)

    async def draft(self, form: str = "06a", regime: str = "KSTT", period: str = PERIOD) -> dict[str, Any]:
        """Draw a report up."""
        made, _ = await self.book.draft(Order(regime, form, AGENCY, read_label(period)), WHO)
        return made

    async def signed(self, number: int, token: str = "t1", agreed: str = "") -> dict[str, Any]:
        """Sign a report off."""
        return await self.book.sign(number, Signature(WHO, token, agreed))

    async def follow(self) -> None:
        """Let the book catch up."""
        for _ in range(3):
            await self.following.look()

    async def report(self, number: int) -> Report:
        """Return a version as the journal has it."""
        found = await self.journal.read(lambda tx: reports.find(tx, number))
        assert found is not None
        return found

    async def brings(self, data: dict[str, Any], type_: str = "report.v1", source: str = DESK) -> Any:
        """Bring a message as a system does; return its receipt or why it was turned away."""
        message = self.gateway.types.message(type_, data)
        (result,) = await self.gateway.accept(source, Raw.of(orjson.dumps(data)), [message])
        return result

    async def says(self, code: str, state: str, version: int = 1, **more: Any) -> Accepted:
        """Let the office say something of a report."""
        data = {"code": code, "version": version, "state": state, **more}
        receipt = await self.brings(data, "report.status.v1", SYSTEM)
        assert isinstance(receipt, Accepted), receipt
        return receipt


def definitions() -> Definitions:
    """Return the built-in definitions, with reports that go as from the rig's source."""
    regimes = {code: replace(one, system=DESK) for code, one in BUILT_IN.regimes.items()}
    return replace(BUILT_IN, regimes=regimes)


@asynccontextmanager
async def desk(folder: Path, clock: Callable[[], int] | None = None) -> AsyncIterator[Desk]:
    """Open a gateway with a book, a day after the cut-off if no clock says otherwise."""
    changes = [
        ("type: dossier.v1", "type: report.v1"),
        ("  - {name: progress, from: desk, type: dossier.progress.v1, to: [portal]}\n", ""),
        ("  - {name: papers, from: desk, type: document.v1, to: [portal]}\n", ""),
    ]
    now = clock or Clock(CUT_OFF + DAY * 1_000_000)
    async with crew.rig(folder, portal=Office(), clock=now, changes=changes, made=Desk) as one:
        assert isinstance(one, Desk)
        yield one


def received(version: int = 1, form: str = "06a", **counts: str) -> dict[str, Any]:
    """Return a report as a local system brings it."""
    values = {
        name: str(value) for name, value in COUNTS.items() if name not in {"stopped", "refused"}
    } | counts
    return {
        "code": f"{form}/{AGENCY}/{PERIOD}",
        "version": version,
        "form": form,
        "agency": {"code": AGENCY},
        "period": {"scheme": "government/1", "code": "202403"},
        "figures": [{"indicator": name, "value": value} for name, value in values.items()],
    }
