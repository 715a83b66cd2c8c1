"""Keeping attachments: each is decoded, unpacked, measured, and handed to the caller's sink."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple, Protocol
from xml.etree.ElementTree import Element

from lgsp.formats.edxml import archives, sniffing
from lgsp.formats.edxml.decoding import Base64, too_large
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.little import Attached
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

    def keep(self, chunks: Iterable[bytes], text: bytes = b"") -> str:
        """Keep a file's bytes and return its `dataref`.

        The chunks come once and end, or raise: then nothing of the file may stay. Called from the thread that
        reads the packet; it may block.

        Args:
            chunks: of the file.
            text: the whole file in base64, where it is at hand.
        """


class Source(Protocol):
    """Where attachments' bytes come from when a packet is written."""

    def open(self, dataref: str) -> IO[bytes]:
        """Open a file that was kept.

        Raises:
            FileNotFoundError: there is none.
        """


class Kept(NamedTuple):
    """What came of an attachment's content; the fields are those of the canonical attachment."""

    dataref: str
    sha256: str
    size: int
    media_type: str
    entry: archives.Entry | None = None
    undecoded: bool = False


class _Measured:
    """Sees a file's chunks, and knows afterwards what they were."""

    def __init__(self) -> None:
        self.size = self.replaced = 0
        self.head = b""
        self._digest = hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size += len(chunk)
        self.replaced += chunk.count(_REPLACEMENT)
        if len(self.head) < sniffing.HEAD:
            self.head += chunk[: sniffing.HEAD - len(self.head)]

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
        self._count_one(place)
        self._open = Base64(place, self._limits.attachment, decoded)
        return self._open

    def _count_one(self, place: str) -> None:
        self._count += 1
        if self._count > self._limits.attachments:
            raise unreadable("too-many-attachments", place, str(self._limits.attachments))

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

    def take(self, attachment: Attached, place: str) -> None:
        """Keep an attachment that is there as a whole.

        Raises:
            Invalid: it is too large, or the packet has too many.
        """
        node, content, _, decoded = attachment
        if decoded and not decoded.startswith(archives.MAGIC):
            self._take(attachment, decoded, f"{place}/{CONTENT}")
            return
        text = self.begin(f"{place}/{CONTENT}", decoded)
        if decoded is None:
            text.feed(content.text or "")
            content.text = None
        self.end(node, place)

    def _take(self, attachment: Attached, decoded: bytes, place: str) -> None:
        """Keep a file that is no archive, and of whose text there is nothing to say."""
        node, content, text, _ = attachment
        self._count_one(place)
        if len(decoded) > self._limits.attachment:
            raise too_large(place, self._limits.attachment)
        name, declared = _text_of(node, "AttachmentName"), _text_of(node, "ContentType")
        self._is_archive(name, declared, place, zipped=False)
        self.kept[content] = self._store([decoded], name, place, text)

    def close(self) -> None:
        """Let go of what was not kept."""
        if self._open is not None:
            self._open.bytes.close()

    def _kept(self, text: Base64, attachment: Element, place: str) -> Kept:
        self._notice(text, place)
        name, declared = _text_of(attachment, "AttachmentName"), _text_of(attachment, "ContentType")
        if text.bad:
            kept = self._store(_chunks(text.bytes), "", place)
            return kept._replace(media_type="text/plain", undecoded=True)
        entry = self._entry(text, name, declared, place)
        if entry is not None:
            content = self._content(text, place)
            if content is not None:
                with content:
                    return self._store(_chunks(content), name, place)._replace(entry=entry)
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
        if text.size == 0 or not self._is_archive(name, declared, place, zipped=zipped):
            return None
        is_zip, extension = sniffing.ZIP in declared.lower(), sniffing.extension(name)
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

    def _is_archive(self, name: str, declared: str, place: str, *, zipped: bool) -> bool:
        """Tell whether a file may be in an archive; one that says so and begins otherwise is odd."""
        if sniffing.extension(name) == "zip":
            return False
        if not zipped and sniffing.ZIP in declared.lower():
            self._notes.odd("not-a-zip", place)
        return zipped

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

    def _store(self, chunks: Iterable[bytes], name: str, place: str, text: bytes = b"") -> Kept:
        measured = _Measured()
        dataref = self._sink.keep(self._through(chunks, measured), text)
        kind = sniffing.media_type(measured.head, name)
        if measured.was_text and kind not in _TEXTS:
            self._notes.odd("bytes-replaced", place)
        return Kept(dataref, measured.sha256, measured.size, kind)

    def _through(self, chunks: Iterable[bytes], measured: _Measured) -> Iterator[bytes]:
        for chunk in chunks:
            self._total += len(chunk)
            if self._total > self._limits.unpacked:
                raise too_large("AttachmentEncoded", self._limits.unpacked)
            measured.add(chunk)
            yield chunk


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _text_of(attachment: Element, name: str) -> str:
    node = attachment.find(name)
    return text_of(node) if node is not None else ""
