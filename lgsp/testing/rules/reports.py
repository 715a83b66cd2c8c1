"""Rules of the book of reports: closed figures stand, versions follow, and nothing is entered twice."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import orjson
import pytest

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.domain.reports.judging import blocking
from lgsp.domain.reports.periods import Period
from lgsp.journal import reports, reports_owing, reports_told
from lgsp.journal.contract import Offer
from lgsp.journal.reports import DRAFT, Act, Report, Wanted
from lgsp.message import Kind, Message, native_digest
from lgsp.reporting import comparing, correcting, drawing, following, signing
from lgsp.reporting.asking import Order, Signature, Why
from lgsp.testing.making import SOURCE, SYSTEM, wanted
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.rules.statistics import FEBRUARY, FIRST, JANUARY, SECOND_, THIRD, at, count, dossier
from lgsp.testing.scene import Scene

DAY = 86_400
WHO = "person"
TOLD: tuple[tuple[str, dict[str, Any]], ...] = (
    (FIRST, {"received": "01-05"}),
    (FIRST, {"received": "01-05", "status": "finished", "finished": "01-12"}),
    (SECOND_, {"received": "01-06", "channel": "direct"}),
    (SECOND_, {"received": "01-06", "channel": "direct", "status": "withdrawn", "finished": "01-20"}),
    (THIRD, {"received": "01-07", "due": "01-10"}),
)
"""What happened in January: one solved early, one withdrawn, one overdue; each told as it went on."""
EXPECTED = {
    "received": "3", "online": "2", "direct": "1", "carried_over": "0", "total": "3", "solved": "1",
    "early": "1", "on_time": "0", "in_time": "1", "late": "0", "withdrawn": "1", "stopped": "0",
    "in_process": "1", "in_process_on_time": "0", "in_process_late": "1", "refused": "0",
    "online_share": "66.67", "in_time_share": "100.00", "late_share": "0.00",
}  # fmt: skip


def paper(version: int = 1, code: str = "one", **data: Any) -> Offer:
    """Return a report as a local system brings it."""
    body = {
        "code": code,
        "version": version,
        "form": "votes",
        "agency": {"code": "H44.11"},
        "period": {"scheme": "calendar/1", "code": "202601"},
        "figures": [{"indicator": "voted", "value": str(version)}],
        **data,
    }
    message = Message(reports_told.REPORT, code, code, body, native=native_digest(body), source=SOURCE)
    message.key = f"{code}|{version}"
    return Offer(message, Kind.DOCUMENT, None, orjson.dumps(body), wanted(SYSTEM))


def said(state: str, version: int = 1, code: str = "one", at: str = "2026-02-03T08:00:00+07:00") -> Offer:
    """Return what a far side says of a report."""
    body = {"code": code, "version": version, "state": state, "at": at}
    message = Message(reports_told.STATUS, code, code, body, native=native_digest(body), source=SOURCE)
    message.key = message.native.hex()
    return Offer(message, Kind.EVENT, None, orjson.dumps(body), [])


def to(scene: Scene, day: str) -> None:
    """Let it be a day of 2026."""
    moment = datetime.fromisoformat(at(day))
    scene.clock.move(moment.timestamp() - scene.clock.now / 1_000_000)


class ReportRules(JournalRules):
    """Whoever reads the book sees what was signed as it was signed, and what is known since beside it."""

    async def drawn(
        self, scene: Scene, period: Period = JANUARY, form: str = "standard", agency: str = "H44"
    ) -> Report:
        """Draw a report up and enter it."""
        order = Order("statistics", form, agency, period)
        one = await scene.journal.read(lambda tx: drawing.drawn(tx, BUILT_IN, order))
        report, _ = await scene.act(lambda tx: drawing.enter(tx, BUILT_IN, one, WHO))
        return report

    async def signed(self, scene: Scene, report: Report) -> Report:
        """Sign a report that goes by no system."""
        by = Signature(WHO, f"token of {report.id}", send=False)
        return (await scene.act(lambda tx: signing.sign(tx, BUILT_IN, report.id, by))).report

    async def follow(self, scene: Scene) -> None:
        """Let the book catch up with what was told."""
        found = await scene.journal.read(lambda tx: reports_told.look(tx, [SOURCE]))
        await scene.act(lambda tx: following.enter(tx, BUILT_IN, found))
        await scene.act(following.move_on)

    async def book(self, scene: Scene, **more: Any) -> list[Report]:
        """Return the book, newest first."""
        return await scene.journal.read(lambda tx: reports.listing(tx, Wanted(**more)))

    @pytest.mark.parametrize("seed", range(4))
    async def test_the_same_events_give_the_same_figures_in_any_order(self, scene: Scene, seed: int) -> None:
        """Told in another order of dossiers, and each several times: every figure is the one expected."""
        to(scene, "01-08")
        chance = random.Random(seed)
        lives = {key: [told for one, told in TOLD if one == key] for key in (FIRST, SECOND_, THIRD)}
        while lives:
            key = chance.choice(sorted(lives))
            told = lives[key].pop(0)
            for _ in range(chance.randint(1, 3)):
                await scene.tell(dossier(key, **told))
            if not lives[key]:
                del lives[key]
        to(scene, "02-02")
        await count(scene)
        report = await self.drawn(scene)
        own = {one["indicator"]: one.get("value") for one in report.body["figures"] if "agency" not in one}
        assert own == EXPECTED
        assert blocking(report.findings) == []
        assert report.known_at == drawing.cut_off(JANUARY)

    async def test_a_closed_period_keeps_its_figures_and_shows_what_changed(self, scene: Scene) -> None:
        """What is told after the cut-off changes no report that was signed, and is named beside it."""
        to(scene, "01-08")
        for key, told in TOLD:
            await scene.tell(dossier(key, **told))
        to(scene, "02-02")
        await count(scene)
        closed = await self.signed(scene, await self.drawn(scene))
        await scene.tell(dossier("H44.11-260130-0009", received="01-30", due="02-20"))
        await count(scene)
        again = await self.drawn(scene)
        assert (again.id, again.body) == (closed.id, closed.body)
        told_now = await scene.journal.read(lambda tx: comparing.with_now(tx, BUILT_IN, closed))
        own = {one["indicator"]: one["difference"] for one in told_now["changes"] if one["agency"] == "H44"}
        assert own == {
            "received": "1", "online": "1", "total": "1", "in_process": "1", "in_process_on_time": "1",
        }  # fmt: skip
        corrected = await scene.act(
            lambda tx: correcting.correct(tx, BUILT_IN, closed.id, Why(WHO, "Hồ sơ nhập muộn"))
        )
        value = next(one["value"] for one in corrected.body["figures"] if one["indicator"] == "received")
        assert (corrected.version, value, corrected.body["reason"]) == (2, "4", "Hồ sơ nhập muộn")
        assert [one.version for one in await self.book(scene, code=closed.code)] == [2, 1]

    async def test_a_figure_leads_to_its_dossiers_as_they_were_known(self, scene: Scene) -> None:
        """Those behind the closed figure, of the whole and of a unit; not those that became known later."""
        to(scene, "01-08")
        for key, told in TOLD:
            await scene.tell(dossier(key, **told))
        to(scene, "02-02")
        await count(scene)
        report = await self.drawn(scene)
        await scene.tell(dossier("H44.12-260130-0009", received="01-30", due="02-20"))
        await count(scene)

        async def behind(indicator: str, agency: str = "") -> list[str]:
            found = await scene.journal.read(
                lambda tx: comparing.derivation(tx, BUILT_IN, report, indicator, agency=agency)
            )
            return list(found["dossiers"])

        assert await behind("received") == [FIRST, SECOND_, THIRD]
        assert await behind("received", "H44.12") == [SECOND_, THIRD]
        assert await behind("in_process_late", "H44.12") == [THIRD]

    async def test_what_is_carried_over_is_checked_against_the_report_before(self, scene: Scene) -> None:
        """As it was signed: a dossier that came to be known since makes a contradiction with its numbers."""
        to(scene, "01-08")
        await scene.tell(dossier(FIRST))
        to(scene, "02-02")
        await count(scene)
        await self.signed(scene, await self.drawn(scene))
        await scene.tell(dossier(SECOND_, received="01-20", due="03-20"))
        to(scene, "03-02")
        await count(scene)
        report = await self.drawn(scene, FEBRUARY)
        whole = [one for one in blocking(report.findings) if one["place"].startswith("H44/")]
        assert [(one["place"], one["claimed"], one["computed"]) for one in whole] == [
            ("H44/calendar/1:202602/carried_over", "2", "1")
        ]

    async def test_who_has_figures_owes_from_then_on(self, scene: Scene) -> None:
        """From the half-month of its first dossier, or the first period that it reported."""
        to(scene, "01-08")
        for key, told in TOLD:
            await scene.tell(dossier(key, **told))
        to(scene, "02-02")
        await count(scene)
        found = await scene.journal.read(lambda tx: reports_owing.since(tx, BUILT_IN.forms["standard"]))
        assert found == {"H44.11": date(2026, 1, 1), "H44.12": date(2026, 1, 1)}
        await scene.tell(paper())
        await self.follow(scene)
        found = await scene.journal.read(lambda tx: reports_owing.since(tx, BUILT_IN.forms["votes"]))
        assert found == {"H44.11": date(2026, 1, 1)}

    async def test_a_version_is_entered_once(self, scene: Scene) -> None:
        """Told again, looked at again, and looked through once more after a minute."""
        for _ in range(2):
            await scene.tell(paper(), paper(2, reason="Sửa"))
        for _ in range(4):
            await self.follow(scene)
            scene.clock.move(61)
        assert [(one.version, one.state) for one in await self.book(scene)] == [
            (2, "received"),
            (1, "replaced"),
        ]

    async def test_a_report_follows_its_delivery_and_what_is_said_of_it(self, scene: Scene) -> None:
        """Sent once it is delivered; arrived and accepted by what the far side says, each once."""
        receipt = await scene.deliver(paper())
        await self.follow(scene)
        (one,) = await self.book(scene)
        assert (one.message, one.state, one.delivery["state"]) == (str(receipt.id), "sent", "delivered")
        for _ in range(2):
            await scene.tell(said("accepted"), said("arrived"))
            await self.follow(scene)
        (one,) = await self.book(scene)
        assert (one.state, one.sending) == ("accepted", reports.OVER)
        told = await scene.journal.read(lambda tx: reports_told.statuses(tx, "one", 1))
        assert [status.state for status in told] == ["accepted", "arrived"]

    async def test_the_book_is_read_by_what_people_ask(self, scene: Scene) -> None:
        """By state, form, agency, period and code; a page begins behind the one before."""
        for n in range(5):
            report = Report(
                0, f"c{n}", 1, "r", "f" if n else "g", f"H44.{n}", "calendar/1:202601", DRAFT, body={"n": n}
            )
            await scene.act(lambda tx, one=report: reports.add(tx, one, Act(WHO, "drawn up")))  # type: ignore[misc]
        first = await self.book(scene, limit=2)
        rest = await self.book(scene, limit=9, after=first[-1].id)
        assert [one.body["n"] for one in [*first, *rest]] == [4, 3, 2, 1, 0]
        for asked, codes in (
            ({"form": "g"}, ["c0"]),
            ({"agency": "H44.3"}, ["c3"]),
            ({"code": "c2"}, ["c2"]),
            ({"states": ("signed", "sent")}, []),
            ({"states": ("draft",), "period": "calendar/1:202601", "form": "f"}, ["c4", "c3", "c2", "c1"]),
        ):
            assert [one.code for one in await self.book(scene, **asked)] == codes
        told = await scene.journal.read(lambda tx: reports_owing.reported(tx, "g"))
        assert told == [("H44.0", "calendar/1:202601")]
        found = await scene.journal.read(lambda tx: reports.of_period(tx, "f", "calendar/1:202601"))
        assert [one.agency for one in found] == ["H44.1", "H44.2", "H44.3", "H44.4"]
