"""Masking personal data in canonical bodies, by the classes that their schemas give (`x-personal`). Pure.

A mask is a text such as `‹•••7 N.V.A›`: its number says which value of the body it stands for, what follows
keeps as much as work needs. Nobody takes it for the content, and a body that comes back with masks in it gets
its own values back (`unmasked`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from lgsp.personal_classes import NONE, UNKNOWN, Leaf, Schema, leaves

_MASK = re.compile(r"‹•••(\d{1,7})(?: [^‹›]*)?›")
_MARK = "‹•••"
_NAME = re.compile(r"[A-Za-zÀ-ỹ_$@:.\- ]{1,64}")
_INITIALS, _DIGITS_SHOWN, _LONG_NUMBER = 6, 3, 9
_LENGTHS = (20, 100, 1000)
_PHONE = re.compile(r"\+?[\d .()-]{8,20}")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class MaskLostError(ValueError):
    """A mask stands where no personal value belongs, or stands for none: `place` is its JSON pointer."""

    def __init__(self, place: str) -> None:
        super().__init__("reading a body: a mask stands where it cannot be filled in")
        self.place = place


# --- masks ----------------------------------------------------------------------------------------------


def masked(data: Any, schema: Schema | None) -> Any:
    """Return a body with every personal value masked; without a schema all of its values are.

    Names of fields that no schema knows are kept where they look like names, else masked too.
    """
    return _changed(data, {one.place: mask(one) for one in leaves(data, schema or NONE) if one.number}, "")


def mask(one: Leaf) -> str:
    """Return what is shown of a personal value."""
    hint = hinted(one.value, one.personal)
    return f"{_MARK}{one.number}{' ' if hint else ''}{hint}›"


def hinted(value: Any, personal: str) -> str:
    """Return as much of a personal value as its class lets people see: initials, last digits, a length."""
    text = value if isinstance(value, str) else str(value)
    hint = _HINTS.get(personal, _length)(text)
    return re.sub(r"[‹›]", "", hint)


def _initials(text: str) -> str:
    return ".".join(word[0].upper() for word in text.split()[:_INITIALS])


def _last_digits(text: str, shown: int = _DIGITS_SHOWN, least: int = _LONG_NUMBER) -> str:
    digits = re.sub(r"\D", "", text)
    return f"…{digits[-shown:]}" if len(digits) >= least else _length(text)


def _contact(text: str) -> str:
    if "@" in text:
        return "@"
    return _last_digits(text, 2, 8) if _PHONE.fullmatch(text.strip()) else _length(text)


def _document(text: str) -> str:
    host = urlsplit(text).hostname if "://" in text else None
    ending = _ENDING.search(text)
    return f"{host or ''}{'…' if host else ''}{ending[0] if ending else ''}" or _length(text)


def _length(text: str) -> str:
    most = next((n for n in _LENGTHS if len(text) <= n), None)
    return f"≤{most}" if most else f">{_LENGTHS[-1]}"


_HINTS: Mapping[str, Callable[[str], str]] = {
    "name": _initials,
    "official": _initials,
    "identity": _last_digits,
    "contact": _contact,
    "document": _document,
}
"""What is shown of a class; of every other one only how long the value is."""


def _changed(data: Any, by: Mapping[str, Any], place: str) -> Any:
    if place in by:
        return by[place]
    if isinstance(data, Mapping):
        return {_key(str(name)): _changed(value, by, f"{place}/{name}") for name, value in data.items()}
    if isinstance(data, list):
        return [_changed(value, by, f"{place}/{n}") for n, value in enumerate(data)]
    return data


def _key(name: str) -> str:
    """Return the name of a field; one that looks like no name may be somebody's number."""
    short = re.sub(r"\d{1,5}(?!\d)", "", name) or "_"
    return name if _NAME.fullmatch(short) else f"{_MARK}0 {_length(name)}›"


def is_masked(text: object) -> bool:
    """Tell whether a value looks like a mask, or holds one."""
    return isinstance(text, str) and _MARK in text


def unmasked(typed: Any, original: Any, schema: Schema | None) -> Any:
    """Return a body that came back with its masks filled in from the original it was made of.

    A mask is filled in only where the value is personal there too: nobody reads it by moving it to a field
    that is shown.

    Raises:
        MaskLostError: a mask stands for nothing, was changed, or stands where it would be shown.
    """
    values = {one.number: one.value for one in leaves(original, schema or NONE) if one.number}
    own = {one.place: one.value for one in leaves(original, schema or NONE)}
    filled = {}
    for one in leaves(typed, schema or NONE):
        if _MARK in one.place:
            raise MaskLostError(one.place)
        if not is_masked(one.value) or own.get(one.place) == one.value:
            continue
        found = _MASK.fullmatch(one.value)
        if found is None or int(found[1]) not in values or not one.personal:
            raise MaskLostError(one.place)
        filled[one.place] = values[int(found[1])]
    return _filled(typed, filled, "") if filled else typed


def _filled(data: Any, by: Mapping[str, Any], place: str) -> Any:
    if place in by:
        return by[place]
    if isinstance(data, Mapping):
        return {name: _filled(value, by, f"{place}/{name}") for name, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, by, f"{place}/{n}") for n, value in enumerate(data)]
    return data


# --- values ---------------------------------------------------------------------------------------------


def identities(data: Any, schema: Schema | None) -> set[str]:
    """Return the identity numbers that a body holds, in their normal form.

    Besides the fields of that class every text that is not classed otherwise and is such a number as a whole
    counts: native fields that no canonical field can say.
    """
    looked = ("identity", UNKNOWN, "account")
    return {
        number
        for one in leaves(data, schema or NONE)
        if one.number and one.personal in looked and not isinstance(one.value, bool)
        and (number := identity(str(one.value), strict=one.personal != "identity"))
    }  # fmt: skip


@lru_cache(maxsize=1024)
def identity(text: str, *, strict: bool = False) -> str:
    """Return an identity number in its normal form; empty where it is none.

    Spaces, dots and hyphens are left out, and what stands before the digits in a certificate (`CCCD:`). Old
    cards have 9 digits, personal numbers 12. Of a number that a sheet took for a figure the zeros in front
    are lost: 11 digits, or 10 of somebody of the provinces 001 to 009, are a personal number; 8 an old card.

    Args:
        text: as written.
        strict: take only what has exactly 9 or 12 digits.
    """
    digits = re.sub(r"^(?:CCCD|CMND|CMT|DDCN)\s*[:.]?", "", text.strip(), flags=re.IGNORECASE)
    digits = re.sub(r"[\s.\-\u00a0]", "", digits)
    if not re.fullmatch(r"[0-9]{8,12}", digits):
        return ""
    if len(digits) in (9, 12):
        return digits
    return "" if strict else digits.zfill(12 if len(digits) > 9 else 9)  # noqa: PLR2004 - an old card's digits
