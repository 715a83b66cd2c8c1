"""A gateway with its console on a port of its own, in a thread, so that a browser in the test may drive it."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from lgsp.console.visits import digest
from lgsp.journal import people
from lgsp.journal.people import Person, Role
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.reporting import Reporting
from lgsp.serving import running
from tests.api.province import ONE_STOP, Province, province

T = TypeVar("T")
PASSWORD = "correct horse battery staple"
BRING = f"/v1/systems/{ONE_STOP}/messages"


class Stage:
    """A province that works, with a stand-in portal whose faults a test may switch.

    Attributes:
        url: of the gateway, without a slash at the end.
        portal: the stand-in; `portal.trouble(b'{"refuse": ["MaHoSo"]}')` and so on.
        reporting: the stand-in that takes reports, where the stage has one.
        more: of the environment.
        province: callers of the API; use them inside `run`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.portal = Portal(Faults(dialects=("number",)))
        self.reporting: Reporting | None = None
        self.more: dict[str, str] = {}
        self.province: Province
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._stop: asyncio.Event
        self._ready = threading.Event()
        self._fault: BaseException | None = None
        self._hash = ""
        self._thread = threading.Thread(target=self._live, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(60)
        if self._fault is not None:
            raise self._fault
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the gateway's loop, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as fault:  # noqa: BLE001 - the test's thread is told
            self._fault = fault
            self._ready.set()
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with province(self._folder, self.portal, self.reporting, self.more) as self.province:
            platform = self.province.platform
            async with running(platform.site) as port:
                self.url = f"http://127.0.0.1:{port}"
                self._ready.set()
                await self._stop.wait()
                platform.hush()

    # --- people ------------------------------------------------------------------------------------------

    def person(self, name: str, role: Role = Role.OPERATOR) -> str:
        """Make sure that somebody with `PASSWORD` is there, and return the name."""
        return self.run(self._person(name, role))

    async def _person(self, name: str, role: Role) -> str:
        journal = self.province.platform.gateway.journal
        self._hash = self._hash or await _hashed()
        one = Person(name, f"Nguyễn {name.title()}", self._hash, role, False, False, 0, 0)
        await journal.write(lambda tx: people.add(tx, one, "admin"))
        return name

    def tried(self, who: str, what: str, cause: str) -> dict[str, Any]:
        """Return the entry of an attempt that was turned away; it is written in the background."""
        journal = self.province.platform.gateway.journal

        async def look() -> dict[str, Any]:
            async with asyncio.timeout(10):
                while True:
                    done = await journal.read(lambda tx: people.done(tx, who, None, 200))
                    if found := [one for one in done if (one["what"], one["cause"]) == (what, cause)]:
                        return found[0]
                    await asyncio.sleep(0.02)

        return self.run(look())

    def session(self, name: str, role: Role = Role.OPERATOR) -> str:
        """Return the secret of a fresh session of somebody, without the form."""
        self.person(name, role)
        secret = secrets.token_hex(16)
        journal = self.province.platform.gateway.journal
        client = ("127.0.0.1", "test")

        async def open_() -> None:
            await journal.write(lambda tx: people.sign_in(tx, name, digest(secret), 3_600_000_000, client))

        self.run(open_())
        return secret

    # --- traffic -----------------------------------------------------------------------------------------

    def bring(self, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        """Bring messages as the one-stop does, and return the receipts."""

        async def each() -> list[dict[str, Any]]:
            return [await self.province.one_stop.bring(one) for one in messages]

        return self.run(each())


async def _hashed() -> str:
    from lgsp.passwords import Passwords

    return await Passwords().hash(PASSWORD)
