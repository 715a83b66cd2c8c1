"""Telling whether a stand-in holds what was told, and got it in the order it was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lgsp.message import native_digest

Held = Mapping[str, Mapping[str, Any]]


def sparse(value: Any) -> Any:
    """Return a body without what is absent: no key, null, empty text and empty list say the same."""
    if type(value) is dict:
        kept = {}
        for key, inner in value.items():
            said = inner if type(inner) is str else sparse(inner)
            if said or said == 0:
                kept[key] = said
        return kept
    return [sparse(inner) for inner in value] if type(value) is list else value


def digest(item: Any) -> str:
    """Return a short name that is equal for bodies that say the same."""
    return native_digest(sparse(item)).hex()[:16]


def compare(expected: Held, state: Held) -> list[str]:
    """Return the differences between what was told and what is held; an empty list is agreement.

    Args:
        expected: `{"dossiers": {MaHoSo: last item}, "progress": {MaHoSo: [items in order]}}`.
        state: what `GET …/_state` says.
    """
    return [
        *_dossiers(expected["dossiers"], state["dossiers"]),
        *_progress(expected["progress"], state["progress"]),
    ]


def overtakings(told: Mapping[str, Sequence[str]], state: Held) -> list[str]:
    """Return the dossiers whose snapshots arrived in another order than they were told.

    A snapshot may be left out (a newer one took its place) and may come twice, but none after a newer one.

    Args:
        told: MaHoSo to the digests of its snapshots, as told.
        state: what `GET …/_state` says; its `history` holds the digests as they came.
    """
    history = state["history"]
    return [
        f"{code}: a snapshot came after a newer one"
        for code, order in told.items()
        if not _walks(history.get(code, ()), order)
    ]


def _walks(came: Iterable[str], told: Sequence[str]) -> bool:
    at = 0
    for one in came:
        if one not in told[at:]:
            return False
        at = told.index(one, at)
    return True


def _dossiers(expected: Mapping[str, Any], held: Mapping[str, Any]) -> list[str]:
    differences = _codes("dossier", expected, held)
    for code in expected.keys() & held.keys():
        want, have = sparse(expected[code]), sparse(held[code])
        names = sorted(k for k in want.keys() | have.keys() if want.get(k) != have.get(k))
        if names:
            differences.append(f"{code}: dossier differs in {', '.join(names)}")
    return differences


def _progress(expected: Mapping[str, Any], held: Mapping[str, Any]) -> list[str]:
    expected, held = ({c: entries for c, entries in s.items() if entries} for s in (expected, held))
    differences = _codes("progress", expected, held)
    for code in expected.keys() & held.keys():
        want, have = ([digest(entry) for entry in side[code]] for side in (expected, held))
        if want != have:
            differences.append(f"{code}: {_what_differs(want, have)}")
    return differences


def _what_differs(want: Sequence[str], have: Sequence[str]) -> str:
    if len(set(have)) < len(have):
        return f"progress repeated: {len(have)} entries, {len(set(have))} of them distinct"
    if set(want) == set(have):
        return "progress in another order"
    return f"progress differs: {len(set(want) - set(have))} missing, {len(set(have) - set(want))} not told"


def _codes(what: str, expected: Mapping[str, Any], held: Mapping[str, Any]) -> list[str]:
    missing = [f"{code}: {what} missing" for code in sorted(expected.keys() - held.keys())]
    return missing + [f"{code}: {what} nobody told" for code in sorted(held.keys() - expected.keys())]
