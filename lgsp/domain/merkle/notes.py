"""Signed notes of a tree's size and root, as transparency logs write them, and the keys that sign them.

Sources: the C2SP specifications `signed-note` and `tlog-checkpoint`; Ed25519 is RFC 8032.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lgsp.message import VIETNAM

_ED25519 = b"\1"
_ID, _KEY, _ROOT = 4, 32, 32
_SIGNED = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
_BODY = re.compile(r"([^\n]+)\n(0|[1-9]\d{0,18})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)")
_WHOLE = re.compile(r"^[^\n]+\n\d{1,19}\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n(?:— \S+ \S+\n)+", re.MULTILINE)
_TEXT = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")
_AT = "at "


class NoteError(ValueError):
    """A text is no checkpoint, or no key."""


@dataclass(slots=True, frozen=True)
class Key:
    """Who signs: a name, and a public key of 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which notes name a key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID]

    def __str__(self) -> str:
        """Return it as one word: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{_in_64(_ED25519 + self.public)}"

    def signed(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature of a text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(text: str) -> Key:
    """Return the key that a word says.

    Raises:
        NoteError: it says none.
    """
    found = _TEXT.fullmatch(text.strip())
    raw = _from_64(found[3]) if found else b""
    if found is None or raw[:1] != _ED25519 or len(raw) != 1 + _KEY:
        raise NoteError("reading a key: write it as name+id+key, as `lgsp audit key` shows it")
    key = Key(found[1], raw[1:])
    if key.id.hex() != found[2]:
        raise NoteError("reading a key: its id is not that of its name and bytes")
    return key


@dataclass(slots=True, frozen=True)
class Checkpoint:
    """What a note says of a tree.

    Attributes:
        origin: which tree.
        size: how many leaves it had.
        at: when, in microseconds since 1970; None where the note does not say.
    """

    origin: str
    size: int
    root: bytes
    at: int | None = None

    def text(self) -> str:
        """Return what is signed: a line each, the last one ended too."""
        said = "" if self.at is None else f"{_AT}{_moment(self.at)}\n"
        return f"{self.origin}\n{self.size}\n{_in_64(self.root)}\n{said}"


@dataclass(slots=True, frozen=True)
class Note:
    """A checkpoint with its signatures: by the name and the id of a key.

    Attributes:
        text: what was signed.
        whole: the note as it was read or written.
    """

    checkpoint: Checkpoint
    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]
    whole: str

    def names(self, key: Key) -> bool:
        """Tell whether it says that this key signed it."""
        return any((name, number) == (key.name, key.id) for name, number, _ in self.signatures)

    def holds(self, key: Key) -> bool:
        """Tell whether this key signed it."""
        return any(
            (name, number) == (key.name, key.id) and key.signed(self.text, signature)
            for name, number, signature in self.signatures
        )


def read_note(whole: str) -> Note:
    """Return the checkpoint that a note holds; nothing of its signatures is judged.

    Raises:
        NoteError: it is none.
    """
    text, gap, said = whole.partition("\n\n")
    body = _BODY.fullmatch(text + "\n") if gap else None
    lines = said.removesuffix("\n").split("\n")
    found = [_SIGNED.fullmatch(line) for line in lines]
    if body is None or None in found:
        raise NoteError("reading a checkpoint: this is none")
    checkpoint = Checkpoint(body[1], int(body[2]), _from_64(body[3]), _at(body[4]))
    signed = [(one[1], _from_64(one[2])) for one in found if one is not None]
    return Note(checkpoint, text + "\n", tuple((name, raw[:_ID], raw[_ID:]) for name, raw in signed), whole)


def read_notes(text: str) -> list[Note]:
    """Return the notes of a file, one after the other; one that is torn is passed over.

    Raises:
        NoteError: it holds none.
    """
    notes = [read_note(found[0]) for found in _WHOLE.finditer(text.replace("\r\n", "\n"))]
    if not notes:
        raise NoteError("reading checkpoints: the file holds none")
    return notes


class Signer:
    """Signs checkpoints in the name of one log.

    Args:
        name: the log's.
        private: the key; nobody is shown it.

    Attributes:
        key: by which others see that it signed.
    """

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.key = Key(name, private.public_key().public_bytes_raw())
        self._private = private

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the note of a checkpoint."""
        text = checkpoint.text()
        return f"{text}\n— {self.key.name} {_in_64(self.key.id + self._private.sign(text.encode()))}\n"


def _moment(at: int) -> str:
    """Return a time as it stands in a note: Viet Nam time with all six places, whatever they are."""
    seconds, micros = divmod(at, 1_000_000)
    when = datetime.fromtimestamp(seconds, VIETNAM).replace(microsecond=micros)
    return when.isoformat(timespec="microseconds")


def _at(lines: str) -> int | None:
    for line in lines.split("\n"):
        if line.startswith(_AT):
            try:
                when = datetime.fromisoformat(line.removeprefix(_AT))
                return int(when.replace(microsecond=0).timestamp()) * 1_000_000 + when.microsecond
            except ValueError:
                raise NoteError("reading a checkpoint: its time is none") from None
    return None


def _in_64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("reading a checkpoint: something in it is not base64") from None
