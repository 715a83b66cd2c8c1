"""Rules of questions: each is entered before it is asked, ends once, and says whom it was about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from lgsp.journal import asks, asks_shown
from lgsp.journal.asks import Begun, Ended, Ending
from lgsp.journal.asks_shown import Wanted
from lgsp.testing.making import SECOND
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_NUMBER, _OTHER = "001099000001", "001099000002"


def _begun(n: int, **more: Any) -> Begun:
    said: dict[str, Any] = {
        "source": "one-stop",
        "system": "population-db",
        "type": "citizen.query.v1",
        "who": "Trần Thị B",
        "purpose": "check",
        "basis": "căn cứ",
    }
    return Begun(uid=UUID(int=n), **(said | more))


class AskRules(JournalRules):
    """What was asked, by whom, about whom, and what became of it."""

    async def put(self, scene: Scene, *questions: Begun) -> list[int]:
        """Enter questions."""
        return await scene.act(lambda tx: asks.begin(tx, questions))

    async def over(self, scene: Scene, *endings: Ended) -> None:
        """Enter what became of questions."""
        await scene.act(lambda tx: asks.end(tx, endings))

    async def shown(self, scene: Scene, **wanted: Any) -> list[dict[str, Any]]:
        """Return the questions that are found, the newest first."""
        return await scene.journal.read(lambda tx: asks_shown.found(tx, Wanted(**wanted)))

    async def test_a_question_is_entered_before_it_is_asked(self, scene: Scene) -> None:
        """With who, for whom, for what and by which right; the ending comes behind."""
        (number,) = await self.put(scene, _begun(1, dossier="H44-1"))
        (one,) = await self.shown(scene)
        assert (one["ask"], one["ending"], one["dossier"]) == (str(UUID(int=1)), "open", "H44-1")
        await self.over(scene, Ended(number, Ending.ANSWERED, 1500))
        (one,) = await self.shown(scene)
        assert (one["ending"], one["took"]) == ("answered", 1500)
        entries = await scene.rows("SELECT what, who, cause, system FROM entries ORDER BY id")
        assert [tuple(row) for row in entries if row[0] in ("asked", "answered")] == [
            ("asked", "one-stop", "check", "population-db"),
            ("answered", "population-db", None, "population-db"),
        ]

    async def test_a_question_ends_once(self, scene: Scene) -> None:
        """What is told again of its end changes nothing, and is no entry."""
        (number,) = await self.put(scene, _begun(1))
        await self.over(scene, Ended(number, Ending.LATE, 5, "deadline-passed"))
        await self.over(scene, Ended(number, Ending.ANSWERED, 9))
        (one,) = await self.shown(scene)
        assert (one["ending"], one["cause"]) == ("late", "deadline-passed")
        assert await scene.rows("SELECT count(*) FROM entries WHERE what IN ('answered', 'failed')") == [(1,)]

    async def test_one_ending_twice_in_a_page_counts_once(self, scene: Scene) -> None:
        """Also where both are written in one transaction: the first one counts."""
        (number,) = await self.put(scene, _begun(1))
        await self.over(scene, Ended(number, Ending.LATE, 5), Ended(number, Ending.ANSWERED, 9))
        assert [one["ending"] for one in await self.shown(scene)] == ["late"]

    async def test_no_number_of_a_citizen_stands_in_the_clear(self, scene: Scene) -> None:
        """Neither in entries nor in the tables of questions; by the number itself the question is found."""
        numbers = await self.put(scene, _begun(1, about=[_NUMBER]), _begun(2, about=[_OTHER]), _begun(3))
        await self.over(scene, Ended(numbers[2], Ending.ANSWERED, 5, about=[_NUMBER]))
        found = await self.shown(scene, about=_NUMBER)
        assert [one["ask"] for one in found] == [str(UUID(int=3)), str(UUID(int=1))]
        told = [
            *await scene.rows("SELECT details FROM entries"),
            *await scene.rows("SELECT who, dossier, purpose, basis, cause FROM asks"),
        ]
        assert _NUMBER not in orjson.dumps([list(row) for row in told]).decode()
        digests = await scene.rows("SELECT digest FROM asks_about")
        assert all(_NUMBER.encode() not in bytes(row[0]) for row in digests)
        assert len(digests) == 3

    async def test_what_is_kept_is_encrypted_like_any_body(self, scene: Scene) -> None:
        """An answer that is kept is read back; of one that is hashed nothing is there to read."""
        numbers = await self.put(scene, _begun(1), _begun(2))
        kept = (b"s" * 16, b"h" * 32)
        await self.over(
            scene,
            Ended(numbers[0], Ending.ANSWERED, 5, kept=kept, body=b'{"name": "A"}'),
            Ended(numbers[1], Ending.ANSWERED, 5, kept=kept),
        )
        read = [await scene.journal.read(lambda tx, n=n: asks_shown.answer(tx, UUID(int=n))) for n in (1, 2)]  # type: ignore[misc]
        assert read == [{"name": "A"}, None]
        hashes = await scene.rows(
            "SELECT count(*) FROM entries WHERE what = 'answered' AND body_hash IS NOT NULL"
        )
        assert hashes == [(2,)]

    async def test_found_by_what_people_know(self, scene: Scene) -> None:
        """By who asked, who answered, the dossier, the purpose, the ending and the time; page by page."""
        scene.clock.move(10)
        numbers = await self.put(scene, *(_begun(n, dossier=f"H44-{n % 2}") for n in range(1, 6)))
        await self.over(scene, Ended(numbers[0], Ending.ABSENT, 5, "not-found"))
        assert len(await self.shown(scene, dossier="H44-1")) == 3
        assert len(await self.shown(scene, source="one-stop")) == 5
        assert await self.shown(scene, source="dms") == []
        assert len(await self.shown(scene, system="population-db", ending=Ending.ABSENT)) == 1
        assert await self.shown(scene, until=scene.clock.now) == []
        assert len(await self.shown(scene, since=scene.clock.now)) == 5
        first = await self.shown(scene, limit=2)
        rest = await self.shown(scene, before=first[-1]["number"], limit=10)
        assert [one["ask"] for one in (*first, *rest)] == [str(UUID(int=n)) for n in (5, 4, 3, 2, 1)]

    async def test_what_nobody_ends_is_given_up(self, scene: Scene) -> None:
        """A process that died with a question leaves it open; it is ended as lost track of."""
        await self.put(scene, _begun(1))
        scene.clock.move(600)
        (young,) = await self.put(scene, _begun(2))
        assert await scene.act(lambda tx: asks.give_up(tx, scene.clock.now - 1)) == 1
        told = {one["ask"]: (one["ending"], one["cause"], one["took"]) for one in await self.shown(scene)}
        assert told[str(UUID(int=1))] == ("failed", "lost-track", 600_000_000)
        assert told[str(UUID(int=2))][0] == "open"
        await self.over(scene, Ended(young, Ending.ANSWERED, 5))

    async def test_counted_by_system_and_ending(self, scene: Scene) -> None:
        """How often each was asked in a while, what became of it, and how long it took."""
        numbers = await self.put(scene, *(_begun(n) for n in range(1, 5)), _begun(9, system="ngsp"))
        took = {number: 100 * n for n, number in enumerate(numbers[:4], 1)}
        endings = [Ended(number, Ending.ANSWERED, took[number]) for number in numbers[:4]]
        await self.over(scene, *endings, Ended(numbers[4], Ending.TURNED_AWAY, 1, "quota-used-up"))
        counts = await scene.journal.read(lambda tx: asks_shown.counted(tx, 0, scene.clock.now + SECOND))
        told = {(one["system"], one["ending"]): one["count"] for one in counts}
        assert told == {("population-db", "answered"): 4, ("ngsp", "turned-away"): 1}
        assert next(one["took"] for one in counts if one["system"] == "population-db") == 250
