"""Rules of what the measures are told of dossiers: their course, the portal's part, and the catalogue's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from lgsp.catalogue import Catalogued
from lgsp.domain.scoring.cases import Case
from lgsp.domain.scoring.procedures import Procedure
from lgsp.journal import dossiers_keeping as keeping
from lgsp.journal.dossiers import Wanted
from lgsp.journal.dossiers_cases import Eye, page
from lgsp.journal.lines import line_digest
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, SYSTEM, dossier
from lgsp.testing.rules.dossiers import DAY, FIRST, JANUARY, SECOND_, step, told
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

SIX, SEVEN, EIGHT = ("2026-01-16T08:30:00+07:00", "2026-01-17T08:30:00+07:00", "2026-01-18T08:30:00+07:00")


class ScoringRules(JournalRules):
    """What a measure counts is what sources and the portal said, also where some of them said little."""

    async def cases(
        self, scene: Scene, wanted: Wanted | None = None, known: dict[str, Procedure] | None = None
    ) -> Sequence[Case]:
        """Register what was told, and return it as the measures see it."""
        look = await scene.journal.read(keeping.look)
        assert await scene.act(lambda tx: keeping.keep(tx, look))
        eye = Eye(SYSTEM, {} if known is None else known)
        found = await scene.journal.read(lambda tx: page(tx, wanted or Wanted(), eye))
        return found.cases if found else ()

    async def test_progress_is_the_course_where_there_is_any(self, scene: Scene) -> None:
        """In the order in which it was handled; what snapshots say beside it adds nothing."""
        await scene.tell(told())
        await scene.tell(step(FIRST, "finished", SEVEN), step(FIRST, "processing", SIX))
        await scene.tell(told(status="finished", finished_at=EIGHT))
        (case,) = await self.cases(scene)
        assert case.course == [(JANUARY + DAY, 4), (JANUARY + 2 * DAY, 9)]

    async def test_an_end_that_only_the_snapshot_tells_closes_the_course(self, scene: Scene) -> None:
        """Progress may lag behind: the dossier itself says that it was handed over."""
        await scene.tell(told())
        await scene.tell(step(FIRST, "processing", SIX))
        handed = {"returned_at": EIGHT}
        await scene.tell(told(status="returned", finished_at=SEVEN, result_delivery=handed))
        (case,) = await self.cases(scene)
        assert case.course == [(JANUARY + DAY, 4), (JANUARY + 2 * DAY, 9), (JANUARY + 3 * DAY, 10)]

    async def test_without_progress_snapshots_are_the_course(self, scene: Scene) -> None:
        """Each status from when the first of them said it: dated by the snapshot, else by when it came."""
        came = scene.clock.now
        await scene.tell(told())
        scene.clock.move(3600)
        await scene.tell(told(due_at=EIGHT))
        scene.clock.move(3600)
        await scene.tell(told(status="finished", finished_at=SIX))
        (case,) = await self.cases(scene)
        times, statuses = zip(*sorted(case.course, key=lambda one: one[1]), strict=True)
        assert statuses == (4, 9)
        assert came <= times[0] < came + 1_000_000
        assert times[1] == JANUARY + DAY

    async def test_the_portal_holds_what_was_delivered_in_whatever_revision(self, scene: Scene) -> None:
        """The newest one may be refused: the dossier is there all the same. Elsewhere does not count."""
        await scene.deliver(told())
        await scene.kill(told(status="finished"))
        elsewhere = told(SECOND_)
        elsewhere.wanted = dossier("x", "x", OTHER).wanted
        await scene.deliver(elsewhere)
        first, second = await self.cases(scene)
        assert (first.synced, second.synced) == (True, False)
        assert (second.standing, second.cause) == ("", "")

    async def test_what_did_not_arrive_says_where_its_delivery_stands(self, scene: Scene) -> None:
        """Refused with its cause, or still on its way."""
        await scene.kill(told(), cause="field-rejected")
        await scene.tell(told(SECOND_))
        first, second = await self.cases(scene)
        assert (first.synced, first.standing, first.cause) == (False, "refused", "field-rejected")
        assert (second.synced, second.standing) == (False, State.READY.word)

    async def test_what_an_older_connection_was_to_tell_is_not_known_to_be_there(self, scene: Scene) -> None:
        """Shadowed: told apart from what arrived and from what did not."""
        await scene.deliver(told())
        shadowed = "UPDATE presence SET how = 'shadowed' WHERE line = ?"
        await scene.act(lambda tx: tx.run(shadowed, [(line_digest(SYSTEM, FIRST),)]))
        (case,) = await self.cases(scene)
        assert case.synced is None

    async def test_the_source_that_told_last_speaks_for_a_dossier(self, scene: Scene) -> None:
        """One dossier is counted once, with the course that this source told."""
        await scene.tell(told())
        await scene.tell(told(status="finished", finished_at=SIX), source="other")
        (case,) = await self.cases(scene)
        assert (case.source, case.course) == ("other", [(JANUARY + DAY, 9)])

    async def test_a_stretch_of_time_concerns_what_was_alive_in_it(self, scene: Scene) -> None:
        """Received before its end or never, and not ended before its beginning."""
        spans: dict[str, dict[str, Any]] = {
            "0001": {"status": "finished", "finished_at": SIX},
            "0002": {"status": "finished", "finished_at": EIGHT},
            "0003": {"status": "processing", "finished_at": SIX},
            "0004": {"status": "finished"},
            "0005": {"received_at": "2026-01-20T08:30:00+07:00"},
            "0006": {"received_at": None},
            "0007": {"status": "returned", "result_delivery": {"returned_at": SEVEN}},
        }
        await scene.tell(*(told(f"H44-260115-{n}", **said) for n, said in spans.items()))
        wanted = Wanted(alive=(JANUARY + 2 * DAY, JANUARY + 4 * DAY))
        found = await self.cases(scene, wanted)
        assert [case.key[-1] for case in found] == ["2", "3", "4", "6", "7"]

    async def test_the_catalogue_says_what_a_procedure_is(self, scene: Scene) -> None:
        """Its current record, looked up once; a procedure that it lacks stays unknown."""
        record = dossier("1.003897")
        record.message.type, record.body = "procedure.v1", orjson.dumps({"results": [{"code": "KQ"}]})
        record.catalogued = Catalogued("Cấp giấy xác nhận", "published", True, "[]")
        await scene.tell(record)
        await scene.tell(told(procedure={"code": "1.003897"}), told(SECOND_, procedure={"code": "9"}))
        known: dict[str, Procedure] = {}
        first, second = await self.cases(scene, known=known)
        assert (first.knows.paper, second.knows.paper) == (True, None)
        assert set(known) == {"1.003897", "9"}

    async def test_pauses_are_told_on(self, scene: Scene) -> None:
        """The requests to supplement that the snapshot lists."""
        pause: dict[str, Any] = {"requested_at": SIX, "received_at": SEVEN}
        await scene.tell(told(supplements=[pause]))
        (case,) = await self.cases(scene)
        asked, came = (round(datetime.fromisoformat(one).timestamp() * 1e6) for one in (SIX, SEVEN))
        assert case.supplements == [(asked, came)]
