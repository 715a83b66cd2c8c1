"""Calling the portal's services: the session around each call, and where the calls go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import orjson
from pydantic import Field, SecretStr

from lgsp.adapter import Config, Tools
from lgsp.errors import Scope, Unavailable
from lgsp.formats.cutting import Broken
from lgsp.wire.exchange import record, recorded, redacted
from lgsp.wire.http import Answer

from .answers import Outcome, Said, read_answer
from .files import FilesConfig
from .listing import Spooled
from .session import Session

_OK = 200
_HEADERS = {"Accept": "application/json", "Charset": "utf-8"}


class PortalConfig(Config):
    """How to reach the portal, and as whom."""

    url: str = Field(description="root of the security server's adapter in front of the portal")
    username: str = Field(description="name of the account that the portal gave the province")
    password: SecretStr = Field(description="its password")
    agency: str = Field(description="code of the connecting agency, sent as `madonvi`")
    dstcode: str = Field(
        "", description="X-Road destination, sent as header and query parameter; empty: not sent"
    )
    login_path: str = Field("XrdAdapter/RestService/forward/mapi/login", description="path of the login")
    service_path: str = Field(
        "XrdAdapter/RestService/forward/mapi/g",
        description="path of the services; not attested in any public source, ask the portal's operator",
    )
    timeout: float = Field(30.0, gt=0, description="seconds for a whole call")
    session_minutes: float = Field(10.0, gt=0, description="how long a session is used before a new login")
    share_path: str = Field(
        "",
        description="path of the services that share catalogues (lists, TechID), where it is another than "
        "`service_path`; not attested in any public source either",
    )
    list_timeout: float = Field(300.0, gt=0, description="seconds for a whole list")
    largest_list: int = Field(256, gt=0, description="MiB of a list that are taken")
    look_again_hours: float = Field(
        20.0,
        ge=0,
        le=2160,
        description="hours after which a procedure's record, or a question's answers, are asked for again "
        "though nothing in the list tells of a change; 0: by every run",
    )
    records_per_second: float = Field(
        5.0,
        gt=0,
        description="how many records (`LayThuTuc`, answers to a question) are asked for in a second",
    )
    only_sender: bool = Field(
        default=True,
        description="nobody but this gateway sends the province's dossiers: one that is there, and that was "
        "never delivered before, must have come from the message in question",
    )
    files: FilesConfig | None = Field(
        None, description="how files that the portal cannot reach go through us; none do without it"
    )


class Portal:
    """The portal's services behind its login."""

    def __init__(self, config: PortalConfig, tools: Tools) -> None:
        self._config = config
        self._http = tools.http
        query = f"?dstcode={quote(config.dstcode, safe=':')}" if config.dstcode else ""
        self._login_url = f"{config.url.rstrip('/')}/{config.login_path}{query}"
        self._service_url = f"{config.url.rstrip('/')}/{config.service_path}{query}"
        self._share_url = f"{config.url.rstrip('/')}/{config.share_path or config.service_path}{query}"
        self._headers = _HEADERS | ({"dstcode": config.dstcode} if config.dstcode else {})
        self.session = Session(self._log_in, timedelta(minutes=config.session_minutes), tools.clock)

    async def call(self, service: str, words: Mapping[str, Any], *, read: bool = False) -> Said:
        """Call a service and return what the portal said; a stale session is renewed once.

        Args:
            service: its name.
            words: what it asks for beside session, agency and name.
            read: it changes nothing at the portal.

        Raises:
            Unavailable: the portal is away, or takes no session of ours.
            Uncertain: the request was written and no answer came.
        """
        return await self._in_session(lambda session: self._ask(session, service, words, read=read))

    async def rows(self, service: str, into: Spooled, *, shared: bool = True) -> Said:
        """Ask for a list and let its rows be cut out of the answer while it comes.

        Args:
            service: its name.
            into: takes the rows; it is emptied where the list has to be asked for again.
            shared: it is one of the services that share catalogues.

        Raises:
            Unavailable: the portal is away, takes no session of ours, or the answer broke off.
        """
        return await self._in_session(lambda session: self._list(session, service, into, shared=shared))

    async def _in_session(self, ask: Callable[[str], Awaitable[Said]]) -> Said:
        session = await self.session.get()
        said = await ask(session)
        if said.outcome is Outcome.LOGIN:
            session = await self.session.get(stale=session)
            said = await ask(session)
        if said.outcome is Outcome.LOGIN:
            raise Unavailable("portal-login", said.text, scope=Scope.SYSTEM)
        if said.outcome is Outcome.AWAY:
            raise Unavailable(said.cause, said.text, scope=Scope.SYSTEM)
        return said

    async def check(self) -> None:
        """Log in anew.

        Raises:
            Unavailable: the portal is away or does not know us.
        """
        await self.session.get(stale=self.session.token)

    async def _ask(self, session: str, service: str, words: Mapping[str, Any], *, read: bool) -> Said:
        answer = await self._http.post(
            self._service_url,
            self._asked(session, service, words),
            headers=self._headers,
            secrets=(session,),
            read=read,
            timeout=self._config.timeout,
        )
        return read_answer(answer)

    async def _list(self, session: str, service: str, into: Spooled, *, shared: bool) -> Said:
        into.empty()
        try:
            answer = await self._http.receive(
                self._share_url if shared else self._service_url,
                into.take,
                body=self._asked(session, service, {}),
                headers=self._headers,
                secrets=(session,),
                largest=self._config.largest_list << 20,
                timeout=self._config.list_timeout,
            )
            if answer.status == _OK:
                answer = Answer(_OK, into.rows.envelope().decode("utf-8", "replace"), answer.content_type)
        except Broken as fault:
            raise Unavailable("portal-list-unreadable", fault.what) from None
        return read_answer(answer)

    def _asked(self, session: str, service: str, words: Mapping[str, Any]) -> bytes:
        return orjson.dumps({"session": session, "madonvi": self._config.agency, "service": service, **words})

    async def _log_in(self) -> str:
        """Return a new session, which is taken out of what is kept of the answer."""
        with recorded() as exchanges:
            try:
                said = read_answer(await self._post_credentials())
            except Unavailable as fault:
                # Without a session nothing can be sent: whatever ails the login ails the system.
                raise Unavailable(fault.cause, fault.said, scope=Scope.SYSTEM, after=fault.after) from fault
            session = str((said.envelope or {}).get("session") or "")
            for exchange in exchanges:
                exchange.answer = redacted(exchange.answer, (session,))
        for exchange in exchanges:
            record(exchange)
        if said.outcome is Outcome.TAKEN and session:
            return session
        raise Unavailable(_LOGIN_CAUSES.get(said.outcome, "portal-login"), said.text, scope=Scope.SYSTEM)

    async def _post_credentials(self) -> Answer:
        password = self._config.password.get_secret_value()
        return await self._http.post(
            self._login_url,
            orjson.dumps({"username": self._config.username, "password": password}),
            headers=self._headers,
            secrets=(password,),
            read=True,
            timeout=self._config.timeout,
        )


_LOGIN_CAUSES = {Outcome.LOGIN: "portal-credentials", Outcome.AWAY: "portal-away"}
