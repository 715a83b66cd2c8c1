"""A journal that encrypts, for tests: a vault that wraps keys, and what is done to them and under them."""

from __future__ import annotations

from typing import Any

import orjson

from lgsp.journal import keys_resealing, walking
from lgsp.journal.keys_resealing import PLACES, Progress
from lgsp.journal.tables import metadata
from lgsp.keyring import Keyring
from lgsp.keyring_file import WrappingError
from lgsp.testing.scene import Scene

NAME = "Nguyễn Thị Canary"
TOLD = f"{NAME} 079199001234"
"""What nobody may find in the clear."""
WHO = "admin"
SETTLES = keys_resealing.SETTLED / 1_000_000 + 1
"""Seconds after which a key has settled."""


class Vault:
    """Wraps keys by turning them round; it may be away, as a service over the network may."""

    def __init__(self, name: str = "first") -> None:
        self.name = name
        self.away = False
        self.asked = 0

    async def wrap(self, key: bytes) -> tuple[str, bytes]:
        """See `Wrapping.wrap`."""
        self._answer()
        return self.name, key[::-1] + self.name.encode()

    async def unwrap(self, by: str, wrapped: bytes) -> bytes:
        """See `Wrapping.unwrap`."""
        self._answer()
        return wrapped.removesuffix(by.encode())[::-1]

    def _answer(self) -> None:
        self.asked += 1
        if self.away:
            raise WrappingError("unwrapping a data key: nobody answers")


async def encrypted(scene: Scene) -> Keyring:
    """Let a scene's journal encrypt from now on, as a process does that has a key file."""
    keyring = Keyring(scene.journal, Vault())
    await keyring.begin(WHO)
    return keyring


async def numbers(scene: Scene, table: str = "bodies") -> list[int]:
    """Return the numbers of the keys under which the rows of a table stand, in order of their keys."""
    place = next(one for one in PLACES if one.table == table)
    sql = f"SELECT {place.number}, {place.sealed} FROM {table} ORDER BY {place.keys[0]}"  # noqa: S608 - ours
    rows = await scene.journal.read(lambda tx: tx.rows(sql))
    return [number for number, sealed in rows if sealed is not None]


async def body(scene: Scene, message: int) -> Any:
    """Return the body of a message by its number."""
    kept = await scene.journal.read(lambda tx: walking.body(tx, message))
    assert kept is not None
    return orjson.loads(kept)


async def reencrypt(scene: Scene, pages: int = 200) -> Progress:
    """Go through everything until it ends, or for so many pages; return how far it is."""
    for _ in range(pages):
        now = await scene.act(keys_resealing.step)
        if now is None:
            due = await scene.act(keys_resealing.due)
            if due is None:
                break
            await scene.act(lambda tx, d=due: keys_resealing.files_took(tx, d, _no_files()))  # type: ignore[misc]
    found = await scene.journal.read(keys_resealing.progress)
    assert found is not None
    return found


def _no_files() -> keys_resealing.Step:
    return keys_resealing.Step(("",), over=True, looked=0, sealed=0)


async def rotated(scene: Scene, keyring: Keyring) -> int:
    """Make another key, and let it settle."""
    number = await keyring.rotate(WHO)
    scene.clock.move(SETTLES + 10)
    await keyring.learn()
    return number


async def plain_values(scene: Scene) -> list[bytes]:
    """Return every value of every table as bytes."""
    found: list[bytes] = []
    for sql in map("SELECT * FROM {}".format, metadata.tables):
        rows = await scene.journal.read(lambda tx, s=sql: tx.rows(s))  # type: ignore[misc]
        found += [
            v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row if v is not None
        ]
    return found


async def forget(scene: Scene, number: int, *, keep_asking: bool = False) -> None:
    """Let a process not know a key, as one that another process made a moment ago."""
    known = scene.journal.keys
    for ring in (known._ciphers, known._keys):  # noqa: SLF001 - nobody but a test forgets one
        ring.pop(number)
    if not keep_asking:
        Keyring(scene.journal, Vault())


async def alter(scene: Scene, message: int) -> None:
    """Turn one bit of a body round, as it lies in the journal."""
    rows = await scene.journal.read(
        lambda tx: tx.rows("SELECT body FROM bodies WHERE message_id = ?", (message,))
    )
    kept = bytearray(rows[0][0])
    kept[-1] ^= 1
    await scene.act(
        lambda tx: tx.run("UPDATE bodies SET body = ? WHERE message_id = ?", [(bytes(kept), message)])
    )
