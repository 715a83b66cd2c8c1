"""Rules of lists of agencies: what a run of one adds, changes and closes, and what it may never close."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import orjson
import pytest

from lgsp.domain.agencies.facts import Claim, Confidence, Fact, Share, Succession, Withdrawal
from lgsp.domain.agencies.listing import Listing, Rows, Source, Told
from lgsp.journal import agencies, agency_lists
from lgsp.journal.agency_lists import Counts, StaleRunError
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

AXIS, JOB = "axis", "agencies"
DAY = 86_400.0
FIRST = date(2026, 1, 1)
"""The day on which a scene begins, in Viet Nam."""


def agency(n: int, name: str = "", old: str = "") -> list[Claim]:
    """Return what a list says of an agency."""
    code = f"H44.{n}"
    fact = Fact(code, name or f"Xã {n}", source="the list", confidence=Confidence.MEDIUM)
    return [fact, Succession(old, code, Share.WHOLE, date(2020, 9, 15), "QĐ 20/2020")] if old else [fact]


def many(count: int, first: int = 0) -> list[Claim]:
    """Return what a list says of so many agencies."""
    return [claim for n in range(first, first + count) for claim in agency(n)]


async def page(scene: Scene, run: int, claims: Sequence[Claim]) -> Counts:
    """Bring a page."""
    return await scene.act(lambda tx: agency_lists.bring(tx, AXIS, JOB, claims, run))


async def whole(scene: Scene, run: int, claims: Sequence[Claim]) -> Counts:
    """Bring a list of one page, whole."""
    counts = await page(scene, run, claims)
    gone = await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, run))
    return counts._replace(gone=gone)


async def learnt(scene: Scene) -> Listing:
    """Return what a process that begins now learns of the lists."""
    heads = await scene.journal.read(agency_lists.heads)
    rows = Rows()
    for n, head in enumerate(heads):
        found = await scene.journal.read(
            lambda tx, head=head: agency_lists.rows_between(tx, head, 0, 10_000)  # type: ignore[misc]
        )
        rows.take(n, agency_lists.read_rows(found))
    sources = [Source(head.name, head.source, Confidence(head.confidence)) for head in heads]
    return Listing(sources, [head.version for head in heads], rows)


async def told(scene: Scene, n: int) -> list[Told]:
    """Return what the list ever said of an agency."""
    return (await learnt(scene)).told(f"H44.{n}")


async def spans(scene: Scene, n: int) -> list[tuple[str, date | None, date | None]]:
    """Return the names that the list ever gave an agency, each with its first and last day."""
    return [(one.fact.name, one.fact.valid_from, one.fact.valid_to) for one in await told(scene, n)]


async def shown(scene: Scene) -> dict[str, object]:
    """Return the one list as people see it."""
    (one,) = await scene.journal.read(agency_lists.lists)
    return one


def gaps(tx: Transaction) -> list[int]:
    """Return the versions up to the newest of each list that are not there."""
    return [
        version
        for head in agency_lists.heads(tx)
        for version in {*range(1, head.version + 1)}
        - {row[0] for row in agency_lists.rows_between(tx, head, 0, 10_000)}
    ]


class AgencyListRules(JournalRules):
    """A list says who is there; what it says no more is closed, and nothing is closed by half a list."""

    async def test_added_facts_are_told_newest_first_with_who_added_them(self, scene: Scene) -> None:
        """A page at a time; of claims by their ids, those that were not added here are left out."""
        claims = [Fact(f"H44.9{n}", f"Sở {n}", source="QĐ 1", confidence=Confidence.HIGH) for n in range(3)]
        added = await scene.act(lambda tx: agencies.add(tx, claims, "lan", "why"))
        page = await scene.journal.read(lambda tx: agencies.latest(tx, before=2**62, limit=2))
        assert [one["id"] for one in page["facts"]] == added[:0:-1]
        rest = await scene.journal.read(lambda tx: agencies.latest(tx, before=page["next"], limit=2))
        assert ([one["id"] for one in rest["facts"]], rest["next"]) == (added[:1], None)
        noted = await scene.journal.read(
            lambda tx: agencies.noted(tx, [*added[:2], "built-in-x", "axis agencies 1"])
        )
        assert {name: (one["added_by"], one["note"]) for name, one in noted.items()} == dict.fromkeys(
            added[:2], ("lan", "why")
        )

    async def test_a_list_that_says_the_same_adds_nothing(self, scene: Scene) -> None:
        """The first run adds all, from a day that is not known; the next ones find it there."""
        claims = [*many(30), *agency(30, "Sở Tài chính", "000.00.30.H44")]
        assert await whole(scene, 1, claims) == Counts(new=31)
        (before,) = await scene.journal.read(agency_lists.heads)
        scene.clock.move(DAY)
        assert await whole(scene, 2, claims) == Counts()
        assert await scene.journal.read(agency_lists.heads) == [before]
        assert await spans(scene, 30) == [("Sở Tài chính", None, None)]
        (one,) = await told(scene, 30)
        assert (one.code, one.other, one.fact.source) == ("H44.30", "000.00.30.H44", "the list")
        assert (await shown(scene))["size"] == 31

    async def test_what_changed_is_dated_with_the_day_on_which_it_was_read(self, scene: Scene) -> None:
        """The old name ends with the day before; a code that is new begins with its day."""
        await whole(scene, 1, many(30))
        scene.clock.move(DAY)
        assert await whole(scene, 2, [*many(29), *agency(29, "Phường"), *agency(30)]) == Counts(1, 1)
        second = date(2026, 1, 2)
        assert await spans(scene, 29) == [("Xã 29", None, FIRST), ("Phường", second, None)]
        assert await spans(scene, 30) == [("Xã 30", second, None)]

    async def test_what_a_whole_list_has_no_more_is_closed_and_may_come_back(self, scene: Scene) -> None:
        """Closed with the day before; nothing is deleted. Where it comes back, a new span begins."""
        await whole(scene, 1, many(30))
        scene.clock.move(DAY)
        assert await whole(scene, 2, many(29)) == Counts(gone=1)
        assert (await shown(scene))["size"] == 29
        scene.clock.move(DAY)
        assert await whole(scene, 3, many(30)) == Counts(new=1)
        assert await spans(scene, 29) == [("Xã 29", None, FIRST), ("Xã 29", date(2026, 1, 3), None)]

    async def test_a_list_is_read_in_pages(self, scene: Scene) -> None:
        """What one page brought is not gone for the others; lists of other jobs are others."""
        for run in (1, 2):
            for first in (0, 40, 80):
                await page(scene, run, many(40, first))
            assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, run)) == 0  # noqa: B023
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, "documents", 2)) == 0
        await scene.act(lambda tx: agency_lists.bring(tx, AXIS, "units", many(1), 3))
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, "units", 3)) == 0
        assert len(await scene.journal.read(agency_lists.lists)) == 2

    async def test_a_page_of_a_run_that_was_overtaken_is_refused(self, scene: Scene) -> None:
        """Row 141: two processes read one list in turn; the later run alone counts, and ends by itself."""
        await whole(scene, 1, many(30))
        await page(scene, 2, many(15))
        await page(scene, 3, many(10))
        with pytest.raises(StaleRunError):
            await page(scene, 2, many(15, 15))
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, 2)) == 0
        await page(scene, 3, many(20, 10))
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, 3)) == 0
        with pytest.raises(StaleRunError):
            await page(scene, 3, agency(99))
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, 3)) == 0

    async def test_a_run_that_broke_off_closes_nothing_and_counts_for_no_other(self, scene: Scene) -> None:
        """Row 142: what only the broken run saw was not seen by the next, which is whole by itself."""
        await whole(scene, 1, many(30))
        await page(scene, 2, many(29))
        assert (await learnt(scene)).told("H44.29")[0].fact.valid_to is None
        await page(scene, 3, many(15))
        assert await spans(scene, 20) == [("Xã 20", None, None)]
        scene.clock.move(DAY)
        await page(scene, 4, many(14))
        await page(scene, 4, many(15, 15))
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, 4)) == 1
        assert await spans(scene, 14) == [("Xã 14", None, FIRST)]

    @pytest.mark.parametrize(("was", "now"), [(100, 79), (1000, 949), (10, 4), (1, 0), (30, 0), (3, 1)])
    async def test_a_list_that_is_much_shorter_closes_nothing(self, scene: Scene, was: int, now: int) -> None:
        """Row 143: more than one in twenty (of few: more than twenty, or half) is a case for a person."""
        await whole(scene, 1, many(was))
        await page(scene, 2, many(now))
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, 2)) == 0
        one = await shown(scene)
        assert (one["state"], one["missing"], one["size"]) == ("short", was - now, was)
        assert await spans(scene, was - 1) == [(f"Xã {was - 1}", None, None)]
        assert await whole(scene, 3, many(was)) == Counts()
        assert ((await shown(scene))["state"], (await shown(scene))["missing"]) == ("whole", 0)

    @pytest.mark.parametrize(("was", "now"), [(100, 80), (1000, 950), (10, 5), (3, 2)])
    async def test_a_list_that_is_a_little_shorter_is_believed(
        self, scene: Scene, was: int, now: int
    ) -> None:
        """Up to the bound what is gone is closed."""
        await whole(scene, 1, many(was))
        assert await whole(scene, 2, many(now)) == Counts(gone=was - now)

    async def test_a_person_may_believe_a_short_list_unless_it_was_read_again(self, scene: Scene) -> None:
        """Row 144: who believes names the run that was looked at; a newer one is another list."""
        await whole(scene, 1, many(60))
        scene.clock.move(DAY)
        await whole(scene, 2, many(30))
        await page(scene, 3, many(10))
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: agency_lists.believe(tx, AXIS, JOB, 2, "operator"))
        await whole(scene, 4, many(30))
        assert await scene.act(lambda tx: agency_lists.believe(tx, AXIS, JOB, 4, "operator")) == 30
        assert await spans(scene, 59) == [("Xã 59", None, FIRST)]
        assert (await shown(scene))["size"] == 30
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: agency_lists.believe(tx, AXIS, JOB, 4, "operator"))
        said = await scene.rows(
            "SELECT who, details FROM entries WHERE what = 'agency list ended' ORDER BY id"
        )
        assert [who for who, _ in said] == ["run 2", "run 4", "operator"]
        assert orjson.loads(said[-1][1]) == {"job": "agencies", "gone": 30, "missing": 0, "listed": 30}

    async def test_a_page_that_comes_twice_adds_nothing(self, scene: Scene) -> None:
        """Row 145: the process died behind the commit, or the list repeats itself: it is seen once."""
        await page(scene, 1, many(30))
        assert await page(scene, 1, many(30)) == Counts()
        assert await scene.act(lambda tx: agency_lists.brought(tx, AXIS, JOB, 1)) == 0
        assert (await shown(scene))["size"] == 30
        assert await whole(scene, 2, [*many(29), *many(29)]) == Counts(gone=1)

    async def test_a_code_that_a_list_names_twice_is_what_it_says_first(self, scene: Scene) -> None:
        """Row 146: it would change there and back with every run; what was left out is counted."""
        claims = [*many(30), *agency(3, "Phường")]
        assert await whole(scene, 1, claims) == Counts(new=30)
        assert (await shown(scene))["odd"] == 1
        await page(scene, 2, many(30))
        assert await page(scene, 2, [*agency(3, "Phường"), *agency(4, "Phường")]) == Counts()
        assert await spans(scene, 3) == [("Xã 3", None, None)]
        assert (await shown(scene))["odd"] == 2

    async def test_the_last_of_a_day_counts(self, scene: Scene) -> None:
        """Row 147: renamed twice, or gone and back, on one day: no span without a day, none that overlap."""
        await whole(scene, 1, many(30))
        scene.clock.move(DAY)
        await whole(scene, 2, [*many(29), *agency(29, "Một")])
        await whole(scene, 3, many(29))
        await whole(scene, 4, [*many(29), *agency(29, "Hai"), *agency(30)])
        await whole(scene, 5, [*many(29), *agency(29, "Hai")])
        assert await spans(scene, 29) == [("Xã 29", None, FIRST), ("Hai", date(2026, 1, 2), None)]
        assert await spans(scene, 30) == []

    async def test_a_list_that_was_never_whole_dates_nothing(self, scene: Scene) -> None:
        """What changed before the first whole list is as it is said last, from a day that is not known."""
        await page(scene, 1, many(3))
        await page(scene, 2, [*agency(0, "Phường"), *many(2, 1)])
        assert await spans(scene, 0) == [("Phường", None, None)]

    async def test_who_reads_up_to_a_version_has_missed_none_below_it(self, scene: Scene) -> None:
        """Row 148: pages of one run that come at once; versions rise in the order of the commits."""
        over = asyncio.Event()

        async def read() -> list[list[int]]:
            looks = [await scene.journal.read(gaps)]
            while not over.is_set():
                looks.append(await scene.journal.read(gaps))
            return looks

        reader = asyncio.create_task(read())
        await asyncio.gather(*(page(scene, 1, many(7, 10 * n)) for n in range(20)))
        over.set()
        assert not any(await reader)
        assert await scene.journal.read(gaps) == []
        assert [head.version for head in await scene.journal.read(agency_lists.heads)] == [140]

    async def test_a_list_that_named_nobody_is_no_first_one(self, scene: Scene) -> None:
        """What the next run brings holds from a day that is not known, not from that of the empty one."""
        assert await whole(scene, 1, [Withdrawal("x", "s")]) == Counts()
        scene.clock.move(DAY)
        assert await whole(scene, 2, many(1)) == Counts(new=1)
        assert await spans(scene, 0) == [("Xã 0", None, None)]

    async def test_what_a_list_cannot_say_is_counted(self, scene: Scene) -> None:
        """Withdrawals, facts without a code and codes of nobody are no entries."""
        claims = [*many(2), Withdrawal("x", "s"), Fact(" ", "Không mã"), *agency(9, old="000.00.09.H44")[1:]]
        assert await page(scene, 1, claims) == Counts(new=2)
        assert (await shown(scene))["odd"] == 3
