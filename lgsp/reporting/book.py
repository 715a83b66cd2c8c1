"""The book of reports at work: what people do with it, each act whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from lgsp.calendars import read_calendars
from lgsp.domain.codes import agency_code
from lgsp.domain.reports.defined import Definitions
from lgsp.gateway import Gateway
from lgsp.home import home
from lgsp.journal import reports
from lgsp.journal.contract import Transaction
from lgsp.journal.reports import Report, Wanted
from lgsp.message import VIETNAM
from lgsp.reporting import comparing, correcting, drawing, owing, signing
from lgsp.reporting.asking import Elsewhere, NoReportError, Order, Signature, Why
from lgsp.reporting.definitions import load
from lgsp.reporting.drawing import Typed
from lgsp.reporting.owing import Looked
from lgsp.reporting.showing import Eye, brief, shown

T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class Book:
    """The book of one gateway.

    Attributes:
        definitions: what may be reported now; a home's files are read again when they change.
    """

    gateway: Gateway
    definitions: Callable[[], Definitions] = load

    # --- looking ------------------------------------------------------------------------------------------

    async def eye(self) -> Eye:
        """Return what reports are seen by now."""
        now = await self.gateway.journal.read(lambda tx: tx.now)
        return Eye(self.definitions(), read_calendars(home()), now)

    async def show(self, number: int) -> dict[str, Any]:
        """Return a version with its figures.

        Raises:
            NoReportError: there is none.
        """
        return shown(await self._find(number), await self.eye())

    async def listing(self, wanted: Wanted, *, overdue: bool = False) -> dict[str, Any]:
        """Return a page of reports, newest first; if asked, only those that are overdue and did not go."""
        eye, found, more = await self.eye(), list[dict[str, Any]](), True
        while more and len(found) < wanted.limit:
            some = await self._page(wanted)
            more = len(some) == wanted.limit
            lines = [brief(one, eye) for one in some]
            found += [one for one in lines if not overdue or one["standing"] == "overdue"]
            wanted = replace(wanted, after=some[-1].id) if more else wanted
        shown_ = found[: wanted.limit]
        return {"reports": shown_, "next": shown_[-1]["id"] if more or len(found) > len(shown_) else None}

    async def _page(self, wanted: Wanted) -> list[Report]:
        return await self.gateway.journal.read(lambda tx: reports.listing(tx, wanted))

    async def due(self, looked: Looked) -> list[dict[str, Any]]:
        """Return what is due, overdue, or soon to be."""
        eye = await self.eye()
        found = await self.gateway.journal.read(lambda tx: owing.due(tx, eye, looked))
        for one in found:
            one["agency"] = one["agency"] | {
                "name": one["agency"].get("name") or self._name(one["agency"]["code"])
            }
        return found

    async def versions(self, number: int) -> list[dict[str, Any]]:
        """Return all versions of a report, each with how it differs from the one before it."""
        report, eye = await self._find(number), await self.eye()
        every = await self.gateway.journal.read(lambda tx: reports.versions(tx, report.code))
        told = []
        for n, one in enumerate(every):
            changes = comparing.with_version(eye.definitions, every[n - 1], one)["changes"] if n else []
            told.append(brief(one, eye) | {"changes": changes})
        return told

    async def compare(self, number: int, other: int | None) -> dict[str, Any]:
        """Return how a version differs from another one, or (None) from what is known now.

        Raises:
            NoReportError: there is no such report.
            UnusableError: it is not counted from dossiers.
        """
        report, definitions = await self._find(number), self.definitions()
        if other is not None:
            return comparing.with_version(definitions, report, await self._find(other))
        return await self.gateway.journal.read(lambda tx: comparing.with_now(tx, definitions, report))

    async def derivation(self, number: int, indicator: str, **page: Any) -> dict[str, Any]:
        """Return where a figure comes from; see `comparing.derivation`."""
        report, definitions = await self._find(number), self.definitions()
        return await self.gateway.journal.read(
            lambda tx: comparing.derivation(tx, definitions, report, indicator, **page)
        )

    async def _find(self, number: int) -> Report:
        found = await self.gateway.journal.read(lambda tx: reports.find(tx, number))
        if found is None:
            raise NoReportError(f"there is no report {number}")
        return found

    # --- doing --------------------------------------------------------------------------------------------

    async def draft(self, order: Order, who: str) -> tuple[dict[str, Any], bool]:
        """Draw a report up, or return the one that is there: a draft counted anew, what is closed as it is.

        Raises:
            UnusableError: there is no such report.
        """
        definitions, name = self.definitions(), self._name(order.agency)
        journal = self.gateway.journal
        made = await journal.read(lambda tx: drawing.drawn(tx, definitions, order, name))
        report, new = await journal.write(lambda tx: drawing.enter(tx, definitions, made, who))
        return await self._shown(report), new

    async def type_in(self, number: int, figures: Sequence[Typed], who: str) -> dict[str, Any]:
        """Put typed figures into a draft; see `drawing.type_in`."""
        definitions = self.definitions()
        return await self._acted(lambda tx: drawing.type_in(tx, definitions, number, figures, who))

    async def sign(self, number: int, by: Signature) -> dict[str, Any]:
        """Sign a draft off and bring it into the gateway, once, however often this is asked with one token.

        Raises:
            NoReportError: there is no such report.
            WrongStateError: it is no draft.
            ContradictoryError: it contradicts itself, and nobody said why it stands.
            UnusableError: its system brings no reports.
            Rejected: the gateway turned it away; it is a draft again.
        """
        definitions = self.definitions()
        signed = await self.gateway.journal.write(lambda tx: signing.sign(tx, definitions, number, by))
        self.gateway.broker.publish(signed.frames)
        report = signed.report
        if report.sending == reports.TO_TAKE_ON:
            report = await signing.take_on(self.gateway, report)
        return await self._shown(report)

    async def reopen(self, number: int, why: Why) -> dict[str, Any]:
        """Take a signature back before the report went; see `correcting.reopen`."""
        definitions = self.definitions()
        done = await self.gateway.journal.write(lambda tx: correcting.reopen(tx, definitions, number, why))
        self.gateway.broker.publish(done.frames)
        return await self._shown(done.report)

    async def correct(self, number: int, why: Why, known_at: int | None = None) -> dict[str, Any]:
        """Draw up the next version; see `correcting.correct`."""
        definitions = self.definitions()
        return await self._acted(lambda tx: correcting.correct(tx, definitions, number, why, known_at))

    async def elsewhere(self, number: int, way: Elsewhere, who: str) -> dict[str, Any]:
        """Note that it went by another way; see `correcting.elsewhere`."""
        return await self._acted(lambda tx: correcting.elsewhere(tx, number, way, who))

    async def _acted(self, act: Callable[[Transaction], Report]) -> dict[str, Any]:
        return await self._shown(await self.gateway.journal.write(act))

    async def _shown(self, report: Report) -> dict[str, Any]:
        return shown(report, await self.eye())

    def _named(self, agency: dict[str, Any]) -> dict[str, Any]:
        return agency if agency.get("name") else agency | {"name": self._name(agency["code"])}

    def _name(self, agency: str) -> str:
        code = agency_code(agency)
        if code is None:
            return ""
        resolved = self.gateway.agencies.resolve(code, datetime.now(VIETNAM).date())
        return resolved.fact.name if resolved.known and resolved.fact else ""
