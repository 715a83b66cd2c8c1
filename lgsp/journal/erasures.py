"""The runs of retention: when content was erased, by whom, by which rules, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reading import at
from lgsp.journal.rows import REMEMBER, insert, write_entries
from lgsp.journal.tables import erasures

RUNNING, DONE, CUT_SHORT = "running", "done", "cut short"
_PAUSED = "erasing paused"
_RUN = ("id", "who", "reason", "state", "rules", "counts", "place", "upto", "began_at", "changed_at")
_INSERT = insert(erasures, *_RUN)
_LATEST = f"SELECT {', '.join(_RUN)} FROM erasures ORDER BY id DESC LIMIT ?"
MOVE = "UPDATE erasures SET place = ?, counts = ?, state = ?, changed_at = ? WHERE id = ?"


@dataclass(slots=True)
class Counts:
    """What was erased, or would be: for each type and rule how many, what size, and of when the oldest."""

    by: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    raws: int = 0

    def add(self, type_: str, rule: str, size: int, accepted_at: int) -> None:
        """Count a message."""
        self.join(Counts({type_: {rule: [1, size, accepted_at]}}))

    def join(self, other: Counts) -> None:
        """Count what another one counted."""
        for type_, rules in other.by.items():
            for rule, (count, size, oldest) in rules.items():
                known = self.by.setdefault(type_, {}).setdefault(rule, [0, 0, oldest])
                self.by[type_][rule] = [known[0] + count, known[1] + size, min(known[2], oldest)]
        self.raws += other.raws

    def rows(self) -> list[dict[str, Any]]:
        """Return it as it is shown."""
        return [
            {"type": type_, "rule": rule, "count": count, "bytes": size, "oldest": at(oldest)}
            for type_, rules in sorted(self.by.items())
            for rule, (count, size, oldest) in sorted(rules.items())
        ]

    def kept(self) -> str:
        """Return it as JSON."""
        return orjson.dumps({"by": self.by, "raws": self.raws}).decode()

    @classmethod
    def read(cls, text: str) -> Counts:
        """Return what `kept` wrote."""
        said = orjson.loads(text)
        return cls(said["by"], said["raws"])


@dataclass(slots=True, frozen=True)
class Run:
    """One run of retention; times are microseconds."""

    id: int
    who: str
    reason: str
    state: str
    rules: str
    counts: Counts
    place: int
    upto: int
    began_at: int
    changed_at: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is shown."""
        return {
            "id": self.id, "who": self.who, "reason": self.reason, "state": self.state,
            "rules": orjson.loads(self.rules), "erased": self.counts.rows(), "rejected": self.counts.raws,
            "place": self.place, "upto": self.upto, "began_at": at(self.began_at),
            "changed_at": at(self.changed_at),
        }  # fmt: skip


def runs(tx: Transaction, limit: int = 20) -> list[Run]:
    """Return the latest runs, newest first."""
    found = [dict(zip(_RUN, row, strict=True)) for row in tx.rows(_LATEST, (limit,))]
    return [Run(**one | {"counts": Counts.read(one["counts"])}) for one in found]


def latest(tx: Transaction) -> Run | None:
    """Return the latest run."""
    return next(iter(runs(tx, 1)), None)


def begin(tx: Transaction, who: str, reason: str, rules: Mapping[str, Any]) -> Run:
    """Begin a run.

    Raises:
        WrongStateError: one is running.
    """
    tx.lock([b"erasing"])
    before = latest(tx)
    if before is not None and before.state == RUNNING:
        raise WrongStateError(f"erasing old content: run {before.id} is not done yet")
    (number,) = tx.ids("erasures", 1)
    upto = tx.rows("SELECT max(id) FROM messages")[0][0] or 0
    said = orjson.dumps(dict(rules)).decode()
    run = Run(number, who, reason, RUNNING, said, Counts(), 0, upto, tx.now, tx.now)
    row = (number, who, reason, RUNNING, said, run.counts.kept(), 0, upto, tx.now, tx.now)
    tx.run(_INSERT, [row])
    details = orjson.dumps({"run": number, "rules": dict(rules)}).decode()
    write_entries(tx, [{"what": "erasing begun", "who": who, "cause": reason or None, "details": details}])
    return run


def end(tx: Transaction, run: Run, state: str = DONE) -> None:
    """End a run, with an entry that tells what it erased."""
    tx.run(MOVE, [(run.place, run.counts.kept(), state, tx.now, run.id)])
    told = {"run": run.id, "state": state, "erased": run.counts.rows(), "rejected": run.counts.raws}
    details = orjson.dumps(told).decode()
    write_entries(tx, [{"what": "content erased", "who": run.who, "details": details}])


def pause(tx: Transaction, who: str, reason: str, *, yes: bool) -> None:
    """Let nothing be erased until a person lets it go on, or let it go on.

    Raises:
        WrongStateError: it is so already.
    """
    tx.lock([b"erasing"])
    if paused(tx) == yes:
        raise WrongStateError("pausing the erasing: it is paused" if yes else "resuming the erasing: it runs")
    tx.run(REMEMBER, [(_PAUSED, "yes" if yes else "no")])
    what = "erasing paused" if yes else "erasing resumed"
    write_entries(tx, [{"what": what, "who": who, "cause": reason or None}])


def paused(tx: Transaction) -> bool:
    """Tell whether a person paused it."""
    return any(row[0] == "yes" for row in tx.rows("SELECT value FROM meta WHERE name = ?", (_PAUSED,)))
