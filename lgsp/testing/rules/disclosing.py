"""Who has seen whose data is found again, and what says so is no list of citizens."""

from __future__ import annotations

from lgsp.adapter import Accepted
from lgsp.journal import disclosures
from lgsp.journal.disclosures import Asked, Disclosure
from lgsp.testing.making import dossier
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_NUMBER = "079201001234"


def look(receipt: Accepted) -> Disclosure:
    """Return an operator's look at the first message of a journal, for a quarter of an hour."""
    return Disclosure(
        who="an-operator", how="shown", purpose="fault", reason="a stuck dossier", item=str(receipt.id),
        lasts=900_000_000, partitionkey="K1", message=1,
    )  # fmt: skip


class DisclosureRules(JournalRules):
    """See the module."""

    async def test_a_disclosure_is_found_by_number_code_and_person(self, scene: Scene) -> None:
        """By either number of a citizen, by the dossier, by who saw; and by nobody else's number."""
        receipt = await scene.told(dossier("K1"))
        until = await scene.act(lambda tx: disclosures.disclose(tx, look(receipt), [_NUMBER, "123456789"]))
        assert 0 <= until - scene.clock.now - 900_000_000 < 1000
        for asked in (Asked([_NUMBER]), Asked(["123456789"]), Asked(keys=["K1"]), Asked(who="an-operator")):
            rows, older = await scene.journal.read(lambda tx, a=asked: disclosures.report(tx, a))  # type: ignore[misc]
            assert [(row["who"], row["purpose"]) for row in rows] == [("an-operator", "fault")]
            assert older is None
        for nobody in (Asked(["079201001235"]), Asked(keys=["K2"]), Asked(who="another")):
            assert await scene.journal.read(lambda tx, a=nobody: disclosures.report(tx, a)) == ([], None)  # type: ignore[misc]

    async def test_the_register_of_disclosures_is_no_list_of_citizens(self, scene: Scene) -> None:
        """Neither table nor entry holds the number, nor does the question who saw it leave it behind."""
        receipt = await scene.told(dossier("K1"))
        await scene.act(lambda tx: disclosures.disclose(tx, look(receipt), [_NUMBER]))
        await scene.act(lambda tx: disclosures.note_report(tx, "an-auditor", Asked([_NUMBER])))
        for table in ("disclosures", "disclosed", "entries", "meta"):
            for row in await scene.rows(f"SELECT * FROM {table}"):  # noqa: S608 - names of tables
                assert _NUMBER not in str(row)
                assert _NUMBER.encode() not in b"".join(one for one in row if isinstance(one, bytes))

    async def test_a_look_ends_by_itself_or_when_the_person_says_so(self, scene: Scene) -> None:
        """It is this person's, of this message, for this time."""
        receipt = await scene.told(dossier("K1"))
        one = look(receipt)
        number = one.message or 0
        await scene.act(lambda tx: disclosures.disclose(tx, one, []))
        mine, others = await scene.journal.read(
            lambda tx: [disclosures.open_until(tx, number, who) for who in ("an-operator", "another")]
        )
        assert (mine is not None, others) == (True, None)
        assert await scene.act(lambda tx: disclosures.mask_again(tx, number, "an-operator", "x"))
        assert await scene.journal.read(lambda tx: disclosures.open_until(tx, number, "an-operator")) is None
        await scene.act(lambda tx: disclosures.disclose(tx, one, []))
        scene.clock.move(901)
        assert await scene.act(lambda tx: disclosures.open_until(tx, number, "an-operator")) is None
