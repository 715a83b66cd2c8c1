"""A journal that is filled for measuring is one that the gateway could have written."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import orjson
import pytest

from lgsp.bench.filling import document_of, fill, key_of
from lgsp.bench.looking import pages
from lgsp.bench.visiting import admitted
from lgsp.journal import people, reading
from lgsp.journal.migrating import migrate
from lgsp.journal.searching import Sought, search
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.states import DEAD, State
from lgsp.schemas import Types

COUNT = 30_000


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a journal once."""
    path = tmp_path_factory.mktemp("filled") / "journal.db"
    migrate(f"sqlite:///{path}")
    asyncio.run(fill(f"sqlite:///{path}", COUNT, admitted))
    return path


async def test_everything_that_is_measured_is_there(filled: Path) -> None:
    """Each kind of search finds something, but those for what nobody has."""
    journal = await SqliteJournal.open(filled)
    counts = await journal.read(reading.counts)
    assert counts["messages"] == COUNT
    assert {"delivered", "refused", "put off", "superseded", "ready"} <= set(
        counts["systems"]["national-portal"]
    )
    for sought in (
        Sought(code=key_of(6)), Sought(states=DEAD), Sought(states=frozenset({State.HELD})), Sought(finding="*"),
        Sought(unrouted=True), Sought(agencies=["H44"]), Sought(cause="timed-out"), Sought(type="document.v1"),
    ):  # fmt: skip
        assert (await journal.read(lambda tx, s=sought: search(tx, s))).messages, sought  # type: ignore[misc]
    (paper,) = (await journal.read(lambda tx: search(tx, Sought(type="document.v1"), limit=1))).messages
    key, number, notation = document_of(paper["seq"])
    assert paper["subject"] == key
    named = await journal.read(lambda tx: search(tx, Sought(code=f"{number}/{notation}")))
    assert paper["id"] in [one["id"] for one in named.messages]
    await journal.close()


async def test_what_is_ready_can_be_sent(filled: Path) -> None:
    """Its bodies fit their schema: the gateway that is measured does not stumble over them."""
    journal = await SqliteJournal.open(filled)
    ready = await journal.read(lambda tx: search(tx, Sought(states=frozenset({State.READY})), limit=3))
    for one in ready.messages:
        body = await journal.read(
            lambda tx, n=one["seq"]: tx.rows("SELECT body FROM bodies WHERE message_id = ?", (n,))  # type: ignore[misc]
        )
        assert (one["type"], Types().check(one["type"], orjson.loads(body[0][0]))) == ("dossier.v1", [])
    assert await journal.read(people.count) == 1
    await journal.close()


def test_each_page_has_its_name_and_address() -> None:
    """What is measured is what people open."""
    addresses = dict(pages(random.Random(1), COUNT))
    assert len(addresses) > 30
    assert all(address.startswith("/console/") for address in addresses.values())
