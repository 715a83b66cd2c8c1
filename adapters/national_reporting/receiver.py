"""Calling the receiver of reports: a token around each call, JSON or XML, and where the calls go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
from pydantic import Field, SecretStr, field_validator

from lgsp.adapter import Config, Tools
from lgsp.errors import Scope, Unavailable
from lgsp.wire.exchange import record, recorded, redacted

from .answers import AWAY, CAUSES, LOGIN, Said, read_answer
from .mapping import to_xml
from .wording import Wording

_TYPES = {"json": "application/json", "xml": "application/xml; charset=utf-8"}


class ReceiverConfig(Config):
    """How to reach the receiver, as whom, and in which form."""

    url: str = Field(pattern=r"^https?://", description="root of the reporting system's interface")
    username: str = Field(description="name of the account that it gave the province")
    password: SecretStr = Field(description="its password")
    format: Literal["json", "xml"] = Field(
        "json", description="in which form reports go out, and answers are asked for"
    )
    login_path: str = Field("login", description="path of the login")
    report_path: str = Field("reports", description="path that takes reports")
    find_path: str = Field("reports/find", description="path that tells which versions of a report it has")
    status_path: str = Field("reports/statuses", description="path that tells what became of reports")
    timeout: float = Field(30.0, gt=0, description="seconds for a call")
    token_minutes: float = Field(30.0, gt=0, description="how long a token is used before a new login")
    page: int = Field(100, ge=1, le=10_000, description="statuses that are asked for at once")
    names: dict[str, str] = Field(
        default={},
        description="the receiver's names and codes where they differ from wire.json of this adapter, such "
        "as `report.agency/code: MaCoQuan` or `results.07: version-old`",
    )

    @field_validator("names")
    @classmethod
    def _known(cls, names: dict[str, str]) -> dict[str, str]:
        Wording.of(names)
        return names


class Token:
    """A token that is asked for anew when it is old, or when somebody found it stale.

    Args:
        log_in: asks for a token.
        lifetime: how long one is used.
        clock: tells the time.
    """

    def __init__(self, log_in: Callable[[], Any], lifetime: timedelta, clock: Callable[[], datetime]) -> None:
        self.now = ""
        self._log_in = log_in
        self._lifetime = lifetime
        self._clock = clock
        self._until: datetime | None = None
        self._turn = asyncio.Lock()

    async def get(self, stale: str | None = None) -> str:
        """Return a token other than the stale one; those who come together share one login.

        Raises:
            Unavailable: the login failed.
        """
        async with self._turn:
            if not self._good(stale):
                asked = self._clock()
                self.now = await self._log_in()
                self._until = asked + self._lifetime
            return self.now

    def _good(self, stale: str | None) -> bool:
        fresh = self._until is not None and self._clock() < self._until
        return bool(self.now) and fresh and self.now != stale


class Receiver:
    """The reporting system behind its login."""

    def __init__(self, config: ReceiverConfig, tools: Tools, wording: Wording) -> None:
        self._config = config
        self._http = tools.http
        self._wording = wording
        self.token = Token(self._log_in, timedelta(minutes=config.token_minutes), tools.clock)

    def written(self, native: Mapping[str, Any], root: str = "") -> bytes:
        """Return an object in the configured form; without a root it is no report.

        Raises:
            Refused: it cannot be said in that form.
        """
        if self._config.format == "xml":
            return to_xml(native, root or self._wording.asked, self._wording)
        return orjson.dumps(native)

    @property
    def content_type(self) -> str:
        """Of what goes out."""
        return _TYPES[self._config.format]

    async def push(self, body: bytes) -> Said:
        """Hand in a report and return what was said.

        Raises:
            Unavailable: the receiver is away, or takes no token of ours.
            Uncertain: the request was written and no answer came.
        """
        return await self._in_turn(self._config.report_path, body, read=False)

    async def find(self, words: Mapping[str, Any]) -> Said:
        """Ask which versions of a report there are; raises Unavailable."""
        return await self._in_turn(self._config.find_path, self.written(words), read=True)

    async def statuses(self, words: Mapping[str, Any]) -> Said:
        """Ask what became of reports; raises Unavailable."""
        return await self._in_turn(self._config.status_path, self.written(words), read=True)

    async def check(self) -> None:
        """Log in anew; raise Unavailable when that does not work."""
        await self.token.get(stale=self.token.now)

    async def _in_turn(self, path: str, body: bytes, *, read: bool) -> Said:
        """Call with a token; one that is not taken is renewed once, for nothing was done under it."""
        token = await self.token.get()
        said = await self._ask(path, body, token, read=read)
        if said.result == LOGIN:
            token = await self.token.get(stale=token)
            said = await self._ask(path, body, token, read=read)
        if said.result in {LOGIN, AWAY}:
            raise Unavailable(CAUSES[said.result], said.text, scope=Scope.SYSTEM)
        return said

    async def _ask(self, path: str, body: bytes, token: str, *, read: bool) -> Said:
        answer = await self._http.post(
            self._url(path),
            body,
            headers={**self._headers, "Authorization": f"Bearer {token}"},
            secrets=(token,),
            read=read,
            timeout=self._config.timeout,
        )
        return read_answer(answer, self._wording)

    async def _log_in(self) -> str:
        """Return a new token, which is taken out of what is kept of the answer."""
        with recorded() as exchanges:
            try:
                said = await self._present()
            except Unavailable as fault:
                # Without a token nothing can be sent: whatever ails the login ails the system.
                raise Unavailable(fault.cause, fault.said, scope=Scope.SYSTEM, after=fault.after) from fault
            token = str(said.body.get(self._wording.answer["token"]) or "")
            for exchange in exchanges:
                exchange.answer = redacted(exchange.answer, (token,))
        for exchange in exchanges:
            record(exchange)
        if said.fine and token:
            return token
        cause = CAUSES[AWAY] if said.result == AWAY else "reporting-credentials"
        raise Unavailable(cause, "" if said.fine else said.text, scope=Scope.SYSTEM)

    async def _present(self) -> Said:
        password = self._config.password.get_secret_value()
        names = self._wording.answer
        words = {names["username"]: self._config.username, names["password"]: password}
        answer = await self._http.post(
            self._url(self._config.login_path),
            self.written(words),
            headers=self._headers,
            secrets=(password,),
            read=True,
            timeout=self._config.timeout,
        )
        return read_answer(answer, self._wording)

    def _url(self, path: str) -> str:
        return f"{self._config.url.rstrip('/')}/{path}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Content-Type": self.content_type, "Accept": _TYPES[self._config.format].partition(";")[0]}
