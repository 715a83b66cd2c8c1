"""The way in of every request: who shows a credential pays by its quota, who guesses has to wait."""

from __future__ import annotations

import math

from fastapi import Response

from lgsp.allowances import Taken
from lgsp.api.door import Door
from lgsp.api.edge import App, Receive, Scope, Send
from lgsp.api.gate import TURNED_AWAY, Gate
from lgsp.api.problems import problem, rejection
from lgsp.callers import Caller, calling
from lgsp.errors import Rejected, Throttled

PAID = "lgsp.paid"
"""Under this name stands in a request that its quota was charged."""
REFUSED = "lgsp.refused"
"""Under this name the code of a refusal stands in its request, for what was turned away to be noted."""
_NOTED = frozenset(
    {"too-many-requests", "operators-only", "not-yours", "beyond-your-limits", "act-not-granted"}
)


class Tollgate:
    """Stands before the endpoints.

    Whom nobody recognises here may yet be recognised further in: a façade reads sessions out of bodies and
    signatures out of headers of its own. Such a request pays where it first does something.

    Args:
        app: what lies behind it.
        door: recognises callers.
        gate: knows what they may still do.
    """

    def __init__(self, app: App, door: Door, gate: Gate) -> None:
        self._app = app
        self._door = door
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._let_in(scope)
        except (Throttled, Rejected) as fault:
            await refused(scope, fault)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
        if scope.get(REFUSED) in _NOTED:
            self._note(scope)

    async def _let_in(self, scope: Scope) -> None:
        caller, shown = self._door.recognised(scope)
        if not shown:
            return
        if caller is None:
            self._gate.knock(self._door.address(scope))
            return
        calling.set(caller)
        await self._gate.pay(caller, Taken.REQUESTS)
        scope[PAID] = True

    def _note(self, scope: Scope) -> None:
        """Have it written down that somebody may not do this; wrong credentials the door tells of itself."""
        caller = calling.get()
        address = self._door.address(scope)
        self._gate.report(TURNED_AWAY, _name(caller), scope["path"], address, scope[REFUSED])


def _name(caller: Caller | None) -> str:
    if caller is None:
        return ""
    return caller.name or caller.credential or caller.system


def refuse(scope: Scope, code: str) -> None:
    """Note in a request for which reason it is refused."""
    scope[REFUSED] = code


def refused(scope: Scope, fault: Throttled | Rejected) -> Response:
    """Return the answer to a caller who asks too often, or may not do this; its request says so then."""
    refuse(scope, fault.code if isinstance(fault, Throttled) else fault.problems[0].code)
    if isinstance(fault, Throttled):
        return problem(429, fault.code, headers={"Retry-After": str(max(1, math.ceil(fault.after)))})
    return rejection(fault)
