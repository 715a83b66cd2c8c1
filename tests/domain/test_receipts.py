"""Secrets of receipts: short, readable, and a slip of a finger is told from a wrong one."""

from __future__ import annotations

import pytest

from lgsp.domain.receipts import fits, meant, secret_of, well_typed

KEY, CODE = b"k" * 32, "H44.11-260131-0001"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_each_dossier_has_its_own() -> None:
    """The same each time; another one for another code, and for another installation."""
    secret = secret_of(KEY, CODE)
    assert secret == secret_of(KEY, CODE)
    assert len({secret_of(KEY, f"H44.11-260131-{n:04}") for n in range(2000)}) == 2000
    assert secret_of(b"o" * 32, CODE) != secret
    assert [len(part) for part in secret.split("-")] == [4, 4, 4]
    assert set(secret) <= {*LETTERS, "-"}


@pytest.mark.parametrize("n", range(5))
def test_a_slip_is_told_from_a_wrong_secret(n: int) -> None:
    """Any one character, and any two neighbours exchanged."""
    text = meant(secret_of(KEY, f"{CODE}{n}"))
    assert well_typed(text)
    slips = [text[:at] + one + text[at + 1 :] for at in range(12) for one in LETTERS if one != text[at]]
    slips += [
        text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(11) if text[at] != text[at + 1]
    ]
    assert [one for one in slips if well_typed(one)] == []


@pytest.mark.parametrize("typed", ["", "A", "AAAA-AAAA-AAA", "ÀÁÂÃ-ÀÁÂÃ-ÀÁÂÃ", "\ud800" * 12, "٠" * 12])
def test_what_is_none_is_none(typed: str) -> None:
    """Whatever is typed."""
    assert not well_typed(typed)


def test_it_may_be_typed_as_people_do() -> None:
    """Small letters, spaces, no hyphens, o for nought, l and i for one."""
    secret = next(one for n in range(1000) if {"0", "1"} <= set(one := secret_of(KEY, f"{CODE}{n}")))
    code = next(f"{CODE}{n}" for n in range(1000) if secret_of(KEY, f"{CODE}{n}") == secret)
    typed = secret.lower().replace("0", "o").replace("1", "l", 1).replace("1", "I").replace("-", " ")
    assert well_typed(typed)
    assert fits(KEY, code, typed)
    assert not fits(KEY, f"{code}0", typed)
