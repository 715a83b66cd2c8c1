"""What is looked at for alerts: what the journal shows, and what this host and process know themselves."""

from __future__ import annotations

import shutil
import socket
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lgsp.alerts.owed import Owed, Owing
from lgsp.broker.contract import Watched
from lgsp.broker.standing import BrokerFault
from lgsp.domain.causes_named import Names
from lgsp.journal import (
    agency_lists,
    alerting,
    asks_lately,
    catalogues,
    credentials,
    naming,
    reconciliations,
    seal_reading,
)
from lgsp.journal.alerting import Pile, Soon
from lgsp.journal.asks_lately import Silent
from lgsp.journal.contract import Transaction
from lgsp.journal.credentials import Ending
from lgsp.journal.job_runs import Held, all_held
from lgsp.journal.seal import place_of
from lgsp.journal.seal_reading import Standing as LogStanding
from lgsp.limits import Rules

SECOND = 1_000_000
_MONTH = 31 * 86400 * SECOND
_FRESH = 300 * SECOND
_LATELY = 3600 * SECOND
_ALIVE = 30 * SECOND
_COUNTED = 10_000
_ROLES = ("jobs", "work")
DEAD_LETTERS = "dead-letters"


def _ahead(days: Sequence[int]) -> int:
    """Return how far ahead the first of these days is, whole, in microseconds."""
    return (max(days, default=0) + 1) * 86400 * SECOND


class Standing(NamedTuple):
    """What the journal has on record of one system."""

    system: str
    state: str
    cause: str | None
    since: int


@dataclass(slots=True)
class Facts:
    """What the journal shows; times are microseconds of its clock.

    Attributes:
        began: when the installation first published its routes.
        died: (system, cause, count) since the rule's time.
        due: (system, due date as ISO 8601) of open deliveries.
        lapsed: duties for all that nobody does, with since when.
        last: when each source last brought something new.
        names: what operators named of the answers that no catalogue held.
        jobs: every job that was ever seen, by system and name.
        short: lists of agencies and catalogues that lack too much, as `agency_lists.short` has them; of a job
            that brings several, the one that lacks most.
        failing: nightly reconciliations of which the last one failed, as `reconciliations.failing` has them.
        owed: reports that are late or almost, by regime and period.
        log: how the tamper-evident log stands.
        ending: credentials in use that end by themselves soon.
        silent: systems that answered none of the newest questions.
    """

    now: int
    began: int = 0
    standings: Sequence[Standing] = ()
    piles: Sequence[Pile] = ()
    died: Sequence[tuple[str, str, int]] = ()
    expiring: Sequence[Soon] = ()
    due: Sequence[tuple[str, str]] = ()
    unrouted: Sequence[tuple[str, str, int]] = ()
    turned_away: Mapping[str, Counter[str]] = field(default_factory=dict)
    lapsed: Sequence[tuple[str, int]] = ()
    last: Mapping[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    jobs: Mapping[tuple[str, str], Held] = field(default_factory=dict)
    short: Sequence[tuple[str, str, int, int, int]] = ()
    failing: Sequence[tuple[str, str, int, str, int]] = ()
    owed: Sequence[Owed] = ()
    log: LogStanding | None = None
    ending: Sequence[Ending] = ()
    silent: Sequence[Silent] = ()

    def told(self, cause: str) -> dict[str, Any]:
        """Return a cause as alerts keep it: the code, and the texts of one that an operator described."""
        own = self.names.own.get(cause)
        if own is None:
            return {"cause": cause}
        texts = {"cause_vi": own.vi, "cause_en": own.en, "mend_vi": own.mend_vi, "mend_en": own.mend_en}
        return {"cause": cause, "named": texts}


class Eye:
    """Looks at the journal. It remembers how far it saw, so that a look costs what is new."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._upto = 0
        self._last: dict[str, int] = {}
        self._missing: dict[str, int] = {}
        self._owing = Owing(rules.reports)

    def look(self, tx: Transaction) -> Facts:
        """Return what the journal shows now."""
        rules, now = self._rules, alerting.clock(tx)
        return Facts(
            now=now,
            began=alerting.began(tx),
            standings=[Standing(*row) for row in alerting.standing(tx)],
            piles=alerting.piles(tx),
            died=alerting.died(tx, now - _micros(rules.dead.within)),
            expiring=alerting.expiring(tx, now + _micros(rules.deadline.before)),
            due=alerting.due(tx, now - _FRESH),
            unrouted=alerting.unrouted(tx),
            turned_away=alerting.turned_away(tx, now - _micros(rules.quarantine.within)),
            lapsed=self._undone(tx, now),
            last=self._newest(tx, now),
            names=naming.read_names(tx),
            jobs=all_held(tx)[1],
            short=_short(tx),
            failing=reconciliations.failing(tx),
            owed=self._owing.look(tx),
            log=seal_reading.standing(tx, place_of(tx), _COUNTED),
            ending=credentials.ending(tx, now + _ahead(rules.credential.days), now - _MONTH),
            silent=asks_lately.silent(tx, now - _LATELY),
        )

    def _undone(self, tx: Transaction, now: int) -> list[tuple[str, int]]:
        """Return duties whose holder fell silent, and roles that no process has, for the rule's time."""
        before = now - _micros(self._rules.sweeper.after)
        living = alerting.roles_of_the_living(tx, now - _ALIVE)
        missing = [role for role in _ROLES if living and not any(_has(roles, role) for roles in living)]
        self._missing = {role: self._missing.get(role, now) for role in missing}
        found = [(role, since) for role, since in self._missing.items() if since <= before]
        return [*alerting.lapsed_duties(tx, before), *found]

    def _newest(self, tx: Transaction, now: int) -> Mapping[str, int]:
        self._upto, found = alerting.newest_by_source(tx, self._upto, now - _MONTH)
        for source, when in found.items():
            self._last[source] = max(when, self._last.get(source, 0))
        return dict(self._last)


def _short(tx: Transaction) -> list[tuple[str, str, int, int, int]]:
    """Return the lists that lack too much, one of each job."""
    found = [*agency_lists.short(tx), *catalogues.short(tx)]
    return [*{one[:2]: one for one in sorted(found, key=lambda one: (one[:2], one[3]))}.values()]


def _has(roles: str, role: str) -> bool:
    """Tell whether roles, as processes enlist with them (`serve,work:a b`), contain one; no text is all."""
    return not roles or role in (one.partition(":")[0] for one in roles.split(","))


def _micros(seconds: float) -> int:
    return int(seconds * SECOND)


class Disk(NamedTuple):
    """Room on the file system of a folder, in bytes."""

    folder: str
    total: int
    free: int


def room(folders: Sequence[Path]) -> list[Disk]:
    """Return the room of folders, once for each file system; one that is not there yet has its parent's."""
    found: dict[int, Disk] = {}
    for folder in folders:
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        usage = shutil.disk_usage(there)
        found.setdefault(there.stat().st_dev, Disk(str(folder), usage.total, usage.free))
    return list(found.values())


class Nearby:
    """This host and this process: its disks and its view of the broker.

    Args:
        folders: whose disks are looked at.
        broker: who says how it stands.
        rules: from which point on.
    """

    def __init__(self, folders: Sequence[Path], broker: Watched, rules: Rules) -> None:
        self.host = socket.gethostname()
        self._folders = folders
        self._broker = broker
        self._rules = rules
        self._ill_since: float | None = None

    def disks(self) -> list[Disk]:
        """Return the disks that have little room left."""
        rule = self._rules.disk
        return [
            disk
            for disk in room(self._folders)
            if disk.free < disk.total * rule.percent / 100 or disk.free < rule.gigabytes * 1e9
        ]

    def poison(self) -> int:
        """Return how many frames that nobody understood lie in the dead-letter queue."""
        return self._broker.standing().counts.get(DEAD_LETTERS, 0)

    def broker_faults(self) -> list[BrokerFault]:
        """Return what is wrong with the broker, once that has lasted for the rule's time."""
        faults = [one for one in self._broker.standing().faults if one.code != DEAD_LETTERS]
        now = time.monotonic()
        if not faults:
            self._ill_since = None
        elif self._ill_since is None:
            self._ill_since = now
        ill = self._ill_since is not None and now - self._ill_since >= self._rules.broker.after
        return faults if ill else []
