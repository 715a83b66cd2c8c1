"""Decoding base64 as it comes in; what is none is kept as the text it was."""

from __future__ import annotations

import binascii
from io import BytesIO
from os import SEEK_END
from typing import IO

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lgsp.errors import Invalid
from lgsp.formats.edxml.notes import unreadable
from lgsp.store.passing import Passing

_PIECE = 3 * 16 * 1024
_SPACE = b" \t\r\n"
_SPACES = (b" ", b"\t", b"\r", b"\n")
_JSON: TypeAdapter[bytes] = TypeAdapter(bytes, config=ConfigDict(val_json_bytes="base64"))


def at_once(text: bytes) -> bytes | None:
    """Return what base64 says that is written as its bytes are always written; None for any other text.

    As a text in JSON it is decoded in a third of the time that the standard library takes. What that reads
    beyond RFC 4648, section 4 (the signs of section 5, escapes, no filling signs) is none here.
    """
    if len(text) % 4 or b"-" in text or b"_" in text or b"\\" in text:
        return None
    try:
        return _JSON.validate_json(b'"%b"' % text)
    except ValidationError:
        return None


class Base64:
    """Decodes one attachment's text into a file.

    Text that turns out to be no base64 is kept as it came, but for space in what had been decoded before.

    Args:
        place: of the text.
        most: bytes that it may say.
        decoded: what it says, where it was base64 without a space and is decoded already.

    Attributes:
        bytes: what was decoded, or the text itself where it is no base64; its owner closes it.
        bad: it is no base64.
        spaced: there was space inside it.
        unpadded: the signs that fill its last group are missing.
    """

    def __init__(self, place: str, most: int, decoded: bytes | None = None) -> None:
        self._place = place
        self._most = most
        self.bytes: IO[bytes] = Passing() if decoded is None else BytesIO(decoded)
        self.size = 0 if decoded is None else len(decoded)
        if self.size > most:
            raise too_large(place, most)
        self.bad = self.spaced = self.unpadded = False
        self._left = self._came = self._last = b""
        self._begun = self._gap = False

    def feed(self, text: str) -> None:
        """Take the next piece of text.

        Raises:
            Invalid: it has become larger than an attachment may be.
        """
        raw = text.encode()
        if self.bad:
            self._write(raw)
            return
        tight = raw
        for space in _SPACES:  # quicker than `translate` where there is none, which is the rule
            tight = tight.replace(space, b"")
        self._look(raw, tight)
        whole, came = self._left + tight, self._came + raw
        cut = len(whole) & ~3
        self._left, self._came = whole[cut:], _behind(came, len(whole) - cut)
        self._decode(whole[:cut], came)

    def _look(self, raw: bytes, tight: bytes) -> None:
        """See whether there is space between two signs; around all of them there may be."""
        if not tight:
            self._gap = self._gap or (self._begun and bool(raw))
            return
        apart = self._begun and (self._gap or raw[:1] in _SPACE)
        self.spaced = self.spaced or apart or len(raw.strip(_SPACE)) != len(tight)
        self._begun, self._gap = True, raw[-1:] in _SPACE

    def finish(self) -> None:
        """Decode what is left; a last group without its filling signs is read, with a finding."""
        left, came = self._left, self._came
        self._left = self._came = b""
        if self.bad or not left:
            return
        if len(left) == 1 or left.endswith(b"="):
            self._spoil(came)
        else:
            self.unpadded = self._decode(left + b"=" * (4 - len(left)), came)

    def _decode(self, groups: bytes, raw: bytes) -> bool:
        """Decode whole groups, or go over to text, as it came, where they are none."""
        try:
            decoded = binascii.a2b_base64(groups, strict_mode=True) if groups else b""
        except binascii.Error:
            decoded = None
        if decoded is None or (decoded and self._last):
            self._spoil(raw)
            return False
        self._last = self._last or (groups[-4:] if groups.endswith(b"=") else b"")
        self._write(decoded)
        return True

    def _write(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._most:
            raise too_large(self._place, self._most)
        self.bytes.write(piece)

    def _spoil(self, rest: bytes) -> None:
        """Turn what was decoded back into the text it was, and go on with text."""
        decoded, self.bytes = self.bytes, Passing()
        self.bad, self.size = True, 0
        decoded.seek(0)
        with decoded:
            while piece := decoded.read(_PIECE):
                self._write(binascii.b2a_base64(piece, newline=False))
        if self._last:  # its signs may say more than the bytes that they stand for
            self.bytes.seek(-len(self._last), SEEK_END)
            self.bytes.write(self._last)
        self._write(rest)
        self._left = self._came = b""


def too_large(place: str, most: int) -> Invalid:
    """Return the error for files of more bytes than may be."""
    return unreadable("attachment-too-large", place, str(most))


def _behind(came: bytes, signs: int) -> bytes:
    """Return the end of a text that holds so many signs, with the space among them while that is little."""
    at = len(came)
    for _ in range(signs):
        at = len(came[:at].rstrip(_SPACE)) - 1
    tail = came[at:]
    return tail if len(tail) <= _PIECE else tail.translate(None, _SPACE)
