"""Packets from an event loop: little ones are read at once and keep their files themselves."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lgsp.errors import Invalid
from lgsp.folder import INSIDE, Folder, Inside, OverfullError, inside, kept_here
from lgsp.formats import edxml
from lgsp.formats.edxml import receiving
from lgsp.message import Raw
from tests.formats.edxml.packets import PDF, SAMPLES, attached, message, packet, zipped


@pytest.fixture
def files(tmp_path: Path) -> Folder:
    """Keep attachments."""
    return Folder(tmp_path / "files")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note in which thread a packet is read."""
    names: list[str] = []
    read = receiving.read

    def noted(*given: Any) -> Any:
        names.append(threading.current_thread().name)
        return read(*given)

    monkeypatch.setattr(receiving, "read", noted)
    return names


async def _received(body: bytes, files: Folder, **limits: int) -> edxml.Packet:
    return await edxml.received(Raw.of(body, "application/xml"), files, edxml.Limits(**limits))


def _content(files: Folder, ref: str) -> bytes:
    with files.open(ref) as file:
        return file.read()


def _on_disk(files: Folder) -> list[Path]:
    return [path for path in files.path("ab" * 32).parents[2].rglob("*") if path.is_file()]


def _problems(read: Callable[[], object]) -> object:
    try:
        read()
    except Invalid as fault:
        return fault.problems
    return None


@pytest.mark.parametrize("sample", sorted(SAMPLES.rglob("*.edxml")), ids=lambda path: path.name)
def test_every_sample_is_what_it_is_from_a_file(sample: Path, files: Folder) -> None:
    """Where the files are kept is the one difference; a packet that is turned away is so for the same reason."""
    body = sample.read_bytes()
    why = _problems(lambda: edxml.read(io.BytesIO(body), files))
    assert _problems(lambda: asyncio.run(_received(body, files))) == why
    if why is not None:
        return
    told, found = edxml.read(io.BytesIO(body), files), asyncio.run(_received(body, files))
    assert (found.native, found.sha256, found.findings) == (told.native, told.sha256, told.findings)
    for one, other in zip(found.data.get("attachments", []), told.data.get("attachments", []), strict=True):
        if ref := one.pop("dataref", ""):
            assert _content(files, ref) == _content(files, other.pop("dataref"))
    assert found.data == told.data


async def test_a_little_packet_is_read_at_once_and_leaves_no_file(files: Folder, threads: list[str]) -> None:
    """Its file stands in the message, whole; nothing was written."""
    found = await _received(attached(PDF), files)
    (one,) = found.data["attachments"]
    assert kept_here(one["dataref"])
    assert _content(files, one["dataref"]) == PDF
    assert _on_disk(files) == []
    assert threads == ["MainThread"]


async def test_what_has_no_room_goes_to_the_folder(files: Folder, threads: list[str]) -> None:
    """A larger packet is read in a thread, and what does not fit is a file of its own."""
    content = os.urandom(INSIDE + 1)
    found = await _received(attached(content), files)
    (one,) = found.data["attachments"]
    assert files.path(one["sha256"]) in _on_disk(files)
    assert _content(files, one["dataref"]) == content
    assert "MainThread" not in threads


async def test_a_little_packet_that_unpacks_to_more_is_read_in_a_thread(
    files: Folder, threads: list[str]
) -> None:
    """The loop is not held by what an archive makes of a few bytes."""
    content = bytes(3 << 20)
    found = await _received(attached(zipped(("a.pdf", content)), name="a.pdf"), files)
    (one,) = found.data["attachments"]
    assert (one["size"], _content(files, one["dataref"])) == (len(content), content)
    assert threads[0] == "MainThread"
    assert "MainThread" not in threads[1:]


async def test_a_little_packet_of_very_many_elements_is_read_in_a_thread(
    files: Folder, threads: list[str]
) -> None:
    """Elements are what takes time, not bytes."""
    many = "".join(f"<X{n}>1</X{n}>" for n in range(1500))
    found = await _received(packet(message(OtherInfo=many)), files)
    assert len(found.data["extra"]) > 1000
    assert threads[0] == "MainThread"
    assert "MainThread" not in threads[1:]


async def test_limits_hold_for_little_packets_too(files: Folder) -> None:
    """The packet that is too large is turned away, and told so."""
    body = attached(PDF)
    with pytest.raises(Invalid) as caught:
        await _received(body, files, packet=len(body) - 1)
    assert [problem.code for problem in caught.value.problems] == ["packet-too-large"]


def test_the_room_is_that_of_all_files_together(files: Folder) -> None:
    """Two files that fit alone do not fit together: the second goes to the folder."""
    kept = Inside(files, room=10)
    first, second, third = kept.keep([b"123456"]), kept.keep([b"12345"]), kept.keep([b"1234"])
    assert [inside(ref) is not None for ref in (first, second, third)] == [True, False, True]
    assert [_content(files, ref) for ref in (first, second, third)] == [b"123456", b"12345", b"1234"]


def test_without_a_folder_what_has_no_room_is_said() -> None:
    """Nothing is cut off."""
    inside = Inside(room=3)
    assert kept_here(inside.keep([b"1", b"23"]))
    with pytest.raises(OverfullError):
        inside.keep([b"1"])


@pytest.mark.parametrize("ref", ["data:;base64,@@", "data:text/plain,a", "data:;base64,QQ", "", "sha256:ab"])
def test_what_is_no_reference_opens_nothing(ref: str, files: Folder) -> None:
    """A message can bring any text."""
    with pytest.raises(FileNotFoundError):
        files.open(ref)


async def test_many_at_a_time_do_not_mix(files: Folder) -> None:
    """Each packet has room of its own."""
    bodies = [os.urandom(1000) for _ in range(20)]
    found = await asyncio.gather(*(_received(attached(body), files) for body in bodies))
    told = [_content(files, one.data["attachments"][0]["dataref"]) for one in found]
    assert told == bodies
