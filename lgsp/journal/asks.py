"""Questions in the journal: each is entered before anybody is asked, and what became of it behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lgsp.enquiry import Ending
from lgsp.journal import citizens
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import INSERT_ENTRY, entry, insert
from lgsp.journal.tables import asks, asks_about

_ASK = insert(
    asks, "id", "uid", "at", "source", "system", "type", "who", "dossier", "purpose", "basis", "outcome",
    "cause", "took", "findings",
)  # fmt: skip
_KNOWN = "SELECT uid FROM asks WHERE uid IN ({})"
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


class Ended(NamedTuple):
    """What became of a question.

    Attributes:
        number: of its entry `asked`; 0 where it is entered with its question.
        took: microseconds from the question to the answer.
        age: microseconds since the far side said so, where it was remembered; None where it was asked now.
        kept: salt and salted hash of the answer, where the policy keeps one.
        body: of the answer, where the policy keeps it: it is sealed here.
        about: the numbers that the answer names, likewise; those that its question named stand already.
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


class Begun(NamedTuple):
    """A question on its way in.

    Attributes:
        source: the system that asks; `system` is the one that answers, empty where none was found.
        who: the person for whom it asks.
        dossier: code of the dossier for which it is asked; empty: none.
        purpose: a code of the home's list, with its legal `basis` as the home words it.
        about: the numbers that it names, in their normal form; only keyed digests of them are written down.
        ended: what became of one for which nobody is asked: both are entered together.
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
    ended: Ended | None = None


def begin(tx: Transaction, questions: Sequence[Begun]) -> list[int]:
    """Enter questions, each before it is asked, or with what became of it; return their numbers in order."""
    numbers = list(tx.ids("entries", len(questions)))
    pairs = list(zip(numbers, questions, strict=True))
    tx.run(INSERT_ENTRY, [_asked(number, tx.now, one) for number, one in pairs])
    tx.run(_ASK, [_begun(number, tx.now, one) for number, one in pairs])
    _note_whom(tx, [(number, one.about) for number, one in pairs])
    over = [(one.ended._replace(number=n), one.source, one.system) for n, one in pairs if one.ended]
    _enter_ends(tx, over)
    return numbers


def catch_up(tx: Transaction, questions: Sequence[Begun]) -> None:
    """Enter questions behind, for which nobody is asked; one that stands already is not entered again.

    Nobody waits for them, so a transaction that was committed although it said otherwise is tried again.
    """
    known = {bytes(row[0]) for row in tx.among(_KNOWN, [one.uid.bytes for one in questions])}
    fresh = [one for one in questions if one.uid.bytes not in known]
    if fresh:
        begin(tx, fresh)


def end(tx: Transaction, endings: Sequence[Ended]) -> None:
    """Enter what became of questions; one that has ended already stays as it is."""
    still = {n: (source, system) for n, source, system in tx.among(_STILL, [one.number for one in endings])}
    found = [one for one in {one.number: one for one in reversed(endings)}.values() if one.number in still]
    tx.run(_END, [_row(tx, one) for one in found])
    _note_whom(tx, [(one.number, one.about) for one in found])
    _enter_ends(tx, [(one, *still[one.number]) for one in found])


def give_up(tx: Transaction, before: int, limit: int = 500) -> int:
    """End questions that nobody ended, asked before a time: their process died. Return how many."""
    found = tx.rows(_OPEN, (before, limit))
    end(tx, [Ended(number, Ending.FAILED, tx.now - at, "lost-track") for number, at in found])
    return len(found)


def _enter_ends(tx: Transaction, ends: Sequence[tuple[Ended, str, str]]) -> None:
    if ends:
        numbers = tx.ids("entries", len(ends))
        tx.run(INSERT_ENTRY, [_ended(n, tx.now, *one) for n, one in zip(numbers, ends, strict=True)])


def _note_whom(tx: Transaction, named: Sequence[tuple[int, Sequence[str]]]) -> None:
    told = [(number, names) for number, names in named if names]
    if told:
        digests = citizens.noted_each(tx, [names for _, names in told])
        rows = [(digest, n) for (n, _), some in zip(told, digests, strict=True) for digest in some]
        tx.run(_ABOUT, rows)


def _begun(number: int, now: int, one: Begun) -> tuple[Any, ...]:
    ended = one.ended
    became: tuple[Any, ...] = (int(Ending.OPEN), None, None, None)
    if ended is not None:
        became = (int(ended.ending), ended.cause or None, ended.took, _findings(ended))
    return (
        number, one.uid.bytes, now, one.source, one.system, one.type, one.who, one.dossier or None,
        one.purpose, one.basis, *became,
    )  # fmt: skip


def _asked(number: int, now: int, one: Begun) -> tuple[Any, ...]:
    told = {"ask": one.uid, "type": one.type, "for": one.who, "basis": one.basis}
    if one.dossier:
        told["dossier"] = one.dossier
    return entry(
        number, now, "asked", source=one.source, system=one.system or None, cause=one.purpose, who=one.source,
        details=orjson.dumps(told).decode(),
    )  # fmt: skip


def _ended(number: int, now: int, one: Ended, source: str, system: str) -> tuple[Any, ...]:
    told: dict[str, Any] = {"asked": one.number, "ending": one.ending.word, "took": one.took}
    if one.age is not None:
        told["age"] = one.age
    if one.found:
        told["findings"] = _listed(one)
    return entry(
        number, now, _SAID.get(one.ending, "failed"), source=source, system=system or None,
        cause=one.cause or None, who=system or "gateway", details=orjson.dumps(told).decode(),
        body_hash=one.kept[1] if one.kept else None,
    )  # fmt: skip


def _row(tx: Transaction, one: Ended) -> tuple[Any, ...]:
    salt, hashed = one.kept or (None, None)
    key_id, body = tx.keys.seal(one.body) if one.body is not None else (None, None)
    return (
        int(one.ending), one.cause or None, one.took, one.age, hashed, salt, key_id, body, _findings(one),
        one.number,
    )  # fmt: skip


def _findings(one: Ended) -> str | None:
    return orjson.dumps(_listed(one)).decode() if one.found else None


def _listed(one: Ended) -> list[dict[str, str]]:
    return [{"code": code, "place": place} for code, place in one.found]
