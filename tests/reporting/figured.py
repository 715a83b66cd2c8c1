"""Reports and statistics that the tests of their printing look at, made by arithmetic and not by the platform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.domain.reports.periods import read_label
from lgsp.reporting.rendering.from_statistics import Counted
from lgsp.reporting.rendering.sheet import Bar, Chart, Column, Note, Row, Sheet, Signature

AGENCY, UNIT = "H44.11", "H44.11.{}"
PERIOD = read_label("government/1:202403")
EVIL = '=HYPERLINK("http://x")<script>alert(1)</script>&'


def counts(n: int) -> dict[str, int | None]:
    """Return the counts of the n-th unit: they add up by every rule of `standard/1`."""
    online, direct, carried, early, on_time, late = 40 * n, 20 * n, 10 * n, 30 * n, 20 * n, n
    withdrawn, stopped = n, 2 * n
    solved = early + on_time + late
    total = online + direct + carried
    left = total - solved - withdrawn - stopped
    return {
        "received": online + direct, "online": online, "direct": direct, "carried_over": carried,
        "total": total, "early": early, "on_time": on_time, "late": late, "in_time": early + on_time,
        "solved": solved, "withdrawn": withdrawn, "stopped": stopped, "in_process": left,
        "in_process_on_time": left - n, "in_process_late": n, "refused": 0,
    }  # fmt: skip


def figures(form: str, units: int = 0) -> list[dict[str, Any]]:
    """Return the counted figures of a dossier form: the whole, and each unit below it."""
    whole = sum(range(1, units + 1)) or 1
    told = []
    for n in range(units + 1):
        of = counts(n or whole)
        for code in BUILT_IN.forms[form].indicators:
            one = BUILT_IN.indicators[code]
            if one.figure:
                figure = {"indicator": code, "name": one.name, "unit": one.unit, "origin": "counted"}
                told.append(
                    figure | {"value": str(of[one.figure])} | ({"agency": UNIT.format(n)} if n else {})
                )
    return told


def report(form: str = "standard", **otherwise: Any) -> dict[str, Any]:
    """Return a report that was signed off, as the API tells it."""
    told = {
        "id": 7,
        "code": f"{form}/{AGENCY}/{PERIOD.label}",
        "version": 1,
        "regime": "KSTT",
        "form": form,
        "form_name": BUILT_IN.forms[form].name if form in BUILT_IN.forms else form,
        "agency": {"code": AGENCY, "name": "Sở Tư pháp"},
        "period": {
            "scheme": PERIOD.scheme.label,
            "kind": "month",
            "code": PERIOD.code,
            "label": PERIOD.label,
        },
        "state": "signed",
        "known_at": PERIOD.cut_off.isoformat(),
        "reason": "",
        "invariants": BUILT_IN.forms[form].invariants if form in BUILT_IN.forms else "",
        "figures": [],
        "findings": [],
        "acts": [{"at": "2024-03-18T02:11:09Z", "who": "lan.nguyen", "what": "signed", "reason": ""}],
    }
    return told | otherwise


def statistics(units: int = 3, **otherwise: Any) -> Counted:
    """Return statistics by agency."""
    rows = [(UNIT.format(n), counts(n)) for n in range(1, units + 1)]
    told = {
        "by": "agency", "period": PERIOD, "rows": rows, "total": counts(sum(range(1, units + 1))),
        "definition": "standard/1", "known_at": "2024-03-20T08:00:00+07:00",
        "counted_to": "2024-03-20T07:59:59+07:00", "agency": "Sở Tư pháp",
        "name": lambda code: f"Đơn vị {code}",
    }  # fmt: skip
    return Counted(**told | otherwise)


def small(**otherwise: Any) -> Sheet:
    """Return a sheet of two columns and one row whose text would be run by who is careless."""
    told: dict[str, Any] = {
        "name": "nhỏ",
        "title": EVIL,
        "columns": (Column("label", EVIL), Column("value", "Giá trị", ("Nhóm",), numeric=True)),
        "rows": (Row((EVIL, None)),),
        "agency": EVIL,
        "notes": (Note("rule", EVIL),),
        "signatures": (Signature(EVIL, EVIL, EVIL),),
        "charts": (Chart(EVIL, (EVIL, "b"), (Bar(EVIL, (Decimal(3), Decimal(1))),), note=EVIL),),
    }
    return Sheet(**told | otherwise)
