"""Answers that no catalogue held: counted by what they look like, and named by operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from lgsp.domain.cause import Cause, Party, Severity
from lgsp.domain.causes_named import Name, Names
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.domain.signature import SHOWN, shape
from lgsp.errors import Scope
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.opening import opened
from lgsp.journal.reading import at
from lgsp.journal.rows import insert, states, write_entries
from lgsp.journal.states import DEAD, State
from lgsp.journal.tables import answers, names
from lgsp.journal.turns import Outcome
from lgsp.keys import PLAIN
from lgsp.redacting import redacted
from lgsp.wire.exchange import unpacked

MOST = 200
"""Different answers of one system that are kept apart; what comes beyond is counted as one."""
REST = "rest"
"""The signature under which the rest is counted; it is nobody's answer and cannot be named."""
_SAMPLE = 16 * 1024
_REST_SHAPE = "…"

_SEEN = (
    f"{insert(answers)} ON CONFLICT (system, signature) DO UPDATE SET last_at = excluded.last_at,"
    " times = answers.times + excluded.times, deliveries = answers.deliveries + excluded.deliveries"
)
_APART = "SELECT signature FROM answers WHERE system = ?"
_BEFORE = "SELECT delivery_id, answer FROM attempts WHERE delivery_id IN ({}) AND answer IS NOT NULL"
_SHOWN = (
    "id", "system", "signature", "shape", "first_at", "last_at", "times", "deliveries", "delivery_id",
    "message", "key_id", "sample",
)  # fmt: skip
_ANSWERS = f"SELECT {', '.join(_SHOWN)} FROM answers"
_NAMES = "SELECT id, system, signature, code, told, who, at FROM names"
_NAME = insert(names)
_DIED_OR_WAITS = states(DEAD | {State.PUT_OFF})
_OF_ANSWER = (
    "SELECT d.id, d.cause FROM deliveries d JOIN attempts a ON a.delivery_id = d.id AND a.attempt = d.attempt"
    f" WHERE d.system = ? AND d.state IN ({_DIED_OR_WAITS}) AND a.answer = ? AND d.id > ?"
    " ORDER BY d.id LIMIT ?"
)
_RELABEL = "UPDATE deliveries SET cause = ? WHERE id = ? AND cause = ?"
PAGE = 500


# --- counting -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tally:
    """How often one answer came in one batch, and one outcome that drew it."""

    sample: Outcome
    times: int = 0
    deliveries: set[int] = field(default_factory=set)


def count(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Count the answers of outcomes that nobody had named when they came.

    What was named meanwhile, by whatever process, is kept under its name.
    """
    if not outcomes:
        return
    known = read_names(tx)
    tallies: dict[tuple[str, str], _Tally] = {}
    for outcome in outcomes:
        cause = known.of(outcome.claim.system, outcome.answer)
        outcome.cause = cause.code if cause else outcome.cause
        tally = tallies.setdefault((outcome.claim.system, outcome.answer), _Tally(outcome))
        tally.times += 1
        tally.deliveries.add(outcome.claim.delivery)
    _write(tx, tallies, _drawn_before(tx, outcomes))


def _drawn_before(tx: Transaction, outcomes: Sequence[Outcome]) -> set[tuple[int, str]]:
    """Return which deliveries drew which answer in an earlier attempt."""
    found = tx.among(_BEFORE, sorted({outcome.claim.delivery for outcome in outcomes}))
    return {(delivery, answer) for delivery, answer in found}


def _write(tx: Transaction, tallies: dict[tuple[str, str], _Tally], before: set[tuple[int, str]]) -> None:
    numbers = tx.ids("answers", len(tallies))
    apart = {system: {row[0] for row in tx.rows(_APART, (system,))} for system, _ in tallies}
    rows: list[tuple[Any, ...]] = []
    for number, ((system, answer), tally) in zip(numbers, tallies.items(), strict=True):
        full = answer not in apart[system] and len(apart[system]) >= MOST
        apart[system].add(REST if full else answer)
        fresh = sum((delivery, answer) not in before for delivery in tally.deliveries)
        look = (REST, _REST_SHAPE) if full else (answer, _shape(tally.sample))
        rows.append(_row(tx, number, look, tally, fresh))
    rows.sort(key=_place)
    tx.run(_SEEN, rows)


def _place(row: tuple[Any, ...]) -> tuple[str, str]:
    """Return system and signature: all write in this order, so that nobody waits for another in a ring."""
    return row[1], row[2]


def _row(tx: Transaction, number: int, look: tuple[str, str], tally: _Tally, fresh: int) -> tuple[Any, ...]:
    claim, exchanges = tally.sample.claim, tally.sample.exchanges
    kept = exchanges if exchanges and len(exchanges) <= _SAMPLE else None
    key_id, sample = tx.keys.seal(kept) if kept else (PLAIN, None)
    message = claim.message.id.bytes if claim.message.id else None
    return (
        number, claim.system, *look, tx.now, tx.now, tally.times, fresh, claim.delivery, message, key_id,
        sample,
    )  # fmt: skip


def _shape(outcome: Outcome) -> str:
    """Return what an answer looks like: of the last exchange, else of what the adapter said of it."""
    exchanges = unpacked(outcome.exchanges) if outcome.exchanges else []
    if not exchanges:
        return redacted(shape(0, outcome.said), outcome.hidden)[:SHOWN]
    looks = shape(int(exchanges[-1]["status"]), str(exchanges[-1]["answer"]))
    return redacted(looks, outcome.hidden)[:SHOWN]


# --- what is there --------------------------------------------------------------------------------------


def unnamed(tx: Transaction) -> list[dict[str, Any]]:
    """Return the answers that have no name, the most frequent first, each with a sample."""
    known = read_names(tx)
    rows = tx.rows(f"{_ANSWERS} ORDER BY times DESC, id")
    return [_answer(tx, row) for row in rows if known.of(row[1], row[2]) is None]


def _answer(tx: Transaction, row: Sequence[Any]) -> dict[str, Any]:
    told = dict(zip(_SHOWN, row, strict=True))
    key_id, sample, message = told.pop("key_id"), told.pop("sample"), told.pop("message")
    kept = None if sample is None else opened(tx, key_id, sample, "sample of answer", row[0])
    return told | {
        "first_at": at(told["first_at"]),
        "last_at": at(told["last_at"]),
        "nameable": told["signature"] != REST,
        "sample": {
            "delivery": told.pop("delivery_id"),
            "message": str(UUID(bytes=bytes(message))) if message else None,
            "exchanges": [] if kept is None else unpacked(kept),
        },
    }


def read_names(tx: Transaction) -> Names:
    """Return all that was named."""
    return Names([_name(row) for row in tx.rows(f"{_NAMES} ORDER BY id")])


def newest(tx: Transaction) -> int:
    """Return the number of the last naming; 0 where there is none."""
    return int(tx.rows("SELECT max(id) FROM names")[0][0] or 0)


def _name(row: Sequence[Any]) -> Name:
    number, system, signature, code, told, who, when = row
    return Name(number, system, signature, code, _cause(code, told) if told else None, who, when)


def _cause(code: str, told: str) -> Cause:
    said = orjson.loads(told)
    return Cause(
        code, said["vi"], said["en"], Party(said["party"]), said["mend_vi"], said["mend_en"],
        said["retry_helps"], Severity(said["severity"]), Scope(said["concerns"]),
    )  # fmt: skip


def _told(cause: Cause) -> str:
    """Return a cause as it is kept, beside its code."""
    return orjson.dumps({
        "vi": cause.vi, "en": cause.en, "party": cause.party.value, "mend_vi": cause.mend_vi,
        "mend_en": cause.mend_en, "retry_helps": cause.retry_helps, "severity": cause.severity.value,
        "concerns": cause.concerns.value,
    }).decode()  # fmt: skip


# --- naming ---------------------------------------------------------------------------------------------


def name(  # noqa: PLR0913, PLR0917 - what is named, how, by whom and why
    tx: Transaction, answer: int, code: str, own: Cause | None, who: str, reason: str = ""
) -> Name | None:
    """Name an answer; None when there is no such answer.

    Args:
        tx: the transaction.
        answer: its number.
        code: of the cause.
        own: what the code means, where it is a new one, or is described anew.
        who: names it.
        reason: in their words.

    Raises:
        WrongStateError: the number stands for the rest, which is many answers.
    """
    found = tx.rows(f"{_ANSWERS} WHERE id = ?", (answer,))
    if not found:
        return None
    _, system, signature, *_ = found[0]
    if signature == REST:
        raise WrongStateError("naming an answer: this row counts many different ones; name the others first")
    (number,) = tx.ids("names", 1)
    told = _told(own) if own else None
    tx.run(_NAME, [(number, tx.now, who, system, signature, code, told)])
    details = orjson.dumps({"answer": signature} | ({"reason": reason} if reason else {})).decode()
    write_entries(tx, [{"what": "named", "system": system, "cause": code, "who": who, "details": details}])
    return Name(number, system, signature, code, own, who, tx.now)


def relabel(tx: Transaction, naming: Name, after: int = 0) -> int | None:
    """Let deliveries that wait, or died, of an answer stand under its name, a page at a time.

    Returns the delivery to go on after, or None behind the last page.
    """
    rows = tx.rows(_OF_ANSWER, (naming.system, naming.signature, after, PAGE))
    earlier = {UNCATALOGUED, *_earlier(tx, naming)}
    tx.run(_RELABEL, [(naming.code, number, cause) for number, cause in rows if cause in earlier])
    return rows[-1][0] if len(rows) == PAGE else None


def _earlier(tx: Transaction, naming: Name) -> set[str]:
    """Return the names that an answer had before."""
    sql = f"{_NAMES} WHERE system = ? AND signature = ? AND id < ?"
    return {row[3] for row in tx.rows(sql, (naming.system, naming.signature, naming.number))}
