"""Questions in the journal: each is entered before anybody is asked, and what became of it behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from lgsp.enquiry import Ending
from lgsp.journal import citizens
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import INSERT_ENTRY, entry, insert, write_entries
from lgsp.journal.tables import asks, asks_about

_ASK = insert(
    asks, "id", "uid", "at", "source", "system", "type", "who", "dossier", "purpose", "basis", "outcome"
)
_ABOUT = f"{insert(asks_about)} ON CONFLICT (digest, ask_id) DO NOTHING"
_UNTOLD = f"(outcome = {int(Ending.OPEN)} OR (outcome = {int(Ending.FAILED)} AND cause = 'lost-track'))"
"""Whoever knows how it ended is believed, though its question was given up meanwhile."""
_END = (
    "UPDATE asks SET outcome = ?, cause = ?, took = ?, age = ?, answer_hash = ?, salt = ?, key_id = ?,"
    f" answer = ?, findings = ? WHERE id = ? AND {_UNTOLD}"
)
_OPEN = "SELECT id, at FROM asks WHERE outcome = 0 AND at < ? ORDER BY id LIMIT ?"
_STILL = f"SELECT id, source, system FROM asks WHERE id IN ({{}}) AND {_UNTOLD}"


_SAID = {Ending.ANSWERED: "answered", Ending.ABSENT: "answered"}


@dataclass(slots=True, frozen=True)
class Begun:
    """A question on its way in.

    Attributes:
        source: the system that asks; `system` is the one that answers, empty where none was found.
        who: the person for whom it asks.
        dossier: code of the dossier for which it is asked; empty: none.
        purpose: a code of the home's list, with its legal `basis` as the home words it.
        about: the numbers that it names, in their normal form; only keyed digests of them are written down.
    """

    uid: UUID
    source: str
    system: str
    type: str
    who: str
    purpose: str
    basis: str
    dossier: str = ""
    about: Sequence[str] = ()


@dataclass(slots=True, frozen=True)
class Ended:
    """What became of a question.

    Attributes:
        number: of its entry `asked`.
        took: microseconds from the question to the answer.
        age: microseconds since the far side said so, where it was remembered; None where it was asked now.
        kept: salt and salted hash of the answer, where the policy keeps one.
        body: of the answer, where the policy keeps it: it is sealed here.
        about: the numbers that the answer names, likewise.
        found: code and place of what had to be tolerated in the answer, or was wrong with the question.
    """

    number: int
    ending: Ending
    took: int
    cause: str = ""
    age: int | None = None
    kept: tuple[bytes, bytes] | None = None
    body: bytes | None = None
    about: Sequence[str] = ()
    found: Sequence[tuple[str, str]] = ()


def begin(tx: Transaction, questions: Sequence[Begun]) -> list[int]:
    """Enter questions, each before it is asked; return their numbers in order."""
    numbers = list(tx.ids("entries", len(questions)))
    pairs = list(zip(numbers, questions, strict=True))
    tx.run(INSERT_ENTRY, [_asked(number, tx.now, one) for number, one in pairs])
    tx.run(
        _ASK,
        [
            (n, one.uid.bytes, tx.now, one.source, one.system, one.type, one.who, one.dossier or None,
             one.purpose, one.basis, int(Ending.OPEN))
            for n, one in pairs
        ],
    )  # fmt: skip
    _note_whom(tx, [(number, one.about) for number, one in pairs])
    return numbers


def end(tx: Transaction, endings: Sequence[Ended]) -> None:
    """Enter what became of questions; one that has ended already stays as it is."""
    still = {n: (source, system) for n, source, system in tx.among(_STILL, [one.number for one in endings])}
    found = [one for one in {one.number: one for one in reversed(endings)}.values() if one.number in still]
    tx.run(_END, [_row(tx, one) for one in found])
    _note_whom(tx, [(one.number, one.about) for one in found])
    write_entries(tx, [_ended(one, *still[one.number]) for one in found])


def give_up(tx: Transaction, before: int, limit: int = 500) -> int:
    """End questions that nobody ended, asked before a time: their process died. Return how many."""
    found = tx.rows(_OPEN, (before, limit))
    end(tx, [Ended(number, Ending.FAILED, tx.now - at, "lost-track") for number, at in found])
    return len(found)


def _note_whom(tx: Transaction, named: Sequence[tuple[int, Sequence[str]]]) -> None:
    told = [(number, names) for number, names in named if names]
    if told:
        digests = citizens.noted_each(tx, [names for _, names in told])
        rows = [(digest, n) for (n, _), some in zip(told, digests, strict=True) for digest in some]
        tx.run(_ABOUT, rows)


def _asked(number: int, now: int, one: Begun) -> tuple[Any, ...]:
    told = {"ask": str(one.uid), "type": one.type, "for": one.who, "basis": one.basis}
    if one.dossier:
        told["dossier"] = one.dossier
    return entry(
        number, now, "asked", source=one.source, system=one.system or None, cause=one.purpose, who=one.source,
        details=orjson.dumps(told).decode(),
    )  # fmt: skip


def _ended(one: Ended, source: str, system: str) -> dict[str, Any]:
    told: dict[str, Any] = {"asked": one.number, "ending": one.ending.word, "took": one.took}
    if one.age is not None:
        told["age"] = one.age
    if one.found:
        told["findings"] = _findings(one)
    return {
        "what": _SAID.get(one.ending, "failed"),
        "source": source,
        "system": system or None,
        "cause": one.cause or None,
        "who": system or "gateway",
        "details": orjson.dumps(told).decode(),
        "body_hash": one.kept[1] if one.kept else None,
    }


def _row(tx: Transaction, one: Ended) -> tuple[Any, ...]:
    salt, hashed = one.kept or (None, None)
    key_id, body = tx.keys.seal(one.body) if one.body is not None else (None, None)
    findings = orjson.dumps(_findings(one)).decode() if one.found else None
    return (
        int(one.ending), one.cause or None, one.took, one.age, hashed, salt, key_id, body, findings,
        one.number,
    )  # fmt: skip


def _findings(one: Ended) -> list[dict[str, str]]:
    return [{"code": code, "place": place} for code, place in one.found]
