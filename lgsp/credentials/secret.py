"""Secrets that are handed out once: drawn at random, recognisable where they leak, hashed to be kept."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib

from lgsp.journal.credentials import Kind

_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_DRAWN, _CHECK = 43, 6
"""43 of 62 letters are 256 random bits; 6 hold a CRC-32."""
PLACE = 16
"""As many bytes of a hash say where a secret is looked up; all of it is compared then, in constant time."""
PATTERN = re.compile(rf"lgsp_(?:key|client|hmac|person)_[0-9A-Za-z]{{{_DRAWN + _CHECK}}}")
"""What to look for in repositories, tickets and logs."""
_FORM = re.compile(rf"lgsp_([a-z]+)_([0-9A-Za-z]{{{_DRAWN}}})([0-9A-Za-z]{{{_CHECK}}})")


def draw(kind: Kind) -> str:
    """Return a new secret: `lgsp_`, its kind, 43 random letters and a check of all that stands before it."""
    told = f"lgsp_{kind.value}_{''.join(secrets.choice(_LETTERS) for _ in range(_DRAWN))}"
    return told + _check(told)


def well_formed(told: str) -> bool:
    """Tell whether a text is a whole secret of ours, as far as its check says: not truncated, not misread."""
    found = _FORM.fullmatch(told)
    return found is not None and _check(told[:-_CHECK]) == found[3]


def ours(told: str) -> bool:
    """Tell whether a text begins as our secrets do."""
    return told.startswith("lgsp_")


def hashed(told: str) -> bytes:
    """Return what is kept of a secret.

    A plain SHA-256 is right for these, and only for these: what has 256 random bits is found by no trying,
    so the slowness that protects passwords would protect nothing here, and cost every request.
    """
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()


def _check(told: str) -> str:
    rest, letters = zlib.crc32(told.encode()), ""
    for _ in range(_CHECK):
        rest, place = divmod(rest, len(_LETTERS))
        letters = _LETTERS[place] + letters
    return letters
