"""Reading a multipart/form-data body while it comes (RFC 7578), in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

_BREAK = b"\r\n"
_BLANK = b"\r\n\r\n"
_LARGEST_HEAD = 16_384
_LONGEST_BOUNDARY = 70


class BadParts(ValueError):  # noqa: N818 - named after what the body is
    """A body that is no multipart form, or broke off; its text says which."""


@dataclass(slots=True, frozen=True)
class Piece:
    """The next bytes of one field.

    Attributes:
        name: of the field.
        file: the file's name as the sender wrote it; "" for a plain field. Never a path to write to.
        last: nothing of this field follows.
    """

    name: str
    file: str
    content: bytes
    last: bool = False


class PartStream:
    """Cuts a body into the pieces of its fields; what belongs to none is dropped.

    Raises:
        BadParts: the content type names no boundary.
    """

    def __init__(self, content_type: str) -> None:
        self._mark = _BREAK + b"--" + _boundary(content_type)
        self._held = _BREAK
        self._name = self._file = ""
        self._inside = False
        self._over = False

    def feed(self, piece: bytes) -> Iterator[Piece]:
        """Yield what is known of the fields with the next piece of the body; take all before the next one.

        Raises:
            BadParts: a field has no name, or a head of more than 16 KiB.
        """
        self._held += piece
        while not self._over:
            if not self._inside and not self._enter():
                return
            found = self._held.find(self._mark)
            if found < 0:
                yield from self._let_go()
                return
            content, self._held = self._held[:found], self._held[found:]
            self._inside = False
            yield Piece(self._name, self._file, content, last=True)

    def close(self) -> None:
        """Hold that the body came to its end.

        Raises:
            BadParts: it broke off.
        """
        if not self._over:
            raise BadParts("the body broke off")

    def _let_go(self) -> Iterator[Piece]:
        """Yield what cannot be the beginning of the next mark."""
        sure = len(self._held) - len(self._mark) + 1
        if sure > 0:
            content, self._held = self._held[:sure], self._held[sure:]
            yield Piece(self._name, self._file, content)

    def _enter(self) -> bool:
        """Read the head of the next field; False when it is not whole yet, or there is none."""
        start = self._held.find(self._mark)
        behind = start + len(self._mark)
        if start >= 0 and self._held[behind : behind + 2] == b"--":
            self._over, self._held = True, b""
            return False
        end = self._held.find(_BLANK, behind) if start >= 0 else -1
        if end < 0:
            if len(self._held) > _LARGEST_HEAD:
                raise BadParts("no field begins where one should")
            return False
        self._name, self._file = _named(self._held[behind:end])
        self._held = self._held[end + len(_BLANK) :]
        self._inside = True
        return True


def _boundary(content_type: str) -> bytes:
    told = Message()
    told["Content-Type"] = content_type.replace("\r", "").replace("\n", "")
    found = told.get_boundary() if told.get_content_type() == "multipart/form-data" else None
    if not found or len(found) > _LONGEST_BOUNDARY or not found.isascii():
        raise BadParts("the content type names no boundary")
    return found.encode()


def _named(head: bytes) -> tuple[str, str]:
    told = HeaderParser().parsestr(head.decode("utf-8", "replace").strip())
    name = told.get_param("name", header="content-disposition")
    file = told.get_param("filename", header="content-disposition")
    if not isinstance(name, str) or not name:
        raise BadParts("a field has no name")
    return name, file if isinstance(file, str) else ""
