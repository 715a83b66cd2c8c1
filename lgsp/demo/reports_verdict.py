"""Judging the reports of a demonstration: what the far side holds, the book says, a plain recount gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lgsp.demo.recount import COLUMNS, Database, recount
from lgsp.demo.reports import PERIODS
from lgsp.demo.stage import Stage
from lgsp.demo.verdict import Verdict
from lgsp.domain.reports.periods import read_label
from lgsp.message import VIETNAM

Values = Mapping[tuple[str, str], str]
"""Values by agency, empty for the whole, and indicator."""
Told = Mapping[str, Any]


async def settle_reports(stage: Stage) -> Verdict:
    """Return the verdict on the reports of a stage that is at rest."""
    reports, state = await stage.desk.reports(), stage.reporting.state()
    differences = wrongs(reports, state, stage.traffic.database(), datetime.now(VIETNAM))
    if not stage.desk.done:
        differences.append(f"reports: not all of them were accepted in time; {stage.desk.trouble[:200]}")
    words = Counter(word for said in state["words"].values() for word in said.values())
    figures = {
        "signed": stage.desk.acts["signed"],
        "corrected": stage.desk.acts["corrected"],
        "accepted": words["2"],
        "returned": words["3"],
        "refused": sum(state["refused"].values()),
        "repeats": state["repeats"],
        "heard": sum(map(len, stage.desk.heard.values())),
        "figures": {one["period"]["code"]: _whole(one) for one in newest(reports).values()},
        "calls": state["calls"],
        "matches": not differences,
    }
    return Verdict(figures, differences)


def newest(reports: Sequence[Told]) -> dict[str, Told]:
    """Return the newest version of each month's report."""
    ordered = sorted(reports, key=lambda one: int(one["version"]))
    return {one["period"]["label"]: one for one in ordered}


def wrongs(reports: Sequence[Told], state: Told, database: Database, learnt: datetime) -> list[str]:
    """Return all that is wrong with the reports.

    Args:
        reports: all versions, as the book tells them.
        state: of the stand-in.
        database: of the one-stop.
        learnt: when the office knew of an end of which nothing says when it was.
    """
    last = newest(reports)
    missing = [f"report {label}: there is none" for label in PERIODS if label not in last]
    return [
        *missing,
        *(wrong for one in reports for wrong in _version(one, state, last)),
        *(wrong for one in last.values() for wrong in _recounted(one, database, learnt)),
        *_strangers(reports, state),
    ]


def _version(report: Told, state: Told, last: Mapping[str, Told]) -> Iterator[str]:
    """Yield in what one version differs between the book and the far side."""
    name = f"report {report['code']} version {report['version']}"
    is_last = last[report["period"]["label"]]["version"] == report["version"]
    wanted = "accepted" if is_last else "replaced"
    if report["state"] != wanted:
        yield f"{name}: it is {report['state']} in the book, not {wanted}"
    held = state["reports"].get(report["code"], {}).get(str(report["version"]))
    if held is None:
        yield f"{name}: the reporting system does not have it"
        return
    here, there = _values(report), _held(held)
    for agency, indicator in sorted(k for k in here.keys() | there.keys() if here.get(k) != there.get(k)):
        said = here.get((agency, indicator)), there.get((agency, indicator))
        yield f"{name}: {indicator} {agency} is {said[0]} in the book and {said[1]} there"


def _recounted(report: Told, database: Database, learnt: datetime) -> Iterator[str]:
    """Yield in what a report differs from what the one-stop's own database says."""
    period, values = read_label(report["period"]["label"]), _values(report)
    counted, left_out = recount(database, period.first, period.last, learnt)
    agencies = sorted({agency for agency, _ in values} | counted.keys())
    for agency in agencies:
        of = counted.get(agency, Counter[str]())
        for column in COLUMNS:
            told = values.get((agency, column), "0" if agency else None)
            if told != str(of[column]):
                yield f"report {period.label}: {column} {agency} is {told}, a recount gives {of[column]}"
    if bool(left_out) != any(one["code"] == "unclassified" for one in report["findings"]):
        yield f"report {period.label}: {left_out} dossiers are in no figure, and it does not say so"


def _strangers(reports: Sequence[Told], state: Told) -> Iterator[str]:
    known = {(one["code"], str(one["version"])) for one in reports}
    for code, versions in state["reports"].items():
        for version in versions:
            if (code, version) not in known:
                yield f"report {code} version {version}: nobody here signed it"


def _values(report: Told) -> Values:
    return {
        (one.get("agency") or "", one["indicator"]): one["value"]
        for one in report["figures"]
        if "value" in one
    }


def _held(report: Told) -> Values:
    rows = (row for row in report["SoLieu"] if "GiaTri" in row)
    return {(row.get("MaDonVi") or "", row["MaChiTieu"]): row["GiaTri"] for row in rows}


def _whole(report: Told) -> dict[str, str]:
    """Return the figures of a report as a whole."""
    return {indicator: value for (agency, indicator), value in _values(report).items() if not agency}
