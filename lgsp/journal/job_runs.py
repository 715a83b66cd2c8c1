"""Runs of jobs: whose turn it is, the cursor that commits with its page, and how a run ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from lgsp.errors import GatewayError, Rejected
from lgsp.inbox import Accepted
from lgsp.journal import agencies, catalogues
from lgsp.journal.agencies import Counts
from lgsp.journal.contract import CursorAt, Transaction
from lgsp.journal.lines import line_digest
from lgsp.journal.rows import insert
from lgsp.journal.tables import cursors, job_runs, jobs
from lgsp.schedules import Job, Past

RUNNING, DONE, FAILED, CUT_SHORT = "running", "done", "failed", "cut short"
SCHEDULE = "schedule"
"""Who asked for a run that nobody asked for."""
LOST = "lost"
"""Why a run was cut short whose process is gone."""
_SAID = 500
_IDLE, _KEPT = 86_400_000_000, 400 * 86_400_000_000
"""Microseconds for which runs that brought nothing are kept, and all others."""
_SELDOM = 50
_SET_BACK = 1_000_000
"""Microseconds by which the clocks of two transactions may differ though nobody set any."""

_HELD = (
    "SELECT j.system, j.job, j.since, j.paused_at, j.paused_by, j.wanted_at, j.wanted_by, j.failures,"
    " j.succeeded_at, j.rest, r.id, r.worker, r.state, r.started_at, r.ended_at, r.cause, w.id FROM jobs j"
    " LEFT JOIN job_runs r ON r.id = j.run LEFT JOIN workers w ON w.id = r.worker AND w.ended_at IS NULL"
)
_ONE = f"{_HELD} WHERE j.system = ? AND j.job = ?"
_SEE = f"{insert(jobs)} ON CONFLICT (system, job) DO NOTHING"
_CURSOR = "SELECT cursor FROM cursors WHERE system = ? AND job = ?"
_MOVE_CURSOR = (
    f"{insert(cursors)} ON CONFLICT (system, job) DO UPDATE SET cursor = excluded.cursor, at = excluded.at"
)
_RUN = insert(
    job_runs, "id", "system", "job", "who", "worker", "started_at", "changed_at", "state", "whole", "pages",
    "new", "known", "rejected", "facts_new", "facts_changed", "facts_gone", "unconfirmed", "cause", "said",
)  # fmt: skip
_BEGIN = "UPDATE jobs SET run = ?, wanted_at = NULL, wanted_by = '' WHERE system = ? AND job = ?"
_STATE = "SELECT state FROM job_runs WHERE id = ?"
_COUNT = (
    "UPDATE job_runs SET pages = pages + 1, new = new + ?, known = known + ?, rejected = rejected + ?,"
    " facts_new = facts_new + ?, facts_changed = facts_changed + ?, facts_gone = facts_gone + ?,"
    " unconfirmed = ?, changed_at = ? WHERE id = ?"
)
_END = (
    "UPDATE job_runs SET state = ?, cause = ?, said = ?, next_at = ?, ended_at = ?, changed_at = ?"
    " WHERE id = ?"
)
_GONE = "UPDATE job_runs SET facts_gone = facts_gone + ? WHERE id = ?"
_UNCONFIRMED = "UPDATE job_runs SET unconfirmed = ? WHERE id = ?"
_AFTER = "UPDATE jobs SET failures = ?, succeeded_at = ?, rest = ? WHERE system = ? AND job = ?"
_FORGET = "DELETE FROM job_runs WHERE system = ? AND job = ? AND id < ? AND started_at < ?"
_FORGET_IDLE = (
    f"{_FORGET} AND state = '{DONE}' AND new = 0 AND rejected = 0 AND unconfirmed = 0"
    " AND facts_new = 0 AND facts_changed = 0 AND facts_gone = 0"
)


class StaleRunError(GatewayError):
    """The run was cut short: another one goes on from its cursor, and nothing of this page was taken on."""


class Held(NamedTuple):
    """A job as the journal holds it: what people ordered, its last run, and how its runs went.

    Attributes:
        since: when it was first seen.
        failures: runs that failed since one that did not.
        rest: before this time the far side does not want to be asked.
        run: its last run; None before the first. The fields up to `cause` are that run's.
        living: the process that the run belongs to, if that lives.
    """

    system: str
    job: str
    since: int
    paused_at: int | None
    paused_by: str
    wanted_at: int | None
    wanted_by: str
    failures: int
    succeeded_at: int | None
    rest: int
    run: int | None
    worker: int | None
    state: str | None
    started_at: int | None
    ended_at: int | None
    cause: str | None
    living: int | None

    @property
    def past(self) -> Past:
        """Return what its next turn is reckoned from."""
        cut_short = self.state == CUT_SHORT and self.cause != LOST
        return Past(self.since, self.started_at, self.ended_at, self.failures, cut_short, self.rest)

    def turn(self, job: Job, now: int) -> str:
        """Return who wants it to run now: a person, the schedule, or an empty text for nobody.

        What was written by a clock that was ahead, and has been set back since, keeps nobody waiting.
        """
        if self.wanted_at is not None:
            return self.wanted_by
        ahead = (self.ended_at or self.started_at or self.since) > now + _SET_BACK
        return SCHEDULE if not self.paused(job) and (ahead or job.due(self.past) <= now) else ""

    def paused(self, job: Job) -> bool:
        """Tell whether its schedule rests, by a person's order or by what the home says."""
        return job.paused or self.paused_at is not None

    def next_at(self, job: Job) -> int | None:
        """Return when its schedule has it run next; None while that rests, or while it runs."""
        return None if self.paused(job) or self.state == RUNNING else job.due(self.past)

    def lost(self, process: Process) -> bool:
        """Tell whether nobody is left who could end its run."""
        if self.state != RUNNING or self.run in process.runs:
            return False
        return process.alone or self.living is None or self.worker == process.worker


class Process(NamedTuple):
    """A process that runs jobs.

    Attributes:
        worker: its number in the journal.
        runs: those that are under way in it.
        alone: no other process uses this journal.
    """

    worker: int
    runs: Collection[int] = ()
    alone: bool = False


@dataclass(slots=True, frozen=True)
class Begun:
    """A run that this process, and no other, may drive now.

    Attributes:
        cursor: where the job stands; None at its beginning.
        who: who asked for it.
    """

    run: int
    system: str
    job: str
    worker: int
    cursor: Any
    who: str


@dataclass(slots=True, frozen=True)
class Tally:
    """What a page brought: messages that are new, known or turned away."""

    new: int = 0
    known: int = 0
    rejected: int = 0


@dataclass(slots=True, frozen=True)
class End:
    """How a run ended.

    Attributes:
        state: DONE, FAILED or CUT_SHORT.
        cause: why, where it is not done: a catalogued cause, or the reason for which it was cut short.
        said: what the far side said, shortened.
        after: seconds for which the far side does not want to be asked.
        unconfirmed: pages of which the far side could not be told that we have them.
        listed: the run brought claims about agencies: what a whole list has no more is closed.
        catalogued: its system brings catalogues: a list of theirs may be here to its end now.
    """

    state: str
    cause: str = ""
    said: str = ""
    after: float = 0.0
    unconfirmed: int = 0
    listed: bool = False
    catalogued: bool = False


def all_held(tx: Transaction) -> tuple[int, dict[tuple[str, str], Held]]:
    """Return the journal's time, and every job that was ever seen, by system and name."""
    return tx.now, {(row[0], row[1]): Held(*row) for row in tx.rows(_HELD)}


def held(tx: Transaction, system: str, job: str) -> Held | None:
    """Return a job; None for one that no process that runs jobs has seen yet."""
    found = tx.rows(_ONE, (system, job))
    return Held(*found[0]) if found else None


def lock(tx: Transaction, system: str, job: str) -> None:
    """Let nobody else begin, move or end a run of a job before this transaction ends."""
    tx.lock([line_digest(f"job {system}", job)])


def seen(tx: Transaction, system: str, job: str) -> Held:
    """Return a job, locked; one that is new is entered in the register."""
    lock(tx, system, job)
    found = held(tx, system, job)
    if found is None:
        tx.run(_SEE, [(system, job, tx.now, None, "", None, "", None, 0, None, 0)])
        found = held(tx, system, job)
    assert found is not None  # noqa: S101 - it has just been written, under the lock
    return found


def begin(tx: Transaction, system: str, name: str, job: Job, process: Process) -> Begun | None:
    """Begin a run if it is the job's turn and nobody runs it; what a lost process ran is cut short first."""
    found = seen(tx, system, name)
    if found.lost(process):
        _end(tx, found, End(CUT_SHORT, LOST), job)
        found = seen(tx, system, name)
    who = "" if found.state == RUNNING else found.turn(job, tx.now)
    if not who:
        return None
    (number,) = tx.ids("job_runs", 1)
    cursor = _cursor(tx, system, name)
    whole = int(cursor is None)
    counts, texts = (0,) * 8, ("", "")
    row = (number, system, name, who, process.worker, tx.now, tx.now, RUNNING, whole, *counts, *texts)
    tx.run(_RUN, [row])
    tx.run(_BEGIN, [(number, system, name)])
    if number % _SELDOM == 0:
        _forget(tx, system, name, number)
    return Begun(number, system, name, process.worker, cursor, who)


def _cursor(tx: Transaction, system: str, job: str) -> Any:
    found = tx.rows(_CURSOR, (system, job))
    return orjson.loads(found[0][0]) if found else None


def _forget(tx: Transaction, system: str, job: str, run: int) -> None:
    """Forget old runs, and soon those that found nothing."""
    tx.run(_FORGET_IDLE, [(system, job, run, tx.now - _IDLE)])
    tx.run(_FORGET, [(system, job, run, tx.now - _KEPT)])


def keep(tx: Transaction, page: CursorAt, tally: Tally) -> None:
    """Move the cursor behind a page, take its claims, and count it.

    Raises:
        StaleRunError: the run is not the job's any more; the transaction must not commit.
    """
    lock(tx, page.system, page.job)
    if not _is_running(tx, page.run):
        raise StaleRunError(f"fetching {page.job} from {page.system}: run {page.run} was cut short")
    facts = Counts()
    if page.claims:
        facts = agencies.bring(tx, page.system, page.job, page.claims, page.run)
    tx.run(_MOVE_CURSOR, [(page.system, page.job, page.cursor, tx.now)])
    counts = (tally.new, tally.known, tally.rejected, facts.new, facts.changed, facts.gone)
    tx.run(_COUNT, [(*counts, page.unconfirmed, tx.now, page.run)])


def tally(results: Sequence[Accepted | Rejected], rejected: int) -> Tally:
    """Return what came of the items of a page, of which so many were turned away before."""
    taken = [one.known for one in results if isinstance(one, Accepted)]
    return Tally(taken.count(False), taken.count(True), rejected + len(results) - len(taken))


def _is_running(tx: Transaction, run: int) -> bool:
    return any(state == RUNNING for (state,) in tx.rows(_STATE, (run,)))


def finish(tx: Transaction, begun: Begun, end: End, job: Job) -> bool:
    """Note how a run ended; False when it was cut short before, and what is noted stays."""
    lock(tx, begun.system, begun.job)
    found = held(tx, begun.system, begun.job)
    if found is None or found.run != begun.run or found.state != RUNNING:
        return False
    tx.run(_UNCONFIRMED, [(end.unconfirmed, begun.run)])
    if end.listed and end.state == DONE and begun.cursor is None:
        tx.run(_GONE, [(agencies.brought(tx, begun.system, begun.job, begun.run), begun.run)])
    if end.catalogued and end.state == DONE:
        catalogues.brought(tx, begun.system, begun.job)
    _end(tx, found, end, job)
    return True


def _end(tx: Transaction, found: Held, end: End, job: Job) -> None:
    """Note the end of a run. One that was lost counts as failed: what kills a process gets its pause too."""
    failed = end.state == FAILED or end.cause == LOST
    failures = found.failures + 1 if failed else 0 if end.state == DONE else found.failures
    succeeded = tx.now if end.state == DONE else found.succeeded_at
    rest = tx.now + int(end.after * 1_000_000) if end.after else 0
    ended = found._replace(state=end.state, cause=end.cause, ended_at=tx.now, failures=failures, rest=rest)
    said = end.said[:_SAID].replace("\0", "")
    tx.run(_END, [(end.state, end.cause, said, ended.next_at(job), tx.now, tx.now, found.run)])
    tx.run(_AFTER, [(failures, succeeded, rest, found.system, found.job)])
