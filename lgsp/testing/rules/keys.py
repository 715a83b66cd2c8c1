"""Rules of encryption at rest: nothing plain, nothing unread, nothing lost while keys come and go."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from lgsp.journal import claiming, keys, keys_resealing, reading
from lgsp.journal.contract import Arrival, JournalError
from lgsp.journal.keys_resealing import PLACES
from lgsp.journal.states import State
from lgsp.journal.tables import metadata
from lgsp.keyring import Keyring
from lgsp.keys import PLAIN, UnreadableError
from lgsp.message import Raw
from lgsp.testing.making import SOURCE, dossier, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene
from lgsp.testing.sealed import (
    NAME,
    TOLD,
    WHO,
    Vault,
    alter,
    body,
    encrypted,
    forget,
    numbers,
    plain_values,
    reencrypt,
    rotated,
)
from lgsp.wire.exchange import Exchange, packed


class KeyRules(JournalRules):
    """What a journal holds of its data keys, and of what stands under them."""

    async def test_what_was_told_stands_nowhere_in_the_clear(self, scene: Scene) -> None:
        """Body, request as it came, exchanges of an attempt and evidence: none is found in any table."""
        await encrypted(scene)
        offer = dossier(body=TOLD)
        await scene.journal.accept(Arrival(SOURCE, Raw.of(f"<name>{TOLD}</name>".encode()), [offer]))
        await scene.tell(dossier("K2", TOLD))
        said = TOLD.encode()
        exchanges = packed([Exchange("http://portal/", said, 500, said, 1.0)])
        await scene.settle(
            await scene.one(),
            State.PUT_OFF,
            exchanges=exchanges,
            answer="odd",
            cause="uncatalogued",
            hidden=(NAME,),
        )
        found = await plain_values(scene)
        assert not [value for value in found if b"Canary" in value or b"079199001234" in value]
        assert (await body(scene, 1))["body"] == TOLD

    async def test_without_keys_everything_is_plain_and_stays_readable(self, scene: Scene) -> None:
        """A journal of before is read on; the same check finds what the one above must not."""
        await scene.tell(dossier(body=TOLD))
        assert [value for value in await plain_values(scene) if b"Canary" in value]
        await encrypted(scene)
        await scene.tell(dossier("K2", TOLD))
        assert await numbers(scene) == [PLAIN, 1]
        assert (await body(scene, 1))["body"] == (await body(scene, 2))["body"] == TOLD

    async def test_two_rows_never_look_alike(self, scene: Scene) -> None:
        """Each value has a nonce of its own: equal bodies are different on the disk."""
        await encrypted(scene)
        for key in ("K1", "K2"):
            await scene.tell(dossier(key, TOLD))
        kept = await scene.journal.read(lambda tx: tx.rows("SELECT body FROM bodies"))
        assert len({bytes(row[0])[:12] for row in kept}) == 2

    async def test_every_column_of_a_key_is_gone_through(self, scene: Scene) -> None:
        """Whoever adds a sealed column lets the re-encryption know, or its key would be retired under it."""
        del scene
        declared = {
            (name, column.name)
            for name, table in metadata.tables.items()
            for column in table.columns
            if column.name in {"key_id", "key"} and str(column.type) == "SMALLINT"
        }
        assert declared == {(place.table, place.number) for place in PLACES}

    # --- keys that come and go --------------------------------------------------------------------------

    async def test_a_new_key_encrypts_when_its_moment_has_come(self, scene: Scene) -> None:
        """Row 240: the moment lies behind the time in which every process learns it."""
        keyring = await encrypted(scene)
        assert await keyring.rotate(WHO) == 2
        await scene.tell(dossier("K1"))
        scene.clock.move(11)
        await keyring.learn()
        await scene.tell(dossier("K2"))
        assert await numbers(scene) == [1, 2]

    async def test_a_process_that_does_not_know_a_key_learns_it_and_answers_right(self, scene: Scene) -> None:
        """Row 241: reads, claims and acts of it are done again once the key is known; nothing is held."""
        keyring = await encrypted(scene)
        await rotated(scene, keyring)
        await scene.tell(dossier(body=TOLD), progress())
        await forget(scene, 2)
        assert (await body(scene, 1))["body"] == TOLD
        await forget(scene, 2)
        claims = await scene.claim()
        assert [claim.message.data for claim in claims] == [{"body": TOLD}]
        await forget(scene, 2)
        message = await scene.act(lambda tx: claiming.read(tx, claims[0].delivery))
        assert message is not None
        assert message.data == {"body": TOLD}

    async def test_who_cannot_ask_for_a_key_says_so_and_loses_nothing(self, scene: Scene) -> None:
        """While the key service is away nothing is answered wrong or held; afterwards all goes on."""
        await encrypted(scene)
        await scene.tell(dossier(body=TOLD))
        vault = Vault()
        Keyring(scene.journal, vault)
        await forget(scene, 1, keep_asking=True)
        vault.away = True
        with pytest.raises(JournalError, match="cannot be learned now"):
            await scene.journal.claim(scene.frames, scene.worker)
        with pytest.raises(JournalError, match="cannot be learned now"):
            await body(scene, 1)
        vault.away = False
        assert (await scene.one()).message.data == {"body": TOLD}

    async def test_a_late_process_seals_under_an_older_key_and_nothing_is_lost(self, scene: Scene) -> None:
        """Row 242: it is read by all, and what was retired is in use again once it is found."""
        keyring = await encrypted(scene)
        await rotated(scene, keyring)
        await scene.tell(dossier())
        assert (await reencrypt(scene)).state == "done"
        assert [row.retired_at is None for row in (await keyring.book()).keys] == [False, True]
        scene.journal.keys.current = 1
        await scene.tell(dossier("K2", TOLD))
        await keyring.learn()
        assert await numbers(scene) == [2, 1]
        assert (await body(scene, 2))["body"] == TOLD
        await scene.act(lambda tx: keys_resealing.begin(tx, WHO))
        await reencrypt(scene)
        assert await numbers(scene) == [2, 2]

    async def test_the_clock_steps_back_and_everything_is_read_and_sealed(self, scene: Scene) -> None:
        """A key whose moment lies ahead again seals nothing; one is always there that does."""
        keyring = await encrypted(scene)
        await rotated(scene, keyring)
        await scene.tell(dossier(body=TOLD))
        scene.clock.move(-86_400)
        await keyring.learn()
        assert scene.journal.keys.current == 1
        await scene.tell(dossier("K2"))
        assert (await body(scene, 1))["body"] == TOLD

    async def test_two_processes_start_at_once_and_make_one_first_key(self, scene: Scene) -> None:
        """Row 243: the second finds it made."""
        await asyncio.gather(*(Keyring(scene.journal, Vault()).begin(WHO) for _ in range(4)))
        assert [row.number for row in (await Keyring(scene.journal, Vault()).book()).keys] == [1]

    async def test_a_number_is_never_given_twice_though_the_journal_was_put_back(self, scene: Scene) -> None:
        """Row 244: files and spools may hold what keys encrypted that the copy never saw."""
        keyring = await encrypted(scene)
        mark = orjson.dumps({"at": scene.clock.now + 1, "upto": None, "message": 0, "delivery": 0}).decode()
        await scene.act(
            lambda tx: tx.run("INSERT INTO meta (name, value) VALUES (?, ?)", [("restored", mark)])
        )
        scene.clock.move(1)
        assert [await keyring.rotate(WHO), await keyring.rotate(WHO)] == [101, 102]

    async def test_rewrapping_changes_the_wrapping_alone(self, scene: Scene) -> None:
        """What is encrypted stays as it is; another process unwraps by the newer key."""
        await encrypted(scene)
        await scene.tell(dossier(body=TOLD))
        before = await scene.journal.read(lambda tx: tx.rows("SELECT body FROM bodies"))
        newer = Keyring(scene.journal, Vault("second"))
        assert (await newer.rewrap(WHO), await newer.rewrap(WHO)) == (1, 0)
        assert [row.wrapped_by for row in (await newer.book()).keys] == ["second"]
        assert await scene.journal.read(lambda tx: tx.rows("SELECT body FROM bodies")) == before
        await forget(scene, 1)
        assert (await body(scene, 1))["body"] == TOLD

    async def test_what_is_done_to_keys_is_an_entry_with_its_person_and_no_key(self, scene: Scene) -> None:
        """Making, rewrapping, retiring, and each order to the re-encryption."""
        keyring = await encrypted(scene)
        await rotated(scene, keyring)
        await Keyring(scene.journal, Vault("second")).rewrap(WHO)
        await reencrypt(scene)
        sql = "SELECT what, who, details FROM entries WHERE message_id IS NULL ORDER BY id"
        found = await scene.journal.read(lambda tx: tx.rows(sql))
        assert [(what, who) for what, who, _ in found] == [
            (keys.MADE, WHO), (keys.MADE, WHO), (keys.REWRAPPED, WHO), (keys.REWRAPPED, WHO),
            (keys.RETIRED, "gateway"), ("re-encryption ended", "gateway"),
        ]  # fmt: skip
        assert {name for *_, details in found for name in orjson.loads(details)} == {
            "key", "wrapped_by", "sealed", "unreadable", "retired",
        }  # fmt: skip

    # --- what cannot be read ----------------------------------------------------------------------------

    async def test_an_altered_body_is_held_and_everything_else_goes_on(self, scene: Scene) -> None:
        """The delivery waits for a person, with its cause; those claimed beside it are sent."""
        await encrypted(scene)
        await scene.tell(dossier("K1", TOLD))
        await scene.tell(dossier("K2", "B"))
        await alter(scene, 1)
        claims = await scene.claim()
        assert [claim.message.data for claim in claims] == [{"body": "B"}]
        rows = await scene.journal.read(
            lambda tx: tx.rows("SELECT state, cause, worker FROM deliveries ORDER BY id")
        )
        assert rows[0] == (int(State.HELD), claiming.UNREADABLE, None)
        assert rows[1][0] == State.SENDING

    async def test_an_altered_body_is_told_by_its_place(self, scene: Scene) -> None:
        """Who asks for the body hears which one; the rest of its walk is shown."""
        await encrypted(scene)
        receipt = await scene.told(dossier(body=TOLD))
        await alter(scene, 1)
        with pytest.raises(UnreadableError, match="body of message 1: it was altered"):
            await body(scene, 1)
        walk = await scene.journal.read(lambda tx: reading.walk(tx, receipt.id))
        assert walk is not None
        assert (walk["data"], len(walk["entries"])) == (None, 1)

    async def test_what_stands_under_a_key_that_is_lost_is_unreadable_not_unknown(self, scene: Scene) -> None:
        """A journal that never had the key cannot learn it: who waits for it would wait for ever."""
        await encrypted(scene)
        await scene.tell(dossier(body=TOLD))
        await scene.act(lambda tx: tx.run("UPDATE bodies SET key_id = ? WHERE message_id = ?", [(9, 1)]))
        with pytest.raises(UnreadableError, match="does not have its key 9"):
            await body(scene, 1)
        assert await scene.claim() == []
