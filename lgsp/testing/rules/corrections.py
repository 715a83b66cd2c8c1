"""Rules of edit and resend: a corrected body takes the place of what did not get through."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.adapter import Accepted
from lgsp.journal import acting, correcting, walking
from lgsp.journal.contract import Offer, WrongStateError
from lgsp.journal.correcting import Correction, Original
from lgsp.journal.salts import Salts
from lgsp.journal.states import State
from lgsp.message import Raw
from lgsp.testing.making import OTHER, SYSTEM, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

WHO = "lan.nguyen"


class CorrectionRules(JournalRules):
    """A person may correct what is stuck; the old delivery closes as replaced, and each knows the other."""

    async def original(self, scene: Scene, receipt: Accepted) -> Original:
        """Return a message as one to be corrected."""
        old = await scene.journal.read(lambda tx: correcting.original(tx, receipt.id))
        assert old is not None
        return old

    async def correct(self, scene: Scene, receipt: Accepted, offer: Offer) -> Accepted:
        """Send a corrected body in the place of a message that is stuck; return its receipt."""
        old = await self.original(scene, receipt)
        raw = Raw.of(orjson.dumps(offer.message.data))
        wish = Correction(offer, raw, None, 0, WHO, "gõ nhầm")
        taken, frames = await scene.act(lambda tx: correcting.correct(tx, old, wish, Salts()))
        scene.frames += frames
        return taken

    async def test_a_correction_goes_out_instead_of_what_was_refused(self, scene: Scene) -> None:
        """The old delivery is replaced, under the person's name, with the reason; its body goes nowhere."""
        old = await scene.kill(dossier())
        new = await self.correct(scene, old, dossier(body="B"))
        assert (new.revision, await scene.run()) == (2, [{"body": "B"}])
        assert [await scene.state(one) for one in (old, new)] == ["replaced", "delivered"]
        entries = [e for e in (await scene.walk(old))["entries"] if e["what"] == "replaced"]
        assert [(e["who"], e["cause"], e["details"]["by"]) for e in entries] == [
            (WHO, "gõ nhầm", str(new.id))
        ]

    async def test_each_message_names_the_other(self, scene: Scene) -> None:
        """From the original to its correction, and back."""
        old = await scene.kill(dossier())
        new = await self.correct(scene, old, dossier(body="B"))
        links = [(await scene.walk(one))["links"] for one in (old, new)]
        assert [[(one["how"], one["message"]) for one in each] for each in links] == [
            [("replaced_by", str(new.id))],
            [("instead_of", str(old.id))],
        ]

    async def test_telling_the_same_again_does_not_undo_a_correction(self, scene: Scene) -> None:
        """The source's item is known, as the correction; also in an array with the version before it."""
        first = await scene.deliver(dossier(body="A"))
        old = await scene.kill(dossier(body="B"))
        new = await self.correct(scene, old, dossier(body="C"))
        again = await scene.told(dossier(body="B"))
        assert (again.id, again.known) == (new.id, True)
        both = await scene.tell(dossier(body="A"), dossier(body="B"))
        assert [(one.id, one.known) for one in both if isinstance(one, Accepted)] == [
            (first.id, True),
            (new.id, True),
        ]

    async def test_a_newer_version_of_the_source_supersedes_a_correction(self, scene: Scene) -> None:
        """What the source tells anew counts."""
        old = await scene.kill(dossier(body="B"))
        new = await self.correct(scene, old, dossier(body="C"))
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected")
        newest = await scene.told(dossier(body="D"))
        assert newest.revision == new.revision + 1
        assert await scene.run() == [{"body": "D"}]

    async def test_a_corrected_document_goes_before_those_that_waited_behind_it(self, scene: Scene) -> None:
        """Documents keep their order: it takes the place of the dead one, and opens the line."""
        old = await scene.kill(paper(name="P1"))
        await scene.told(paper(name="P2"))
        assert await scene.claim() == []
        await self.correct(scene, old, paper(name="P1", body="B"))
        assert await scene.run() == [{"name": "P1", "body": "B"}, {"name": "P2", "body": "A"}]

    async def test_a_parked_event_stays_parked_when_it_is_corrected(self, scene: Scene) -> None:
        """A correction does not go before its anchor either."""
        old = await scene.told(progress())
        new = await self.correct(scene, old, progress(step=2))
        assert await scene.state(new) == "parked"
        await scene.deliver(dossier())
        assert await scene.run() == [{"of": "K1", "step": 2}]

    async def test_a_correction_goes_only_where_the_original_did_not_get_through(self, scene: Scene) -> None:
        """A system that took the original is left alone."""
        old = await scene.told(dossier("K1", "A", SYSTEM, OTHER))
        for claim in await scene.claim():
            refused = claim.system == SYSTEM
            await scene.settle(
                claim, State.REFUSED if refused else State.DELIVERED, cause="x" if refused else ""
            )
        new = await self.correct(scene, old, dossier(body="B"))
        assert (list(new.systems), await scene.state(old, OTHER)) == ([SYSTEM], "delivered")

    async def test_a_held_delivery_is_corrected_and_goes_on(self, scene: Scene) -> None:
        """Nobody has to release it: the correction is the decision."""
        old = await scene.told(dossier())
        number = (await scene.delivery(old))["id"]
        await scene.act(lambda tx: acting.hold(tx, number, WHO, "sai tên"))
        await self.correct(scene, old, dossier(body="B"))
        assert await scene.run() == [{"body": "B"}]

    async def test_what_cannot_be_corrected_stays_as_it_is(self, scene: Scene) -> None:
        """On the wire, delivered, or overtaken: the act is refused and changes nothing."""
        flying = await scene.told(dossier())
        claim = await scene.one()
        await self.refused(scene, flying)
        await scene.settle(claim)
        await self.refused(scene, flying)
        dead = await scene.kill(dossier(body="B"))
        await scene.told(dossier(body="C"))
        await self.refused(scene, dead)

    async def refused(self, scene: Scene, receipt: Accepted) -> None:
        """See that a message is not corrected."""
        before = await scene.state(receipt)
        with pytest.raises(WrongStateError):
            await self.correct(scene, receipt, dossier(body="Z"))
        assert await scene.state(receipt) == before

    async def test_a_document_in_doubt_is_not_corrected(self, scene: Scene) -> None:
        """It may have arrived: that doubt is settled first."""
        old = await scene.told(paper())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        assert (await self.original(scene, old)).systems == []
        with pytest.raises(WrongStateError, match="arrived"):
            await self.correct(scene, old, paper(body="B"))

    async def test_the_page_of_a_message_is_told_without_bodies(self, scene: Scene) -> None:
        """The walk, the versions beside it and how often it was told again; what was said comes singly."""
        first = await scene.deliver(dossier(body="A"))
        await scene.told(dossier(body="A"))
        second = await scene.deliver(dossier(body="B"))
        await scene.told(progress())
        told: dict[str, Any] | None = await scene.journal.read(lambda tx: walking.told(tx, first.id))
        assert told is not None
        assert [e["what"] for e in told["entries"]] == ["accepted", "delivered"]
        assert (told["told_again"]["count"], told["beside"]["after"]["id"]) == (1, str(second.id))
        assert ("data" in told, [one["type"] for one in told["around"]]) == (False, ["dossier.progress.v1"])
        number = told["seq"]
        said = await scene.journal.read(lambda tx: (walking.body(tx, number), walking.raw(tx, number)))
        assert (said[0], said[1] and said[1]["body"]) == (b'{"body":"A"}', b'[{"body":"A"}]')
        way = told["deliveries"][0]["id"]
        assert await scene.journal.read(
            lambda tx: (walking.owns(tx, number, way), walking.behind(tx, way))
        ) == (
            True,
            0,
        )
        assert await scene.journal.read(lambda tx: walking.exchanges(tx, way, 1)) == []
