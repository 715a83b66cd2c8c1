"""Writing Vietnamese letters one way: Unicode normal form C, as TCVN 6909:2001 asks."""

from __future__ import annotations

import unicodedata
from typing import Any

import orjson

from lgsp.message import nfc_all


def composed(item: Any) -> tuple[Any, bool]:
    """Return a JSON value with every text in normal form C, and whether anything had to change.

    Raises:
        TypeError: the value is nested too deeply to be written as JSON.
    """
    written = orjson.dumps(item)
    if written.isascii():
        return item, False
    text = written.decode()
    if unicodedata.is_normalized("NFC", text):
        return item, False
    made = nfc_all(item)
    return made, made != item


def plain(text: str) -> str:
    """Return a text as people search it: no marks on letters, no capitals; đ is d."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return letters.encode("ascii", "ignore").decode()
