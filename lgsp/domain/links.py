"""Links to files that go through us: which files a message names, and tickets that say who may fetch one.

A ticket is `version · message · file · end · seal`, 39 bytes in 52 letters: the seal is the first half of an
HMAC-SHA256 (RFC 2104, truncated as its section 5 allows) over all before it.
"""

from __future__ import annotations

import binascii
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from lgsp.domain.file_kinds import ACCEPTED
from lgsp.domain.reachable import parts

Data = Mapping[str, Any]
Host = tuple[str, int]
"""A host in small letters and a port; port 0 stands for those of the web, 80 and 443."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{52}", re.ASCII)
_TO_WEB, _FROM_WEB = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
_VERSION, _SEAL, _TOLD = b"\1", 16, 23
_OVER = b"lgsp file link\0"
_PORTS = frozenset({80, 443})
_TENTH = 10
MOST = 65_535
"""Files of one message that can be named."""

_SPOKEN = re.compile(r"[^A-Za-z0-9_-]+")
_STROKES, _SLASHES = str.maketrans("đĐ", "dD"), str.maketrans("/\\", "--")
_LONGEST_STEM, _LONGEST_NAME = 80, 200


class Named(NamedTuple):
    """A file that a message names by its address.

    Attributes:
        number: its place among the files of its message, from 0.
        place: JSON pointer to the address.
        url: the address as written.
        name: what the sender calls the file; may be empty.
    """

    number: int
    place: str
    url: str
    name: str


def of_dossier(data: Data) -> Iterator[Named]:
    """Yield the files of a dossier: papers, results, and papers of supplements, in this order."""
    rows = [*_rows(data, "/papers"), *_rows(data, "/results")]
    for n, supplement in enumerate(data.get("supplements") or ()):
        rows += _rows(supplement, "/papers", f"/supplements/{n}")
    found = [(place, row) for place, row in rows if row.get("url")]
    for number, (place, row) in enumerate(found[:MOST]):
        yield Named(number, place, row["url"], row.get("name") or "")


def _rows(data: Data, pointer: str, before: str = "") -> list[tuple[str, Data]]:
    rows = data.get(pointer[1:]) or ()
    return [(f"{before}{pointer}/{n}/url", row) for n, row in enumerate(rows)]


LINKS: Mapping[str, Callable[[Data], Iterator[Named]]] = MappingProxyType({"dossier": of_dossier})
"""Files that are named by an address, by the names that schemas give the rules (`x-lgsp.links`)."""


@dataclass(slots=True, frozen=True)
class Terms:
    """On what terms files of one system go through us.

    Attributes:
        base: what our links begin with, as the world sees it; without a slash at its end.
        hosts: where files may be fetched from; `*.` before a name stands for whatever is under it.
        days: how long a link holds.
        largest: bytes of a file.
        timeout: seconds for fetching one from its source.
        per_minute: requests of one address that are answered.
        proxies: addresses of our own proxies, whose word on who asks is taken.
    """

    base: str
    hosts: frozenset[Host]
    days: int
    largest: int
    timeout: float
    per_minute: int
    proxies: frozenset[str] = frozenset()

    def serves(self, url: str) -> bool:
        """Tell whether an address may be fetched from, and so is one that is exchanged for ours."""
        place = parts(url)
        return place is not None and self.allows(place.host, place.port)

    def allows(self, host: str, port: int) -> bool:
        """Tell whether a host may be asked at a port."""
        _, _, domain = host.partition(".")
        names = [host, *_above(domain)]
        ports = (port, 0) if port in _PORTS else (port,)
        return any((name, number) in self.hosts for name in names for number in ports)


def _above(domain: str) -> Iterator[str]:
    while domain:
        yield f"*.{domain}"
        _, _, domain = domain.partition(".")


class Ticket(NamedTuple):
    """Who may fetch what: whoever has it may fetch one file of one message until a moment, in seconds."""

    message: UUID
    file: int
    until: int


class Links:
    """Draws links, and reads them back; nothing is kept of them anywhere.

    Args:
        terms: what they promise.
        key: returns the secret, at least 32 bytes; asked when it is needed first.
    """

    def __init__(self, terms: Terms, key: Callable[[], bytes]) -> None:
        self.terms = terms
        self._key = key

    def draw(self, message: UUID, file: Named, since: datetime, now: datetime) -> str:
        """Return the link to a file: the same one each time, until it is too old to be handed out.

        Args:
            message: that names the file.
            file: one of its files.
            since: when the message was taken on.
            now: the present.

        Raises:
            OSError: the secret cannot be read.
        """
        ticket = Ticket(message, file.number, self.until(since, now))
        return f"{self.terms.base}/{self.token(ticket)}/{spoken(file)}"

    def until(self, since: datetime, now: datetime) -> int:
        """Return when a link ends: so many days after the message was taken on, as often as it takes.

        It is counted from the message, so that a snapshot that is sent again says the same; a link of which
        less than a tenth of its days is left is renewed.
        """
        step = timedelta(days=self.terms.days)
        spent = (now - since + step / _TENTH) // step
        return int((since + step * (max(0, spent) + 1)).timestamp())

    def token(self, ticket: Ticket) -> str:
        """Return a ticket as it stands in a link."""
        told = (
            _VERSION + ticket.message.bytes + ticket.file.to_bytes(2, "big") + ticket.until.to_bytes(4, "big")
        )
        written = binascii.b2a_base64(told + self._sealed(told), newline=False)
        return written.translate(_TO_WEB).decode()

    def read(self, token: str) -> Ticket | None:
        """Return the ticket that a token is; None when it is none of ours, whatever is wrong with it."""
        if not _TOKEN.fullmatch(token):
            return None
        found = binascii.a2b_base64(token.encode().translate(_FROM_WEB), strict_mode=True)
        told, seal = found[:_TOLD], found[_TOLD:]
        if not hmac.compare_digest(seal, self._sealed(told)) or told[:1] != _VERSION:
            return None
        return Ticket(
            UUID(bytes=told[1:17]), int.from_bytes(told[17:19], "big"), int.from_bytes(told[19:], "big")
        )

    def _sealed(self, told: bytes) -> bytes:
        return hmac.digest(self._key(), _OVER + told, "sha256")[:_SEAL]


# --- names ----------------------------------------------------------------------------------------------


def file_name(file: Named, ending: str = "") -> str:
    """Return what a file is called by those who keep it: the sender's name, else that of its address.

    Args:
        file: as the message names it.
        ending: of its content; it is added to a name that ends otherwise.
    """
    name = _plain(file.name) or _plain(_last(file.url)) or "tep"
    return name if not ending or extension(name) in ACCEPTED else f"{name}.{ending}"


def _plain(name: str) -> str:
    """Return a name on one line that is no path."""
    printed = "".join(c if c.isprintable() else " " for c in name).translate(_SLASHES)
    return " ".join(printed.split()).strip(". ")[:_LONGEST_NAME]


def extension(name: str) -> str:
    """Return the extension of a name in small letters, without its dot; empty where it has none."""
    stem, dot, last = name.strip().rpartition(".")
    return last.lower() if dot and stem else ""


def claimed(file: Named) -> str:
    """Return the accepted ending that a file claims, by its name or else by its address; empty for none."""
    endings = (extension(file.name), extension(_last(file.url)))
    return next((ending for ending in endings if ending in ACCEPTED), "")


def spoken(file: Named) -> str:
    """Return a file's name in plain letters, as it stands at the end of a link; it opens nothing."""
    ending, name = claimed(file), file_name(file)
    stem = name[: -len(ending) - 1] if ending and extension(name) == ending else name
    plain = unicodedata.normalize("NFD", stem).translate(_STROKES)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    stem = _SPOKEN.sub("-", plain).strip("-_")[:_LONGEST_STEM] or "tep"
    return f"{stem}.{ending}" if ending else stem


def _last(url: str) -> str:
    """Return the last part of an address's path; one address may stand before others (`…##…`)."""
    path = re.split(r"[?#]", url.partition("://")[2], maxsplit=1)[0]
    return unquote(path.rpartition("/")[2]) if "/" in path else ""
