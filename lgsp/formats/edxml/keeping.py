"""Keeping attachments: each is decoded, unpacked, measured, and handed to the caller's sink."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, Protocol
from xml.etree.ElementTree import Element

from lgsp.formats.edxml import archives, sniffing
from lgsp.formats.edxml.decoding import Base64
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import CONTENT
from lgsp.formats.edxml.notes import Notes, unreadable
from lgsp.formats.edxml.tree import text_of
from lgsp.store.passing import Passing

_PIECE = 64 * 1024
_REPLACEMENT = "\ufffd".encode()
_SUSPICIOUS, _RARE = 4, 2_000
_TEXTS = ("text/plain", "application/xml", "application/octet-stream")


class Sink(Protocol):
    """Where attachments' bytes go."""

    def keep(self, chunks: Iterable[bytes]) -> str:
        """Keep a file's bytes and return its `dataref`.

        The chunks come once and end, or raise: then nothing of the file may stay. Called from the thread that
        reads the packet; it may block.
        """


class Source(Protocol):
    """Where attachments' bytes come from when a packet is written."""

    def open(self, dataref: str) -> IO[bytes]:
        """Open a file that was kept.

        Raises:
            FileNotFoundError: there is none.
        """


@dataclass(slots=True, frozen=True)
class Kept:
    """What came of an attachment's content; the fields are those of the canonical attachment."""

    dataref: str
    sha256: str
    size: int
    media_type: str
    entry: archives.Entry | None = None
    undecoded: bool = False


class _Measured:
    """Passes chunks on, and knows afterwards what they were."""

    def __init__(self) -> None:
        self.size = self.replaced = 0
        self.head = b""
        self._digest = hashlib.sha256()

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            self.replaced += chunk.count(_REPLACEMENT)
            if len(self.head) < sniffing.HEAD:
                self.head = (self.head + chunk)[: sniffing.HEAD]
            yield chunk

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def was_text(self) -> bool:
        """Whether so many bytes are a replaced letter that somebody must have read the file as text."""
        return self.replaced >= _SUSPICIOUS and self.replaced * _RARE >= self.size


class Keeper:
    """Keeps the attachments of one packet, one after the other.

    Attributes:
        kept: what came of each content's element.
    """

    def __init__(self, sink: Sink, notes: Notes, limits: Limits) -> None:
        self._sink = sink
        self._notes = notes
        self._limits = limits
        self._count = self._total = 0
        self._open: Base64 | None = None
        self.kept: dict[Element, Kept] = {}

    def begin(self, place: str, decoded: bytes | None = None) -> Base64:
        """Begin an attachment's content.

        Args:
            place: where it stands.
            decoded: what its text says, where it was base64 without a space and is decoded already.

        Raises:
            Invalid: the attachment has one already or is too large, or the packet has too many.
        """
        if self._open is not None:
            raise unreadable("repeated-content", place)
        self._count += 1
        if self._count > self._limits.attachments:
            raise unreadable("too-many-attachments", place, str(self._limits.attachments))
        self._open = Base64(place, self._limits.attachment, decoded)
        return self._open

    def end(self, attachment: Element, place: str) -> None:
        """Keep an attachment whose element has ended."""
        text, self._open = self._open, None
        node = attachment.find(CONTENT)
        if text is None or node is None:
            return
        try:
            text.finish()
            self.kept[node] = self._kept(text, attachment, f"{place}/{CONTENT}")
        finally:
            text.bytes.close()

    def close(self) -> None:
        """Let go of what was not kept."""
        if self._open is not None:
            self._open.bytes.close()

    def _kept(self, text: Base64, attachment: Element, place: str) -> Kept:
        self._notice(text, place)
        name, declared = _text_of(attachment, "AttachmentName"), _text_of(attachment, "ContentType")
        if text.bad:
            kept = self._store(_chunks(text.bytes), "", place)
            return replace(kept, media_type="text/plain", undecoded=True)
        entry = self._entry(text, name, declared, place)
        if entry is not None:
            content = self._content(text, place)
            if content is not None:
                with content:
                    return replace(self._store(_chunks(content), name, place), entry=entry)
        return self._store(_chunks(text.bytes), name, place)

    def _notice(self, text: Base64, place: str) -> None:
        """Find what is odd about the text itself."""
        if text.bad:
            self._notes.odd("bad-base64", place)
        elif text.size == 0:
            self._notes.odd("empty-attachment", place)
        if text.spaced and not text.bad:
            self._notes.odd("base64-spaced", place)
        if text.unpadded:
            self._notes.odd("base64-unpadded", place)

    def _entry(self, text: Base64, name: str, declared: str, place: str) -> archives.Entry | None:
        """Return the entry of an archive that the file was put in, or None where it is the file itself."""
        text.bytes.seek(0)
        zipped = text.bytes.read(len(archives.MAGIC)) == archives.MAGIC
        is_zip, extension = sniffing.ZIP in declared.lower(), sniffing.extension(name)
        if extension == "zip" or (text.size == 0 and not zipped):
            return None
        if not zipped:
            if is_zip:
                self._notes.odd("not-a-zip", place)
            return None
        found = archives.entry_of(text.bytes, text.size)
        natural = extension in sniffing.NATURAL_ZIPS
        if isinstance(found, str):
            if not natural or (is_zip and found != "zip-many-entries"):
                self._notes.odd(found, place)
            return None
        if natural and not is_zip and sniffing.extension(found.name) != extension:
            return None
        if not is_zip:
            self._notes.odd("zip-not-declared", place, declared)
        return found

    def _content(self, text: Base64, place: str) -> IO[bytes] | None:
        """Return the unpacked file, or None with a finding where the archive is damaged."""
        content = Passing()
        try:
            for piece in archives.unpacked(text.bytes, text.size, place, self._limits):
                content.write(piece)
        except zipfile.BadZipFile:
            content.close()
            self._notes.odd("zip-damaged", place)
            return None
        except BaseException:
            content.close()
            raise
        return content

    def _store(self, chunks: Iterable[bytes], name: str, place: str) -> Kept:
        measured = _Measured()
        dataref = self._sink.keep(measured.through(self._bounded(chunks)))
        kind = sniffing.media_type(measured.head, name)
        if measured.was_text and kind not in _TEXTS:
            self._notes.odd("bytes-replaced", place)
        return Kept(dataref, measured.sha256, measured.size, kind)

    def _bounded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._total += len(chunk)
            if self._total > self._limits.unpacked:
                raise unreadable("attachment-too-large", "AttachmentEncoded", str(self._limits.unpacked))
            yield chunk


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _text_of(attachment: Element, name: str) -> str:
    node = attachment.find(name)
    return text_of(node) if node is not None else ""
