"""Answering with a kept file: whole, in parts, and what is said when it cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from lgsp.api import kept_file as answering
from lgsp.api.kept_file import RUN, kept_file
from lgsp.api.problems import ApiError
from lgsp.blobs import Blobs
from lgsp.keys import DataKeys
from lgsp.message import Raw
from lgsp.store.sealed import CHUNK

BODY = b"".join(n.to_bytes(4) for n in range(200_000))
TAG = '"tag"'


def known(*numbers: int) -> DataKeys:
    """Return keys of which the last one is the current one."""
    keys = DataKeys()
    for number in numbers:
        keys.learn(number, bytes((number,)) * 32)
        keys.current = number
    return keys


@pytest.fixture(params=[(), (1,)], ids=["plain", "encrypted"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Blobs, str]:
    """A store with one file, and its name."""
    blobs = Blobs(tmp_path, known(*request.param))
    name = await blobs.keep(Raw.of(BODY))
    assert name is not None
    return blobs, name


Said = tuple[int, dict[str, str], bytes]


async def ask(kept: tuple[Blobs, str], method: str = "GET", **headers: str) -> Said:
    """Ask for the file; return status, headers and body."""
    pairs = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "headers": pairs,
        "asgi": {"spec_version": "2.4"},
    }
    answer = await kept_file(Request(scope), *kept, {"ETag": TAG, "X-Of": "ours"}, "application/pdf")
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return await asyncio.Event().wait() or {}

    async def send(event: dict[str, Any]) -> None:
        said.append(event)

    await answer(scope, receive, send)  # type: ignore[arg-type]
    told = {key.decode(): value.decode() for key, value in said[0]["headers"]}
    return said[0]["status"], told, b"".join(event.get("body", b"") for event in said[1:])


async def test_the_whole_file_comes_as_it_was(kept: tuple[Blobs, str]) -> None:
    """With its length and type, and what stands beside it."""
    status, told, body = await ask(kept)
    assert (status, body == BODY) == (200, True)
    assert told == {
        "content-length": str(len(BODY)),
        "content-type": "application/pdf",
        "accept-ranges": "bytes",
        "etag": TAG,
        "x-of": "ours",
    }
    status, told, body = await ask(kept, "HEAD")
    assert (status, body, told["content-length"]) == (200, b"", str(len(BODY)))


SIZE = len(BODY)
PARTS = [
    ("bytes=0-0", 0, 1),
    ("bytes=5-9", 5, 10),
    (f"bytes={CHUNK - 1}-{CHUNK}", CHUNK - 1, CHUNK + 1),
    (f"bytes={CHUNK}-{2 * CHUNK - 1}", CHUNK, 2 * CHUNK),
    (f"bytes=1-{RUN + 1}", 1, RUN + 2),
    (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
    ("bytes=0-", 0, SIZE),
    ("bytes=-7", SIZE - 7, SIZE),
    (f"bytes=-{SIZE * 2}", 0, SIZE),
    (f"bytes=100-{SIZE * 2}", 100, SIZE),
    ("Bytes = 5 - 9", 5, 10),
]


@pytest.mark.parametrize(("asked", "first", "behind"), PARTS)
async def test_a_part_is_what_stands_there(
    kept: tuple[Blobs, str], asked: str, first: int, behind: int
) -> None:
    """At each border of chunks, of runs and of the file."""
    status, told, body = await ask(kept, range=asked)
    assert (status, body == BODY[first:behind]) == (206, True)
    assert told["content-range"] == f"bytes {first}-{behind - 1}/{SIZE}"
    assert told["content-length"] == str(behind - first)
    status, told, body = await ask(kept, "HEAD", range=asked)
    assert (status, body, told["content-length"]) == (206, b"", str(behind - first))


@pytest.mark.parametrize(
    "asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", f"bytes={SIZE + 1}-", "bytes=-0"]
)
async def test_a_part_that_is_not_there_is_refused(kept: tuple[Blobs, str], asked: str) -> None:
    """With the length of what is."""
    status, told, body = await ask(kept, range=asked)
    assert (status, body, told["content-range"]) == (416, b"", f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-5", "bytes=-", "bytes=", "lines=1-2", "bytes=1-2,5-6", "bytes=a-b", "bytes=" + "9" * 40 + "-"],
)
async def test_what_is_no_part_is_the_whole(kept: tuple[Blobs, str], asked: str) -> None:
    """Nonsense and lists of parts are answered with everything, as the protocol lets us."""
    status, told, body = await ask(kept, range=asked)
    assert (status, body == BODY, "content-range" in told) == (200, True, False)


@pytest.mark.parametrize(("tag", "status"), [(TAG, 206), ('"another"', 200), (f"W/{TAG}", 200)])
async def test_a_part_of_another_version_is_not_asked_for(
    kept: tuple[Blobs, str], tag: str, status: int
) -> None:
    """Whoever has the beginning of something else gets the whole."""
    assert (await ask(kept, range="bytes=5-9", if_range=tag))[0] == status


async def test_a_file_that_is_not_kept_is_not_found(tmp_path: Path) -> None:
    """Retention let it go."""
    with pytest.raises(ApiError) as caught:
        await ask((Blobs(tmp_path), "0" * 64))
    assert caught.value.status == 404


async def test_an_altered_file_is_said_to_be_away(tmp_path: Path) -> None:
    """Nobody outside is told why; whoever looks after it reads the log."""
    blobs = Blobs(tmp_path, known(1))
    name = await blobs.keep(Raw.of(BODY))
    assert name is not None
    path = blobs.path(name)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ApiError) as caught:
        await ask((blobs, name))
    assert (caught.value.status, caught.value.code) == (503, "file-store-away")


async def test_a_key_that_another_process_made_is_asked_for(tmp_path: Path) -> None:
    """Once; where it is not to be had, the file is away."""
    name = await Blobs(tmp_path, known(2)).keep(Raw.of(BODY))
    assert name is not None
    keys, asked = known(1), list[int]()

    async def ask_for(number: int) -> None:
        asked.append(number)
        keys.learn(number, bytes((number,)) * 32)

    keys.ask = ask_for
    status, _, body = await ask((Blobs(tmp_path, keys), name))
    assert (status, body == BODY, asked) == (200, True, [2])
    with pytest.raises(ApiError) as caught:
        await ask((Blobs(tmp_path, known(1)), name))
    assert caught.value.status == 503


async def test_who_goes_away_leaves_nothing_open(
    kept: tuple[Blobs, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is closed when the answer breaks off."""
    opened: list[Any] = []
    real: Callable[..., Awaitable[Any]] = answering._opened

    async def opening(*args: Any) -> Any:
        opened.append(await real(*args))
        return opened[-1]

    monkeypatch.setattr(answering, "_opened", opening)
    scope: dict[str, Any] = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}
    answer = await kept_file(Request(scope), *kept, {})

    async def gone(_: Any) -> None:
        raise OSError("gone")

    with pytest.raises(Exception, match=r"gone|^$"):
        await answer(scope, None, gone)  # type: ignore[arg-type]
    assert [file.closed for file in opened] == [True]
    beyond: dict[str, Any] = {**scope, "headers": [(b"range", b"bytes=9999999-")]}
    assert (await kept_file(Request(beyond), *kept, {})).status_code == 416
    assert opened[-1].closed
