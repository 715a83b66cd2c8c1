"""The demonstration's plain recount: it agrees with the platform's statistics, which count in another way."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from lgsp.demo.recount import COLUMNS, case_of, recount
from lgsp.domain.codes import dossier_code
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.periods import Period, read_label
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.domain.statistics.lives import Progress, Telling, lives
from lgsp.domain.statistics.sums import of_one
from lgsp.message import VIETNAM
from lgsp.sandbox.traffic import Shares, Step, Traffic

NOW = datetime(2026, 6, 1, 8, tzinfo=VIETNAM)
CHANNELS = {"1": "direct", "2": "online", "3": "post"}


def micros(text: Any) -> int | None:
    """Return a moment of the one-stop's as the platform keeps it."""
    if not text:
        return None
    return int(datetime.strptime(f"{text}+0700", "%Y%m%d%H%M%S%z").timestamp()) * 1_000_000


def known(order: int) -> int:
    """Return when the platform took a step on."""
    return int(NOW.timestamp()) * 1_000_000 + order


def telling(order: int, step: Step) -> Telling:
    """Return a snapshot as the platform's register has it."""
    item = step.item
    pauses = [
        (micros(one["NgayBoSung"]), micros(one.get("NgayTiepNhanBoSung")))
        for one in item["DanhSachHoSoBoSung"]
    ]
    code = dossier_code(step.code)
    assert code
    return Telling(
        order, known(order), "one-stop", code.agency_normal, item["MaTTHC"], item["MaLinhVuc"],
        CHANNELS.get(str(item.get("KenhThucHien")), ""), int(item["TrangThaiHoSo"]),
        micros(item["NgayTiepNhan"]), micros(item["NgayHenTra"]), None, micros(item["NgayKetThucXuLy"]),
        micros(item["NgayTra"]), micros(item.get("NgayTuChoi")),
        tuple((asked, came) for asked, came in pauses if asked is not None),
    )  # fmt: skip


def progress(order: int, step: Step) -> Progress:
    """Return a progress entry as the platform's register has it."""
    at = micros(step.item["ThoiDiemXuLy"])
    assert at is not None
    return Progress(order, known(order), "one-stop", at, int(step.item["TrangThai"]))


def counted(steps: list[Step], period: Period) -> dict[str, Counter[str]]:
    """Return the platform's figures of a period, by agency, "" for all."""
    told: dict[str, tuple[list[Telling], list[Progress]]] = {}
    for order, step in enumerate(steps):
        snapshots, entries = told.setdefault(step.code, ([], []))
        if step.kind == "dossier":
            snapshots.append(telling(order, step))
        else:
            entries.append(progress(order, step))
    begins, ends = (int(at.timestamp()) * 1_000_000 for at in (period.begins, period.cut_off))
    figures: dict[str, Counter[str]] = {"": Counter()}
    for snapshots, entries in told.values():
        *_, newest = lives(snapshots, entries)
        one = of_one(DEFINITIONS["standard/1"], newest.life, begins, ends)
        for whose in ("", newest.life.agency):
            figures.setdefault(whose, Counter()).update(one)
    return figures


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("label", ["government/1:202601", "government/1:202602", "calendar/1:202601"])
def test_two_ways_to_count_agree_wherever_the_telling_ends(seed: int, label: str) -> None:
    """Lives that were told to any point, with repeats, early progress and refusals, give the same figures."""
    traffic = Traffic(seed, shares=Shares(refused=0.1 * (seed % 2), early_progress=0.2))
    steps = list(traffic.take(200 + 173 * seed))
    period = read_label(label)
    told, left_out = recount(traffic.database(), period.first, period.last, NOW)
    platform = counted(steps, period)
    assert told.keys() <= platform.keys()
    for whose, figures in platform.items():
        mine = told.get(whose, Counter())
        assert {name: mine[name] for name in COLUMNS} == {name: figures[name] for name in COLUMNS}, whose
    assert left_out == platform[""]["unclassified"]


def test_the_recount_keeps_the_standard_s_sums() -> None:
    """Its own figures add up, from one period to the next."""
    traffic = Traffic(3)
    list(traffic.take(3000))
    one, other = (read_label(f"government/1:{code}") for code in ("202601", "202602"))
    found = (recount(traffic.database(), of.first, of.last, NOW)[0][""] for of in (one, other))
    before, counts = ({name: figures[name] for name in COLUMNS} for figures in found)
    assert {name for name, value in before.items() if not value} == {"carried_over"}
    assert SETS["standard/1"].check(counts, before) == SETS["standard/1"].check(before) == ()


def test_a_dossier_s_own_words_are_read_plainly() -> None:
    """Withdrawn without a day is known when it is told; an old code is its agency's; a registered one is none."""
    step = next(one for one in Traffic() if one.kind == "dossier" and one.item["TrangThaiHoSo"] == "2")
    case = case_of("000.00.11.H44-260105-0001", step.item | {"TrangThaiHoSo": "7"}, [], NOW)
    assert case is not None
    assert (case.agency, case.how, case.ended) == ("H44.11", "withdrawn", NOW)
    assert case_of(step.code, step.item | {"TrangThaiHoSo": "1"}, [], NOW) is None
