"""Each fault that the stand-in axis can have is played to the real adapter: what people see of it is explained."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.adapter import Receipt
from lgsp.domain.causes import CAUSES
from lgsp.errors import Refused, Unavailable
from lgsp.sandbox.axis.faults import AxisFaults
from tests.axis_side import Side, axis_side, document

FINE = ""
PLAYED: dict[str, tuple[dict[str, Any], str, str]] = {
    "latency_ms": ({"latency_ms": 700}, "timed-out", "timed-out"),
    "hang_ms": ({"timeout_after_store": 1, "hang_ms": 10}, FINE, FINE),
    "timeout_after_store": ({"timeout_after_store": 1, "hang_ms": 700}, "timed-out", FINE),
    "slow_continue_ms": ({"slow_continue_ms": 700}, FINE, FINE),
    "http_500": ({"http_500": 1}, "uncatalogued", "uncatalogued"),
    "http_502": ({"http_502": 1}, "http-502", "http-502"),
    "http_503": ({"http_503": 1}, "http-503", "http-503"),
    "retry_after": ({"http_503": 1, "retry_after": 9}, "http-503", "http-503"),
    "html": ({"html": 1}, "axis-unreadable", "axis-unreadable"),
    "broken_json": ({"broken_json": 1}, "axis-unreadable", "axis-unreadable"),
    "truncated_data": ({"truncated_data": 1}, FINE, "axis-item-unreadable"),
    "flapping": ({"flapping": {"up_ms": 0.001, "down_ms": 1e9}}, "http-503", "http-503"),
    "duplicate": ({"duplicate": 1}, FINE, FINE),
    "list_twice": ({"list_twice": 1}, FINE, FINE),
    "relist": ({"relist": 1}, FINE, FINE),
    "reorder_statuses": ({"reorder_statuses": 1}, FINE, FINE),
    "damage": ({"damage": {"doctype": 1}}, FINE, "doctype"),
    "agencies": ({"agencies": 100}, FINE, FINE),
    "closed": ({"closed": ["G22"]}, "axis-receiver-locked", FINE),
    "keep_document_ids": ({"keep_document_ids": False}, FINE, FINE),
    "partial": ({"partial": True}, FINE, FINE),
    "max_clock_skew": ({"max_clock_skew": 0.000001}, "axis-credentials", "axis-credentials"),
    "check_hash": ({"check_hash": False}, FINE, FINE),
    "expire_tokens": ({"expire_tokens": 1}, FINE, FINE),
    "no_licence": ({"no_licence": 1}, FINE, FINE),
    "offices": ({"offices": {"silent": ["G22"]}}, FINE, FINE),
}
"""Fault of the stand-in: how it is switched on, the cause that sending leads to, and that collecting leads to."""


def test_every_fault_of_the_stand_in_is_played() -> None:
    """A fault that is added to the stand-in is added here, with what it leads to."""
    assert PLAYED.keys() == AxisFaults.model_fields.keys()
    assert {cause for _, *causes in PLAYED.values() for cause in causes} - {FINE} <= CAUSES.keys()


@pytest.mark.parametrize("fault", PLAYED)
async def test_a_fault_leads_to_its_causes(fault: str) -> None:
    """What the adapter makes of the fault is that cause, and nothing else."""
    wanted, sending, collecting = PLAYED[fault]
    async with axis_side(timeout=0.3, transfer_timeout=0.3, tries=1) as side:
        await side.write("7")
        side.trouble(**wanted)
        assert (await _sent(side), await _collected(side)) == (sending, collecting)


async def _sent(side: Side) -> str:
    try:
        receipt = await side.adapter.send(document())
    except (Refused, Unavailable) as fault:
        return fault.cause
    assert isinstance(receipt, Receipt)
    return FINE


async def _collected(side: Side) -> str:
    try:
        took = await side.pages(confirm=False)
    except Unavailable as fault:
        return fault.cause
    return next((one.rejected[0].problems[0].code for one in took if one.rejected), FINE)
