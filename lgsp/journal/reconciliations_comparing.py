"""Comparing a page of dossiers: who is in it, what is judged, and what of it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from lgsp.domain.reconciling.buckets import Proof, Verdict
from lgsp.domain.reconciling.judging import Known, judge
from lgsp.domain.reconciling.sides import Answer, Facts, Rules, Theirs, Way
from lgsp.journal import dossiers
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_holdings as holding
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations import COMPARING, Run
from lgsp.journal.reconciliations_holdings import Holding
from lgsp.journal.reconciliations_sides import Side, sides
from lgsp.journal.reconciliations_tables import differences
from lgsp.journal.rows import insert

_INSERT = insert(differences)
_BUCKET = 5
_EARLIER = "SELECT key, bucket, since, since_at FROM differences WHERE key IN ({}) AND run = ?"
_STILL = (
    "SELECT count(*) FROM differences o JOIN differences n ON n.run = ? AND n.key = o.key"
    " AND n.bucket = o.bucket WHERE o.run = ?"
)
_COUNT = "SELECT count(*) FROM differences WHERE run = ?"


class Page(NamedTuple):
    """Some dossiers of a run, in the order of their keys.

    Attributes:
        rules: by which they are judged.
        upto: the key up to which nothing is left out.
        last: there is nothing behind it.
        received: when agencies took dossiers, as far as the register knows.
    """

    sides: Mapping[str, Side]
    holdings: Mapping[str, Holding]
    rules: Rules
    upto: str
    last: bool
    received: Mapping[str, int | None] = MappingProxyType({})

    def asks_of(self) -> dict[str, str]:
        """Return, by key, the codes that the far side is asked for: what is on its way needs no answer."""
        return {key: self.subject(key) for key in self.sides if not self._on_its_way(key)}

    def _on_its_way(self, key: str) -> bool:
        ours = self.sides[key].ours
        return ours is not None and ours.way is Way.UNDER_WAY

    def subject(self, key: str) -> str:
        """Return a dossier's code as it was written."""
        named = self.holdings.get(key)
        return self.sides[key].subject or (named.subject if named else "") or key

    def facts(self, key: str, theirs: Theirs, side: Side | None = None) -> Facts:
        """Return what the sides say of a dossier."""
        ours, named = (side or self.sides[key]).ours, self.holdings.get(key)
        if named is None:
            return Facts(None, ours, theirs)
        return Facts(named.local, ours, theirs, named.turned_away(ours.accepted_at if ours else 0))


def page(tx: Transaction, run: Run, limit: int, also: Sequence[str] = (), *, live: bool = False) -> Page:
    """Return the next dossiers of a run: those of the register, and those that the source alone names.

    Args:
        tx: the snapshot to read.
        run: of which; its cursor is the key behind which it goes on.
        limit: so many of each, about.
        also: subtrees that became part of the agency's.
        live: the routes of now send dossiers of that source to that system.
    """
    scope = run.scope
    wanted = dossiers.Wanted(scope.agency, scope.procedure, scope.since, scope.until, scope.source, also)
    registered = {row.key: row for row in dossiers.current(tx, wanted, run.cursor, limit)}
    named = holding.page(tx, run.id, run.cursor, limit)
    ends = [max(registered)] if registered else []
    ends += [named[-1].key] if len(named) == limit else []
    upto = min(ends, default=named[-1].key if named else run.cursor)
    keys = sorted({key for key in (*registered, *(one.key for one in named)) if key <= upto})
    laid = holding.among(tx, run.id, keys)
    rules = Rules(tx.now, scope.late, scope.late, run.listed_at, run.whole, live)
    found = sides(tx, scope.source, scope.system, keys)
    meant = {key: side for key, side in found.items() if key in registered or _is_named(side, laid[key])}
    received = {key: row.received for key, row in registered.items()}
    return Page(meant, laid, rules, upto, last=not keys, received=received)


def _is_named(side: Side, laid: Holding) -> bool:
    """Tell whether a dossier that the register does not show in the scope belongs to it all the same."""
    return bool(laid.times) or laid.turned_away(side.ours.accepted_at if side.ours else 0) is not None


class Judged(NamedTuple):
    """A difference that was found, before it is kept."""

    key: str
    verdict: Verdict
    theirs: Theirs


def judged(found: Page, answers: Mapping[str, Theirs], known: Known) -> tuple[list[Judged], Counter[str]]:
    """Return what differs of a page, and counts of everything in it."""
    counts: Counter[str] = Counter()
    differing = []
    for key in found.sides:
        theirs = answers.get(key, Theirs())
        verdict = judge(found.facts(key, theirs), found.rules, known)
        counts.update(_counted(found, key, theirs, answers))
        if verdict.leading is None:
            counts[_AGREES[verdict.proof or Proof.UNDER_WAY]] += 1
        else:
            differing.append(Judged(key, verdict, theirs))
    return differing, counts


_AGREES = {Proof.SEEN: "seen", Proof.RECEIPT: "receipt", Proof.UNDER_WAY: "under_way"}


def _counted(found: Page, key: str, theirs: Theirs, answers: Mapping[str, Theirs]) -> list[str]:
    """Return under which heads a dossier counts: compared, who has it, what was answered."""
    laid, heads = found.holdings.get(key), ["compared"]
    heads += ["listed"] if laid is not None and laid.times else []
    heads += ["held"] if found.sides[key].ours is not None else []
    if key in answers:
        heads += ["asked", {Answer.THERE: "there", Answer.ABSENT: "absent"}.get(theirs.answer, "unanswered")]
    return heads


def keep(
    tx: Transaction,
    run: Run,
    found: Page,
    differing: Sequence[Judged],
    counts: Mapping[str, int],
) -> bool:
    """Keep what differs of a page, and move the run on; False, and nothing is kept, if it stands elsewhere.

    Meanwhile the traffic went on: what differs is judged again by what the journal says now. Of what moved
    since then the answer of the far side says nothing: it is on its way.
    """
    if runs.still(tx, run) is None:
        return False
    counted = Counter(counts)
    now = sides(tx, run.scope.source, run.scope.system, [one.key for one in differing])
    sure = [one for one in differing if _stands(found.sides[one.key], now[one.key])]
    counted["under_way"] += len(differing) - len(sure)
    rows = _rows(tx, run, found, sure)
    counted.update(f"bucket:{row[_BUCKET]}" for row in rows)
    tx.run(_INSERT, rows)
    runs.step(tx, run, COMPARING, found.upto, counted)
    return True


def _stands(then: Side, now: Side) -> bool:
    return (then.message, then.delivery, then.state) == (now.message, now.delivery, now.state)


def _rows(tx: Transaction, run: Run, found: Page, sure: Sequence[Judged]) -> list[tuple[Any, ...]]:
    before = {}
    if run.previous is not None:
        keys = [one.key for one in sure]
        before = {row[0]: row[1:] for row in tx.among(_EARLIER, keys, run.previous)}
    rows = []
    for one in sure:
        leading, side = one.verdict.leading, found.sides[one.key]
        assert leading is not None  # noqa: S101 - only what differs is here
        bucket, since, since_at = before.get(one.key, ("", run.id, tx.now))
        since, since_at = (since, since_at) if bucket == leading.bucket.value else (run.id, tx.now)
        details = orjson.dumps(_details(found, one)).decode()
        rows.append(
            (run.id, one.key, found.subject(one.key), side.agency or _agency(one.key), side.procedure,
             leading.bucket.value, leading.cause, leading.owner.value, leading.repair.value,
             int(leading.retry), details, since, since_at, "", None, side.delivery or None, tx.now)
        )  # fmt: skip
    return rows


def _agency(key: str) -> str:
    """Return the agency of a key, which begins with it."""
    return key.partition("-")[0] if "-" in key else ""


def _details(found: Page, one: Judged) -> dict[str, Any]:
    """Return what the sides said, and what else is odd, as JSON holds it."""
    side, laid, ours = found.sides[one.key], found.holdings.get(one.key), found.sides[one.key].ours
    leading, *others = one.verdict.symptoms
    told = {
        "ours": {}
        if ours is None
        else {"way": ours.way.value, "status": ours.status, "message": side.message},
        "theirs": {"answer": one.theirs.answer.value, "status": one.theirs.status, "count": one.theirs.count},
        "local": {} if laid is None or not laid.times else {"status": laid.status, "count": laid.times},
        "fields": list(leading.fields),
        "notes": [{"bucket": note.bucket.value, "cause": note.cause} for note in others],
    }
    return {name: part for name, part in told.items() if part}


def closed(tx: Transaction, run: Run) -> dict[str, int]:
    """Return how a run compares with the one before it: what is new, what is still there, what is solved."""
    (whole,) = tx.rows(_COUNT, (run.id,))[0]
    if run.previous is None:
        return {"new": whole}
    (still,) = tx.rows(_STILL, (run.id, run.previous))[0]
    (before,) = tx.rows(_COUNT, (run.previous,))[0]
    return {"new": whole - still, "still": still, "solved": before - still}
