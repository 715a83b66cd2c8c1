"""Secrets of receipts: what an applicant types at a kiosk to see how a dossier stands. Pure."""

from __future__ import annotations

import hmac

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: without I, L, O and U, which people take for others."""
_MEANT = str.maketrans("OIL", "011", "- \u00a0.")
_SAID, _CHECKS = 10, 2
_GROUP = 4
_PRIME = 1021
"""The largest prime below 32 × 32: any one slip, and any two neighbours exchanged, changes the rest."""


def secret_of(key: bytes, code: str) -> str:
    """Return the secret of a dossier's receipt, such as `7KQ2-M9XD-4HPC`: 50 bits and two check characters.

    Args:
        key: of the installation; nobody without it can tell any of them.
        code: of the dossier, in its normal form.
    """
    number = int.from_bytes(hmac.digest(key, code.encode(), "sha256")[:8]) >> (64 - 5 * _SAID)
    whole = _spelt(number, _SAID) + _spelt(number % _PRIME, _CHECKS)
    return "-".join(whole[at : at + _GROUP] for at in range(0, len(whole), _GROUP))


def well_typed(secret: str) -> bool:
    """Tell whether a secret may be one: its check characters fit; whoever mistyped it hears so at once."""
    text = meant(secret)
    if len(text) != _SAID + _CHECKS or not set(text) <= set(_LETTERS):
        return False
    return _spelt(_read(text[:_SAID]) % _PRIME, _CHECKS) == text[_SAID:]


def fits(key: bytes, code: str, secret: str) -> bool:
    """Tell whether a secret is that of a dossier; it takes as long whichever character is wrong."""
    return hmac.compare_digest(meant(secret_of(key, code)).encode(), meant(secret).encode())


def meant(secret: str) -> str:
    """Return a secret as it is compared, however it was typed: no hyphens, `o` for nought, `i` for one."""
    return secret.upper().translate(_MEANT)


def _spelt(number: int, length: int) -> str:
    return "".join(_LETTERS[(number >> 5 * at) & 31] for at in reversed(range(length)))


def _read(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 32 + _LETTERS.index(letter)
    return number
