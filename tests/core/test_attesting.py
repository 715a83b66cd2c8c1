"""Evidence of signatures: kept beside the message, once, and only by the process whose duty it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from lgsp.attesting import Attesting
from lgsp.journal import evidence, reading
from lgsp.journal.contract import as_uuid
from lgsp.message import Finding
from lgsp.testing.making import arrival, paper
from tests.core.rig import Rig, rig


class Seer:
    """Sees a signature in what it is told to."""

    def __init__(self, *signed: str) -> None:
        self.signed = signed
        self.seen: list[Any] = []

    async def evidence(self, data: dict[str, Any], _: Any) -> tuple[dict[str, Any], list[Finding]]:
        """Tell of a signature in each file that it knows."""
        self.seen.append(data)
        found = [
            one | {"signatures": [{"standing": "valid"}]} if one["dataref"][7:] in self.signed else one
            for one in data["attachments"]
        ]
        return {**data, "attachments": found}, []

    def close(self) -> None:
        """Have nothing to let go of."""


async def attached(one: Rig, *files: str) -> int:
    """Take a document with files on; return its number."""
    offer = paper("K1", "P1")
    offer.body = orjson.dumps({"attachments": [{"dataref": f"sha256:{name}"} for name in files]})
    offer.files = files
    await one.journal.accept(arrival(offer))
    ((number,),) = await one.journal.read(lambda tx: tx.rows("SELECT max(id) FROM messages"))
    return int(number)


async def test_each_file_is_looked_at_once(tmp_path: Path) -> None:
    """What was seen is kept with the message; what has no signature is noted as looked at, too."""
    async with rig(tmp_path) as one:
        number = await attached(one, "ab", "cd")
        seer: Any = Seer("ab")
        attesting = Attesting(one.gateway, seer)
        assert [await attesting.look(), await attesting.look()] == [True, False]
        assert await one.journal.read(lambda tx: evidence.seen(tx, number)) == {
            "ab": [{"standing": "valid"}],
            "cd": [],
        }
        assert len(seer.seen) == 1


async def test_whose_duty_it_is_not_looks_at_nothing(tmp_path: Path) -> None:
    """Of many processes one looks; the others leave it alone."""
    async with rig(tmp_path) as one:
        number = await attached(one, "ab")
        seer: Any = Seer("ab")
        assert not await Attesting(one.gateway, seer, lambda _: False).look()
        assert await one.journal.read(lambda tx: evidence.seen(tx, number)) == {"ab": None}


async def test_it_is_shown_with_the_walk(tmp_path: Path) -> None:
    """Who looks at a message sees what was found of its files."""
    async with rig(tmp_path) as one:
        await attached(one, "ab")
        seer: Any = Seer("ab")
        await Attesting(one.gateway, seer).look()
        ((uid,),) = await one.journal.read(lambda tx: tx.rows("SELECT uid FROM messages"))
        shown = await one.journal.read(lambda tx: reading.walk(tx, as_uuid(uid)))
        assert shown["signatures"] == {"ab": [{"standing": "valid"}]}
