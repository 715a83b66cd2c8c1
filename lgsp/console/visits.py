"""Signing in and the sessions that follow: who is here, for how long, and who has failed too often."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from lgsp.accounts import named
from lgsp.journal import failures, people, people_outside
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.people import Person, Role, Visit
from lgsp.journal.people_outside import Vouched
from lgsp.journal.reaching import Reach
from lgsp.passwords import Passwords
from lgsp.rights import Right, may

LIFE, IDLE = 12 * 3600.0, 3600.0
"""Seconds after which a session ends at the latest, and after which one that nobody uses ends."""
_FRESH, _NOTED = 5.0, 60.0
"""Seconds for which a session is known without asking, and after which its use is written down again."""
_KNOWN = 10_000
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 900.0
_ALLOWED = (("{name}@{address}", 5), ("@{address}", 30), ("{name}@", 50))
"""Failures without a wait: of one name from one address, of one address, of one name from anywhere."""
_MICROS = 1_000_000
WRONG, WAITS, DISABLED, NO_ROLE = "wrong name or password", "failed too often", "disabled", "no role"
"""Why nobody was let in, as it stands in the journal."""
Failed = Callable[[str, str, str], None]
"""Hears who failed to sign in (empty where that is nobody's name), from which address, and why."""


def _unheard(who: str, address: str, why: str) -> None:
    """Tell nobody."""


class LockedError(Exception):
    """Signing in failed too often; `seconds` is how long nobody may try again."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(slots=True, frozen=True, repr=False)
class Visitor:
    """Who asks. `repr` is left out: the session's secret stands in it."""

    visit: Visit
    secret: str

    @property
    def name(self) -> str:
        """Return the name that stands in the journal."""
        return self.visit.person

    @property
    def token(self) -> bytes:
        """Return what the journal knows the session by."""
        return digest(self.secret)

    @property
    def csrf(self) -> str:
        """Return what a form must bring back; it says nothing of the session."""
        return csrf_of(self.secret)

    @property
    def reach(self) -> Reach:
        """Return what this person's role is limited to."""
        return self.visit.reach

    def may(self, right: Right | str) -> bool:
        """Tell whether this person has a right."""
        return may(self.visit.role, Right(right))


def digest(secret: str) -> bytes:
    """Return the SHA-256 by which a secret is kept."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(secret: str) -> str:
    """Return the token of a form that is bound to a cookie."""
    return hmac.new(secret.encode(), b"console form", hashlib.sha256).hexdigest()


class Visits:
    """The sessions of an installation, as one process knows them."""

    def __init__(
        self, journal: Journal, passwords: Passwords, *, local: bool = True, failed: Failed = _unheard
    ) -> None:
        """Know no session yet; without `local` a password opens the console to administrators alone."""
        self._journal = journal
        self._local = local
        self._failed = failed
        self.passwords = passwords
        self._known: dict[bytes, tuple[Visit | None, float]] = {}

    async def find(self, secret: str, *, note: bool = True) -> Visitor | None:
        """Return who holds a session, or None: there is none, or it is over. `note` counts it as used."""
        token = digest(secret)
        visit, asked = self._known.get(token, (None, 0.0))
        now = time.monotonic()
        if visit is None or now - asked > _FRESH:
            visit = await self._journal.read(lambda tx: people.visit(tx, token))
            self._remember(token, visit, now)
        if visit is None or not _lasts(visit):
            return None
        if note and time.time() - visit.seen_at / _MICROS > _NOTED:
            await self._journal.write(lambda tx: people.seen(tx, token))
            self.forget(token)
        return Visitor(visit, secret)

    def _remember(self, token: bytes, visit: Visit | None, now: float) -> None:
        if visit is None:
            return
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[token] = (visit, now)

    def forget(self, token: bytes | None = None) -> None:
        """Ask the journal again about a session, or about all: something was changed here."""
        if token is None:
            self._known.clear()
        else:
            self._known.pop(token, None)

    async def sign_in(self, name: str, password: str, client: tuple[str, str]) -> str | None:
        """Open a session and return its secret, or None where name and password do not belong together.

        Args:
            name: as it was typed.
            password: as it was typed.
            client: the address, and what the browser says of itself.

        Raises:
            LockedError: it failed too often.
            BusyError: too many try at once.
        """
        name = named(name)
        subjects = [(form.format(name=name, address=client[0]), allowed) for form, allowed in _ALLOWED]
        person, wait = await self._journal.read(lambda tx: _asked(tx, name, [one for one, _ in subjects]))
        who = person.name if person else ""
        if wait > 0:
            self._failed(who, client[0], WAITS)
            raise LockedError(wait)
        known = person if person is not None and self._opens(person) else None
        if not await self.passwords.matches(known.hash if known else None, password) or known is None:
            await self._journal.write(lambda tx: _count(tx, subjects))
            self._failed(who, client[0], WRONG)
            return None
        # those who tried beside this one may have used up what is allowed
        _, wait = await self._journal.read(lambda tx: _asked(tx, name, [one for one, _ in subjects]))
        if wait > 0:
            self._failed(who, client[0], WAITS)
            raise LockedError(wait)
        return await self._open(name, client)

    def _opens(self, person: Person) -> bool:
        """Tell whether a password opens anything to somebody."""
        ours = person.hash and not person.issuer and not person.disabled
        return bool(ours) and (self._local or person.role is Role.ADMINISTRATOR)

    async def _open(self, name: str, client: tuple[str, str]) -> str:
        secret, life = secrets.token_urlsafe(32), int(LIFE * _MICROS)
        await self._journal.write(lambda tx: people.sign_in(tx, name, digest(secret), life, client))
        return secret

    async def vouched(self, one: Vouched, client: tuple[str, str], taken: frozenset[str]) -> str | None:
        """Open a session of somebody for whom a provider vouches, or return None: there is no role any more.

        Args:
            one: who comes, and as what.
            client: the address, and what the browser says of itself.
            taken: names that mean something else already.

        Raises:
            WrongStateError: the last administrator would be gone.
        """
        secret, life = secrets.token_urlsafe(32), int(LIFE * _MICROS)

        def enter(tx: Transaction) -> tuple[str, str]:
            person = people_outside.welcome(tx, one, one.role, taken) if one.role is not None else None
            if person is None:
                return people_outside.leave(tx, one) or "", NO_ROLE
            if person.disabled:
                return person.name, DISABLED
            people.sign_in(tx, person.name, digest(secret), life, client, one.issuer)
            return person.name, ""

        who, why = await self._journal.write(enter)
        self.forget()
        if why:
            self._failed(who, client[0], why)
        return None if why else secret


def _lasts(visit: Visit) -> bool:
    now = time.time() * _MICROS
    return now < visit.expires_at and now - visit.seen_at < IDLE * _MICROS


def _asked(tx: Transaction, name: str, subjects: list[str]) -> tuple[Person | None, float]:
    # by the journal's clock, which a wall clock that is set back does not follow: a failure waits for nothing
    until = max((one.until for one in failures.failing(tx, subjects).values()), default=0)
    return people.find(tx, name), (until - tx.now) / _MICROS


def _count(tx: Transaction, subjects: list[tuple[str, int]]) -> None:
    known = failures.failing(tx, [subject for subject, _ in subjects])
    waits = {
        subject: int(_wait(known[subject].failures + 1 if subject in known else 1, allowed) * _MICROS)
        for subject, allowed in subjects
    }
    failures.failed(tx, waits)


def _wait(failures: int, allowed: int) -> float:
    """Return the seconds to wait: none, then 30, doubling up to a quarter of an hour."""
    if failures < allowed:
        return 0.0
    return min(_FIRST_WAIT * 2.0 ** min(failures - allowed, 10), _LONGEST_WAIT)
