"""Playing the reporting of a demonstration: people draw up and sign, a local system hears what became of it.

The first month is reported early, while dossiers still come. When all is told it is corrected, as known now,
and the month after it is reported too. What the reporting system returns is corrected and sent again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson

from lgsp.client import AnswerError
from lgsp.errors import Unavailable
from lgsp.sandbox.reporting import Reporting
from lgsp.wire.http import Http

SYSTEM, FAR = "reporting", "national-reporting"
REGIME, FORM, AGENCY = "statistics", "standard", "H44"
PERIODS = ("government/1:202601", "government/1:202602")
"""The months in which the dossiers of every traffic are received, and mostly end."""

_BEAT, _GLANCE = 0.2, 0.5
_LATER = "Bổ sung hồ sơ tiếp nhận, giải quyết sau khi lập báo cáo"
_FINE = 300
_OPEN = frozenset({"signed", "sent", "arrived"})


class Desk:
    """The office that reports, before the API; and its software, before the door of systems that report.

    Args:
        http: the pool of connections.
        url: the gateway's root, without a slash at the end.
        operator: the token of people.
        token: the local system's.
        far: the stand-in, of which it is asked only what has arrived.

    Attributes:
        heard: by code and version, what the local system picked up, in order.
        acts: how often people signed and corrected.
        done: all reports were accepted.
        trouble: what the gateway said last when it did not do what was asked.
    """

    def __init__(self, http: Http, url: str, operator: str, token: str, far: Reporting) -> None:
        self.heard: dict[tuple[str, int], list[str]] = {}
        self.acts: Counter[str] = Counter()
        self.done = False
        self.trouble = ""
        self._http = http
        self._url = url
        self._operator = operator
        self._token = token
        self._far = far
        self._turn = asyncio.Lock()  # one person draws up at a time
        self._closing = False

    async def listen(self) -> None:
        """Pick up what is said of reports until cancelled; a gateway that is away is asked again."""
        while True:
            with suppress(Unavailable, AnswerError):
                await self._pick_up()
            await asyncio.sleep(_GLANCE)

    async def begin(self) -> None:
        """Report the first month as it is known now: once there is something to report."""
        begun = False
        while not begun:
            async with self._turn:
                begun = self._closing or await self._begun()
            await asyncio.sleep(_BEAT)

    async def conclude(self) -> None:
        """Report both months as known now, and correct what is returned, until all of it is accepted."""
        self._closing = True
        since = datetime.now(UTC)
        ending: list[asyncio.Task[None]] = []
        try:
            for period in PERIODS:
                async with self._turn:
                    await self._close(period, since)
                ending.append(asyncio.create_task(self._see_through(period)))
            await asyncio.gather(*ending)
        finally:
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
        self.done = True

    async def reports(self) -> list[dict[str, Any]]:
        """Return all versions of what was reported, the figures with them, oldest first."""
        listed = await self._get(f"v1/reports?regime={REGIME}&form={FORM}&agency={AGENCY}&limit=1000")
        found = [await self._get(f"v1/reports/{one['id']}") for one in listed["reports"]]
        return sorted(found, key=lambda one: (one["period"]["label"], one["version"]))

    async def _begun(self) -> bool:
        """Report the first month if there is something to report."""
        with suppress(Unavailable, AnswerError):
            report = await self._draw_up(PERIODS[0], datetime.now(UTC))
            if _received(report):
                await self._sign(report)
                return True
        return False

    async def _close(self, period: str, since: datetime) -> None:
        """Sign a month off as known now, and wait until the far side has it."""
        report = await self._settled(period)
        if report["state"] != "draft":
            report = await self._act(report, "correct", {"reason": _LATER})
        while not report["as_of"] or datetime.fromisoformat(report["as_of"]) < since:
            await asyncio.sleep(_BEAT)
            report = await self._draw_up(period, datetime.now(UTC))  # a draft that is there is counted anew
        await self._sign(report)
        await _until(lambda: report["version"] in self._far.book.versions(report["code"]))

    async def _see_through(self, period: str) -> None:
        """Correct what is returned until a version is accepted, and heard of."""
        while (report := await self._settled(period))["state"] != "accepted":
            if report["state"] == "returned":
                report = await self._act(report, "correct", {"reason": _asked(report)})
            await self._sign(report)
        name = report["code"], report["version"]
        await _until(lambda: "accepted" in self.heard.get(name, ()))

    async def _settled(self, period: str) -> dict[str, Any]:
        """Return the newest version of a month once it is a draft, or the far side's word on it is known."""
        while True:
            report = await self._draw_up(period, datetime.now(UTC))
            if report["state"] not in _OPEN:
                return report
            await asyncio.sleep(_BEAT)

    async def _draw_up(self, period: str, known: datetime) -> dict[str, Any]:
        """Draw a month's report up as known at a moment; one that was signed is returned as it is."""
        words = {"regime": REGIME, "form": FORM, "agency": AGENCY, "period": period}
        drawn: dict[str, Any] = await self._post("v1/reports", words | {"known_at": known.isoformat()})
        return drawn

    async def _sign(self, report: dict[str, Any]) -> None:
        self.acts["signed"] += 1
        await self._act(report, "sign", {"token": str(uuid4())})

    async def _act(self, report: dict[str, Any], act: str, words: dict[str, Any]) -> dict[str, Any]:
        """Do something to a report; what cannot be done this moment is tried again."""
        while True:
            try:
                done: dict[str, Any] = await self._post(f"v1/reports/{report['id']}/{act}", words)
            except (Unavailable, AnswerError) as fault:
                self.trouble = str(fault)
                await asyncio.sleep(_BEAT)
            else:
                self.acts["corrected"] += act == "correct"
                return done

    async def _pick_up(self) -> None:
        for one in await self._get(f"systems/{SYSTEM}/statuses", self._token):
            self.heard.setdefault((one["code"], one["version"]), []).append(one["state"])
            await self._post(f"systems/{SYSTEM}/statuses/{one['id']}/done", {}, self._token)

    async def _get(self, path: str, token: str = "") -> Any:
        token = token or self._operator
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self._http.get(f"{self._url}/{path}", headers=headers, secrets=(token,))
        if answer.status >= _FINE:
            raise AnswerError(path, answer)
        return answer.json()

    async def _post(self, path: str, words: dict[str, Any], token: str = "") -> Any:
        token = token or self._operator
        headers = {"Authorization": f"Bearer {token}"}
        body = orjson.dumps(words)
        answer = await self._http.post(f"{self._url}/{path}", body, headers=headers, secrets=(token,))
        if answer.status >= _FINE:
            raise AnswerError(path, answer)
        return answer.json()


async def _until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    while True:
        if holds():
            return
        await asyncio.sleep(_BEAT)


def _asked(report: dict[str, Any]) -> str:
    """Return what the far side wants to have corrected."""
    said = (act["reason"] for act in reversed(report["acts"]) if act["what"] == "returned")
    return next(said, "") or _LATER


def _received(report: dict[str, Any]) -> bool:
    """Tell whether a report has anything in it."""
    found = (one for one in report["figures"] if one["indicator"] == "received" and not one.get("agency"))
    return any(one["value"] != "0" for one in found)
