"""A register whose journal says what a test says, and a door before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import Request

from lgsp.api.door import Door
from lgsp.api.entrance import Entrance
from lgsp.api.origins import Origins
from lgsp.callers import Caller, calling
from lgsp.credentials.register import Credentials
from lgsp.credentials.secret import draw, hashed
from lgsp.journal.credentials import Grant, Kept, Kind, Secret
from lgsp.journal.credentials_signing import TokenKey
from lgsp.journal.people import Role
from lgsp.journal.reaching import EVERYTHING
from lgsp.tokens import Tokens

ISSUER = "https://lgsp.example.gov.vn"
SYSTEM, OTHER = "one-stop", "dms"
TOKENS = {SYSTEM: "token-of-one-stop", OTHER: ""}
OPERATOR = "token-of-the-operator"


class Told:
    """A journal that holds credentials and keys of tokens in lists; nothing is written here."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.keys: list[TokenKey] = []
        self.version = 0

    async def read(self, query: Callable[[Any], Any]) -> Any:
        """Return all, as the register asks for it."""
        self.version += 1
        return (str(self.version), 0, 0), list(self.kept), list(self.keys)


def kept(
    kind: Kind = Kind.KEY,
    secrets: Sequence[tuple[str, int | None]] = (),
    *,
    uid: str = "11111111-1111-4111-8111-111111111111",
    system: str = SYSTEM,
    revoked: int | None = None,
    fresh_since: int = 0,
    role: Role | None = None,
    **grant: Any,
) -> Kept:
    """Return a credential as the journal tells it, with secrets and until when they hold."""
    mine = [Secret(hashed(one), until, one.encode() if kind is Kind.HMAC else b"") for one, until in secrets]
    said = {"name": "tên", "since": 0} | grant
    return Kept(
        Grant(uid, kind, system if kind is not Kind.PERSON else "", **said),
        uid.encode() * 2, fresh_since, 0, "lan", revoked, "", "", None, "", role, EVERYTHING, mine,
    )  # fmt: skip


class Gate:
    """A door, what is on record before it, and what it told of those whom it turned away."""

    def __init__(self, origins: Origins | None = None) -> None:
        self.journal = Told()
        self.register = Credentials(self.journal)  # type: ignore[arg-type]
        self.tokens = Tokens(self.journal, self.register, ISSUER)  # type: ignore[arg-type]
        self.turned_away: list[tuple[str, str]] = []
        self.door = Door(
            TOKENS, OPERATOR, Entrance(self.register, self.tokens, origins or Origins(), self._note)
        )

    def _note(self, what: str, who: str, where: str, address: str, cause: str) -> None:
        assert what, where
        self.turned_away.append((who, cause))

    async def record(self, *told: Kept) -> None:
        """Let this stand on record, in the place of what stood there."""
        self.journal.kept = list(told)
        await self.register.learn()

    async def give(self, kind: Kind = Kind.KEY, **changed: Any) -> str:
        """Put one credential on record, and return its secret."""
        secret = draw(kind)
        await self.record(kept(kind, [(secret, None)], **changed))
        return secret

    def caller(self, credential: str = "", *, peer: str = "10.0.0.1", **headers: str) -> Caller | None:
        """Return who calls with a bearer's credential and other headers; it stands in `calling` too."""
        named = {"authorization": f"Bearer {credential}"} if credential else {}
        found = self.door.identify(self.request(named | headers, peer))
        assert calling.get() is found
        return found

    def request(
        self, headers: Mapping[str, str], peer: str = "10.0.0.1", tls: bytes = b"", path: str = "/v1/messages"
    ) -> Request:
        """Return a request that has come past the edge."""
        scope: dict[str, Any] = {
            "type": "http", "path": path, "client": (peer, 1), "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "extensions": {"tls": {"client_cert_der": tls}} if tls else {},
        }  # fmt: skip
        self.door.entering(scope)
        return Request(scope)

    @property
    def causes(self) -> list[str]:
        """The causes for which somebody was turned away, in order."""
        return [cause for _, cause in self.turned_away]
