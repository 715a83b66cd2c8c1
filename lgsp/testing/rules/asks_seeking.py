"""Rules of looking among questions: stretches without a gap, counts of lately, what a day has left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lgsp.allowances import Rate
from lgsp.enquiry import Ending
from lgsp.journal import asks, asks_lately, asks_seeking, figures, quotas
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.asks_lately import Silent
from lgsp.journal.asks_seeking import Page
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.quotas import Draw
from lgsp.testing.making import SECOND
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_RARE = "business.query.v1"
_DAY = 86_400


class AskSeekingRules(JournalRules):
    """What screens find of questions."""

    async def ask(self, scene: Scene, n: int, **more: Any) -> int:
        """Enter one question, and return its number."""
        said = {"source": "one-stop", "system": "population-db", "type": "citizen.query.v1", "who": "B"}
        whole = said | {"purpose": "check", "basis": "căn cứ"} | more
        (number,) = await scene.act(lambda tx: asks.begin(tx, [Begun(uid=UUID(int=n), **whole)]))
        return number

    async def asked(self, scene: Scene, count: int) -> list[int]:
        """Enter so many questions, a minute apart; the third is of a rare type."""
        numbers = []
        for n in range(1, count + 1):
            scene.clock.move(60)
            numbers.append(await self.ask(scene, n, **({"type": _RARE} if n == 3 else {})))
        return numbers

    async def stretch(self, scene: Scene, looked: int = 100, **wanted: Any) -> Page:
        """Return a page of what is looked for."""
        return await scene.journal.read(lambda tx: asks_seeking.search(tx, Wanted(**wanted), looked))

    async def test_a_rare_question_is_found_stretch_by_stretch(self, scene: Scene) -> None:
        """A page looks at so many and says how far it came; going on finds all of them, each once."""
        numbers = await self.asked(scene, 8)
        seen, before, pages = [], 0, 0
        while True:
            page = await self.stretch(scene, 3, type=_RARE, before=before)
            seen += [one["number"] for one in page.asks]
            pages += 1
            if page.older is None:
                break
            assert page.reached is not None
            before = page.older
        assert (seen, pages) == ([numbers[2]], 3)
        full = await self.stretch(scene, 100, limit=3)
        rest = await self.stretch(scene, 100, limit=30, before=full.older)
        assert [one["number"] for one in (*full.asks, *rest.asks)] == numbers[::-1]
        assert (full.reached, rest.older) == (None, None)

    async def test_a_time_leads_to_its_questions_at_once(self, scene: Scene) -> None:
        """However many came since: nobody goes through all of them to get there."""
        began = scene.clock.now
        numbers = await self.asked(scene, 8)
        minute = 60 * SECOND
        page = await self.stretch(scene, 4, since=began + 2 * minute, until=began + 4 * minute)
        assert [one["number"] for one in page.asks] == numbers[1:3][::-1]
        nobody = await self.stretch(scene, 3, since=scene.clock.now + 5 * minute)
        assert (nobody.asks, nobody.older) == ([], None)
        ancient = await self.stretch(scene, 3, until=began - 5 * minute)
        assert (ancient.asks, ancient.older) == ([], None)

    async def test_one_question_says_what_is_kept_of_its_answer(self, scene: Scene) -> None:
        """A hash, a body, or nothing; slow ones are found by how long they took."""
        numbers = [await self.ask(scene, n) for n in (1, 2, 3)]
        kept = (b"s" * 16, b"h" * 32)
        await scene.act(
            lambda tx: asks.end(
                tx,
                [
                    Ended(numbers[0], Ending.ANSWERED, 5, kept=kept, body=b"{}"),
                    Ended(numbers[1], Ending.ANSWERED, 4_000_000, kept=kept),
                ],
            )
        )
        told = await scene.journal.read(lambda tx: [asks_seeking.one(tx, UUID(int=n)) for n in range(1, 5)])
        assert [one and (one["number"], one["digest"], one["answer"]) for one in told] == [
            (numbers[0], True, True), (numbers[1], True, False), (numbers[2], False, False), None,
        ]  # fmt: skip
        assert [one["number"] for one in (await self.stretch(scene, slow=asks_lately.SLOW)).asks] == [
            numbers[1]
        ]

    async def test_counted_as_far_as_the_newest_go(self, scene: Scene) -> None:
        """By source, system, type and ending; beyond the bound it says since when it counted."""
        numbers = await self.asked(scene, 4)
        await scene.act(
            lambda tx: asks.end(
                tx,
                [
                    Ended(numbers[0], Ending.ANSWERED, 1_000_000, age=7),
                    Ended(numbers[1], Ending.ANSWERED, 5_000_000),
                    Ended(numbers[2], Ending.LATE, 9_000_000, "deadline-passed"),
                ],
            )
        )
        found = await scene.journal.read(lambda tx: asks_lately.lately(tx, 0))
        told = {(one.type, one.ending): one for one in found.counts}
        answered = told["citizen.query.v1", Ending.ANSWERED]
        assert (answered.count, answered.took, answered.longest) == (2, 5_000_000, 5_000_000)
        assert (answered.slow, answered.remembered, told[_RARE, Ending.LATE].count) == (1, 1, 1)
        assert (told["citizen.query.v1", Ending.OPEN].took, found.cut, found.since) == (0, False, 0)
        few = await scene.journal.read(lambda tx: asks_lately.lately(tx, 0, 2))
        assert (sum(one.count for one in few.counts), few.cut) == (2, True)
        assert few.since == scene.clock.now - 60 * SECOND

    async def silence(self, scene: Scene, *endings: tuple[Ending, str, int | None]) -> list[Silent]:
        """Return who is silent after questions with these endings, causes and ages, a minute apart."""
        numbers = await self.asked(scene, len(endings))
        ends = [
            Ended(number, ending, 9, cause, age)
            for number, (ending, cause, age) in zip(numbers, endings, strict=True)
        ]
        await scene.act(lambda tx: asks.end(tx, ends))
        return await scene.journal.read(lambda tx: asks_lately.silent(tx, scene.clock.now - 3600 * SECOND))

    async def test_a_system_is_silent_since_its_last_answer(self, scene: Scene) -> None:
        """What it failed to answer behind that counts, with why; what was remembered is no word of it."""
        found = await self.silence(
            scene,
            (Ending.FAILED, "unreachable", None),
            (Ending.ABSENT, "not-found", None),
            (Ending.FAILED, "http-503", None),
            (Ending.ANSWERED, "", 7),
            (Ending.REJECTED, "missing", None),
            (Ending.TURNED_AWAY, "suspended", None),
        )
        (one,) = found
        assert (one.system, one.count, one.cause) == ("population-db", 2, "http-503")
        assert one.since == scene.clock.now - 180 * SECOND

    async def test_who_gave_up_says_nothing_of_a_far_side(self, scene: Scene) -> None:
        """Nor does what we ourselves would not ask."""
        found = await self.silence(
            scene,
            (Ending.FAILED, "caller-gone", None),
            (Ending.TURNED_AWAY, "quota-used-up", None),
            (Ending.TURNED_AWAY, "too-busy", None),
        )
        assert found == []

    async def test_a_system_that_nobody_asked_lately_is_not_silent(self, scene: Scene) -> None:
        """What it failed to answer long ago is over; and of many questions the newest count."""
        (one,) = await self.silence(scene, (Ending.LATE, "deadline-passed", None))
        assert (one.count, one.cause) == (1, "deadline-passed")
        scene.clock.move(3700)
        found = await scene.journal.read(lambda tx: asks_lately.silent(tx, scene.clock.now - 3600 * SECOND))
        assert found == []
        await self.ask(scene, 9)
        assert await scene.journal.read(lambda tx: asks_lately.silent(tx, 0, 1)) == []

    async def test_a_rejected_question_is_no_message_that_was_turned_away(self, scene: Scene) -> None:
        """The figures of what came to the door are those of messages."""
        number = await self.ask(scene, 1)
        await scene.act(lambda tx: asks.end(tx, [Ended(number, Ending.REJECTED, 5, "missing")]))
        step = await scene.journal.read(figures.look)
        assert {kind for _, kind, _, _ in step.counts} == set()

    async def test_what_a_day_was_given_is_read_without_drawing(self, scene: Scene) -> None:
        """Of today; tomorrow, and whoever drew nothing, has used up nothing."""
        draw = Draw("system:a", "asks", Rate(per_day=100), 1, 7)
        await scene.act(lambda tx: quotas.draw(tx, [draw]))
        names = ["system:a", "system:b"]
        used = await scene.journal.read(lambda tx: quotas.of_today(tx, names, "asks"))
        assert used == {"system:a": 7, "system:b": 0}
        scene.clock.move(_DAY)
        assert await scene.journal.read(lambda tx: quotas.of_today(tx, names, "asks")) == {
            "system:a": 0, "system:b": 0,
        }  # fmt: skip
