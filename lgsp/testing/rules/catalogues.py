"""Rules of catalogues: what messages and lists make of their items, and what is never closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from lgsp.adapter import Accepted
from lgsp.catalogue import Catalogued
from lgsp.journal import (
    catalogue_names,
    catalogues,
    catalogues_following,
    catalogues_pending,
    catalogues_shown,
    job_runs,
)
from lgsp.journal.catalogues_shown import Sought
from lgsp.journal.contract import CursorAt, Offer, WrongStateError
from lgsp.journal.job_runs import DONE, Begun, End, Process
from lgsp.journal.states import State
from lgsp.message import Kind, Message, native_digest
from lgsp.schedules import Job
from lgsp.testing.making import SYSTEM, arrival, dossier, wanted
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

PROCEDURE, JOB = "procedure.v1", "procedures"
_JOB = Job.model_validate({"every": "1h"})
_ROW = "key, version, open, since, until, gone, pending"


def procedure(code: str, name: str = "Cấp giấy", state: str = "published", *to: str) -> Offer:
    """Return a message of a procedure, which no route wants unless told so."""
    body = {"code": code, "name": name, "state": state}
    message = Message(PROCEDURE, code, code, body, native=native_digest(body), source=SYSTEM, agency="G15")
    item = Catalogued(name, state, state != "closed", orjson.dumps(["F1", "Hộ tịch"]).decode())
    return Offer(message, Kind.SNAPSHOT, None, orjson.dumps(body), wanted(*to), catalogued=item)


def closing(over: int, code: str, run: int | None = None) -> Offer:
    """Return the message that closes an item, if `over` is still its newest."""
    offer = procedure(code, state="closed")
    assert offer.catalogued is not None
    return replace(offer, catalogued=offer.catalogued._replace(gone=True, run=run, over=over))


async def begin(scene: Scene) -> Begun:
    """Begin a run of the job that brings procedures, whatever became of the last one."""
    scene.clock.move(86_400)
    run = await scene.act(lambda tx: job_runs.begin(tx, SYSTEM, JOB, _JOB, Process(scene.worker)))
    assert run is not None
    return run


async def bring(scene: Scene, run: Begun, *offers: Offer, lists: Collection[str] | None = None) -> list[Any]:
    """Bring a page, which may say all that there is."""
    said = {} if lists is None else {PROCEDURE: lists}
    page = arrival(*offers, source=SYSTEM)
    page.page = CursorAt(SYSTEM, JOB, run.run, "null", lists=said)
    return list((await scene.journal.accept(page)).results)


async def end(scene: Scene, run: Begun, state: str = DONE) -> None:
    """End a run."""
    await scene.act(lambda tx: job_runs.finish(tx, run, End(state, catalogued=True), _JOB))


async def whole(scene: Scene, codes: Sequence[str]) -> Begun:
    """Bring a catalogue from end to end: a page that lists it, one with what stands on it, and the end."""
    run = await begin(scene)
    await bring(scene, run, lists=codes)
    await bring(scene, run, *(procedure(code) for code in codes))
    await end(scene, run)
    return run


async def items(scene: Scene, key: str) -> list[dict[str, Any]]:
    """Return the versions of an item, oldest first."""
    sql = f"SELECT {_ROW} FROM catalogue_items WHERE type = ? AND key = ? ORDER BY version"  # noqa: S608
    found = await scene.rows(sql, PROCEDURE, key)
    return [dict(zip(_ROW.split(", "), row, strict=True)) for row in found]


async def head(scene: Scene) -> dict[str, Any]:
    """Return how far the catalogue has come."""
    (one,) = await scene.journal.read(catalogues.lists)
    return one


async def figures(scene: Scene, run: Begun) -> tuple[int, ...]:
    """Return what a run counted of the items: new, changed, gone."""
    sql = "SELECT facts_new, facts_changed, facts_gone FROM job_runs WHERE id = ?"
    return tuple((await scene.rows(sql, run.run))[0])


class CatalogueRules(JournalRules):
    """What a catalogue makes of messages and lists."""

    async def test_the_first_whole_list_holds_from_an_unknown_day_and_news_from_theirs(
        self, scene: Scene
    ) -> None:
        """Versions rise; the one before ends the day before, and the item's page of days has no gap."""
        first = await whole(scene, ["1.000001", "1.000002"])
        assert (await figures(scene, first), (await head(scene))["state"]) == ((2, 0, 0), "whole")
        run = await begin(scene)
        await bring(scene, run, procedure("1.000001", "Tên mới"), procedure("1.000003"))
        assert await figures(scene, run) == (1, 1, 0)
        old, new = await items(scene, "1.000001")
        assert (old["since"], new["until"], new["version"]) == ("", None, 3)
        assert new["since"] > old["until"]
        assert (await items(scene, "1.000003"))[0]["since"] == new["since"]

    async def test_codes_are_called_what_catalogues_call_them_now(self, scene: Scene) -> None:
        """However many codes a table holds; one that no catalogue has, has no name."""
        await whole(scene, ["1.000001", "1.000002"])
        await bring(scene, await begin(scene), procedure("1.000001", "Tên mới"))
        keys = ["1.000001", "1.000009", *(f"2.{n:06d}" for n in range(1200)), "1.000002", "1.000001"]
        found = await scene.journal.read(lambda tx: catalogue_names.names(tx, PROCEDURE, keys))
        assert found == {"1.000001": "Tên mới", "1.000002": "Cấp giấy"}

    async def test_what_is_told_again_unchanged_makes_no_version(self, scene: Scene) -> None:
        """The diff is the identity of the message."""
        await whole(scene, ["1.000001"])
        run = await begin(scene)
        await bring(scene, run, procedure("1.000001"), lists=["1.000001"])
        assert (await figures(scene, run), len(await items(scene, "1.000001"))) == ((0, 0, 0), 1)

    async def test_told_twice_in_one_request_the_last_one_stands(self, scene: Scene) -> None:
        """An item has one newest version, also inside one transaction."""
        run = await begin(scene)
        await bring(scene, run, procedure("1.000001", "A"), procedure("1.000001", "B"))
        first, second = await items(scene, "1.000001")
        assert (first["until"] is not None, second["until"], second["version"]) == (True, None, 2)

    async def test_a_list_that_is_not_read_to_its_end_is_not_whole(self, scene: Scene) -> None:
        """Row 202: what stands on it may still come, so nothing is unknown yet; who goes on ends it."""
        run = await begin(scene)
        await bring(scene, run, procedure("1.000001"), lists=["1.000001", "1.000002"])
        await end(scene, run, job_runs.CUT_SHORT)
        assert ((await head(scene))["state"], (await head(scene))["wholes"]) == ("listed", 0)
        on = await begin(scene)
        await bring(scene, on, procedure("1.000002"))
        await end(scene, on)
        assert ((await head(scene))["state"], (await head(scene))["wholes"]) == ("whole", 1)
        assert (await items(scene, "1.000002"))[0]["since"] == ""

    async def test_what_a_list_lacks_is_marked_and_the_closing_counts_as_gone(self, scene: Scene) -> None:
        """The item stays, closed, and knows that a list closed it."""
        await whole(scene, [f"1.00{n:04}" for n in range(50)])
        run = await begin(scene)
        await bring(scene, run, lists=[f"1.00{n:04}" for n in range(1, 50)])
        assert (await items(scene, "1.000000"))[-1]["pending"] == catalogues.CLOSE
        (number,) = (await scene.rows("SELECT id FROM messages WHERE partitionkey = ?", "1.000000"))[0]
        (receipt,) = await scene.tell(closing(number, "1.000000", run.run), source=SYSTEM)
        assert isinstance(receipt, Accepted)
        assert not receipt.known
        last = (await items(scene, "1.000000"))[-1]
        assert (last["open"], last["gone"], last["pending"]) == (0, 1, 0)
        assert (await figures(scene, run), (await head(scene))["size"]) == ((0, 0, 1), 49)

    async def test_a_closing_that_comes_late_closes_nothing(self, scene: Scene) -> None:
        """Row 206: between the look and the word somebody told the item anew: that stands."""
        await whole(scene, ["1.000001"])
        (number,) = (await scene.rows("SELECT id FROM messages WHERE partitionkey = ?", "1.000001"))[0]
        await scene.tell(procedure("1.000001", "Tên mới"), source=SYSTEM)
        (receipt,) = await scene.tell(closing(number, "1.000001"), source=SYSTEM)
        assert isinstance(receipt, Accepted)
        assert receipt.known
        assert [one["open"] for one in await items(scene, "1.000001")] == [1, 1]

    async def test_what_a_list_has_again_is_to_be_opened_unless_its_source_calls_it_closed(
        self, scene: Scene
    ) -> None:
        """A list undoes what a list did, and not what the record itself says."""
        codes = [f"1.00{n:04}" for n in range(40)]
        await whole(scene, codes)
        run = await begin(scene)
        await bring(scene, run, lists=codes[1:])
        (number,) = (await scene.rows("SELECT id FROM messages WHERE partitionkey = ?", codes[0]))[0]
        await scene.tell(closing(number, codes[0]), source=SYSTEM)
        await bring(scene, run, procedure(codes[1], state="closed"))
        await bring(scene, run, lists=codes)
        assert [(await items(scene, code))[-1]["pending"] for code in codes[:2]] == [catalogues.REOPEN, 0]

    async def test_a_list_that_lacks_too_much_closes_nothing_until_a_person_says_so(
        self, scene: Scene
    ) -> None:
        """Row 208: counted and shown; a list that has it all forgets it; nobody closes by an old run."""
        codes = [f"1.00{n:04}" for n in range(100)]
        await whole(scene, codes)
        run = await begin(scene)
        await bring(scene, run, lists=codes[:70])
        assert await scene.journal.read(catalogues.short) == [(SYSTEM, JOB, run.run, 30, 100)]
        await bring(scene, run, lists=codes)
        assert await scene.journal.read(catalogues.short) == []
        assert await scene.rows("SELECT 1 FROM catalogue_items WHERE pending > 0") == []
        await bring(scene, run, lists=codes[:70])
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: catalogues.believe(tx, SYSTEM, JOB, run.run + 1, "operator"))
        assert await scene.act(lambda tx: catalogues.believe(tx, SYSTEM, JOB, run.run, "operator")) == 30
        rows = await scene.rows(
            "SELECT pending, count(*) FROM catalogue_items GROUP BY pending ORDER BY pending"
        )
        assert [tuple(row) for row in rows] == [(0, 70), (catalogues.CLOSE, 30)]
        said = await scene.rows(
            "SELECT what, who FROM entries WHERE id > 0 AND what LIKE 'catalogue %' ORDER BY id"
        )
        assert [tuple(row) for row in said][-1] == ("catalogue believed", "operator")

    async def test_an_empty_list_is_not_believed(self, scene: Scene) -> None:
        """Also where there are but two."""
        await whole(scene, ["1.000001", "1.000002"])
        await bring(scene, await begin(scene), lists=[])
        assert (await head(scene))["state"] == "short"

    async def test_two_systems_have_catalogues_of_their_own(self, scene: Scene) -> None:
        """Versions are counted, and lists compared, by source."""
        await whole(scene, ["1.000001"])
        await scene.tell(procedure("1.000001", "Theo bộ"), source="ministry")
        rows = await scene.rows("SELECT source, version FROM catalogue_items ORDER BY source")
        assert [tuple(row) for row in rows] == [("ministry", 1), (SYSTEM, 1)]

    async def test_what_waited_for_an_item_is_ready_when_it_comes(self, scene: Scene) -> None:
        """Only what named it, whatever else waits for another, and not while its line settles."""
        for key, code in (("K1", "1.000001"), ("K2", "1.000002"), ("K3", "1.000001")):
            await scene.told(dossier(key))
            claim = await scene.one()
            doubt = {"uncertain": True} if key == "K3" else {}
            await scene.settle(claim, State.PUT_OFF, cause=catalogues.UNLISTED, said=code, **doubt)
        await bring(scene, await begin_soon(scene), procedure("1.000001"))
        rows = await scene.rows("SELECT state FROM deliveries WHERE id > 0 ORDER BY id")
        assert [row[0] for row in rows] == [State.READY, State.PUT_OFF, State.PUT_OFF]

    async def test_what_is_shown_is_what_held_on_the_day(self, scene: Scene) -> None:
        """An item that changed in the morning and at noon held yesterday as it was, and today as it is."""
        await whole(scene, ["1.000001", "1.000002"])
        run = await begin(scene)
        await bring(scene, run, procedure("1.000001", "Sáng"), procedure("1.000001", "Trưa"))
        (_, morning, noon) = await items(scene, "1.000001")
        read = scene.journal.read
        for day, name in ((morning["until"], "Cấp giấy"), (noon["since"], "Trưa"), ("", "Trưa")):
            one = await read(lambda tx, d=day: catalogues_shown.one(tx, PROCEDURE, "1.000001", as_of=d))  # type: ignore[misc]
            assert one is not None
            assert (one["name"], one["record"]["name"], len(one["history"])) == (name, name, 3)
            sought = Sought(PROCEDURE, words="1.000001", agency="G15", more="F1", state="open", as_of=day)
            found = await read(lambda tx, s=sought: catalogues_shown.search(tx, s))  # type: ignore[misc]
            assert [item["name"] for item in found["items"]] == [name]
        page = await read(lambda tx: catalogues_shown.search(tx, Sought(PROCEDURE, limit=1)))
        rest = await read(
            lambda tx: catalogues_shown.search(tx, Sought(PROCEDURE, after=page["next"], source=SYSTEM))
        )
        assert ([item["code"] for item in rest["items"]], rest["next"]) == (["1.000002"], None)

    async def test_who_follows_sees_the_newest_of_each_item_once(self, scene: Scene) -> None:
        """What a newer version stands over is passed by; what is to be done comes with its body."""
        await whole(scene, [f"1.00{n:04}" for n in range(30)])
        run = await begin(scene)
        await bring(scene, run, procedure("1.000001", "Mới"), lists=[f"1.00{n:04}" for n in range(1, 31)])
        news = await scene.journal.read(lambda tx: catalogues_following.news(tx, SYSTEM, PROCEDURE, 0))
        assert (len(news.rows), news.rows[-1][:3], news.absent) == (30, (31, "1.000001", "Mới"), ["1.000030"])
        late = await scene.journal.read(lambda tx: catalogues_following.news(tx, SYSTEM, PROCEDURE, 30))
        assert [row[1] for row in late.rows] == ["1.000001"]
        assert await scene.journal.read(lambda tx: catalogues_following.heads(tx, [PROCEDURE])) == [late.head]
        (one,) = await scene.journal.read(lambda tx: catalogues_pending.pending(tx, SYSTEM, PROCEDURE, 0))
        assert (one.closes, one.data) == (
            True,
            {"code": "1.000000", "name": "Cấp giấy", "state": "published"},
        )

    async def test_other_types_cost_not_one_statement_more(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A dossier's acceptance does not look at catalogues at all."""
        monkeypatch.setattr(catalogues, "_opened", _fails)
        await scene.told(dossier("K1"))
        assert await scene.rows("SELECT 1 FROM catalogues") == []


async def begin_soon(scene: Scene) -> Begun:
    """Ask for a run now, and begin it: no time passes."""
    await scene.act(lambda tx: job_runs.seen(tx, SYSTEM, JOB))
    await scene.act(
        lambda tx: tx.run(
            "UPDATE jobs SET wanted_at = ?, wanted_by = 'operator' WHERE job = ?", [(tx.now, JOB)]
        )
    )
    run = await scene.act(lambda tx: job_runs.begin(tx, SYSTEM, JOB, _JOB, Process(scene.worker)))
    assert run is not None
    return run


def _fails(*_: object) -> None:
    raise AssertionError("a catalogue was looked at")
