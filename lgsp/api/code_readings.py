"""Looking a code up, whatever it names: how it reads, and what is known of the bodies in it on its day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.telling import asked
from lgsp.domain.code_readings import Kind, Reading, readings
from lgsp.gateway import Gateway
from lgsp.journal import catalogues_shown
from lgsp.message import VIETNAM

PROCEDURE = "procedure.v1"


async def looked_up(gateway: Gateway, text: str, on: date | None) -> dict[str, Any]:
    """Return what a code may be, as JSON has it.

    An agency in a dossier's code is told as of the day in that code, unless a day is given; elsewhere as of
    the day, or today. `procedure` is the catalogue's entry, where there is one.
    """
    today = datetime.now(VIETNAM).date()
    told = [_told(gateway.agencies, one, text, on, today) for one in readings(text)]
    for one in told:
        if one["kind"] == Kind.PROCEDURE.value:
            one["procedure"] = await _in_catalogue(gateway, one["normal"], on)
    return {"code": text, "on": on.isoformat() if on else None, "readings": told}


def _told(known: Register, one: Reading, text: str, on: date | None, today: date) -> dict[str, Any]:
    code = text if one.kind is Kind.AGENCY else one.agency
    return {
        "kind": one.kind.value,
        "certain": one.certain,
        "normal": one.normal,
        "spellings": list(one.spellings),
        "day": one.day.isoformat() if one.day else None,
        "part": one.part or None,
        "agency": asked(known, code, on or one.day, today, None) if code else None,
    }


async def _in_catalogue(gateway: Gateway, key: str, on: date | None) -> dict[str, Any] | None:
    day = on.isoformat() if on else ""
    found = await gateway.journal.read(lambda tx: catalogues_shown.one(tx, PROCEDURE, key, "", day))
    if found is None:
        return None
    return {name: value for name, value in found.items() if name not in {"record", "history"}}
