"""Rules of the dossier statistics: every table is what the register says, counted again from scratch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lgsp import statistics
from lgsp.domain.agencies.known import built_in
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.journal import dossiers_keeping, statistics_keeping
from lgsp.journal.contract import Offer
from lgsp.message import VIETNAM
from lgsp.statistics import Asked, Table, cut_off
from lgsp.testing.rules.dossiers import step, told
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

JANUARY = SCHEMES["calendar/1"].period(Kind.MONTH, 2026, 1)
FEBRUARY = SCHEMES["calendar/1"].period(Kind.MONTH, 2026, 2)
MARCH = SCHEMES["calendar/1"].period(Kind.MONTH, 2026, 3)
FIRST, SECOND_, THIRD = ("H44.11-260105-0001", "H44.12-260105-0001", "H44.12-260105-0002")


def at(day: str, hour: int = 9) -> str:
    """Return a moment of 2026: `01-05` is 5 January at nine."""
    return datetime.fromisoformat(f"2026-{day}").replace(hour=hour, tzinfo=VIETNAM).isoformat()


def dossier(
    key: str = FIRST, received: str | None = "01-05", due: str | None = "01-20", **said: Any
) -> Offer:
    """Return a dossier that came online, in January; `finished` and the like are days."""
    moments = {f"{name}_at": at(said.pop(name)) for name in ("finished", "declined") if name in said}
    body: dict[str, Any] = {"channel": "online", "received_at": received and at(received), **moments}
    return told(key, **(body | {"due_at": due and at(due, 17)} | said))


async def count(scene: Scene) -> None:
    """Register and count until nothing is left."""
    for part in (dossiers_keeping, statistics_keeping):
        done = False
        while not done:
            look: Any = await scene.journal.read(part.look)
            assert await scene.act(lambda tx, one=look, of=part: of.keep(tx, one))  # type: ignore[misc]
            done = look.done if part is statistics_keeping else look.place.done


async def table(
    scene: Scene,
    period: Period = JANUARY,
    known: Period | int | None = None,
    by: str = "agency",
    **asked: Any,
) -> Table:
    """Return a table, of which every total and every row keeps the invariants of its way to count."""
    at_ = cut_off(known) if isinstance(known, Period) else known
    wanted = replace(Asked(by, "H44", period, known_at=at_), **asked)
    found = await scene.journal.read(lambda tx: statistics.table(tx, wanted, built_in()))
    for counts in (found.total, *(row.counts for row in found.rows)):
        assert not SETS[wanted.definition].check(counts), counts
    return found


def held(table: Table) -> dict[str, int]:
    """Return what is not 0 in the total, and said more than once by others."""
    left_out = {"total", "in_time", "online", "in_process_on_time"}
    return {name: n for name, n in table.total.items() if n and name not in left_out}


class StatisticsRules(JournalRules):
    """Whoever asks for figures gets those of the dossiers that were told, as they were known then."""

    def to(self, scene: Scene, day: str) -> None:
        """Let it be a day of 2026."""
        moment = datetime.fromisoformat(at(day)).astimezone(UTC)
        scene.clock.move(moment.timestamp() - scene.clock.now / 1_000_000)

    async def test_a_dossier_is_received_carried_over_and_solved(self, scene: Scene) -> None:
        """In the periods in which that befell; what one leaves in process the next one carries over."""
        self.to(scene, "01-05")
        await scene.tell(dossier(due="02-10"))
        self.to(scene, "02-05")
        await scene.tell(dossier(due="02-10", status="finished", finished="02-05"))
        self.to(scene, "03-10")
        await count(scene)
        january, february, march = [await table(scene, one) for one in (JANUARY, FEBRUARY, MARCH)]
        assert held(january) == {"received": 1, "in_process": 1}
        assert held(february) == {"carried_over": 1, "early": 1, "solved": 1}
        assert held(march) == {}
        for before, after in ((january, february), (february, march)):
            assert not SETS["standard/1"].check(after.total, before.total)

    async def test_what_is_told_after_the_cut_off_changes_what_is_known_now_alone(self, scene: Scene) -> None:
        """The closed figures stand: a receipt told late is in the period as it is known now."""
        self.to(scene, "01-31")
        await scene.tell(dossier(SECOND_))
        self.to(scene, "02-03")
        await scene.tell(dossier())
        self.to(scene, "02-20")
        await count(scene)
        closed, now = await table(scene, known=JANUARY), await table(scene)
        assert (closed.total["received"], now.total["received"]) == (1, 2)
        assert closed.total["in_process_late"] == 1
        between = await table(scene, known=cut_off(JANUARY) + 86_400_000_000)
        assert between.total == closed.total

    async def test_a_dossier_is_overdue_from_the_day_after_its_promise(self, scene: Scene) -> None:
        """By the day as of which it is counted, without anybody telling anything more."""
        self.to(scene, "01-05")
        await scene.tell(dossier(due="01-20"))
        self.to(scene, "01-20")
        await count(scene)
        assert (await table(scene)).total["in_process_late"] == 0
        self.to(scene, "01-21")
        await count(scene)
        found = await table(scene)
        assert found.total["in_process_late"] == 1
        assert found.until < cut_off(JANUARY)

    async def test_any_moment_can_be_asked_for(self, scene: Scene) -> None:
        """Between two half-months too: what was known by then, and no more."""
        days = ["01-05", "01-06", "01-08", "01-16", "01-19", "01-25"]
        for n, day in enumerate(days):
            self.to(scene, day)
            await scene.tell(dossier(f"H44.11-260105-{n:04}", received=day))
        self.to(scene, "02-20")
        await count(scene)
        for n, day in enumerate(days[1:], 1):
            moment = int(datetime.fromisoformat(at(day, 8)).timestamp()) * 1_000_000
            found = await table(scene, known=moment)
            assert (found.total["received"], found.total["in_process"], found.until) == (n, n, moment)

    async def test_each_way_to_count_treats_withdrawn_and_stopped_ones_in_its_own(self, scene: Scene) -> None:
        """Apart, solved, on time or in process for ever; the total to be handled is the same."""
        self.to(scene, "01-12")
        await scene.tell(
            dossier(FIRST, status="withdrawn", finished="01-12"),
            dossier(SECOND_, status="stopped", finished="01-12"),
            dossier(THIRD, status="not_accepted", declined="01-12"),
        )
        self.to(scene, "02-20")
        await count(scene)
        both, whole = {"withdrawn": 1, "stopped": 1}, {"received": 2, "refused": 1}
        expected: dict[str, dict[str, int]] = {
            "standard/1": {},
            "withdrawn-solved/1": {"solved": 1, "in_process": 1},
            "form-06a/1": {"solved": 1, "on_time": 1, "in_process": 1},
            "opencps/1": {"solved": 1, "on_time": 1},
        }
        for definition, more in expected.items():
            found = await table(scene, definition=definition)
            assert held(found) == both | whole | more, definition
            assert found.total["total"] == 2

    async def test_what_cannot_be_placed_is_told_apart_with_its_number(self, scene: Scene) -> None:
        """No date is guessed: such a dossier is in no figure, and the reason says what it lacks."""
        self.to(scene, "01-12")
        await scene.tell(
            dossier(FIRST, received=None),
            dossier(SECOND_, due=None),
            dossier(THIRD, status="finished"),
            dossier("H44.12-260105-0003", channel=None),
            dossier("H44.12-260105-0004", status="registered"),
        )
        self.to(scene, "02-20")
        await count(scene)
        found = await table(scene)
        reasons = dict.fromkeys(("no_receipt", "no_due", "no_end", "no_channel"), 1)
        assert held(found) == {"unclassified": 4, **reasons}
        on_time = await table(scene, definition="form-06a/1")
        assert (on_time.total["received"], on_time.total["unclassified"]) == (1, 3)

    async def test_progress_ends_a_dossier_in_whatever_order_it_came(self, scene: Scene) -> None:
        """Told again, before its snapshot or behind it: the figures are the same."""
        self.to(scene, "01-12")
        steps = [step(FIRST, "processing", at("01-06")), step(FIRST, "finished", at("01-20"))]
        await scene.tell(steps[1])
        await scene.tell(dossier())
        await scene.tell(*steps)
        self.to(scene, "02-20")
        await count(scene)
        assert held(await table(scene)) == {"received": 1, "on_time": 1, "solved": 1}

    async def test_of_several_sources_the_one_that_told_last_counts(self, scene: Scene) -> None:
        """One dossier is counted once."""
        self.to(scene, "01-12")
        await scene.tell(dossier(status="finished", finished="01-12"))
        self.to(scene, "02-02")
        await scene.tell(dossier(channel="direct"), source="other")
        await count(scene)
        assert held(await table(scene, known=JANUARY)) == {"received": 1, "early": 1, "solved": 1}
        assert held(await table(scene)) == {
            "received": 1, "direct": 1, "in_process": 1, "in_process_late": 1,
        }  # fmt: skip

    async def test_rows_are_of_agencies_procedures_fields_and_levels(self, scene: Scene) -> None:
        """Their sum is the total; what went into an agency counts there, or where it is written, as asked."""
        self.to(scene, "01-12")
        land = {"code": "1.004194", "field_code": "DD"}
        await scene.tell(
            dossier("H44-260105-0001"),
            dossier("H44.11-260105-0001", procedure=land),
            dossier("H44.11.2-260105-0001", procedure=land),
            dossier("H62.3-260105-0001"),
        )
        self.to(scene, "02-20")
        await count(scene)

        async def rows(by: str, **more: Any) -> dict[str, int]:
            found = await table(scene, by=by, **more)
            assert sum(row.counts["received"] for row in found.rows) == found.total["received"]
            return {row.code: row.counts["received"] for row in found.rows}

        assert await rows("agency") == {"H44": 1, "H44.11": 2, "H62.3": 1}
        assert await rows("agency", agency="H44.11") == {"H44.11": 1, "H44.11.2": 1}
        assert await rows("agency", merged=False) == {"H44": 1, "H44.11": 2}
        assert await rows("procedure") == {"-": 2, "1.004194": 2}
        assert await rows("field") == {"-": 2, "DD": 2}
        assert await rows("level") == {"province": 1, "commune": 0, "-": 3}

    async def test_each_figure_leads_to_its_dossiers(self, scene: Scene) -> None:
        """As many keys as it counts, a page at a time, each once."""
        self.to(scene, "01-12")
        keys = [f"H44.{n % 3}-260105-{n:04}" for n in range(14)]
        await scene.tell(*(dossier(key, procedure={"code": f"1.{int(key[-4:]) % 2}"}) for key in keys))
        await scene.tell(*(dossier(key, status="finished", finished="01-25") for key in keys[:5]))
        self.to(scene, "02-20")
        await count(scene)
        for by in ("agency", "procedure", "total"):
            wanted = Asked(by, "H44", JANUARY)
            found = await table(scene, by=by)
            cells = [(row.code, row.counts) for row in found.rows] + [("", found.total)]
            for code, counts in cells:
                for column, number in counts.items():
                    assert len(await self.behind(scene, wanted, code, column)) == number, (by, code, column)

    async def behind(self, scene: Scene, wanted: Asked, code: str, column: str) -> set[str]:
        """Return all keys behind a figure."""
        seen: list[str] = []
        more = True
        while more:
            last = seen[-1] if seen else ""
            page = await scene.journal.read(
                lambda tx, after=last: statistics.dossiers(tx, wanted, code, column, after, 3, built_in())  # type: ignore[misc]
            )
            seen += page
            more = len(page) == 3
        assert len(seen) == len(set(seen))
        return set(seen)

    async def test_a_dossier_that_went_to_another_agency_counts_there(self, scene: Scene) -> None:
        """From when that was known on; the closed figures keep it where it was."""
        self.to(scene, "01-12")
        loose = dossier("LOOSE-1")
        loose.message.agency = "H44.11"
        await scene.tell(loose)
        self.to(scene, "02-03")
        moved = dossier("LOOSE-1", due="02-20")
        moved.message.agency = "H44.12"
        await scene.tell(moved)
        self.to(scene, "02-20")
        await count(scene)
        for known, agency, other in ((JANUARY, "H44.11", "H44.12"), (None, "H44.12", "H44.11")):
            found = await table(scene, known=known)
            assert [row.code for row in found.rows] == [agency]
            wanted = Asked("agency", "H44", JANUARY, known_at=cut_off(known) if known else None)
            assert await self.behind(scene, wanted, agency, "received") == {"LOOSE-1"}
            assert await self.behind(scene, wanted, other, "received") == set()

    async def test_counting_again_changes_nothing(self, scene: Scene) -> None:
        """A look by another version counts everything anew, and comes to the same."""
        self.to(scene, "01-12")
        await scene.tell(dossier(), dossier(SECOND_, status="finished", finished="01-12"))
        self.to(scene, "02-20")
        await count(scene)
        cells = "SELECT * FROM statistics_halves WHERE definition > 0 ORDER BY 1, 2, 3, 4, 5, 6"
        kept = await scene.rows(cells)
        await scene.act(lambda tx: tx.run("UPDATE meta SET value = ? WHERE name = ?", [("", "statistics")]))
        await count(scene)
        assert await scene.rows(cells) == kept
        assert len(kept) > len(DEFINITIONS)

    async def test_what_two_looked_at_is_counted_once(self, scene: Scene) -> None:
        """Two processes that take each other for gone: the slower one's look is void."""
        await count(scene)
        self.to(scene, "01-12")
        await scene.tell(dossier())
        found = await scene.journal.read(dossiers_keeping.look)
        await scene.act(lambda tx: dossiers_keeping.keep(tx, found))
        mine, theirs = [await scene.journal.read(statistics_keeping.look) for _ in range(2)]
        assert await scene.act(lambda tx: statistics_keeping.keep(tx, theirs))
        assert not await scene.act(lambda tx: statistics_keeping.keep(tx, mine))
        self.to(scene, "02-20")
        assert (await table(scene)).total["received"] == 1

    async def test_it_says_as_of_when_it_is_complete(self, scene: Scene) -> None:
        """Nothing before everything was counted once; then the moment of the register."""
        self.to(scene, "01-12")
        assert (await table(scene)).as_of == 0
        await scene.tell(dossier())
        await count(scene)
        assert (await table(scene)).as_of >= scene.clock.now
        self.to(scene, "01-13")
        assert (await table(scene)).as_of < scene.clock.now - timedelta(hours=1).total_seconds() * 1_000_000
