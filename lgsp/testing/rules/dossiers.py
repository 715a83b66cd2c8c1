"""Rules of the register of dossiers: every revision once, what is known now, and what was known before."""

from __future__ import annotations

from typing import Any

import orjson

from lgsp.domain.scoring.marks import Mark
from lgsp.journal import dossiers
from lgsp.journal import dossiers_keeping as keeping
from lgsp.journal.contract import Offer
from lgsp.journal.dossiers import Row, Wanted
from lgsp.testing.making import SOURCE, dossier, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

FIRST, SECOND_ = "H44.11-260115-0001", "H44.11-260115-0002"
JANUARY = 1_768_440_600_000_000
"""2026-01-15T08:30+07:00, in microseconds."""
DAY = 86_400_000_000


def told(key: str = FIRST, **said: Any) -> Offer:
    """Return a dossier as a source tells it, received on 15 January 2026."""
    body = {"code": key, "status": "processing", "received_at": "2026-01-15T08:30:00+07:00", **said}
    offer = dossier(key, body)
    offer.body, offer.message.agency = orjson.dumps(body), key.partition("-")[0]
    return offer


def step(key: str, status: str, at: str) -> Offer:
    """Return a progress entry."""
    offer = progress(key, [status, at])
    offer.body = orjson.dumps({"code": key, "status": status, "handled_at": at})
    return offer


class DossierRules(JournalRules):
    """Whoever reads the register sees what sources told, as of a moment that it says."""

    async def register(self, scene: Scene) -> None:
        """Look until nothing is left."""
        look = await scene.journal.read(keeping.look)
        assert await scene.act(lambda tx: keeping.keep(tx, look))
        if not look.place.done:
            await self.register(scene)

    async def current(self, scene: Scene, wanted: Wanted | None = None, **more: Any) -> list[Row]:
        """Return a page of what is known now."""
        return await scene.journal.read(lambda tx: dossiers.current(tx, wanted or Wanted(), **more))

    async def test_every_revision_has_a_row_and_the_last_is_known_now(self, scene: Scene) -> None:
        """What the platform knew, and from when to when; looking again adds nothing."""
        began = scene.clock.now
        await scene.tell(told(due_at="2026-01-20T17:00:00+07:00"))
        await self.register(scene)
        scene.clock.move(60)
        await scene.tell(told(status="finished", due_at="2026-01-25T17:00:00+07:00"))
        for _ in range(3):
            await self.register(scene)
        old, new = await scene.journal.read(lambda tx: dossiers.history(tx, [FIRST]))
        assert (old.revision, new.revision) == (1, 2)
        assert began <= old.known_from < new.known_from == old.known_to
        assert new.known_to is None
        assert (old.status, new.status) == (4, 9)
        assert (new.due, new.first_due) == (JANUARY + 10 * DAY + 30_600_000_000, old.due)
        assert await self.current(scene) == [new]
        assert await scene.journal.read(lambda tx: dossiers.one(tx, FIRST)) == new
        assert await scene.journal.read(lambda tx: dossiers.one(tx, SECOND_)) is None

    async def test_revisions_that_are_looked_at_together_follow_one_another(self, scene: Scene) -> None:
        """Three at one look stand as they would, looked at one by one."""
        for status in ("received", "processing", "finished"):
            await scene.tell(told(status=status))
            scene.clock.move(10)
        await self.register(scene)
        rows = await scene.journal.read(lambda tx: dossiers.history(tx, [FIRST]))
        assert [row.known_to for row in rows] == [rows[1].known_from, rows[2].known_from, None]

    async def test_the_columns_are_what_the_body_said(self, scene: Scene) -> None:
        """Codes as written, times in microseconds, what the measures ask for as marks."""
        await scene.tell(
            told(
                procedure={"code": "1.003897", "field_code": "G15-TP110"},
                channel="online",
                submitted_at="2026-01-14T08:30:00+07:00",
                finished_at="2026-01-16T08:30:00+07:00",
                declined_at="2026-01-17T08:30:00+07:00",
                result_delivery={"returned_at": "2026-01-18T08:30:00+07:00"},
                payment={"online": "own_gateway", "fees": [{"amount": 0}]},
                supplements=[{"requested_at": "2026-01-15T08:30:00+07:00"}, {"request": "x"}],
            )
        )
        await self.register(scene)
        (row,) = await self.current(scene)
        assert (row.key, row.source, row.agency) == (FIRST, SOURCE, "H44.11")
        assert (row.procedure, row.field, row.channel) == ("1.003897", "G15-TP110", "online")
        assert (row.submitted, row.received) == (JANUARY - DAY, JANUARY)
        assert (row.finished, row.declined, row.returned) == (
            JANUARY + DAY,
            JANUARY + 2 * DAY,
            JANUARY + 3 * DAY,
        )
        assert row.due is None
        assert Mark(row.marks) == Mark.PAYMENT_SAID | Mark.PAID_OWN | Mark.FEES | Mark.FEES_NOTHING
        assert orjson.loads(row.pauses or "") == [[JANUARY, None]]

    async def test_a_body_that_is_gone_leaves_what_the_journal_still_says(self, scene: Scene) -> None:
        """Key, agency, times and status stand; the row says that the rest is not known."""
        gone, odd = told(), told(SECOND_)
        gone.watched = orjson.dumps(
            {
                "/status": "returned",
                "/received_at": "2026-01-15T08:30:00+07:00",
                "/result_delivery/returned_at": "2026-01-16T08:30:00+07:00",
            }
        ).decode()
        await scene.tell(gone, odd)
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id = ?", [(1,)]))
        await scene.act(lambda tx: tx.run("UPDATE bodies SET key_id = ? WHERE message_id = ?", [(7, 2)]))
        await self.register(scene)
        first, second = await self.current(scene)
        assert (first.agency, first.status, first.received) == ("H44.11", 10, JANUARY)
        assert first.returned == JANUARY + DAY
        assert first.marks == second.marks == Mark.UNREADABLE
        assert (second.status, second.received) == (0, None)

    async def test_two_sources_have_a_row_each(self, scene: Scene) -> None:
        """Neither closes the other's; one of them alone is the one that told last."""
        await scene.tell(told())
        await scene.tell(told(status="finished"), source="other")
        await self.register(scene)
        rows = await self.current(scene, limit=1)
        assert [(row.source, row.status) for row in rows] == [(SOURCE, 4), ("other", 9)]
        only = await self.current(scene, Wanted(source=SOURCE))
        assert [row.source for row in only] == [SOURCE]
        last = await scene.journal.read(lambda tx: dossiers.among(tx, [FIRST]))
        assert last[FIRST].source == "other"

    async def test_pages_are_in_the_order_of_keys_and_skip_none(self, scene: Scene) -> None:
        """Behind the last key of a page the next one begins; the end is an empty page."""
        keys = [f"H44.{n % 3}-260115-{n:04}" for n in range(1, 20)]
        await scene.tell(*(told(key) for key in keys))
        await self.register(scene)
        seen: list[str] = []
        while page := await self.current(scene, after=seen[-1] if seen else "", limit=4):
            assert len(page) <= 4
            seen += [row.key for row in page]
        assert seen == sorted(keys)

    async def test_a_subtree_is_an_agency_and_what_lies_under_it(self, scene: Scene) -> None:
        """By whole groups of the code, in either form; further subtrees may count as the agency's."""
        keys = [f"{agency}-260115-0001" for agency in ("H44", "H44.1", "H44.1.2", "H44.11", "H45", "H62.3")]
        await scene.tell(*(told(key) for key in keys))
        await self.register(scene)

        async def under(agency: str, *also: str) -> list[str]:
            found: list[str] = []
            while page := await self.current(
                scene, Wanted(agency, also=also), after=found[-1] if found else "", limit=2
            ):
                found += [row.key for row in page]
            return [key.partition("-")[0] for key in found]

        assert await under("H44.1") == ["H44.1", "H44.1.2"]
        assert await under("000.00.00.H44", "H44.1") == ["H44", "H44.1", "H44.1.2", "H44.11"]
        assert await under("H45", "H62") == ["H45", "H62.3"]
        assert await under("H46") == []

    async def test_what_is_wanted_restricts(self, scene: Scene) -> None:
        """By procedure, and by the time of receipt: the first moment counts, the last one does not."""
        later = "2026-01-16T08:30:00+07:00"
        await scene.tell(told(procedure={"code": "1.003897"}), told(SECOND_, received_at=later))
        await self.register(scene)

        async def keys(**wanted: Any) -> list[str]:
            return [row.key for row in await self.current(scene, Wanted(**wanted))]

        assert await keys(procedure="1.003897") == [FIRST]
        assert await keys(received_from=JANUARY, received_to=JANUARY + DAY) == [FIRST]
        assert await keys(received_from=JANUARY + 1) == [SECOND_]

    async def test_progress_is_kept_in_the_order_in_which_it_was_handled(self, scene: Scene) -> None:
        """Also when it came the other way about, or its body is gone."""
        await scene.tell(told())
        await scene.tell(step(FIRST, "finished", "2026-01-17T08:30:00+07:00"))
        await scene.tell(step(FIRST, "supplement_required", "2026-01-16T08:30:00+07:00"))
        await scene.tell(step(FIRST, "returned", "2026-01-18T08:30:00+07:00"))
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id = ?", [(4,)]))
        await self.register(scene)
        found = await scene.journal.read(lambda tx: dossiers.steps(tx, [FIRST, SECOND_]))
        assert [one.status for one in found if one.at > JANUARY] == [5, 9]
        assert [one.status for one in found if one.message_id == 4] == [0]
        assert len(await self.current(scene)) == 1

    async def test_the_register_says_as_of_when_it_is_complete(self, scene: Scene) -> None:
        """When nobody fills it, the moment stands still."""
        assert await scene.journal.read(dossiers.behind) == 0
        await self.register(scene)
        filled = await scene.journal.read(dossiers.behind)
        assert filled >= scene.clock.now
        scene.clock.move(600)
        await scene.tell(told())
        assert await scene.journal.read(dossiers.behind) == filled
        await self.register(scene)
        assert await scene.journal.read(dossiers.behind) >= scene.clock.now
        assert await scene.journal.read(dossiers.filled) == (1, 1)

    async def test_a_long_journal_is_registered_in_bounded_steps(self, scene: Scene) -> None:
        """No look holds more than it may, and one that dies in between is gone on with."""
        count = keeping._MOST + 50  # noqa: SLF001 - the bound that the test is about
        for start in range(0, count, 50):
            await scene.tell(*(told(f"H44-260115-{n:04}") for n in range(start, start + 50)))
        look = await scene.journal.read(keeping.look)
        assert len(look.rows) == keeping._MOST  # noqa: SLF001
        assert not look.place.done
        assert await scene.act(lambda tx: keeping.keep(tx, look))
        assert await scene.journal.read(dossiers.behind) == 0
        await scene.restart()
        await self.register(scene)
        assert await scene.rows("SELECT count(*) FROM dossiers WHERE known_to IS NULL") == [(count,)]

    async def test_what_two_looked_at_is_registered_once(self, scene: Scene) -> None:
        """Two processes that take each other for gone: the slower one's look is void."""
        await scene.tell(told())
        mine, theirs = await scene.journal.read(keeping.look), await scene.journal.read(keeping.look)
        assert await scene.act(lambda tx: keeping.keep(tx, theirs))
        assert not await scene.act(lambda tx: keeping.keep(tx, mine))
        assert len(await self.current(scene)) == 1

    async def test_a_revision_that_shows_late_takes_its_place(self, scene: Scene) -> None:
        """Where transactions overtake one another the newest stays known now, and no stretch has a gap."""
        for due in ("20", "21", "22"):
            await scene.tell(told(due_at=f"2026-01-{due}T08:30:00+07:00"))
            scene.clock.move(5)
        look = await scene.journal.read(keeping.look)
        first, second, third = look.rows
        for rows in ([third], [second], [first]):
            await scene.act(lambda tx, some=rows: keeping._enter(tx, some))  # type: ignore[misc] # noqa: SLF001
        rows_ = await scene.journal.read(lambda tx: dossiers.history(tx, [FIRST]))
        assert [row.known_to for row in rows_] == [second.known_from, third.known_from, None]
        assert {row.first_due for row in rows_} == {first.due}
