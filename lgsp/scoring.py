"""The scoring preview: figures over the register, page by page, and the dossiers that cost points."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from lgsp.calendars import read_calendars
from lgsp.domain.agencies.facts import Succession
from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import agency_code, under
from lgsp.domain.dossier import BY_NUMBER
from lgsp.domain.scoring.cases import Case
from lgsp.domain.scoring.judging import Judge, Verdict
from lgsp.domain.scoring.measures import REASONS
from lgsp.domain.scoring.periods import Period
from lgsp.domain.scoring.tally import Apart, Tally
from lgsp.home import home
from lgsp.journal import dossiers
from lgsp.journal.contract import Journal
from lgsp.journal.dossiers import Wanted
from lgsp.journal.dossiers_cases import Eye, Page, page
from lgsp.message import VIETNAM

DOSSIER = "dossier.v1"
MOST = 40
"""So many pages are looked through for one page of a list: then it says where to go on."""
_PAGE = 500
_MICROS = 1_000_000


class Asked(NamedTuple):
    """What figures are of.

    Attributes:
        period: the days.
        portal: the system that has to hold the dossiers.
        agency: the top of a subtree; empty for all.
        also: further subtrees that count as its own.
        procedure: its code as sources write it; empty for all.
    """

    period: Period
    portal: str
    agency: str = ""
    also: tuple[str, ...] = ()
    procedure: str = ""

    @property
    def wanted(self) -> Wanted:
        """The dossiers that the period may concern."""
        alive = (self.period.start, self.period.end)
        return Wanted(self.agency, self.procedure, also=self.also, alive=alive)

    @property
    def top(self) -> str:
        """The normal code of the agency."""
        return agency_code(self.agency) or ""

    def as_dict(self) -> dict[str, Any]:
        """Return what was asked, as JSON has it."""
        return {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "agency": self.agency,
            "also": list(self.also),
            "procedure": self.procedure,
            "system": self.portal,
        }


def subtrees(register: Register, agency: str, on: date) -> tuple[str, ...]:
    """Return the codes outside a subtree whose bodies became wholly part of it by a day.

    Raises:
        ValueError: the code is none.
    """
    went = {one.predecessor for one in register.claims if isinstance(one, Succession)}
    known = sorted(code for code in went.union(register.codes()) if agency_code(code))
    found = [code for code in known if not under(code, agency) and register.covers(agency, code, on)]
    return tuple(code for code in found if not any(code != top and under(code, top) for top in found))


def portals(routes: Iterable[Any]) -> list[str]:
    """Return the systems that dossiers are routed to, each once."""
    return sorted({name for route in routes if route.type == DOSSIER for name in route.systems})


class Scoring:
    """Reads the register beside whatever goes on; nothing is written.

    Args:
        journal: whose register it is.
        asked: what figures are of.
    """

    def __init__(self, journal: Journal, asked: Asked) -> None:
        self._journal = journal
        self._asked = asked
        self._eye = Eye(asked.portal, {})
        self.counted = 0

    @cached_property
    def _judge(self) -> Judge:
        now = int(datetime.now(VIETNAM).timestamp() * _MICROS)
        return Judge(self._asked.period, now, read_calendars(home()))

    async def figures(self) -> dict[str, Any]:
        """Return the figures of all measures, and as of when the register was complete.

        Returns:
            `measures`, of all dossiers; `agencies`, as `Apart` tells them; and
            `beyond`: dossiers of more bodies than those.
        """
        behind = await self._journal.read(dossiers.behind)
        tally, apart = Tally(), Apart(self._asked.top, self._asked.also)
        async for found in self._pages(""):
            await asyncio.to_thread(self._add, tally, apart, found.cases)
        return {
            "of": self._asked.as_dict(),
            "as_of": _moment(behind),
            "dossiers": self.counted,
            "measures": tally.as_list(),
            "agencies": apart.as_list(),
            "beyond": apart.rest,
        }

    def _add(self, tally: Tally, apart: Apart, cases: Sequence[Case]) -> None:
        for case in cases:
            verdicts = self._judge.verdicts(case)
            tally.add(verdicts)
            apart.add(case.agency, verdicts)
        self.counted += len(cases)

    async def costing(
        self, measure: str, after: str = "", limit: int = 100, reason: str = ""
    ) -> dict[str, Any]:
        """Return a page of the dossiers that are in a measure's denominator and not in its numerator.

        Args:
            measure: its name.
            after: the key behind which the page begins.
            limit: so many at most.
            reason: only those for which it is this one.

        Returns:
            `dossiers`, and `next`: the key behind which to go on, None at the end. A page may be short,
            or empty, and not be the last.
        """
        found: list[dict[str, Any]] = []
        pages = 0
        async for one in self._pages(after):
            lost = await asyncio.to_thread(self._lost, measure, one.cases, reason)
            found += lost[: limit - len(found)]
            pages += 1
            if len(found) == limit:
                return {"dossiers": found, "next": found[-1]["code"]}
            if pages == MOST:
                return {"dossiers": found, "next": one.last}
        return {"dossiers": found, "next": None}

    def _lost(self, measure: str, cases: Sequence[Case], reason: str) -> list[dict[str, Any]]:
        judged = ((case, self._judge.verdicts(case).get(measure)) for case in cases)
        return [_told(case, verdict) for case, verdict in judged if _costs(verdict, reason)]

    async def _pages(self, after: str) -> AsyncIterator[Page]:
        wanted = self._asked.wanted
        while True:
            found = await self._journal.read(lambda tx, a=after: page(tx, wanted, self._eye, a, _PAGE))  # type: ignore[misc]
            if found is None:
                return
            yield found
            after = found.last


def _costs(verdict: Verdict | None, reason: str) -> bool:
    if verdict is None or not verdict.reason or verdict.outside:
        return False
    return reason in {"", verdict.reason}


def _told(case: Case, verdict: Verdict | None) -> dict[str, Any]:
    reason = REASONS[verdict.reason] if verdict else None
    status = BY_NUMBER.get(case.status)
    return {
        "code": case.key,
        "source": case.source,
        "agency": case.agency,
        "procedure": case.procedure,
        "status": status.word if status else None,
        "received_at": _moment(case.received),
        "due_at": _moment(case.due),
        "finished_at": _moment(case.finished),
        "reason": reason.code if reason else None,
        "vi": reason.vi if reason else None,
        "en": reason.en if reason else None,
        "delivery": case.standing or None,
        "cause": case.cause or None,
    }


def _moment(micros: int | None) -> str | None:
    if not micros:
        return None
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM).isoformat(timespec="seconds")


# --- counting that takes longer than somebody waits -------------------------------------------------------


@dataclass(slots=True)
class _Count:
    scoring: Scoring
    task: asyncio.Task[dict[str, Any]]
    ended: float | None = None


@dataclass(slots=True)
class Counts:
    """Counts that go on while nobody waits, one at a time: who asks for the same again joins.

    Attributes:
        fresh: seconds for which figures are given again.
    """

    fresh: float = 60.0
    _held: dict[Asked, _Count] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, journal: Journal, asked: Asked, patience: float) -> dict[str, Any]:
        """Return figures; while they are counted still, after so many seconds, how far that is.

        Returns:
            figures as `Scoring.figures` has them, with `state` `counted`; or `state` `counting` and `done`,
            the dossiers that are counted.
        """
        self._forget()
        held = self._held.get(asked) or self._begin(journal, asked)
        await asyncio.wait([held.task], timeout=patience)
        if not held.task.done():
            return {"state": "counting", "done": held.scoring.counted, "of": asked.as_dict()}
        held.ended = held.ended or asyncio.get_running_loop().time()
        if held.task.exception() is not None:
            self._held.pop(asked, None)
        return {"state": "counted", **held.task.result()}

    def _begin(self, journal: Journal, asked: Asked) -> _Count:
        scoring = Scoring(journal, asked)
        held = self._held[asked] = _Count(scoring, asyncio.create_task(self._in_turn(scoring)))
        return held

    async def _in_turn(self, scoring: Scoring) -> dict[str, Any]:
        async with self._turn:
            return await scoring.figures()

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        old = [
            asked
            for asked, held in self._held.items()
            if held.ended is not None and now - held.ended > self.fresh
        ]
        for asked in old:
            del self._held[asked]
