"""Catalogues that a process knows: learnt, followed, and held against what messages say."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp import catalogue_learning
from lgsp.catalogue import Catalogues
from lgsp.errors import ConfigError
from lgsp.schemas import Types
from tests.core.catalogue_side import (
    PORTAL,
    PROCEDURE,
    bring,
    catalogued,
    codes,
    dossier,
    procedure,
)
from tests.core.rig import Rig


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Rig]:
    """A process whose portal's catalogue is brought by a job."""
    async with catalogued(tmp_path) as one:
        yield one


async def test_what_differs_from_the_catalogue_is_a_finding(here: Rig) -> None:
    """With where it stands, what was said, what the catalogue says, and its version; nothing is turned away."""
    await bring(here, procedure("1.000001"), lists=["1.000001"])
    receipt = await here.told(
        dossier("K1", code="1.000001", name="Tên khác", field_code="G15-TP110", field_name="Hộ tịch")
    )
    assert [(one.code, one.place) for one in receipt.findings] == [
        ("procedure-name-differs", "/procedure/name"),
        ("procedure-field-differs", "/procedure/field_name"),
    ]
    assert receipt.findings[0].read == "Tên khác ≠ Cấp giấy xác nhận (portal 1)"
    unknown = await here.told(dossier("K2", code="9.999999", name="A"))
    assert [(one.code, one.read) for one in unknown.findings] == [
        ("procedure-unknown", "9.999999 (portal 1)")
    ]
    assert codes(await here.told(dossier("K3", name="A"))) == []


@pytest.mark.parametrize("name", ["cấp  GIẤY xác nhận ", "Cấp giấy xác nhận"])
async def test_how_a_name_is_typed_makes_no_difference(here: Rig, name: str) -> None:
    """Spaces, capitals, and letters that are composed of parts; a code with its issuer is the code."""
    await bring(here, procedure("1.000001"), lists=["1.000001"])
    assert codes(await here.told(dossier("K1", code="1.000001.000.00.00.H44", name=name))) == []


async def test_a_catalogue_that_is_being_read_calls_nothing_unknown(here: Rig) -> None:
    """Row 202: the list is here, and what stands on it still comes."""
    await bring(here, procedure("1.000001"), lists=["1.000001", "1.000002"], end=False)
    assert codes(await here.told(dossier("K1", code="1.000002", name="A"))) == []
    assert codes(await here.told(dossier("K2", code="1.000001", name="A"))) == ["procedure-name-differs"]


async def test_what_is_listed_and_could_not_be_had_is_not_unknown(here: Rig) -> None:
    """Row 202: its record failed to come: the list has it, so nobody is told that it does not exist."""
    await bring(here, procedure("1.000001"), lists=["1.000001", "1.000002"])
    assert codes(await here.told(dossier("K1", code="1.000002", name="A"))) == []
    waits = await here.told(dossier("K2", code="1.000002"))
    await here.go()
    assert (await here.delivery(waits))["cause"] == "catalogue-not-here"
    assert codes(await here.told(dossier("K3", code="1.000003", name="A"))) == ["procedure-unknown"]


async def test_a_closed_procedure_is_a_finding_and_still_fills_names(here: Rig) -> None:
    """Dossiers of the time before go on under it."""
    await bring(here, procedure("1.000001", state="closed"), lists=["1.000001"])
    receipt = await here.told(dossier("K1", code="1.000001", name="Cấp giấy xác nhận"))
    await here.go()
    assert codes(receipt) == ["procedure-closed"]
    assert here.portal.log[0]["procedure"]["field_name"] == "Chứng thực"


async def test_a_check_costs_a_look(here: Rig) -> None:
    """However many procedures there are, a message is looked up: it takes no more steps than among two."""
    message = dossier("K1", code="1.000001", name="Cấp giấy xác nhận", field_code="G15-TP110")
    await bring(here, procedure("1.000001"), procedure("1.000002"))
    few = _steps(lambda: here.gateway.catalogues.note(message))
    await bring(here, *(procedure(f"1.{n:06}") for n in range(200)))
    assert _steps(lambda: here.gateway.catalogues.note(message)) == few
    assert message.findings == []


def _steps(do: Callable[[], object]) -> int:
    """Return how many steps Python takes: calls, lines and returns."""
    steps = 0

    def count(*_: object) -> Any:
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        do()
    finally:
        sys.settrace(before)
    return steps


async def test_a_process_learns_what_is_new_page_by_page(here: Rig) -> None:
    """Row 211: more than a page at first, then what changed alone; a restored journal that is shorter is read anew."""
    many = [f"1.{n:06}" for n in range(2100)]
    await bring(here, *map(procedure, many), lists=many, learn=False)
    await here.gateway.filler.learn()
    book = here.gateway.catalogues.books[PROCEDURE][PORTAL]
    assert (len(book.items), book.version, book.whole) == (2100, 2100, True)
    await bring(here, procedure("1.000000", "Mới"))
    assert (book.items["1.000000"].says[0], book.items["1.000000"].version, book.version) == (
        "Mới",
        2101,
        2101,
    )
    await here.journal.write(lambda tx: tx.run("UPDATE catalogues SET version = 7", [()]))
    await here.gateway.filler.learn()
    assert here.gateway.catalogues.books[PROCEDURE][PORTAL] is not book


async def test_a_catalogue_too_large_to_hold_calls_nothing_unknown(
    here: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held of it is compared; what is not may exist."""
    monkeypatch.setattr(catalogue_learning, "MOST", 50)
    first = [f"1.{n:06}" for n in range(30)]
    await bring(here, *map(procedure, first), lists=first)
    await bring(here, *(procedure(f"2.{n:06}") for n in range(30)))
    book = here.gateway.catalogues.books[PROCEDURE][PORTAL]
    assert (book.whole, len(book.items)) == (False, 30)
    assert codes(await here.told(dossier("K1", code="2.000001", name="A"))) == []


@pytest.mark.parametrize(
    ("mark", "value"), [("catalogue", {"state": "/state"}), ("catalogue", {"odd": 1}), ("catalogued", "x")]
)
def test_a_mark_that_is_not_understood_is_a_fault_of_the_home(tmp_path: Path, mark: str, value: Any) -> None:
    """Named with its file and the mend."""
    marks = {"kind": "snapshot", "subject": "/code", "form": "verbatim", mark: value}
    (tmp_path / "x.v1.json").write_bytes(orjson.dumps({"type": "object", "x-lgsp": marks}))
    with pytest.raises(ConfigError, match=r"x\.v1\.json:1: `x-lgsp"):
        Catalogues(Types([tmp_path]))
