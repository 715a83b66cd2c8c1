"""Holding what the traffic generator promises."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import orjson
import pytest

from lgsp.domain.codes import dossier_code
from lgsp.sandbox.compare import compare, digest
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.life import REFUSED_PHONE
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.rules import dossier_faults, progress_faults
from lgsp.sandbox.traffic import Shares, Step, Traffic

PLAIN = Shares(repeats=0, early_progress=0)


def tell(portal: Portal, step: Step) -> str:
    """Put a step to the stand-in as the gateway would, and return what it says."""
    login = portal.answer("mapi/login", b'{"username": "test", "password": "sandbox"}')
    asked = {"session": orjson.loads(login.body)["session"], "madonvi": "H44", "data": [step.item]}
    if step.kind == "dossier":
        asked |= {"service": "DongBoHoSoMC", "isUpdating": str(bool(portal.shelf.knows(step.code)))}
    else:
        asked |= {"service": "CapNhatTienDoHoSoMC"}
    return str(orjson.loads(portal.answer("mapi/g", orjson.dumps(asked)).body)["message"])


def test_the_same_seed_gives_the_same_traffic() -> None:
    """Runs can be repeated; another seed gives other traffic."""
    first, second = (list(Traffic(7, shares=Shares(refused=0.2)).take(500)) for _ in range(2))
    assert first == second
    assert first != list(Traffic(8, shares=Shares(refused=0.2)).take(500))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 17, 400])
def test_exactly_n_steps_leave_no_progress_without_its_dossier(n: int) -> None:
    """However the traffic is cut, every entry's dossier was told too."""
    steps = list(Traffic(5, shares=Shares(early_progress=1.0)).take(n))
    told = {step.code for step in steps if step.kind == "dossier"}
    assert len(steps) == n
    assert {step.code for step in steps} == told


def test_every_item_is_one_that_the_portal_takes() -> None:
    """No dossier or entry breaks a rule of the portal by accident."""
    for step in Traffic(1).take(2000):
        judge = dossier_faults if step.kind == "dossier" else progress_faults
        assert judge(step.item) == [], step.code
        assert step.item["MaHoSo"] == step.code


def test_a_life_goes_from_receipt_to_its_end() -> None:
    """Statuses come in an order that offices know; supplements move the due date and tell both."""
    lives: dict[str, list[dict[str, str]]] = defaultdict(list)
    for step in Traffic(2, shares=PLAIN).take(4000):
        if step.kind == "dossier":
            lives[step.code].append(step.item)
    paths = {tuple(item["TrangThaiHoSo"] for item in life) for life in lives.values()}
    assert {("2", "4", "9", "10"), ("1", "2", "4", "9", "10"), ("2", "4", "5", "4", "9", "10")} <= paths
    supplements = [row for life in lives.values() for item in life for row in item["DanhSachHoSoBoSung"]]
    moved = [row for row in supplements if row.get("NgayHenTraMoi")]
    assert moved
    assert all(row["NgayHenTraTruoc"] < row["NgayHenTraMoi"] for row in moved)


@pytest.mark.parametrize("between", ["5", "6"])
def test_a_snapshot_equal_to_an_older_one_occurs(between: str) -> None:
    """4, 5 (or 6) and the very same 4 again is part of the traffic."""
    lives: dict[str, list[dict[str, str]]] = defaultdict(list)
    for step in Traffic(2, shares=PLAIN).take(4000):
        if step.kind == "dossier":
            lives[step.code].append(step.item)
    assert any(
        life[n] == life[n + 2] and life[n + 1]["TrangThaiHoSo"] == between
        for life in lives.values()
        for n in range(len(life) - 2)
    )


def test_odd_things_happen_as_often_as_they_are_asked_for() -> None:
    """Repeats, early progress and old codes are there, near their shares, and not without being asked for."""
    counts, last, seen = Counter[str](), dict[str, str](), set[str]()
    for step in Traffic(4, shares=Shares(repeats=0.1, early_progress=0.3, old_form=0.5)).take(6000):
        name = digest(step.item)
        counts["repeats"] += last.get(step.code) == name or (step.kind == "progress" and name in seen)
        counts["early"] += step.kind == "progress" and step.code not in last and name not in seen
        counts["old"] += step.code.startswith("000.00.")
        seen.add(name)
        if step.kind == "dossier":
            last[step.code] = name
    assert 0.05 < counts["repeats"] / 6000 < 0.12
    assert counts["early"] > 50
    assert counts["old"] > 500
    plain = list(Traffic(4, shares=Shares(0, 0, 0, 0)).take(3000))
    assert len({(step.kind, digest(step.item)) for step in plain if step.kind == "progress"}) == sum(
        step.kind == "progress" for step in plain
    )


def test_codes_have_the_real_shape_and_are_never_given_twice() -> None:
    """Every code parses, names an office of the province and is one dossier's only, in whatever form."""
    steps = [s for s in Traffic(6).take(5000) if s.kind == "dossier" and not s.is_update]
    codes = {step.code: dossier_code(step.code) for step in steps}
    assert all(code and code.agency_normal.startswith("H44.") for code in codes.values())
    assert len({code.normal for code in codes.values() if code}) == len(codes)


def test_a_snapshot_weighs_about_as_much_as_a_real_one() -> None:
    """Bodies are near 3 KB, so that measurements speak of real dossiers."""
    sizes = [len(orjson.dumps(s.item)) for s in Traffic(1).take(1000) if s.kind == "dossier"]
    assert 2000 < sum(sizes) / len(sizes) < 4000


@pytest.mark.parametrize("seed", range(5))
def test_what_is_expected_is_what_a_perfect_gateway_brings_about(seed: int) -> None:
    """Telling each new step in order, parking early progress and correcting refusals, ends as expected."""
    traffic = Traffic(seed, shares=Shares(repeats=0.1, early_progress=0.2, refused=0.2))
    portal = Portal(Faults.model_validate({"dialects": ["number"], "refuse_fields": traffic.refusals}))
    parked: dict[str, list[Step]] = defaultdict(list)
    steps = [*traffic.take(800)]
    steps += [step for code in sorted(traffic.awaited) if (step := traffic.correct(code)) is not None]
    told: set[str] = set()
    for step in steps:
        if step.kind == "progress" and (name := digest(step.item)) not in told:
            told.add(name)
            parked[step.code].append(step)
        elif step.kind == "dossier":
            tell(portal, step)
        if portal.shelf.knows(step.code):
            for entry in parked.pop(step.code, ()):
                tell(portal, entry)
    assert compare(traffic.expected(), portal.state()) == []
    assert not traffic.awaited


def test_a_planned_refusal_is_expected_only_after_its_correction() -> None:
    """What the portal refuses is not expected there; once corrected it is, with the right phone number."""
    traffic = Traffic(3, shares=Shares(refused=0.5))
    list(traffic.take(300))
    code = random.Random(0).choice(sorted(traffic.awaited))
    assert code not in traffic.expected()["dossiers"]
    step = traffic.correct(code)
    assert step is not None
    assert step.item["SoDienThoai"] != REFUSED_PHONE
    assert traffic.expected()["dossiers"][code] == step.item
    assert traffic.correct(code) is None


def test_a_stubborn_refusal_is_never_corrected_and_tells_no_progress() -> None:
    """Some offices leave a refusal as it is: such dossiers stay away, and nothing waits for them for ever."""
    traffic = Traffic(3, shares=Shares(refused=1.0, early_progress=0.5))
    steps = list(traffic.take(600))
    told = {step.code for step in steps}
    stubborn = told - traffic.awaited
    assert stubborn
    assert all(traffic.correct(code) is None for code in stubborn)
    assert not [step for step in steps if step.kind == "progress" and step.code in stubborn]
    assert traffic.expected() == {"dossiers": {}, "progress": {}}


def test_without_remembering_nothing_is_kept() -> None:
    """A long run of load keeps only the dossiers that are alive."""
    traffic = Traffic(1, remember=False)
    for _, _ in zip(range(3000), traffic, strict=False):
        pass
    assert traffic.expected() == {"dossiers": {}, "progress": {}}
    assert len(traffic._crowd) <= 40
