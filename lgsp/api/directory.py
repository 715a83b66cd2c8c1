"""What a façade may know, and say, of agencies: the register, in one system's name."""

from __future__ import annotations

from collections.abc import Sequence

from lgsp.api.gate import bounds_of
from lgsp.bounds import today
from lgsp.domain.agencies.facts import Claim
from lgsp.domain.agencies.register import Register
from lgsp.gateway import Gateway
from lgsp.journal import agencies
from lgsp.learning import learn_facts
from lgsp.routing import served_by


class SystemDirectory:
    """See `lgsp.adapter.Directory`."""

    def __init__(self, system: str, gateway: Gateway) -> None:
        self._system = system
        self._gateway = gateway

    def register(self) -> Register:
        """See `Directory.register`."""
        return self._gateway.agencies

    def serves(self, code: str) -> bool:
        """See `Directory.serves`."""
        spec = self._gateway.counterparts[self._system].spec
        if not served_by(spec.serves, code, self._gateway.agencies):
            return False
        warrant = self._gateway.warrant(self._system, bounds_of(self._system))
        return warrant is None or warrant.speaks_for(code, today())

    async def tell(self, claims: Sequence[Claim]) -> None:
        """See `Directory.tell`. They count here at once, and in other processes within seconds."""
        gateway = self._gateway
        await gateway.journal.write(lambda tx: agencies.add(tx, claims, f"system {self._system}"))
        await learn_facts(gateway)
