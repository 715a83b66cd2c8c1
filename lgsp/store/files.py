"""Files that lie in a folder by the hash of their content, durably, encrypted where there are keys."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from lgsp.keys import PLAIN, DataKeys
from lgsp.store.sealed import Lent, SealedError, Sealing, Secret, UnknownKeyError, begin_of, reader

KEY = "links.key"
"""The name of the folder's own secret."""
LENT = ".lent"
"""Behind the name of a file on its way that is another name of one that is kept."""
_NAME = "[0-9a-f]" * 2
_PIECE = 256 * 1024


class Files:
    """A folder of files named by their SHA-256 (hexadecimal), two levels deep.

    What its own hash calls by its name is plain; anything else is encrypted under this name, or was altered.
    So neither can be taken for the other, whatever somebody sends us to be kept.

    Args:
        keys: with which files are encrypted from now on; without, or without a current one, they are kept
            as they are.
    """

    def __init__(self, folder: Path, keys: DataKeys | None = None) -> None:
        self.folder = folder
        self.keys = DataKeys() if keys is None else keys

    @property
    def incoming(self) -> Path:
        """The folder for what is on its way in, on the same file system; who puts a file there removes it.

        Raises:
            OSError: it cannot be made.
        """
        folder = self.folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def fresh(self) -> Path:
        """Return where a new file may be written on its way in."""
        return self.incoming / f"{os.getpid()}.{secrets.token_hex(8)}"

    def path(self, name: str) -> Path:
        """Return where a file lies. It may be encrypted there: `open` reads it."""
        return self.folder / name if name == KEY else self.folder / name[:2] / name[2:4] / name

    def names(self, after: str = "") -> Iterator[str]:
        """Yield the names of all files in their order, from the first one behind `after` on."""
        for first in sorted(self.folder.glob(_NAME)):
            if first.name < after[:2]:
                continue
            for second in sorted(first.glob(_NAME)):
                if first.name + second.name >= after[:4]:
                    yield from sorted(
                        one.name for one in second.iterdir() if after < one.name and _whole(one)
                    )
        if after < KEY and self.path(KEY).exists():
            yield KEY

    def bring(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep a file of which the hash is known, if it is not kept yet.

        Raises:
            OSError: the folder cannot be written.
            ValueError: it has another hash.
        """
        if self.has(name):
            return
        with Draft(self) as draft:
            for piece in pieces:
                draft.write(piece)
            if draft.finish() != name:
                raise ValueError("keeping a file: its content is not what its hash says")
            draft.place()

    def open(self, name: str) -> IO[bytes]:
        """Open a file.

        Raises:
            FileNotFoundError: there is none.
            SealedError: it was altered, or its key is not known here.
        """
        return self.opened(self.path(name), name)

    def opened(self, path: Path, name: str) -> IO[bytes]:
        """Open a file that lies elsewhere than its name says, as `open` does."""
        file = path.open("rb")
        try:
            secret, (head, _) = self.secret(file, name), begin_of(file)
        except BaseException:
            file.close()
            raise
        return file if secret is None or head is None else reader(file, head, secret)

    def number(self, file: IO[bytes], name: str) -> int:
        """Return the number of the key under which an open file was encrypted; `PLAIN` is of a plain one.

        Raises:
            SealedError: it was altered, or its key is not known here.
        """
        head, _ = begin_of(file)
        return PLAIN if head is None or self.secret(file, name) is None else head.number

    @contextmanager
    def lent(self, name: str) -> Iterator[Lent]:
        """Lend a file to another process while inside, though it be replaced or deleted meanwhile.

        Raises:
            OSError: as `open` does.
        """
        link = self.fresh().with_suffix(LENT)
        try:
            os.link(self.path(name), link)
            with link.open("rb") as file:
                secret = self.secret(file, name)
            yield Lent(link, secret.kept if secret else b"")
        finally:
            link.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Tell whether a file is kept, and note that it came once more, for who cleans up.

        One that is plain where files are encrypted is not kept as it would be now, nor is one that nobody can
        read: whoever brings it replaces it.
        """
        try:
            os.utime(self.path(name))
            with self.path(name).open("rb") as file:
                head, tag = begin_of(file)
                if head is None:
                    return self.keys.current == PLAIN
                secret = self._known(head.number, head.salt)
                return secret is not None and secret.proves(head, tag, name.encode())
        except FileNotFoundError:
            return False

    def there(self, name: str) -> bool:
        """Tell whether a file lies there and may be readable, without noting anything on it.

        Only `open` tells for sure: a part of it may have been altered, or its key may be known in a moment.
        """
        try:
            with self.path(name).open("rb") as file:
                head, tag = begin_of(file)
                secret = self._known(head.number, head.salt) if head is not None else None
                return head is None or secret is None or secret.proves(head, tag, name.encode())
        except FileNotFoundError:
            return False

    def secret(self, file: IO[bytes], name: str) -> Secret | None:
        """Return what opens a file that lies under a name; None is for a plain one.

        Raises:
            SealedError: it was altered, or its key is not known here.
        """
        head, tag = begin_of(file)
        if head is None:
            if self.keys.current != PLAIN and name != KEY and not _is_named(file, name):
                raise SealedError("reading a file: its content is not what its name says")
            return None
        secret = self._known(head.number, head.salt)
        if secret is not None and secret.proves(head, tag, name.encode()):
            return secret
        if _is_named(file, name):  # somebody's plain file that begins as ours do
            return None
        if secret is None:
            raise UnknownKeyError(head.number)
        raise SealedError("reading an encrypted file: it was altered")

    def key(self) -> bytes:
        """Return the folder's own secret, 32 bytes: made once, and the same for all who share the folder.

        Raises:
            OSError: it can be neither read nor made.
        """
        if not self.path(KEY).exists():
            with Draft(self) as draft:
                draft.write(secrets.token_bytes(32))
                draft.finish(KEY)
                with suppress(FileExistsError):  # somebody else made it in this moment: theirs counts
                    os.link(draft.path, self.path(KEY))
                sync(self.folder)
        with self.open(KEY) as file:
            return file.read()

    @contextmanager
    def upkeep(self) -> Iterator[None]:
        """Keep others out who replace or delete files while inside; who reads and brings is not kept out.

        Raises:
            OSError: the folder cannot be written.
        """
        with (self.folder / "upkeep.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _known(self, number: int, salt: bytes) -> Secret | None:
        if number == PLAIN or not self.keys.knows(number):
            return None
        return Secret.of(self.keys.key(number), salt)


class Draft:
    """A file that is written piece by piece; leaving it takes it away, unless it was put in its place.

    Attributes:
        path: where it lies until then. Where there are keys, nothing of it ever lies there plain.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._digest = hashlib.sha256()
        self.path = files.fresh()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "w+b", _PIECE)
        self._sealing = None if files.keys.current == PLAIN else Sealing(self._file, files.keys)
        self._name = ""

    def __enter__(self) -> Self:
        """Write it inside."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take away what is not in its place."""
        self.away()

    def write(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            OSError: it cannot be written.
        """
        self._digest.update(piece)
        if self._sealing is None:
            self._file.write(piece)
        else:
            self._sealing.write(piece)

    def finish(self, name: str = "") -> str:
        """Make it whole and durable; return its hash.

        Args:
            name: under which alone it is read; empty is its hash.

        Raises:
            OSError: it cannot be written.
        """
        digest = self._digest.hexdigest()
        self._name = name or digest
        if self._sealing is not None:
            self._sealing.finish(self._name.encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return digest

    def open(self) -> IO[bytes]:
        """Open what was finished and is not in its place yet."""
        return self._files.opened(self.path, self._name)

    def place(self) -> None:
        """Put what was finished in its place, durably.

        Raises:
            OSError: the folder cannot be written.
        """
        if self._files.has(self._name):
            return
        place = self._files.path(self._name)
        place.parent.mkdir(parents=True, exist_ok=True)
        self.path.replace(place)
        sync(place.parent)

    def away(self) -> None:
        """Take it away, if it is not in its place."""
        with suppress(OSError):  # what could not be written on a full disk is not wanted now
            self._file.close()
        self.path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _whole(path: Path) -> bool:
    return len(path.name) == hashlib.sha256().digest_size * 2 and path.is_file()


def _is_named(file: IO[bytes], name: str) -> bool:
    """Tell whether a file's bytes as they lie there have the hash of its name; the place in it stays."""
    digest, at = hashlib.sha256(), 0
    while piece := os.pread(file.fileno(), _PIECE, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest() == name
