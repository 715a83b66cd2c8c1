"""What somebody may have meant who typed a code or a document's name that is not there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lgsp.domain.codes import document_id, dossier_code, read_agency
from lgsp.domain.documents import sought
from lgsp.journal import threads
from lgsp.journal.contract import Transaction
from lgsp.journal.threads import Subject

MOST = 8
"""Suggestions that are made."""
_DASHES = str.maketrans("‐‑‒–—―−_", "--------")
_LOOKS_LIKE = str.maketrans("OIL", "011")
_DOSSIER = re.compile(
    r"(?P<agency>(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9OIL]{2}(?:\.[0-9A-Z]+)*?)"
    r"[\s\-./]*(?P<day>[0-9OIL]{8}|[0-9OIL]{6})[\s\-./]*(?P<serial>[0-9OIL]{1,8})"
)
_NUMBER = re.compile(r"(?:SỐ|SO)?[\s:.]*(?P<number>[0-9]{1,6})\s*[/\-]\s*(?P<notation>.+)")
_SHORTEST = 3


def near(tx: Transaction, text: str) -> list[Subject]:
    """Return subjects whose code or name is near to what was typed, the likeliest first."""
    found: dict[str, Subject] = {}
    for code in dossier_guesses(text):
        _add(found, [one for one in [threads.newest(tx, code)] if one])
    _add(found, threads.bearing(tx, [name for guess in number_guesses(text) for name in sought(guess)], MOST))
    for start in beginnings(text):
        if len(found) >= MOST:
            break
        _add(found, threads.beginning(tx, start, MOST))
    return list(found.values())[:MOST]


def _add(found: dict[str, Subject], more: list[Subject]) -> None:
    for one in more:
        found.setdefault(one.key, one)


def dossier_guesses(text: str) -> list[str]:
    """Return dossier codes as which a text can be read: other dashes, O for 0, missing zeros."""
    read = _DOSSIER.fullmatch(_plain(text))
    if read is None:
        return []
    day, serial = (read[part].translate(_LOOKS_LIKE) for part in ("day", "serial"))
    agency = read["agency"][0] + read["agency"][1:].translate(_LOOKS_LIKE)
    codes = (dossier_code(f"{agency}-{day}-{number}") for number in _padded(serial))
    return list(dict.fromkeys(code.normal for code in codes if code))


def number_guesses(text: str) -> list[str]:
    """Return number and notation as a text can be read: with zeros in front or without, Đ as D, no spaces."""
    read = _NUMBER.fullmatch(unicodedata.normalize("NFC", text).strip().upper().translate(_DASHES))
    if read is None:
        return []
    bare = read["number"].lstrip("0") or "0"
    notation = re.sub(r"\s*([-/])\s*", r"\1", read["notation"].strip())
    notations = [notation, notation.replace("Đ", "D"), notation.replace("D", "Đ"), notation.replace(" ", "-")]
    numbers = [bare, bare.zfill(2), bare.zfill(3)]
    return list(dict.fromkeys(f"{number}/{one}" for one in notations for number in numbers))


def beginnings(text: str) -> Iterator[str]:
    """Yield beginnings of a line, the longest first, by which what was typed has neighbours."""
    typed = next(iter(dossier_guesses(text)), "") or document_id(text) or ""
    if "," not in typed:
        typed = typed.upper().translate(_DASHES)
        agency, dash, rest = typed.partition("-")
        typed = f"{read_agency(agency).normal}{dash}{rest}"
    least = max(_SHORTEST, typed.find("-") + 1, typed.find(",") + 1)
    for length in dict.fromkeys((len(typed), len(typed) - 1, len(typed) - 2, len(typed) - 4, least)):
        if _SHORTEST <= length <= len(typed):
            yield typed[:length]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).upper().translate(_DASHES).split())


def _padded(serial: str) -> list[str]:
    return [serial.zfill(4), serial.lstrip("0").zfill(4), serial.zfill(5), serial.zfill(6)]
