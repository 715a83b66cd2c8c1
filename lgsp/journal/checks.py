"""Checks in the journal: what was asked about a subject, what was found, and who let it go all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal import citizens
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.promoting import dispatch, settling_until
from lgsp.journal.rows import MESSAGE, insert, locked, numbers_of, rows_of
from lgsp.journal.states import State
from lgsp.journal.tables import checks, checks_held
from lgsp.journal.turns import Frame
from lgsp.message import Finding

_COLUMNS = (
    "question", "name", "rule", "against", "began_at", "busy_until", "told_at", "result", "cause", "fields",
    "ask", "delivery_id", "waived_at", "waived_by", "waived_why",
)  # fmt: skip
_READ = f"SELECT {', '.join(_COLUMNS)} FROM checks WHERE subject = ?"
_FOUND = f"{_READ} AND question IN ({{}})"
_OF = f"{_READ} ORDER BY coalesce(told_at, began_at) DESC, question LIMIT ?"
_FIRST = "subject", "question", "name", "rule", "against", "began_at", "result"
_WANT = f"{insert(checks, *_FIRST)} ON CONFLICT (subject, question) DO NOTHING"
_ANEW = (
    "UPDATE checks SET result = 0, began_at = ?, busy_until = NULL, told_at = NULL, cause = NULL,"
    " fields = NULL, ask = NULL WHERE subject = ? AND question = ? AND began_at = ?"
    " AND coalesce(told_at, 0) = ?"
)
_TAKE = (
    "UPDATE checks SET busy_until = ? WHERE subject = ? AND question = ? AND result = 0"
    " AND (busy_until IS NULL OR busy_until <= ?) RETURNING result"
)
_TELL = (
    "UPDATE checks SET result = ?, cause = ?, fields = ?, ask = ?, told_at = ?, busy_until = NULL"
    " WHERE subject = ? AND question = ? AND result = 0"
)
_LET_BE = (
    "UPDATE checks SET busy_until = NULL, cause = ?, ask = ? WHERE subject = ? AND question = ?"
    " AND result = 0 AND busy_until = ?"
)
_KEEPS = "UPDATE checks SET delivery_id = ? WHERE subject = ? AND question = ?"
_HOLD = f"{insert(checks_held)} ON CONFLICT (delivery_id, question) DO NOTHING"
_NOTHING_LEFT = (
    " WHERE subject = ? AND NOT EXISTS (SELECT 1 FROM messages m JOIN bodies b ON b.message_id = m.id"
    " WHERE m.partitionkey = {}.subject)"
)
_FORGET = f"DELETE FROM checks{_NOTHING_LEFT.format('checks')}"
_FORGET_HELD = f"DELETE FROM checks_held{_NOTHING_LEFT.format('checks_held')}"
_NEXT = "SELECT DISTINCT subject FROM checks WHERE subject > ? ORDER BY subject LIMIT ?"
_ODD = "SELECT findings FROM messages WHERE id = ? /* hold */"
_NOTE = "UPDATE messages SET findings = ? WHERE id = ?"
_DIGESTED = "check\x1f"
WAITS = "checking"
"""The cause of a delivery that waits for an answer."""
MOST = 50
"""Checks of one subject that are shown: the newest."""


class Result(IntEnum):
    """What is known of a question. Numbers are stored: never renumber, only add."""

    OPEN = 0
    MATCHES = 1
    DIFFERS = 2
    NOT_FOUND = 3
    REFUSED = 4
    INCOMPLETE = 5

    @property
    def word(self) -> str:
        """Return the name that the API and the routes use."""
        return self.name.lower().replace("_", "-")


@dataclass(slots=True, frozen=True)
class Put:
    """A question about a subject, as the journal knows it.

    Attributes:
        asked: all that is asked, as one text: only its keyed digest is written down.
        known: what is known without asking: INCOMPLETE where the body does not say enough to ask.
    """

    subject: str
    asked: str = field(repr=False)
    name: str
    rule: str
    against: str
    known: Result = Result.OPEN


@dataclass(slots=True, frozen=True)
class Evidence:
    """What is known of one question about one subject; times are microseconds since 1970.

    Attributes:
        began_at: since when an answer is waited for.
        busy_until: until when somebody is taken to be asking.
        told_at: when it was answered.
        cause: why there is no answer yet, or why the far side will not answer.
        fields: JSON pointers into the body to what was said otherwise, or is missing.
        ask: outer id of the question, by which its trace is found.
        delivery: the one that it kept from being sent last.
        waived_at: when somebody let it go all the same; who and why stand beside it.
    """

    question: bytes
    name: str
    rule: str
    against: str
    began_at: int
    busy_until: int | None
    told_at: int | None
    result: Result
    cause: str | None
    fields: Sequence[str]
    ask: UUID | None
    delivery: int | None = None
    waived_at: int | None = None
    waived_by: str | None = None
    waived_why: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is shown: what was asked when, and found; no value of it."""
        return {
            "check": self.name, "rule": self.rule, "against": self.against, "result": self.result.word,
            "began_at": self.began_at, "told_at": self.told_at, "cause": self.cause or "",
            "fields": list(self.fields), "ask": str(self.ask) if self.ask else None,
            "delivery": self.delivery, "waived_at": self.waived_at, "waived_by": self.waived_by or "",
            "waived_why": self.waived_why or "",
        }  # fmt: skip


def found(tx: Transaction, puts: Sequence[Put]) -> dict[str, Evidence]:
    """Return what is known of questions about one subject, by what they ask; unknown ones are left out."""
    digests = {digest: put.asked for put in puts for digest in _digests(tx, put)}
    rows = tx.among(_FOUND, list(digests), before=(puts[0].subject,)) if digests else []
    return {digests[one.question]: one for one in map(_evidence, rows)}


def of(tx: Transaction, subject: str) -> list[Evidence]:
    """Return what was asked about a subject, the newest first."""
    return [_evidence(row) for row in tx.rows(_OF, (subject, MOST))]


def want(tx: Transaction, puts: Sequence[Put], known: Mapping[str, Evidence]) -> None:
    """Begin to wait for answers; what was known of one of them when it was looked at stands no more."""
    # in one order for all, who would wait for each other else
    for digest, put in sorted(((_noted(tx, put), put) for put in puts), key=itemgetter(0)):
        tx.run(_WANT, [(put.subject, digest, put.name, put.rule, put.against, tx.now, int(put.known))])
        if (held := known.get(put.asked)) is not None:
            tx.run(_ANEW, [(tx.now, put.subject, digest, held.began_at, held.told_at or 0)])


def take(tx: Transaction, put: Put, lease: int) -> int | None:
    """Take it upon oneself to ask, for so many microseconds; return until when, or None if it is not needed.

    Somebody else asks, or it has been answered.
    """
    until = tx.now + lease
    taken = tx.rows(_TAKE, (until, put.subject, _noted(tx, put), tx.now))
    return until if taken else None


def tell(  # noqa: PLR0913, PLR0917 - an answer has many sides
    tx: Transaction, put: Put, result: Result, cause: str, fields: Sequence[str], ask: UUID | None
) -> None:
    """Write down what was found; an answer that came before stands."""
    said = orjson.dumps(list(fields)).decode() if fields else None
    row = (int(result), cause or None, said, ask.bytes if ask else None, tx.now, put.subject)
    tx.run(_TELL, [(*row, _noted(tx, put))])


def let_be(tx: Transaction, put: Put, until: int, cause: str, ask: UUID | None) -> None:
    """Let others ask who take it upon themselves: nobody answered whoever took it until then."""
    digest = _noted(tx, put)
    tx.run(_LET_BE, [(cause or None, ask.bytes if ask else None, put.subject, digest, until)])


def note(  # noqa: PLR0913, PLR0917 - what was found, of what, and what follows
    tx: Transaction,
    odd: Sequence[Put],
    held: Sequence[Put],
    delivery: int,
    uid: UUID,
    findings: Sequence[Finding],
) -> None:
    """Note on a message what was found odd of it, and for which questions its delivery is held."""
    want(tx, odd, {})
    kept = sorted((_noted(tx, put), put.subject) for put in held)
    tx.run(_KEEPS, [(delivery, subject, digest) for digest, subject in kept])
    tx.run(_HOLD, [(delivery, digest, subject) for digest, subject in kept])
    number = numbers_of(tx, [uid.bytes]).get(uid.bytes)
    if number is not None:
        said = tx.rows(_ODD, (number,))[0][0]
        old = orjson.loads(said) if said else []
        new = [one.as_dict() for one in findings if one.as_dict() not in old]
        if new:
            tx.run(_NOTE, [(orjson.dumps([*old, *new]).decode(), number)])


def forget(tx: Transaction, subjects: Sequence[str]) -> None:
    """Forget what was found of subjects of which no content is kept any more."""
    for sql in (_FORGET, _FORGET_HELD):
        tx.run(sql, [(subject,) for subject in sorted(set(subjects))])


def forget_next(tx: Transaction, after: str, most: int) -> str | None:
    """Forget as `forget` does, of the next subjects behind one; return the last of them, None at the end."""
    subjects = [subject for (subject,) in tx.rows(_NEXT, (after, most))]
    forget(tx, subjects)
    return subjects[-1] if len(subjects) == most else None


def wake(tx: Transaction, waiting: Mapping[int, int]) -> tuple[list[Frame], dict[int, int]]:
    """Make deliveries ready that wait for an answer, each by the attempt that began to wait.

    Returns frames, and those whose attempt is not written down yet: they are to be woken later.
    """
    rows = rows_of(tx, list(waiting))
    ours = [row for row in rows.values() if row.attempt == waiting[row.id]]
    early = {row.id: row.attempt for row in ours if row.state == State.SENDING}
    put_off = [row for row in ours if row.state == State.PUT_OFF and row.scope == MESSAGE]
    still = [row for row in locked(tx, put_off) if row.state == State.PUT_OFF]
    settling = settling_until(tx, [row.line for row in still])
    return dispatch(tx, [row for row in still if bytes(row.line) not in settling]), early


def _digests(tx: Transaction, put: Put) -> list[bytes]:
    return citizens.digests(tx, [f"{_DIGESTED}{put.asked}"])


def _noted(tx: Transaction, put: Put) -> bytes:
    """Return what stands for a question; making the secret is left to the first one that there ever is."""
    return (_digests(tx, put) or citizens.noted(tx, [f"{_DIGESTED}{put.asked}"]))[0]


def _evidence(row: Sequence[Any]) -> Evidence:
    said = dict(zip(_COLUMNS, row, strict=True))
    said["question"], said["result"] = bytes(said["question"]), Result(said["result"])
    said["fields"] = tuple(orjson.loads(said["fields"])) if said["fields"] else ()
    said["ask"] = as_uuid(said["ask"]) if said["ask"] else None
    return Evidence(**{("delivery" if name == "delivery_id" else name): one for name, one in said.items()})
