"""Hashing the file that is sent, as its `hash-file` header renders it.

SHA-256 in hex. The vendor's Java client writes each byte without its leading zero, so that its rendering has
32 to 64 characters (captured, high confidence). It also sends CR LF behind the file, which is not hashed.
"""

from __future__ import annotations

import hashlib
import hmac

TAIL = b"\r\n"
"""What the client sends behind the file."""

_HEX = [f"{byte:x}" for byte in range(256)]


def unpadded(digest: bytes) -> str:
    """Return bytes in hex, each without its leading zero: the rendering of the vendor's client."""
    return "".join(map(_HEX.__getitem__, digest))


def hash_file(packet: bytes) -> str:
    """Return the `hash-file` of a packet, in the vendor's rendering."""
    return unpadded(hashlib.sha256(packet).digest())


class FileHash:
    """Hashes a body that comes in pieces, and tells whether it is the file that a header declares.

    The last two bytes may be the file's or the client's: both readings are kept until the end.
    """

    def __init__(self) -> None:
        self._without = hashlib.sha256()
        self._held = b""
        self.size = 0

    def update(self, piece: bytes) -> None:
        """Take the next piece of the body, in order."""
        self.size += len(piece)
        self._held += piece
        self._without.update(self._held[: -len(TAIL)])
        self._held = self._held[-len(TAIL) :]

    def tail(self, declared: str) -> int | None:
        """Return how many bytes behind the file are not its own (0 or 2); None when it is another file.

        Args:
            declared: the header, in either rendering, in either case.
        """
        if self._held == TAIL and _renders(self.digest(len(TAIL)), declared):
            return len(TAIL)
        return 0 if _renders(self.digest(0), declared) else None

    def digest(self, tail: int) -> bytes:
        """Return the SHA-256 of what came, without its last 0 or 2 bytes."""
        whole = self._without
        if behind := self._held[: len(self._held) - tail]:
            whole = whole.copy()
            whole.update(behind)
        return whole.digest()


def find_tail(body: bytes, declared: str) -> int | None:
    """Return `FileHash.tail` of a body that is there as a whole."""
    hashing = FileHash()
    hashing.update(body)
    return hashing.tail(declared)


def _renders(digest: bytes, declared: str) -> bool:
    said = declared.strip().lower().encode("utf-8", "replace")
    renderings = (digest.hex(), unpadded(digest))
    return any([hmac.compare_digest(said, rendering.encode()) for rendering in renderings])  # noqa: C419 - both, always
