"""Rules of questions: each is entered before it is asked, ends once, and says whom it was about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from lgsp.enquiry import Ending
from lgsp.journal import accesses, asks, asks_erasing, asks_shown, disclosures
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.disclosures import Asked, Disclosure
from lgsp.testing.making import SECOND
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_NUMBER, _OTHER = "001099000001", "001099000002"
_ENTERED = "SELECT what, who, cause, details FROM entries WHERE what LIKE '%ed' ORDER BY id"


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

    async def test_what_was_tolerated_in_an_answer_is_kept_with_its_question(self, scene: Scene) -> None:
        """In its row and in its entry, by code and place; where nothing was, nothing stands."""
        numbers = await self.put(scene, _begun(1), _begun(2))
        found = (("damaged-line-ends", ""), ("unknown-field", "Que/Ten"))
        await self.over(scene, Ended(numbers[0], Ending.ANSWERED, 5, found=found))
        await self.over(scene, Ended(numbers[1], Ending.ANSWERED, 5))
        plain, odd = await self.shown(scene)
        told = [
            {"code": "damaged-line-ends", "place": ""},
            {"code": "unknown-field", "place": "Que/Ten"},
        ]
        assert (plain["findings"], odd["findings"]) == ([], told)
        sql = "SELECT what, who, details FROM entries WHERE what LIKE 'answered' ORDER BY id"
        assert [orjson.loads(row[2]).get("findings") for row in await scene.rows(sql)] == [told, None]

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

    async def test_what_nobody_is_asked_for_is_entered_with_its_end(self, scene: Scene) -> None:
        """The same stands as where the ending comes behind: row, entries, and whom it was about."""
        ended = Ended(0, Ending.TURNED_AWAY, 7, "too-busy", found=(("missing", "/who"),))
        (number,) = await self.put(scene, _begun(1, about=[_NUMBER], dossier="H44-1"))
        await self.over(scene, ended._replace(number=number))
        (late,) = await self.put(scene, _begun(2, about=[_NUMBER], dossier="H44-1", ended=ended))
        one, other = await self.shown(scene, about=_NUMBER)
        apart = ("number", "ask", "at")
        assert [one[name] for name in one if name not in apart] == [
            other[name] for name in other if name not in apart
        ]
        assert (one["number"], one["ending"], one["cause"]) == (late, "turned-away", "too-busy")
        *rows, asked, failed = [tuple(row) for row in await scene.rows(_ENTERED)]
        assert [row[:3] for row in rows] == [asked[:3], failed[:3]]
        told, said = (orjson.loads(row[3]) for row in (rows[1], failed))
        assert told | {"asked": late} == said
        assert await scene.act(lambda tx: asks.give_up(tx, scene.clock.now + SECOND)) == 0

    async def test_what_is_entered_behind_is_entered_once(self, scene: Scene) -> None:
        """(335) Also where its transaction was committed and said otherwise, and it is tried again."""
        ended = Ended(0, Ending.TURNED_AWAY, 7, "suspended")
        first, second = _begun(1, about=[_NUMBER], ended=ended), _begun(2, about=[_NUMBER], ended=ended)
        for behind in ([first], [first, second], [second, first]):
            await scene.act(lambda tx, some=behind: asks.catch_up(tx, some))  # type: ignore[misc]
        assert [one["ask"] for one in await self.shown(scene)] == [str(UUID(int=2)), str(UUID(int=1))]
        assert sorted(row[0] for row in await scene.rows(_ENTERED)) == ["asked", "asked", "failed", "failed"]

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

    async def test_who_knows_better_is_believed(self, scene: Scene) -> None:
        """(330) What was given up has an ending after all, and says whom it was about; then it stays so."""
        (number,) = await self.put(scene, _begun(1))
        scene.clock.move(600)
        assert await scene.act(lambda tx: asks.give_up(tx, scene.clock.now - 1)) == 1
        await self.over(scene, Ended(number, Ending.ANSWERED, 5, about=[_NUMBER]))
        await self.over(scene, Ended(number, Ending.LATE, 9, "deadline-passed"))
        (one,) = await self.shown(scene, about=_NUMBER)
        assert (one["ending"], one["cause"], one["took"]) == ("answered", None, 5)
        assert await scene.act(lambda tx: asks.give_up(tx, scene.clock.now + SECOND)) == 0
        told = await scene.rows("SELECT what FROM entries WHERE what IN ('answered', 'failed') ORDER BY id")
        assert [what for (what,) in told] == ["failed", "answered"]

    async def test_kept_answers_go_and_their_trace_stays(self, scene: Scene) -> None:
        """Those of one type that are old enough, page by page; younger ones, and other types, stay."""
        kept = (b"s" * 16, b"h" * 32)
        numbers = await self.put(
            scene, *(_begun(n) for n in range(1, 6)), _begun(6, type="business.query.v1")
        )
        ended = [Ended(number, Ending.ANSWERED, 5, kept=kept, body=b"{}") for number in numbers]
        await self.over(scene, *ended)
        scene.clock.move(60)
        (young,) = await self.put(scene, _begun(7))
        await self.over(scene, Ended(young, Ending.ANSWERED, 5, kept=kept, body=b"{}"))
        before, more, sizes = scene.clock.now - SECOND, True, 0
        while more:
            old = await scene.journal.read(
                lambda tx: asks_erasing.look(tx, "citizen.query.v1", before, limit=2)
            )
            await scene.act(lambda tx, found=old: asks_erasing.erase(tx, found))  # type: ignore[misc]
            more, sizes = old.more, sizes + len(old.rows)
        assert sizes == 5
        left = await scene.rows("SELECT id FROM asks WHERE answer IS NOT NULL ORDER BY id")
        assert [row[0] for row in left] == [numbers[5], young]
        assert await scene.rows("SELECT count(*) FROM asks WHERE answer_hash IS NULL OR outcome <> 1") == [
            (0,)
        ]
        assert await scene.rows("SELECT count(*) FROM asks WHERE salt IS NOT NULL") == [(2,)]

    async def test_who_saw_and_who_asked_stand_in_one_report(self, scene: Scene) -> None:
        """By number and by code, newest first; pages join, also where many have one time."""
        look = Disclosure(
            who="an-operator", how="shown", purpose="fault", reason="r", item="x", partitionkey="H44-1"
        )
        await scene.act(lambda tx: disclosures.disclose(tx, look, [_NUMBER]))
        scene.clock.move(1)
        await self.put(scene, *(_begun(n, about=[_NUMBER], dossier="H44-1") for n in range(1, 5)))
        scene.clock.move(1)
        await scene.act(lambda tx: disclosures.disclose(tx, look, [_NUMBER]))
        await self.put(scene, _begun(9, about=[_OTHER]))
        for asked in (Asked([_NUMBER]), Asked(keys=["H44-1"]), Asked([_NUMBER], ["H44-1"])):
            whole, older = await scene.journal.read(lambda tx, a=asked: accesses.report(tx, a))  # type: ignore[misc]
            assert [one["how"] for one in whole] == ["shown", *["asked"] * 4, "shown"]
            assert older is None
            for limit in (1, 2, 3):
                found: list[dict[str, Any]] = []
                before: int | None = None
                while not found or before is not None:
                    rows, before = await scene.journal.read(
                        lambda tx, a=asked, b=before, n=limit: accesses.report(tx, a, before=b, limit=n)  # type: ignore[misc]
                    )
                    found += rows
                assert found == whole
        mine, _ = await scene.journal.read(lambda tx: accesses.report(tx, Asked([_NUMBER], who="Trần Thị B")))
        assert [one["system"] for one in mine] == ["one-stop"] * 4
        people, _ = await scene.journal.read(lambda tx: accesses.report(tx, Asked(who="an-operator")))
        assert len(people) == 2

    async def test_counted_by_day(self, scene: Scene) -> None:
        """Each day of Viet Nam by itself, the newest first."""
        for _ in range(2):
            numbers = await self.put(scene, _begun(len(await self.shown(scene)) + 1))
            await self.over(scene, Ended(numbers[0], Ending.ANSWERED, 700, age=5))
            scene.clock.move(86_400)
        days = await scene.journal.read(lambda tx: asks_shown.by_day(tx, 0, scene.clock.now))
        assert [(one["count"], one["remembered"], one["slowest"]) for one in days] == [(1, 1, 700)] * 2
        assert (days[0]["day"] - days[1]["day"]).days == 1

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
