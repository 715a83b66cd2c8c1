"""The agencies that are known are listed as the axis lists them; a system speaks of those it serves, no others."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.domain.agencies.facts import Confidence, Fact, Withdrawal
from lgsp.domain.agencies.resolution import Standing
from lgsp.formats.axis.replies import Answer
from tests.document_desk import SYSTEM, Desk

TODAY = date(2026, 3, 5)
NEW = {"code": "H37.77", "name": "Sở Thử nghiệm", "pcode": "H37", "mail": "so@example.vn"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a fresh façade."""
    return Desk(tmp_path)


async def register(desk: Desk, **said: Any) -> Answer:
    """Register an agency."""
    return await desk.ask("registerAgency", orjson.dumps({**NEW, **said}))


async def delete(desk: Desk, code: str = "H37.77") -> Answer:
    """Strike an agency out."""
    return await desk.ask("deleteAgency", b"{}", AgencyCode=code)


async def listed(desk: Desk, operation: str = "getAgenciesList", **said: str) -> dict[str, dict[str, str]]:
    """Return a list by its codes."""
    desk.parameters.clear()
    items = (await desk.ask(operation, **said)).items()
    assert len({one["code"] for one in items}) == len(items)
    return {one["code"]: one for one in items}


async def test_the_three_lists_are_of_one_register(desk: Desk) -> None:
    """Every list is read by the keys of the axis; the code stands for the numbers that the axis gives."""
    await register(desk)
    plain, ruled, units = [
        await listed(desk, name) for name in ("getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit")
    ]
    assert plain["H37"]["oldCode"] == ruled["H37"]["code102"] == "000.00.00.H37"
    assert plain["H37.77"] == {
        "id": "H37.77",
        "pid": "H37",
        "code": "H37.77",
        "name": "Sở Thử nghiệm",
        "mail": "",
        "oldCode": "",
    }
    assert plain.keys() == ruled.keys() == {code for code, one in units.items() if one["deleted"] == "false"}
    assert units["H63"]["deleted"] == "true"
    assert (units["H37.77"]["centerCode"], units["G22"]["centerCode"]) == (SYSTEM, "G22")
    assert units["H37.77"]["modifyDate"] == "2026/03/05 00:00:00"


async def test_a_level_is_a_number_of_groups(desk: Desk) -> None:
    """The list of decision 20 can be asked for one level."""
    await register(desk)
    assert list(await listed(desk, "getAgenciesListQD20", level="2")) == ["H37.77"]


async def test_a_registered_agency_becomes_a_claim(desk: Desk) -> None:
    """From today on, with its source; said again it is not claimed again."""
    assert (await register(desk)).ok
    assert (await register(desk)).ok
    (claim,) = desk.inbox.directory.told
    assert claim._replace(id="") == Fact(
        "H37.77", "Sở Thử nghiệm", None, "H37", TODAY, None, f"registerAgency: {SYSTEM}", Confidence.MEDIUM
    )


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"code": "G22.05"}, "19"),
        ({"code": ""}, "10"),
        ({"name": ""}, "10"),
        ({"name": None}, "10"),
        ({"name": "x" * 501}, "10"),
    ],
)
async def test_what_cannot_be_registered_is_refused(desk: Desk, said: dict[str, Any], number: str) -> None:
    """An agency of somebody else, and one that says too little."""
    answer = await register(desk, **said)
    assert (answer.ok, answer.code) == (False, number)
    assert desk.inbox.directory.told == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"code":1,"name":2}', b"x" * 70_000])
async def test_a_body_that_is_no_agency_is_refused(desk: Desk, body: bytes) -> None:
    """It is answered, and nothing is claimed."""
    assert (await desk.ask("registerAgency", body)).code == "10"
    assert desk.inbox.directory.told == []


async def test_a_code_that_is_taken_is_not_renamed(desk: Desk) -> None:
    """A second name for a code would make it ambiguous: it is refused."""
    await register(desk)
    assert (await register(desk, name="Sở Khác")).code == "10"
    assert (await register(desk, code="H37", name="Tỉnh Khác")).code == "10"
    assert len(desk.inbox.directory.told) == 1


async def test_what_was_registered_today_is_withdrawn(desk: Desk) -> None:
    """It was never there; it can be registered again."""
    await register(desk)
    assert (await delete(desk)).ok
    fact, claim = desk.inbox.directory.told
    assert isinstance(claim, Withdrawal)
    assert claim.withdraws == fact.id
    assert "H37.77" not in await listed(desk)
    assert (await register(desk, name="Sở Khác")).ok
    assert (await listed(desk))["H37.77"]["name"] == "Sở Khác"


async def test_what_was_registered_before_is_closed(desk: Desk) -> None:
    """Until yesterday it was there, and papers of that time stay right."""
    await register(desk)
    desk.times.passed = 3 * 86400
    assert (await delete(desk)).ok
    assert "H37.77" not in await listed(desk)
    register_ = desk.inbox.directory.register()
    assert register_.resolve("H37.77", date(2026, 3, 7)).standing is Standing.LIVE
    assert register_.resolve("H37.77", date(2026, 3, 8)).standing is Standing.CLOSED
    assert (await register(desk)).ok
    assert "H37.77" in await listed(desk)


@pytest.mark.parametrize(("code", "number"), [("H37", "10"), ("H37.78", "10"), ("G22", "19")])
async def test_nobody_strikes_out_what_others_say(desk: Desk, code: str, number: str) -> None:
    """Only what this system registered itself: its own province stands in a decision."""
    answer = await delete(desk, code)
    assert (answer.ok, answer.code) == (False, number)
    assert desk.inbox.directory.told == []
