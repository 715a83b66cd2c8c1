"""Zip archives of one entry, as the axis vendor packs attachments: undone with care, and made anew."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.notes import unreadable

MAGIC = b"PK\x03\x04"
_PIECE = 64 * 1024
_END = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 65535
_LARGEST_DIRECTORY = 8 * 1024
_ENCRYPTED = 0x1

_LOCAL, _DESCRIPTOR, _CENTRAL, _LAST = "<IHHHHHIIIHH", "<IIII", "<IHHHHHHIIIHHHHHII", "<IHHHHIIH"
_VERSION, _FLAGS, _DEFLATED = 20, 0x0808, 8
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError,
    ValueError, IndexError, OverflowError,
)  # fmt: skip
"""What the zip library raises for archives that are damaged."""
_NEVER = 0x0021 << 16
"""1 January 1980, the first moment that an archive can say."""


@dataclass(slots=True, frozen=True)
class Entry:
    """The one file of an archive.

    Attributes:
        name: as the archive writes it; never used as a path.
        time: date and time of MS-DOS, as the archive writes them: date in the upper 16 bits.
    """

    name: str
    time: int


def entry_of(file: IO[bytes], size: int) -> Entry | str:
    """Return the one entry of an archive, or why it is not unpacked: the code of a finding.

    The directory's size is looked at before it is read: an archive can claim millions of entries. Methods
    other than deflate are not undone: some ask for any amount of memory.
    """
    counted = _entries(file, size)
    if counted is None:
        return "zip-damaged"
    if counted != 1:
        return "zip-many-entries"
    try:
        with zipfile.ZipFile(file) as archive:
            found = archive.infolist()
    except _DAMAGES:
        return "zip-damaged"
    if len(found) != 1 or found[0].filename.endswith("/"):
        return "zip-many-entries"
    return _undone(found[0])


def _undone(found: zipfile.ZipInfo) -> Entry | str:
    """Return an entry that can be unpacked, or why it is not."""
    if found.flag_bits & _ENCRYPTED:
        return "zip-encrypted"
    if found.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "zip-odd-method"
    return Entry(found.filename, _dos_time(found.date_time))


def _entries(file: IO[bytes], size: int) -> int | None:
    """Return how many entries an archive's end tells of; None where it has none, or a large directory."""
    tail = min(size, _END_SIZE + _LONGEST_COMMENT)
    file.seek(size - tail)
    end = file.read(tail)
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_SIZE:
        return None
    _, _, _, _, entries, directory, _, _ = struct.unpack(_LAST, end[at : at + _END_SIZE])
    return int(entries) if entries != 1 or directory <= _LARGEST_DIRECTORY else None


def _dos_time(moment: tuple[int, int, int, int, int, int]) -> int:
    year, month, day, hour, minute, second = moment
    return ((year - 1980) << 9 | month << 5 | day) << 16 | hour << 11 | minute << 5 | second // 2


def unpacked(file: IO[bytes], size: int, place: str, limits: Limits) -> Iterator[bytes]:
    """Yield the content of an archive's one entry.

    Raises:
        Invalid: it becomes larger than it may, or than its archive can honestly hold.
        zipfile.BadZipFile: it is damaged.
    """
    allowed = max(limits.floor, size * limits.ratio)
    told = 0
    for piece in _inside(file):
        told += len(piece)
        if told > limits.attachment:
            raise unreadable("attachment-too-large", place, str(limits.attachment))
        if told > allowed:
            raise unreadable("zip-ratio", place, str(limits.ratio))
        yield piece


def _inside(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the content of the one entry; every way of being damaged is one."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(archive.infolist()[0]) as entry:
            yield from iter(lambda: entry.read(_PIECE), b"")
    except _DAMAGES as fault:
        raise zipfile.BadZipFile from fault


def packed(chunks: Iterable[bytes], entry: Entry) -> Iterator[bytes]:
    """Yield an archive of one deflated entry, as the vendor's writer lays it out: sizes behind the content.

    Sizes are those of archives without the 64-bit extension: up to 4 GiB.
    """
    name = entry.name.encode()
    when = (entry.time or _NEVER) & 0xFFFF, (entry.time or _NEVER) >> 16
    head = struct.pack(_LOCAL, 0x04034B50, _VERSION, _FLAGS, _DEFLATED, *when, 0, 0, 0, len(name), 0) + name
    yield head
    crc = size = shrunk = 0
    deflate = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    for chunk in chunks:
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        piece = deflate.compress(chunk)
        shrunk += len(piece)
        yield piece
    piece = deflate.flush()
    shrunk += len(piece)
    yield piece
    yield struct.pack(_DESCRIPTOR, 0x08074B50, crc, shrunk, size)
    central = struct.pack(
        _CENTRAL, 0x02014B50, _VERSION, _VERSION, _FLAGS, _DEFLATED, *when, crc, shrunk, size, len(name),
        0, 0, 0, 0, 0, 0,
    ) + name  # fmt: skip
    start = len(head) + shrunk + struct.calcsize(_DESCRIPTOR)
    yield central + struct.pack(_LAST, 0x06054B50, 0, 0, 1, 1, len(central), start, 0)
