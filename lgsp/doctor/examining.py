"""The examination: every check, beside each other, each within its time; one that fails says so itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from lgsp.doctor import counterparts, household, keys, queues, records
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade, Mender, Verdict
from lgsp.errors import GatewayError

log = structlog.get_logger(__name__)
Check = Callable[[Patient], Awaitable[list[Verdict]]]
CHECKS: Sequence[tuple[str, Check]] = (
    ("home", household.home),
    ("journal", records.journal),
    ("standby", records.standby),
    ("clock", records.clock),
    ("broker", queues.broker),
    ("processes", records.processes),
    ("system", counterparts.systems),
    ("certificate", counterparts.servers),
    ("certificate", household.certificates),
    ("disk", household.disks),
    ("encryption", keys.encryption),
    ("tokens", household.tokens),
    ("alerts", household.alerts),
    ("calendar", household.calendar),
    ("backlog", records.backlog),
)
"""In the order in which people read them."""
OF_ONE: Sequence[tuple[str, Check]] = (
    ("system", counterparts.systems),
    ("certificate", counterparts.servers),
    ("certificate", household.certificates),
)
"""Those that tell something of one system."""
_PATIENCE = 20.0


async def examine(patient: Patient) -> list[Verdict]:
    """Make every check; return the verdicts in the order of the checks."""
    found = await asyncio.gather(*(_checked(part, check, patient) for part, check in CHECKS))
    return [verdict for some in found for verdict in some]


async def examine_one(patient: Patient, system: str) -> list[Verdict]:
    """Ask one system whether it is there, and look at its certificates; nothing is sent to it."""
    alone = replace(patient, adapters={system: patient.adapters[system]})
    found = await asyncio.gather(*(_checked(part, check, alone) for part, check in OF_ONE))
    # what a failed check says of itself has no subject; certificates of journal and broker have another
    return [verdict for some in found for verdict in some if verdict.subject in {system, ""}]


async def _checked(part: str, check: Check, patient: Patient) -> list[Verdict]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check(patient)
    except TimeoutError:
        told = f"không trả lời trong {_PATIENCE:.0f} giây", f"no answer within {_PATIENCE:.0f} s"
    except GatewayError as fault:
        told = f"không dùng được: {fault}", f"it cannot be used: {fault}"
    except Exception as fault:
        log.exception("examining", part=part)
        told = f"không kiểm tra được: {type(fault).__name__}", f"it was not looked at: {type(fault).__name__}"
    mend = ("Xem log và máy chủ của phần này.", "See the log, and the server of this part.")
    return [Verdict(part, "", Grade.BROKEN, *told, Mender.ADMINISTRATOR, *mend)]
