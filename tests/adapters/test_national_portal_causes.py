"""Each fault that the stand-in can have is played to the real adapter: what an operator sees of it is explained."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.adapter import Receipt
from lgsp.domain.causes import CAUSES
from lgsp.errors import Refused, Unavailable
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from tests.portal_side import dossiers, message, speaking

TAKEN = ""
PLAYED: dict[str, tuple[dict[str, Any], str]] = {
    "latency_ms": ({"latency_ms": 400}, "timed-out"),
    "timeout_after_store": ({"timeout_after_store": 1, "hang_ms": 400}, "timed-out"),
    "hang_ms": ({"timeout_after_store": 1, "hang_ms": 10}, TAKEN),
    "http_500": ({"http_500": 1}, "uncatalogued"),
    "http_503": ({"http_503": 1}, "http-503"),
    "retry_after": ({"http_503": 1, "retry_after": 9}, "http-503"),
    "html": ({"html": 1}, "uncatalogued"),
    "expire_sessions": ({"expire_sessions": 1}, TAKEN),
    "already_exists": ({"already_exists": 1}, TAKEN),
    "refuse_fields": ({"refuse_fields": {"TenTTHC": {"share": 1}}}, "portal-field-refused"),
    "flapping": ({"flapping": {"up_ms": 0.001, "down_ms": 1e9}}, "http-503"),
    "lookup_content": ({"lookup_content": True}, TAKEN),
    "fetch_files": ({"fetch_files": True}, TAKEN),
    "dialects": ({"dialects": ["zero-failing"]}, TAKEN),
}
"""Fault of the stand-in: how it is switched on, and the cause that an operator sees; none where it is coped with."""


def test_every_fault_of_the_stand_in_is_played() -> None:
    """A fault that is added to the stand-in is added here, with the cause that it leads to."""
    assert PLAYED.keys() == Faults.model_fields.keys()
    assert {cause for _, cause in PLAYED.values()} - {TAKEN} <= CAUSES.keys()


@pytest.mark.parametrize("fault", PLAYED)
async def test_a_fault_leads_to_its_cause(fault: str) -> None:
    """What the adapter makes of the fault is that cause, and nothing else."""
    wanted, cause = PLAYED[fault]
    portal = Portal(Faults(dialects=("number",)))
    (step,) = dossiers(1)
    async with speaking(portal, timeout=0.2) as adapter:
        await adapter.check()
        portal.trouble(orjson.dumps(wanted))
        assert await _cause(adapter.send(message(step))) == cause


async def _cause(sending: Any) -> str:
    try:
        receipt = await sending
    except (Refused, Unavailable) as fault:
        return fault.cause
    assert isinstance(receipt, Receipt)
    return TAKEN
