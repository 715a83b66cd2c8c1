"""Who comes in: systems and people by what they show; found by hash, compared in constant time, in memory."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace

from fastapi import Request

from lgsp.api.dialects import ACCESS_TOKEN, client_of
from lgsp.api.entrance import Entrance
from lgsp.api.origins import Scope
from lgsp.callers import Caller, calling
from lgsp.credentials.bounding import ScopeError, narrowed, scope_of
from lgsp.credentials.register import Credential, RefusedError
from lgsp.credentials.secret import PLACE, hashed, ours, well_formed
from lgsp.journal.credentials import Kind
from lgsp.journal.people import Role
from lgsp.tokens import Claims

SESSION_LIFE = 3600
"""Seconds that a session lives."""
CERTIFICATE = "certificate"
"""What stands in the place of a bearer's credential when it is the client's side of TLS that proves it."""
_JWT_DOTS, _SCOPE = 2, "~"
_RECOGNISED = "lgsp.recognised"
"""Under this name stands in a request who it is from, once its credential was looked at."""
_REMEMBERED = 4096

arriving: ContextVar[Scope | None] = ContextVar("arriving", default=None)
"""The request that is being answered, for façades that ask about a credential alone."""


class Door:
    """Checks credentials. Whoever it admits stands in `calling` for as long as the request is answered.

    Args:
        tokens: of systems, from the environment; a system without one comes in by what is on record alone.
        operator: the operator's token; empty lets no operator in.
        entrance: what stands around it.
    """

    def __init__(self, tokens: Mapping[str, str], operator: str, entrance: Entrance | None = None) -> None:
        self._tokens = dict(tokens)
        self._operator = operator
        self.entrance = entrance or Entrance()
        self._callers = {name: Caller(name, system=name) for name in tokens}
        self._narrowed: dict[Claims, tuple[Caller, Caller]] = {}
        self._by_token: dict[bytes, tuple[bytes, list[str]]] = {}
        for name, token in tokens.items():
            if token:
                whole = hashed(token)
                self._by_token.setdefault(whole[:PLACE], (whole, []))[1].append(name)

    # --- who comes --------------------------------------------------------------------------------------

    def entering(self, scope: Scope) -> None:
        """Begin a request: nobody is admitted yet, and every way to show a credential becomes one.

        `lgspaccesstoken` and a certificate come to stand where a bearer's credential stands, unless there is
        one. Past this line no header of its own holds a secret.
        """
        calling.set(None)
        arriving.set(scope)
        found = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                return
            if name == ACCESS_TOKEN:
                found = value
        if found:
            _take_place(scope, ACCESS_TOKEN + b" " + found)
        elif self.entrance.origins.certified(scope):
            _take_place(scope, CERTIFICATE.encode())

    def identify(self, request: Request) -> Caller | None:
        """Return whoever a request is from, or None; why it is nobody is told to `Entrance.noting` alone."""
        scope = request.scope
        prefer = scope.get("path_params", {}).get("system", "")
        known: Caller | None = scope.get(_RECOGNISED)
        if known is not None and (not prefer or prefer == known.system or known.role is not None):
            calling.set(known)
            return known
        return self._admitted(scope, _bearer_of(scope), prefer)

    def recognised(self, scope: Scope) -> tuple[Caller | None, bool]:
        """Return whoever a request is from, and whether it shows a credential at all; nobody is told."""
        told = _bearer_of(scope)
        if not told:
            return None, False
        try:
            caller = scope[_RECOGNISED] = self._who(scope, told, "", self.address(scope))
        except RefusedError:
            return None, True
        return caller, True

    def address(self, scope: Scope) -> str:
        """Return the address that asks, past our own proxies."""
        return self.entrance.origins.address(scope)

    def operator(self, credential: str) -> bool:
        """Tell whether a credential is the operator's."""
        return bool(self._operator) and _equal(credential, self._operator)

    def admits(self, system: str, credential: str) -> bool:
        """Tell whether a credential is this system's; a façade asks it."""
        scope = _arrived(system)
        caller = self._admitted(scope, credential, system)
        if caller is None or not caller.system or caller.system != system:
            calling.set(None)
            if caller is not None:
                self.turned_away(scope, caller.name, "other-system")
            return False
        return True

    def visitor(self, credential: str) -> Caller | None:
        """Return who comes to a façade that is another system's: by what that read, or by what is shown."""
        scope = _arrived("")
        return self._admitted(scope, credential or _bearer_of(scope), "")

    def vouches(self, system: str, proof: Callable[[str], bool]) -> bool:
        """Tell whether a request of this system was signed with one of its secrets on record.

        Args:
            system: whose request it is.
            proof: tells whether the request was signed with a secret; it is asked for each that holds.
        """
        register = self.entrance.credentials
        known = register.signing(system, _now()) if register else ()
        signer = next((one for one, plain in known if proof(plain)), None)
        scope = _arrived(system)
        if signer is None:
            self.turned_away(scope, system, "bad-signature")
            return False
        try:
            self.let_in(signer, scope)
        except RefusedError as refusal:
            self.turned_away(scope, refusal.who, refusal.cause)
            return False
        return True

    def knows(self, system: str) -> bool:
        """Tell whether a system has a way in."""
        register = self.entrance.credentials
        return bool(self._tokens.get(system)) or (register is not None and register.has(system))

    def by_environment(self, system: str) -> bool:
        """Tell whether a system comes in by a token of the environment."""
        return bool(self._tokens.get(system))

    def session(self, system: str) -> str:
        """Hand out a session of a system, on the strength of the credential that admitted the request.

        It is expiry, nonce, whose it is, and their MAC: any process that knows the credential can check it,
        and whatever ends the credential ends it. On the strength of a token that may do less than its
        credential it may do no more, and says so behind whose it is.
        """
        caller = calling.get()
        credential = caller.credential if caller is not None and caller.system == system else ""
        less = self._less(caller) if caller is not None and credential else ""
        told = f"{int(time.time()) + SESSION_LIFE}.{secrets.token_hex(8)}.{credential or system}{less}"
        return f"{told}.{self._mac(system, credential, told)}"

    def _less(self, caller: Caller) -> str:
        """Return the scope of a caller that may do less than its credential, as a session says it."""
        one = self.entrance.credentials.by_id(caller.credential) if self.entrance.credentials else None
        if one is None or one.caller.bounds == caller.bounds:
            return ""
        return _SCOPE + scope_of(caller.bounds).encode().hex()

    # --- what was shown ---------------------------------------------------------------------------------

    def _admitted(self, scope: Scope, told: str, system: str) -> Caller | None:
        address = ""
        try:
            address = self.entrance.origins.address(scope)
            caller = self._who(scope, told, system, address)
        except RefusedError as refusal:
            self.turned_away(scope, refusal.who, refusal.cause)
            caller = None
        calling.set(caller)
        return caller

    def _who(self, scope: Scope, told: str, system: str, address: str) -> Caller:
        """Return who shows a credential.

        Raises:
            RefusedError: nobody does, or not any more, or not from there.
        """
        if not told:
            raise RefusedError("none")
        if self.operator(told):
            return Caller("operator", Role.ADMINISTRATOR)
        whole = hashed(told)
        known, named = self._by_token.get(whole[:PLACE], (b"", [""]))
        if hmac.compare_digest(known, whole):
            return self._callers[system if system in named else named[0]]
        return self._on_record(scope, told, whole, address)

    def _on_record(self, scope: Scope, told: str, whole: bytes, address: str) -> Caller:
        """Return who shows what is on record, by the form of what is shown; see `_who`."""
        now, dots = _now(), told.count(".")
        if told == CERTIFICATE:
            return self._judged(self.certified(scope), now, address)
        if told.startswith(ACCESS_TOKEN.decode()):
            return self._by_client(told, now, address)
        if dots:
            by = self._by_access_token if dots == _JWT_DOTS else self._by_session
            return by(told, now, address)
        one = self.entrance.credentials.by_secret(whole, now) if self.entrance.credentials else None
        if one is None:
            raise RefusedError("malformed" if ours(told) and not well_formed(told) else "unknown")
        return self._judged(one, now, address)

    def _by_client(self, told: str, now: int, address: str) -> Caller:
        client, secret = client_of(told.partition(" ")[2])
        return self._judged(self.client(client, secret), now, address)

    def client(self, client: str, secret: str) -> Credential:
        """Return the credential of a client that says its id and its secret.

        Raises:
            RefusedError: there is none, or the secret is not its own.
        """
        one = self.entrance.credentials.by_id(client) if self.entrance.credentials else None
        if one is None or one.kind is not Kind.CLIENT:
            raise RefusedError("unknown")
        if not one.proves(secret, _now()):
            raise RefusedError("wrong-secret", client)
        return one

    def certified(self, scope: Scope) -> Credential:
        """Return the credential of the certificate that a client shows.

        Raises:
            RefusedError: it shows none, or one that is not on record, or that is not in its time.
        """
        shown = self.entrance.origins.certificate(scope)
        one = self.entrance.credentials.by_certificate(shown) if shown and self.entrance.credentials else None
        if shown is None or one is None:
            raise RefusedError("unknown")
        if not shown.since <= _now() < shown.until:
            raise RefusedError("certificate-out-of-time", one.caller.credential)
        return one

    def let_in(self, one: Credential, scope: Scope) -> Credential:
        """Let a credential in that proved itself, if it holds now and from there.

        Raises:
            RefusedError: it does not.
        """
        calling.set(self._judged(one, _now(), self.entrance.origins.address(scope)))
        return one

    def _by_access_token(self, told: str, now: int, address: str) -> Caller:
        if self.entrance.tokens is None or self.entrance.credentials is None:
            raise RefusedError("unknown")
        claims = self.entrance.tokens.check(told)
        one = self.entrance.credentials.by_id(claims.client)
        if one is None or claims.generation != one.fresh_since:
            raise RefusedError("replaced", claims.client)
        return self._within(self._judged(one, now, address), claims)

    def _within(self, caller: Caller, claims: Claims) -> Caller:
        """Return a caller within the scope of a token, the same one each time while nothing changes."""
        whole, narrow = self._narrowed.get(claims, (None, None))
        if narrow is not None and whole is caller:
            return narrow
        if len(self._narrowed) >= _REMEMBERED:
            self._narrowed.clear()
        try:
            narrow = replace(caller, bounds=narrowed(caller.bounds, claims.scope))
        except ScopeError:
            raise RefusedError("malformed", claims.client) from None
        self._narrowed[claims] = caller, narrow
        return narrow

    def _by_session(self, told: str, now: int, address: str) -> Caller:
        what, _, mac = told.rpartition(".")
        expiry, _, rest = what.partition(".")
        named, _, less = rest.partition(".")[2].partition(_SCOPE)
        if not (expiry.isascii() and expiry.isdigit() and len(expiry) <= len(str(now))):
            raise RefusedError("unknown")
        one = self.entrance.credentials.by_id(named) if self.entrance.credentials else None
        if not _equal(mac, self._mac(named, named if one else "", what)):
            raise RefusedError("unknown")
        if int(expiry) * 1_000_000 <= now:
            raise RefusedError("expired", named)
        if one is None:
            return self._callers[named]
        caller = self._judged(one, now, address)
        scope = bytes.fromhex(less).decode()
        return self._within(caller, Claims(named, scope, one.fresh_since, int(expiry))) if less else caller

    def _mac(self, system: str, credential: str, told: str) -> str:
        """Return the MAC of a session; of a system that has no token it is one that nobody can make."""
        register = self.entrance.credentials
        one = register.by_id(credential) if register and credential else None
        if one is not None:
            return one.mac(f"session|{one.fresh_since}|{told}")
        key = self._tokens.get(system, "").encode() or secrets.token_bytes(32)
        return hmac.new(key, f"session|{told}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _judged(self, one: Credential, now: int, address: str) -> Caller:
        one.judge(now, address)
        if self.entrance.credentials is not None:
            self.entrance.credentials.use(one, now, address)
        return one.caller

    def turned_away(self, scope: Scope, who: str, cause: str, what: str = "turned away") -> None:
        """Tell of somebody who was not let in; no secret is among it."""
        self.entrance.noting(what, who, scope["path"], self.entrance.origins.address(scope), cause)


def _arrived(system: str) -> Scope:
    return arriving.get() or {"headers": (), "path": f"/systems/{system}"}


def _take_place(scope: Scope, told: bytes) -> None:
    """Let a credential stand where a bearer's stands, and nowhere else."""
    rest = [(name, value) for name, value in scope["headers"] if name != ACCESS_TOKEN]
    scope["headers"] = [*rest, (b"authorization", b"Bearer " + told)]


def _bearer_of(scope: Scope) -> str:
    """Return the credential of a request; of two that stand there neither counts."""
    found = [value for name, value in scope["headers"] if name == b"authorization"]
    return bearer(found[0].decode("latin-1")) if len(found) == 1 else ""


def _now() -> int:
    return int(time.time() * 1_000_000)


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def bearer(header: str) -> str:
    """Return the credential of an `Authorization: Bearer` header, or an empty text."""
    scheme, _, credential = header.partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""
