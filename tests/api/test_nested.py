"""Whoever sends JSON without an end of nesting hears it like any other fault of a text."""

from __future__ import annotations

from lgsp.domain.nesting import DEEPEST
from tests.api.province import BRING, Province

DEEP = ("[" * 5000 + "]" * 5000).encode()
NESTED = ('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1)).encode()


async def test_the_api_says_so(paused: Province) -> None:
    """422 from messages, acts and façades; it is kept aside as what it is."""
    for caller, path in (
        (paused.one_stop, BRING),
        (paused.operator, "/v1/routes/check"),
        (paused.one_stop, "/systems/one-stop/api/SynsTTHCC/DongBoHoSoMC"),
        (paused.one_stop, "/v1/systems/one-stop/native"),
    ):
        for body in (DEEP, NESTED):
            reply = await caller.post(path, body)
            assert reply.status in (200, 422), path
            assert reply.status == 422 or str(reply.json()["error_code"]) != "0"
