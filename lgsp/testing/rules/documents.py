"""Rules of finding documents: by every name they have, with their ways and statuses, for whom they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lgsp.domain.codes import document_id
from lgsp.domain.course.packets import DOCUMENT, STATUS, Packet
from lgsp.domain.documents import sought
from lgsp.journal import documents, sent
from lgsp.journal.documents import Answer
from lgsp.journal.retelling import moment_of
from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.testing.letters import ISSUER, LETTER, letter, telling
from lgsp.testing.making import OTHER, SOURCE, SYSTEM, dossier
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


async def look(scene: Scene, typed: str, agency: str = "", reader: str | None = None) -> Answer:
    """Look for what somebody typed."""
    names = sought(typed, agency)
    return await scene.journal.read(
        lambda tx: documents.look(tx, names[:-1] if agency else names, document_id(typed), reader)
    )


async def packets(scene: Scene, typed: str, reader: str | None = None) -> Sequence[Packet]:
    """Return the packets of the one line that is found."""
    (line,) = (await look(scene, typed, reader=reader)).lines
    return line.packets


async def packets_under(scene: Scene, key: str) -> Sequence[Packet]:
    """Return the packets of the line of an id; none where there is none."""
    found = await scene.journal.read(lambda tx: documents.look(tx, (), document_id(key)))
    return [packet for line in found.lines for packet in line.packets]


class DocumentRules(JournalRules):
    """Whoever may see a document finds it by whatever it is called, and sees how far it is."""

    async def test_a_document_is_found_by_id_and_by_number_and_notation(self, scene: Scene) -> None:
        """In either form of its agency, in any letters, with a space too many; and by nothing else."""
        receipt = await scene.told(letter())
        await scene.told(dossier())
        for typed in (LETTER, "000.00.00.H37,2026/03/05,15/UBND-VP", "15/UBND-VP", " 15 / ubnd-vp "):
            (found,) = await packets(scene, typed)
            assert found.message == str(receipt.id), typed
            assert found.data["number"] == "15"
        for typed in ("15", "UBND-VP", "H37", "K1", "%", "15/UBND"):
            assert (await look(scene, typed)).lines == [], typed

    async def test_a_document_that_bears_no_names_is_found_by_its_line(self, scene: Scene) -> None:
        """What was taken on before names were kept is found by its id all the same."""
        offer = letter()
        offer.aliases = offer.alike = ()
        await scene.told(offer)
        assert len(await packets(scene, LETTER)) == 1
        assert (await look(scene, "15/UBND-VP")).lines == []

    async def test_an_issuer_tells_documents_of_one_number_apart(self, scene: Scene) -> None:
        """Two bodies wrote a 15/UBND-VP: both are found, the newest first; with its issuer, one."""
        await scene.told(letter())
        await scene.told(letter("G22,2026/03/06,15/UBND-VP", sender={"code": "G22"}))
        both = await look(scene, "15/UBND-VP")
        assert [line.key for line in both.lines] == ["G22,2026/03/06,15/UBND-VP", LETTER]
        for agency in ("H37", "000.00.00.H37"):
            assert [line.key for line in (await look(scene, "15/UBND-VP", agency)).lines] == [LETTER]

    async def test_everything_about_a_document_stands_in_its_line(self, scene: Scene) -> None:
        """Statuses and the recall are found with it, by the names of the document and by the recall's."""
        await scene.deliver(letter())
        now = moment_of(scene.clock.now)
        await scene.tell(telling("03", now), telling("01", now), source=SYSTEM)
        await scene.told(letter(act="recall", id="R-1", business={"concerns": LETTER}))
        await scene.tell(telling("15", now, about={"id": "R-1", "agency": "H37"}, key="R-1"), source=SYSTEM)
        for typed in (LETTER, "R-1", "15/UBND-VP"):
            found = await packets(scene, typed)
            assert [one.data.get("code") or one.act for one in found] == ["new", "03", "01", "recall", "15"]

    async def test_each_way_says_for_whom_it_is_and_how_far(self, scene: Scene) -> None:
        """Open and closed deliveries alike, with receivers, state, cause and the next attempt."""
        await scene.told(letter(LETTER, (SYSTEM, ["H44.12"]), (OTHER, []), receivers=("H44.12", "H44.13")))
        first, second = await scene.claim()
        await scene.settle(first)
        await scene.settle(second, State.PUT_OFF, cause="timed-out", said="no answer")
        (found,) = await packets(scene, LETTER)
        ways = {way.system: way for way in found.ways}
        assert [ways[name].state for name in (SYSTEM, OTHER)] == ["delivered", "put off"]
        assert [list(ways[name].recipients) for name in (SYSTEM, OTHER)] == [["H44.12"], []]
        assert (ways[OTHER].cause, ways[OTHER].said) == ("timed-out", "no answer")
        due = moment_of(scene.clock.now) + timedelta(seconds=10)
        again = ways[OTHER].next_attempt_at
        assert again is not None
        assert due <= again < due + timedelta(seconds=1)
        assert ways[SYSTEM].next_attempt_at is None

    async def test_what_no_route_wants_says_so(self, scene: Scene) -> None:
        """It is found, and has no way."""
        offer = letter()
        offer.wanted = []
        await scene.told(offer)
        (found,) = await packets(scene, LETTER)
        assert (found.unrouted, list(found.ways)) == (True, [])

    async def test_a_system_sees_what_it_brought_and_what_goes_to_it(self, scene: Scene) -> None:
        """The source sees all; a receiver's system its own way and receivers; nobody else anything."""
        whole = letter(
            LETTER, (SYSTEM, ["H44.12"]), (OTHER, ["H44.13"]), receivers=("H44.12", "H44.13", "G22")
        )
        await scene.told(whole)
        (mine,) = await packets(scene, LETTER, SOURCE)
        assert len(mine.ways) == 2
        (theirs,) = await packets(scene, "15/UBND-VP", SYSTEM)
        assert [way.system for way in theirs.ways] == [SYSTEM]
        assert theirs.data["recipients"] == [{"code": "H44.12"}]
        assert (await look(scene, LETTER, reader="stranger")).lines == []

    async def test_a_system_that_tells_of_a_document_does_not_see_it_by_that(self, scene: Scene) -> None:
        """A status under somebody's key shows its teller that status, and nothing of the document."""
        await scene.told(letter())
        now = moment_of(scene.clock.now)
        await scene.tell(telling("03", now), source="stranger")
        assert [one.type for one in await packets(scene, LETTER, "stranger")] == ["document.status.v1"]
        assert len(await packets(scene, LETTER)) == 2

    async def test_a_body_that_is_gone_leaves_the_ways(self, scene: Scene) -> None:
        """After the time of keeping, what befell a document is still there."""
        await scene.deliver(letter())
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id = ?", [(1,)]))
        (found,) = await packets(scene, LETTER)
        assert (found.data, [way.state for way in found.ways]) == ({}, ["delivered"])

    async def test_namesakes_are_those_of_the_same_number_and_issuer(self, scene: Scene) -> None:
        """Of this year and of the last; not those of another body, nor what was told of them."""
        await scene.told(letter())
        await scene.told(letter("H37,2025/03/05,15/UBND-VP", promulgated_on="2025-03-05"))
        await scene.told(letter("G22,2026/03/06,15/UBND-VP", sender={"code": "G22"}))
        name = "code:15/ubnd-vp|H37"
        found = await scene.journal.read(lambda tx: documents.namesakes(tx, [name, "code:9/a|H37"]))
        assert [one.data["promulgated_on"] for one in found[name]] == ["2025-03-05", "2026-03-05"]
        assert found["code:9/a|H37"] == []
        assert [one.sender for one in found[name]] == [ISSUER, ISSUER]
        hidden = await scene.journal.read(lambda tx: documents.namesakes(tx, [name], "stranger"))
        assert hidden[name] == []

    async def test_a_status_under_an_id_that_nobody_knows_is_led_back_by_its_number(
        self, scene: Scene
    ) -> None:
        """Who reads a packet without an id makes one up, and answers under that: its sender learns it."""
        await scene.told(letter(LETTER, (SYSTEM, ["H44.12"]), id=None))
        now = moment_of(scene.clock.now)
        offer = telling("03", now, (SYSTEM, ["H37"]), key="made-up")
        offer.anchor, offer.alluded = DOCUMENT, LETTER
        receipt = await scene.told(offer)
        assert [one.code for one in receipt.findings] == ["found-by-number"]
        assert [one.act for one in await packets(scene, LETTER)] == ["new", "status"]
        assert await packets_under(scene, "made-up") == []

    async def test_a_status_whose_document_is_known_by_its_id_stays_there(self, scene: Scene) -> None:
        """The id decides before number, day and issuer; and what nobody knows stays as it is named."""
        await scene.told(letter())
        await scene.told(letter("UUID-2", number="15"))
        now = moment_of(scene.clock.now)
        for key, alluded in (("UUID-2", LETTER), ("made-up", "H37,2026/03/05,16/UBND-VP"), ("made-up-2", "")):
            offer = telling("03", now, key=key)
            offer.anchor, offer.alluded = DOCUMENT, alluded
            assert list((await scene.told(offer)).findings) == []
            found = await packets_under(scene, offer.message.partitionkey)
            assert [one.data["code"] for one in found if one.act == "status"] == ["03"]

    async def test_what_a_system_sent_is_listed_by_days_and_kinds(self, scene: Scene) -> None:
        """Documents and statuses, each by its own list, oldest first, with how far each is; nobody else's."""
        days = []
        for n in range(3):
            await scene.told(letter(f"L{n}"))
            await scene.told(telling("03", moment_of(scene.clock.now), (OTHER, ["H37"]), key=f"L{n}"))
            await scene.tell(telling("06", moment_of(scene.clock.now), key=f"L{n}"), source="stranger")
            await scene.told(dossier(f"K{n}"))
            days.append(moment_of(scene.clock.now))
            scene.clock.now += 86_400_000_000

        async def listed(kinds: dict[str, Kind], first: int, last: int, limit: int = 10) -> list[str]:
            since, until = days[first] - timedelta(hours=1), days[last] + timedelta(hours=1)
            found = await scene.journal.read(lambda tx: sent.sent(tx, SOURCE, kinds, since, until, limit))
            assert all(one.went for one in found)
            return [one.subject for one in found]

        both = {DOCUMENT: Kind.DOCUMENT, STATUS: Kind.EVENT}
        for kinds in ({DOCUMENT: Kind.DOCUMENT}, {STATUS: Kind.EVENT}):
            assert await listed(kinds, 0, 2) == ["L0", "L1", "L2"]
            assert await listed(kinds, 1, 1) == ["L1"]
            assert await listed(kinds, 0, 2, 2) == ["L0", "L1"]
            assert await listed(kinds, 2, 1) == []
        assert await listed(both, 0, 2, 3) == ["L0", "L0", "L1"]

    async def test_a_journal_without_anything_lists_nothing(self, scene: Scene) -> None:
        """On its first day."""
        now = moment_of(scene.clock.now)
        found = await scene.journal.read(
            lambda tx: sent.sent(tx, SOURCE, {STATUS: Kind.EVENT}, now - timedelta(days=30), now, 10)
        )
        assert found == []

    async def test_of_many_the_newest_are_shown(self, scene: Scene) -> None:
        """A number that every body uses does not bring them all; the answer says that there are more."""
        for n in range(documents.MOST + 2):
            await scene.told(
                letter(f"G{n:02},2026/03/06,1/CV", number="1", notation="CV", sender={"code": f"G{n:02}"})
            )
        found = await look(scene, "1/CV")
        assert (len(found.lines), found.more) == (documents.MOST, True)
        assert found.lines[0].key == f"G{documents.MOST + 1},2026/03/06,1/CV"
        assert not (await look(scene, "1/CV", "G03")).more
