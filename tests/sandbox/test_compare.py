"""Holding that differences are seen, and that only differences are."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.sandbox.compare import compare, digest, overtakings, sparse

A, B = {"MaHoSo": "x", "TrangThaiHoSo": "4"}, {"MaHoSo": "x", "TrangThaiHoSo": "5"}
E, F = {"MaHoSo": "x", "TrangThai": "4"}, {"MaHoSo": "x", "TrangThai": "5"}


def held(dossier: Any = None, *entries: Any) -> dict[str, dict[str, Any]]:
    """Return what a portal with one dossier would hold."""
    return {
        "dossiers": {"x": dossier} if dossier else {},
        "progress": {"x": list(entries)} if entries else {},
    }


@pytest.mark.parametrize(
    "state",
    [
        held(A, E, F),
        held(A | {"Fax": "", "NgayTuChoi": None, "TaiLieuNop": []}, E | {"NgayBatDau": ""}, F),
        held(dict(reversed(A.items())), E, F),
    ],
)
def test_what_says_the_same_is_no_difference(state: dict[str, Any]) -> None:
    """Absent, null, empty text and empty list say the same; the order of fields says nothing."""
    assert compare(held(A, E, F), state) == []


@pytest.mark.parametrize(
    ("state", "difference"),
    [
        (held(B, E, F), "x: dossier differs in TrangThaiHoSo"),
        (held(A | {"Fax": "1"}, E, F), "x: dossier differs in Fax"),
        (held(None, E, F), "x: dossier missing"),
        (held(A), "x: progress missing"),
        (held(A, F, E), "x: progress in another order"),
        (held(A, E, E, F), "x: progress repeated: 3 entries, 2 of them distinct"),
        (held(A, E), "x: progress differs: 1 missing, 0 not told"),
    ],
)
def test_each_difference_is_named(state: dict[str, Any], difference: str) -> None:
    """A dossier or entry that is missing, other, repeated or out of order is told, by its code."""
    assert compare(held(A, E, F), state) == [difference]


def test_what_nobody_told_is_a_difference() -> None:
    """The portal must hold nothing beside what was told."""
    assert compare(held(), held(A, E)) == ["x: dossier nobody told", "x: progress nobody told"]


def test_zero_and_false_are_values() -> None:
    """Only emptiness is left out: a fee of 0 is a fee."""
    assert sparse({"a": 0, "b": False, "c": [{"d": ""}], "e": {"f": None}}) == {"a": 0, "b": False, "c": [{}]}


@pytest.mark.parametrize(
    ("came", "fine"),
    [
        ([], True),
        ([A, B, A], True),
        ([B, A], True),
        ([A, A, B, B, A], True),
        ([A], True),
        ([B, A, B], False),
        ([{"other": "1"}], False),
    ],
)
def test_overtaking_is_seen_even_when_a_snapshot_comes_back(came: list[dict[str, str]], fine: bool) -> None:
    """Told A, B, A: leaving out and repeating is allowed, nothing may come after a newer one."""
    told = {"x": [digest(A), digest(B), digest(A)]}
    assert (overtakings(told, {"history": {"x": [digest(item) for item in came]}}) == []) is fine
