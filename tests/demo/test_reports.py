"""The verdict on a demonstration's reports: each way in which something can be wrong is found, and named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lgsp.demo.plan import Plan
from lgsp.demo.recount import COLUMNS, recount
from lgsp.demo.reports import PERIODS
from lgsp.demo.reports_verdict import newest, wrongs
from lgsp.domain.reports.periods import read_label
from lgsp.message import VIETNAM
from lgsp.sandbox.reporting_faults import ReportingFaults
from lgsp.sandbox.traffic import Traffic

NOW = datetime(2026, 6, 1, tzinfo=VIETNAM)


class Ended:
    """A demonstration that ended well: the book, the far side and the one-stop agree."""

    def __init__(self) -> None:
        traffic = Traffic(2)
        list(traffic.take(700))
        self.database = traffic.database()
        self.reports = [
            self._report(label, version)
            for label, last in zip(PERIODS, (2, 1), strict=True)
            for version in range(1, last + 1)
        ]
        self.state: dict[str, Any] = {"reports": {}}
        for one in self.reports:
            rows = [
                {"MaChiTieu": row["indicator"]}
                | ({"GiaTri": row["value"]} if "value" in row else {})
                | ({"MaDonVi": row["agency"]} if "agency" in row else {})
                for row in one["figures"]
            ]
            self.state["reports"].setdefault(one["code"], {})[str(one["version"])] = {"SoLieu": rows}

    def _report(self, label: str, version: int) -> dict[str, Any]:
        period = read_label(label)
        counted, left_out = recount(self.database, period.first, period.last, NOW)
        assert left_out
        figures = [
            {"indicator": column, "value": str(of[column])} | ({"agency": agency} if agency else {})
            for agency, of in counted.items()
            for column in COLUMNS
        ]
        return {
            "code": f"standard/H44/{label}",
            "version": version,
            "state": "replaced" if label == PERIODS[0] and version == 1 else "accepted",
            "period": {"label": label, "code": period.code},
            "figures": [
                *figures,
                {"indicator": "online_share", "value": "50.00"},
                {"indicator": "late_share"},
            ],
            "findings": [{"code": "unclassified"}],
        }

    def told(self) -> list[str]:
        """Return the verdict."""
        return wrongs(self.reports, self.state, self.database, NOW)

    @property
    def last(self) -> dict[str, Any]:
        """The first month's accepted version."""
        return self.reports[1]

    def held(self, version: int = 2) -> dict[str, Any]:
        """Return what the far side holds of the first month."""
        found: dict[str, Any] = self.state["reports"][f"standard/H44/{PERIODS[0]}"][str(version)]
        return found


def _lose_a_dossier(ended: Ended) -> None:
    code = next(code for code, (item, _) in ended.database.items() if item.get("KenhThucHien") == "2")
    del ended.database[code]


def _change_a_unit(ended: Ended) -> None:
    row = next(row for row in ended.last["figures"] if row.get("agency") and row["indicator"] == "received")
    row["value"] = "999"


def _lose_units(ended: Ended) -> None:
    for one in (ended.last, ended.held()):
        for name in ("figures", "SoLieu"):
            if name in one:
                one[name] = [row for row in one[name] if "agency" not in row and "MaDonVi" not in row]


WRONG: dict[str, tuple[Callable[[Ended], object], str]] = {
    "a month is missing": (lambda e: e.reports.pop(), f"report {PERIODS[1]}: there is none"),
    "the book knows no end": (lambda e: e.last.update(state="sent"), "is sent in the book, not accepted"),
    "an older one stands": (
        lambda e: e.reports[0].update(state="accepted"),
        "accepted in the book, not replaced",
    ),
    "it did not arrive": (lambda e: e.state["reports"].popitem(), "the reporting system does not have it"),
    "it arrived otherwise": (lambda e: e.held()["SoLieu"][0].update(GiaTri="1"), "in the book and 1 there"),
    "a figure is lost": (lambda e: e.held(1)["SoLieu"].pop(0), "in the book and None there"),
    "a dossier is counted that is none": (_lose_a_dossier, "a recount gives"),
    "a unit's figure is wrong": (_change_a_unit, "is 999, a recount gives"),
    "units are not told": (_lose_units, "is 0, a recount gives"),
    "what is left out is not said": (lambda e: e.last["findings"].clear(), "are in no figure"),
    "nobody signed it": (
        lambda e: e.state["reports"].update({"x/1": {"7": {}}}),
        "report x/1 version 7: nobody",
    ),
}


def test_what_ended_well_is_sound() -> None:
    """Book, far side and recount agree: there is nothing to say."""
    ended = Ended()
    assert ended.told() == []
    assert {label: one["version"] for label, one in newest(ended.reports).items()} == {
        PERIODS[0]: 2,
        PERIODS[1]: 1,
    }


@pytest.mark.parametrize("what", WRONG)
def test_each_difference_is_found(what: str) -> None:
    """One thing is wrong, and the verdict says which."""
    spoil, said = WRONG[what]
    ended = copy.deepcopy(Ended())
    spoil(ended)
    assert any(said in line for line in ended.told()), ended.told()


def test_faults_are_switched_on_with_the_others() -> None:
    """Without faults the reporting system does its work; with them it also returns reports."""
    assert Plan().reporting_faults() == ReportingFaults()
    assert Plan(faults=True).reporting_faults().return_share > 0
