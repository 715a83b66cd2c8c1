"""What the pictures of the screens of reporting show: a month counted and signed, corrected, returned; a faulty file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.journal import people, reports, statistics_keeping
from lgsp.journal.reports import Wanted
from lgsp.message import VIETNAM
from lgsp.reporting.asking import Order, Signature, Why
from lgsp.reporting.book import Book
from lgsp.reporting.drawing import Typed
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.reporting_faults import ReportingFaults
from tests.api.province import dossier
from tests.console.moments import until
from tests.console.stage import Stage

HERE, FIGURES = "/console/reports", "/console/statistics"
WHO = "lan.nguyen"
AGENCY = "H44.11"
HEAD = "Mã chỉ tiêu,Chỉ tiêu,Giá trị"


class STAGED(Stage):
    """A stage whose reports are taken by a stand-in for the national reporting system."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.reporting = Reporting(ReportingFaults())


def month(back: int = 0) -> Period:
    """Return the last month that was closed, by the government's way to cut; or so many before it."""
    period = SCHEMES["government/1"].closed_by(Kind.MONTH, datetime.now(VIETNAM).date())
    for _ in range(back):
        period = period.previous
    return period


def tell(stage: Stage, agency: str, count: int) -> list[str]:
    """Bring dossiers that were received in the last closed month, and wait until they are counted.

    Of four one is finished early, one late, one is in process, and one came at the counter.
    """
    begins = datetime.combine(month().first, time(8, 30), VIETNAM)
    keys = [f"{agency}-{begins:%y%m%d}-{n:04d}" for n in range(1, count + 1)]
    stage.bring(*(_one(key, n, begins) for n, key in enumerate(keys)))
    counted(stage)
    return keys


def _one(key: str, n: int, begins: datetime) -> dict[str, Any]:
    due = begins + timedelta(days=12)
    ends = {0: begins + timedelta(days=5), 1: begins + timedelta(days=20)}.get(n % 4)
    return dossier(
        key,
        status="returned" if ends else "processing",
        channel="direct" if n % 4 == 3 else "online",
        received_at=begins.isoformat(),
        due_at=due.isoformat(),
        finished_at=ends and ends.isoformat(),
    )


def counted(stage: Stage) -> None:
    """Wait until everything that was accepted by now is counted."""
    journal = stage.province.platform.gateway.journal
    now = stage.run(journal.write(_now))
    until(lambda: stage.run(journal.read(statistics_keeping.behind)) >= now)


def _now(tx: Any) -> int:
    return int(tx.now)


def book(stage: Stage) -> Book:
    """Return the book of the stage's gateway."""
    return Book(stage.province.platform.gateway)


def draft(stage: Stage, agency: str = AGENCY, form: str = "06a", period: Period | None = None) -> int:
    """Draw a report up; return its number."""
    regime = {"06a": "KSTT", "votes": "votes"}.get(form, "statistics")
    order = Order(regime, form, agency, period or month())
    report, _ = stage.run(book(stage).draft(order, WHO))
    return int(report["id"])


def sign(stage: Stage, number: int, *, send: bool = True) -> None:
    """Sign a report off, contradictions or not."""
    by = Signature(WHO, f"token-{number}", "Số đã đối chiếu với sổ theo dõi", send=send)
    stage.run(book(stage).sign(number, by))


def correct(stage: Stage, number: int, reason: str = "Bổ sung hồ sơ nhập muộn") -> int:
    """Draw a correction up; return its number."""
    made = stage.run(book(stage).correct(number, Why(WHO, reason)))
    return int(made["id"])


def type_in(stage: Stage, number: int, **values: str) -> None:
    """Type figures into a draft."""
    typed = [Typed(code, value) for code, value in values.items()]
    stage.run(book(stage).type_in(number, typed, WHO))


def state(stage: Stage, number: int) -> str:
    """Return where a report stands."""
    return str(stage.run(book(stage).show(number))["state"])


def comes_to(stage: Stage, number: int, *states: str) -> None:
    """Wait until a report stands in one of some states."""
    until(lambda: state(stage, number) in states, 60)


def listed(stage: Stage, **wanted: Any) -> list[reports.Report]:
    """Return the reports of the book."""
    journal = stage.province.platform.gateway.journal
    found: list[reports.Report] = stage.run(journal.read(lambda tx: reports.listing(tx, Wanted(**wanted))))
    return found


def deeds(stage: Stage, name: str) -> list[str]:
    """Return what somebody did, the latest first."""
    journal = stage.province.platform.gateway.journal
    return [one["what"] for one in stage.run(journal.read(lambda tx: people.done(tx, name, None, 50)))]


def sheet(rows: Iterable[str], agency: str = AGENCY, form: str = "votes", period: str = "") -> str:
    """Return a file of figures as CSV."""
    label = period or f"calendar/1:{datetime.now(VIETNAM).year - 1}01"
    return "\n".join([f"Biểu mẫu,{form}", f"Đơn vị,{agency}", f"Kỳ báo cáo,{label}", "", HEAD, *rows, ""])


GOOD = (
    "voted,Số lượt,120",
    "very_good_share,Rất hài lòng,61.5",
    "good_share,Hài lòng,30",
    "bad_share,Không,8.5",
)
BAD = (
    "voted,Số lượt,mười hai",
    "very_good_share,Rất hài lòng,161",
    "stranger,Lạ,3",
    "good_share,Hài lòng,30",
)


def prepare(stage: Stage) -> dict[str, str]:
    """Let a month be reported by three agencies; return the pages."""
    assert stage.reporting is not None
    late = draft(stage, "H44.12")
    sign(stage, late)
    tell(stage, "H44.11.1", 24)
    tell(stage, "H44.11.2", 13)
    tell(stage, "H44.12", 9)
    tell(stage, "H44.13", 6)
    comes_to(stage, late, "accepted")
    again = correct(stage, late)
    open_ = draft(stage, period=month(1))
    current = draft(stage, form="standard", period=_running())
    type_in(stage, current, late="11")
    whole = draft(stage)
    sign(stage, whole, send=False)
    fixed = correct(stage, whole)
    code = f"06a/H44.13/{month().label}"
    stage.reporting.trouble(f'{{"return_codes": ["{code}"]}}'.encode())
    returned = draft(stage, "H44.13")
    sign(stage, returned)
    comes_to(stage, returned, "returned")
    asked = {"period": month().label, "known": "now", "agency": "H44"}
    cell = asked | {"code": "H44.11", "column": "total"}
    return {
        "reports": HERE,
        "reports-due-all": f"{HERE}?due=all",
        "reports-none": f"{HERE}?state=arrived&agency=H45",
        "reports-draft-form": f"{HERE}/draft?form=06a&agency=H44.14",
        "reports-draft": f"{HERE}/{current}",
        "reports-zero": f"{HERE}/{open_}",
        "reports-typing": f"{HERE}/{current}/typing",
        "reports-sign": f"{HERE}/{current}/sign",
        "reports-accepted": f"{HERE}/{late}",
        "reports-corrected": f"{HERE}/{again}",
        "reports-units": f"{HERE}/{fixed}",
        "reports-returned": f"{HERE}/{returned}",
        "reports-signed": f"{HERE}/{whole}",
        "reports-elsewhere": f"{HERE}/{whole}/elsewhere",
        "reports-compare": f"{HERE}/{fixed}/compare?with={whole}",
        "reports-dossiers": f"{HERE}/{fixed}/figures?indicator=received",
        "reports-formula": f"{HERE}/{fixed}/figures?indicator=in_time_share",
        "reports-typed": f"{HERE}/{current}/figures?indicator=late",
        "reports-upload": f"{HERE}/upload?form=votes",
        "statistics": f"{FIGURES}?{urlencode(asked)}",
        "statistics-level": f"{FIGURES}?{urlencode(asked | {'by': 'level'})}",
        "statistics-none": f"{FIGURES}?{urlencode(asked | {'agency': 'H45'})}",
        "statistics-cut-off": f"{FIGURES}?{urlencode(asked | {'known': 'cut-off'})}",
        "statistics-dossiers": f"{FIGURES}/dossiers?{urlencode(cell)}",
    }


def _running() -> Period:
    """Return the month that runs now, by the calendar."""
    today = datetime.now(VIETNAM).date()
    return SCHEMES["calendar/1"].period(Kind.MONTH, today.year, today.month)
