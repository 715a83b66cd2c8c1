"""Giving people accounts and temporary passwords: what the console and the API do alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lgsp.domain.codes import agency_code
from lgsp.errors import Invalid, Problem
from lgsp.gateway import Gateway
from lgsp.journal import people
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.people import Person, Role
from lgsp.journal.reaching import Reach, reach_of
from lgsp.passwords import Passwords, made

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_FORM = "lan.nguyen (a-z 0-9 . _ -, 2-40)"
_TAKEN = frozenset({"add", "operator", "gateway", "nobody", "schedule"})
"""Words that already mean something in an address or in the journal."""
LONGEST_SHOWN = 120
"""Characters of the name that others read."""


def named(text: str) -> str:
    """Return a sign-in name as it is kept."""
    return unicodedata.normalize("NFC", text).strip().lower()


@dataclass(slots=True, frozen=True)
class Accounts:
    """The accounts of an installation, as one process changes them.

    Attributes:
        gateway: whose people they are.
        passwords: the process's own; they bound how many are hashed at once.
    """

    gateway: Gateway
    passwords: Passwords

    async def add(self, name: str, shown: str, role: Role, who: str) -> tuple[Person, str]:
        """Add a person; return who it is, and the temporary password, which is kept nowhere.

        Args:
            name: by which the person signs in, as it was typed.
            shown: by which others know the person; what is longer than `LONGEST_SHOWN` is cut off.
            role: of the person.
            who: adds the person.

        Raises:
            Invalid: a name that is none, or is taken.
        """
        name, shown = named(name), readable(shown)
        if not _NAME.fullmatch(name):
            raise Invalid([Problem("/name", "bad-format", _FORM)])
        if not shown:
            raise Invalid([Problem("/shown", "missing")])
        password = made()
        one = Person(name, shown, await self.passwords.hash(password), role, False, True, 0, 0)
        if self._reserved(name) or not await self.gateway.journal.write(lambda tx: people.add(tx, one, who)):
            raise Invalid([Problem("/name", "name-taken", name)])
        return one, password

    def _reserved(self, name: str) -> bool:
        return name in self.reserved

    @property
    def reserved(self) -> frozenset[str]:
        """Return the names that mean something else already."""
        return _TAKEN | frozenset(self.gateway.counterparts)

    async def reset(self, name: str, who: str, reason: str) -> str:
        """Give a person a temporary password, and return it; all sessions of the person end.

        Raises:
            WrongStateError: there is no such person.
        """
        password = made()
        hashed = await self.passwords.hash(password)
        await self.gateway.journal.write(
            lambda tx: people.set_password(tx, name, hashed, who, temporary=True, reason=reason)
        )
        return password


def name_from(text: str) -> str:
    """Return a name to sign in with, made of one that somebody has elsewhere; empty where none can be."""
    plain = "".join(
        one for one in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(one)
    )
    made = re.sub(r"[^a-z0-9._-]+", "-", plain.replace("đ", "d")).strip("-._")[:40]
    return made if _NAME.fullmatch(made) else ""


def readable(shown: str) -> str:
    """Return a name without what cannot be seen, and with one space between words."""
    words = unicodedata.normalize("NFC", shown).split()
    return "".join(one for one in " ".join(words) if one.isprintable())[:LONGEST_SHOWN].strip()


def reach(gateway: Gateway, told: Mapping[str, Iterable[str]]) -> Reach:
    """Return limits from how they are told, once each of them means something here.

    Raises:
        Invalid: there is no such system or route, or it is no agency's code; each is named.
    """
    known = {"systems": set(gateway.counterparts), "routes": {one.name for one in gateway.routes.routes}}
    faults = [
        Problem(f"/{kind}", "not-one-of", word)
        for kind, names in known.items()
        for word in told.get(kind, ())
        if word not in names
    ]
    codes = {word: agency_code(word) for word in told.get("agencies", ())}
    faults += [Problem("/agencies", "not-one-of", word) for word, code in codes.items() if code is None]
    if faults:
        raise Invalid(faults)
    return reach_of({**told, "agencies": [code for code in codes.values() if code]})


def revoke(tx: Transaction, name: str, token: bytes, who: str, reason: str) -> None:
    """End one session of a person, by the SHA-256 of what the browser holds.

    Raises:
        WrongStateError: it is over already, or somebody else's.
    """
    if not any(one["token"] == token for one in people.visits(tx, name)):
        raise WrongStateError(f"revoking a session of {name!r}: it is over already")
    people.sign_out(tx, token, who, on=name, reason=reason)
