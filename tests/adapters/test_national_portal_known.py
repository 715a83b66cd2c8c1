"""What the portal's look-up tells of a dossier, beyond that it is there."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from lgsp.adapters.national_portal.answers import read_answer
from lgsp.adapters.national_portal.known import read_known

from lgsp.adapter import Arrival, Known, Knows
from lgsp.errors import Unavailable
from lgsp.sandbox.faults import DIALECTS, Faults
from lgsp.sandbox.portal import Portal
from lgsp.wire.http import Answer
from tests.portal_side import dossiers, message, speaking

CODE = "H44.11-260131-0001"
THERE = Known(Arrival.ARRIVED)


def told(result: Any) -> Known:
    """Return what an answer with that result tells."""
    body = orjson.dumps({"error_code": 0, "message": "", "result": result}).decode()
    return read_known(read_answer(Answer(200, body)), CODE)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ([], Known(Arrival.ABSENT)),
        ([{"MaHoSo": CODE}], THERE),
        (["anything"], THERE),
        ([{}], THERE),
        ([{"MaHoSo": CODE, "TrangThaiHoSo": "4"}], Known(Arrival.ARRIVED, "processing")),
        ([{"mahoso": CODE, "trangthaihoso": 9}], Known(Arrival.ARRIVED, "finished")),
        ([{"MaHoSo": CODE, "TrangThaiHoSo": "77"}], THERE),
        ([{"MaHoSo": CODE}, {"MaHoSo": CODE}], Known(Arrival.ARRIVED, count=2)),
        ([{"MaHoSo": CODE}, {"MaHoSo": "H44.11-260131-0002"}], THERE),
        ([{"MaHoSo": "000.00.11.H44-260131-0001", "TrangThaiHoSo": "4"}], Known(Arrival.ARRIVED, "processing")),
        ([{"TrangThaiHoSo": "4"}, {"TrangThaiHoSo": "9"}], Known(Arrival.ARRIVED, count=2)),
        ({"MaHoSo": CODE}, Known(Arrival.UNKNOWN)),
        (None, Known(Arrival.UNKNOWN)),
    ],
)  # fmt: skip
def test_only_what_is_said_is_known(result: Any, expected: Known) -> None:
    """Emptiness is absence; entries of another dossier do not count; two states are none."""
    assert told(result) == expected


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_stand_in_is_understood_in_every_dialect(dialect: str) -> None:
    """There or absent; its state only where its look-up shows it."""
    portal = Portal(Faults.model_validate({"dialects": [dialect]}))
    async with speaking(portal) as adapter:
        assert isinstance(adapter, Knows)
        (step,) = dossiers(1)
        sent = message(step)
        before = await _known(adapter, sent.subject)
        await adapter.send(sent)
        after = await _known(adapter, sent.subject)
    assert (before, after) in {
        (Arrival.ABSENT, Arrival.ARRIVED), (Arrival.UNKNOWN, Arrival.UNKNOWN), (None, None),
    }  # fmt: skip


async def _known(adapter: Any, code: str) -> Arrival | None:
    """Return whether a dossier is there; None where the answer is in no catalogue."""
    try:
        return Arrival((await adapter.known(code)).there)
    except Unavailable:
        return None


async def test_a_look_up_that_shows_the_state_is_read() -> None:
    """The portal's own names of a dossier, as the stand-in shows them by a switch."""
    portal = Portal(Faults(dialects=("number",), lookup_content=True))
    async with speaking(portal) as adapter:
        (step,) = dossiers(1)
        sent = message(step, TrangThaiHoSo="4")
        await adapter.send(sent)
        assert await adapter.known(sent.subject) == Known(Arrival.ARRIVED, "processing")


async def test_an_answer_that_nobody_knows_is_no_answer() -> None:
    """It is asked again, and never taken for absence."""
    portal = Portal(Faults(dialects=("number",), http_500=1.0))
    async with speaking(portal, session_minutes=10) as adapter:
        with pytest.raises(Unavailable):
            await adapter.known(CODE)
