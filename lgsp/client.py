"""Speaking to a running gateway over its own API, as its operator."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

import orjson

from lgsp.errors import ConfigError, GatewayError, Unavailable
from lgsp.settings import Settings
from lgsp.wire.http import Answer, Http
from lgsp.wire.tls import trusting_alone

_RUN, _TOKEN = "run.json", "operator.token"
_LIMIT = 30.0
_PAGE = 1000
_FAULT = 400


class AnswerError(GatewayError):
    """The gateway answered, but not with what was asked for.

    Attributes:
        status: HTTP status.
        told: its problem document.
    """

    def __init__(self, what: str, answer: Answer) -> None:
        self.status = answer.status
        self.told = _document(answer)
        why = self.told.get("detail") or self.told.get("title") or f"HTTP {answer.status}"
        super().__init__(f"{what}: {why}")


@dataclass(slots=True, frozen=True)
class Running:
    """Where a gateway says that it runs."""

    url: str
    pid: int


def note_running(state: Path, url: str) -> None:
    """Write down where this process serves, for other commands to find; only its owner reads it."""
    state.mkdir(parents=True, exist_ok=True)
    draft = state / f"{_RUN}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps({"url": url, "pid": os.getpid()}) + b"\n")
    draft.replace(state / _RUN)


def forget_running(state: Path) -> None:
    """Take back what `note_running` wrote."""
    (state / _RUN).unlink(missing_ok=True)


def find_running(state: Path) -> Running | None:
    """Return where a gateway of this state folder runs; None when there is none, or its process is gone."""
    try:
        noted = orjson.loads((state / _RUN).read_bytes())
        found = Running(noted["url"], noted["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _alive(found.pid) else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def client_of(settings: Settings) -> Client:
    """Return a client of the gateway that runs on this state folder.

    Raises:
        ConfigError: none runs, or its operator's token is not to be found.
    """
    running = find_running(settings.state)
    if running is None:
        raise ConfigError(
            [f"{settings.state / _RUN}: no gateway runs on this state folder; start `lgsp run`"]
        )
    path = settings.state / _TOKEN
    token = settings.operator or (path.read_text(encoding="ascii").strip() if path.is_file() else "")
    if not token:
        raise ConfigError(
            [f"{path}: no operator's token here; set LGSP_OPERATOR_TOKEN to that of the gateway"]
        )
    return Client(running.url, token, tls=_own(settings))


def _own(settings: Settings) -> ssl.SSLContext | None:
    """Return what trusts the certificate with which the gateway of this machine serves."""
    return trusting_alone(settings.tls.certificate) if settings.tls else None


class Client:
    """One gateway, used as `async with Client(…) as gateway`.

    Args:
        url: its root, without a slash at the end.
        token: the operator's.
        tls: whom to trust instead of those that the machine trusts.
    """

    def __init__(self, url: str, token: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._token = token
        self._http = Http(limit=4, timeout=_LIMIT, tls=tls)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def get(self, path: str, **asked: str | int | None) -> Any:
        """Return what stands under a path; arguments that are None are left out.

        Raises:
            GatewayError: it cannot be reached, or says no (`AnswerError`).
        """
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        url = f"{self._url}{path}{'?' if query else ''}{query}"
        try:
            answer = await self._http.get(url, headers=self._headers(self._token), secrets=(self._token,))
        except Unavailable as fault:
            raise GatewayError(f"asking the gateway at {self._url}: {fault.cause}") from fault
        return _judged(f"reading {path}", answer)

    async def pages(self, path: str, name: str, **asked: str | int | None) -> AsyncIterator[Any]:
        """Yield the items of all pages of a list."""
        after: int | None = 0
        while after is not None:
            page = await self.get(path, after=after, limit=_PAGE, **asked)
            for item in page[name]:
                yield item
            after = page["next"]

    async def post(self, path: str, said: Any = None) -> Any:
        """Ask for an act, saying as JSON what it needs, and return what it led to.

        Raises:
            GatewayError: as `get`.
        """
        body = b"" if said is None else orjson.dumps(said)
        return _judged(f"asking for {path}", await self.bring(path, body))

    async def bring(
        self,
        path: str,
        body: bytes,
        kind: str = "application/json",
        token: str = "",
        heard: Collection[int] = (),
    ) -> Answer:
        """Post a body in a system's name and return the answer, whatever it says.

        Args:
            path: where to.
            body: as it goes out.
            kind: its content type.
            token: the system's own; the operator's without.
            heard: statuses that are answers here (`lgsp.wire.http.Http.post`).

        Raises:
            GatewayError: the gateway cannot be reached, or did not answer.
        """
        credential = token or self._token
        headers = self._headers(credential) | {"Content-Type": kind}
        try:
            return await self._http.post(
                self._url + path, body, headers=headers, secrets=(credential,), heard=heard
            )
        except Unavailable as fault:
            raise GatewayError(f"telling the gateway at {self._url}: {fault.cause}") from fault

    @staticmethod
    def _headers(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}


def segment(text: str) -> str:
    """Return a text as one segment of a path."""
    return quote(text, safe="")


def _judged(what: str, answer: Answer) -> Any:
    if answer.status >= _FAULT:
        raise AnswerError(what, answer)
    return answer.json()


def _document(answer: Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
