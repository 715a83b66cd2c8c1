"""Rules of threads: everything about a subject in order, near subjects by their beginning, and the latest."""

from __future__ import annotations

from lgsp.domain.documents import sought
from lgsp.journal import job_orders, people, threads
from lgsp.journal.states import State
from lgsp.journal.threads import Subject, Thread
from lgsp.schedules import Job
from lgsp.testing.letters import LETTER, letter
from lgsp.testing.making import DOSSIER, PROGRESS, SOURCE, SYSTEM, dossier, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_JOB = Job.model_validate({"every": "1m"})


async def thread(scene: Scene, key: str = "K1", limit: int = threads.MOST) -> Thread:
    """Return the thread of a key."""
    return await scene.journal.read(lambda tx: threads.line(tx, key, limit))


async def beginning(scene: Scene, start: str, limit: int = 8) -> list[str]:
    """Return the lines that begin with a text."""
    found = await scene.journal.read(lambda tx: threads.beginning(tx, start, limit))
    return [one.key for one in found]


class ThreadRules(JournalRules):
    """One subject's way is seen whole, and found although its code was typed a little wrong."""

    async def test_a_thread_holds_all_that_was_told_and_all_that_befell_it(self, scene: Scene) -> None:
        """In the order of acceptance: versions, steps, each attempt, and what the far side said."""
        await scene.deliver(dossier())
        await scene.told(progress())
        claim = await scene.one()
        await scene.settle(claim, State.PUT_OFF, cause="http-503", said="away", resolved=False)
        await scene.told(dossier("K2"))
        await scene.run()
        found = await thread(scene)
        assert [(one.type, one.source) for one in found.messages] == [(DOSSIER, SOURCE), (PROGRESS, SOURCE)]
        assert [[way["state"] for way in one.ways] for one in found.messages] == [["delivered"], ["put off"]]
        step = found.messages[1].steps[-1]
        assert (step["what"], step["system"], step["cause"], step["attempt"]) == (
            "put off",
            SYSTEM,
            "http-503",
            1,
        )
        assert step["ms"] is not None
        assert found.messages[1].data["step"] == 1
        assert not found.cut

    async def test_a_long_thread_shows_its_newest_and_says_that_it_is_cut(self, scene: Scene) -> None:
        """What is left out is the oldest."""
        for body in "ABCD":
            await scene.told(dossier(body=body))
        found = await thread(scene, limit=3)
        assert ([one.revision for one in found.messages], found.cut) == ([2, 3, 4], True)
        assert [one.revision for one in (await thread(scene, limit=4)).messages] == [1, 2, 3, 4]
        assert (await thread(scene, "nothing")).messages == []

    async def test_chosen_messages_make_a_thread(self, scene: Scene) -> None:
        """By their outer ids, whatever lines they belong to; what is not there is left out."""
        first, second = await scene.told(letter()), await scene.told(dossier())
        unknown = "00000000-0000-0000-0000-000000000000"
        found = await scene.journal.read(
            lambda tx: threads.chosen(tx, [str(second.id), str(first.id), unknown])
        )
        assert [one.id for one in found.messages] == [str(first.id), str(second.id)]
        assert await scene.journal.read(lambda tx: threads.subject_of(tx, first.id)) == (
            LETTER,
            "document.v1",
        )

    async def test_subjects_are_found_by_the_beginning_of_their_line(self, scene: Scene) -> None:
        """Each once, however many messages it has, and no other; an empty text finds nothing."""
        for key in ("H44-1", "H44-1", "H44-2", "H45-1", "H4"):
            await scene.told(dossier(key, key + str(scene.clock.now)))
            scene.clock.move(1)
        assert await beginning(scene, "H44-") == ["H44-1", "H44-2"]
        assert await beginning(scene, "H44-", 1) == ["H44-1"]
        assert await beginning(scene, "H46") == await beginning(scene, "") == []

    async def test_subjects_are_found_by_their_other_names(self, scene: Scene) -> None:
        """A document by number and notation."""
        await scene.told(letter())
        found = await scene.journal.read(lambda tx: threads.bearing(tx, sought("15/UBND-VP"), 8))
        assert [one.key for one in found] == [LETTER]

    async def test_the_latest_subjects_stand_once_with_how_they_are(self, scene: Scene) -> None:
        """By family, the newest first, with the states of their latest deliveries."""
        await scene.kill(dossier("K1"))
        await scene.told(letter())
        await scene.told(dossier("K2"))
        await scene.run()
        families = ("dossier", "document")
        found = await scene.journal.read(lambda tx: threads.recent(tx, families, 8))
        assert [(one.key, list(one.states)) for one in found["dossier"]] == [
            ("K2", ["delivered"]),
            ("K1", ["refused"]),
        ]
        assert [one.key for one in found["document"]] == [LETTER]
        few: dict[str, list[Subject]] = await scene.journal.read(lambda tx: threads.recent(tx, families, 1))
        assert [one.key for one in few["dossier"]] == ["K2"]

    async def test_a_job_is_paused_for_a_reason_that_stands_under_a_name(self, scene: Scene) -> None:
        """What a person ordered of a job is found among that person's acts, with why."""
        await scene.act(lambda tx: job_orders.pause(tx, SOURCE, "lists", "hoa", "bảo trì"))
        await scene.act(lambda tx: job_orders.ask(tx, SOURCE, "lists", "hoa", "thử"))
        await scene.act(lambda tx: job_orders.resume(tx, SOURCE, "lists", "hoa", _JOB, "xong"))
        done = await scene.journal.read(lambda tx: people.done(tx, "hoa", None, 10))
        assert [(one["what"], one["cause"]) for one in done] == [
            ("job resumed", "xong"),
            ("job asked for", "thử"),
            ("job paused", "bảo trì"),
        ]
        assert await scene.journal.read(lambda tx: job_orders.cursor(tx, SOURCE, "lists")) is None
