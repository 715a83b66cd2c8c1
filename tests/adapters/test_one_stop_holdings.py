"""A one-stop system's own list, as it would be offered by its vendor."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import structlog
from lgsp.adapters.one_stop import OneStop

from lgsp.adapter import Holding, Holds, Listing, Tools
from lgsp.errors import Unavailable
from lgsp.message import VIETNAM
from lgsp.wire.http import Answer

CODE = "H44.11-260131-0001"
NOW = datetime(2026, 1, 31, 14, 5, tzinfo=VIETNAM)


class Vendor:
    """Answers one request after the other from a script, and notes what was asked."""

    def __init__(self, *answers: Any, status: int = 200) -> None:
        self.answers = list(answers)
        self.status = status
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []

    async def get(self, url: str, *, headers: dict[str, str], secrets: tuple[str, ...]) -> Answer:
        """Answer a request."""
        self.asked.append({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
        self.headers.append(headers)
        assert set(secrets) <= {"secret"}
        told = self.answers.pop(0)
        return Answer(self.status, told.decode() if isinstance(told, bytes) else orjson.dumps(told).decode())


def one_stop(vendor: Vendor, **said: Any) -> Any:
    """Return an adapter that asks a vendor."""
    listing = {"url": "http://one-stop.example/danh-sach?kieu=ho-so", "page": 2, **said}
    config = OneStop.Config.model_validate({"listing": listing})
    return OneStop(config, Tools(vendor, lambda: NOW, structlog.get_logger()))  # type: ignore[arg-type]


async def listed(adapter: Any, wanted: Listing = Listing()) -> list[Holding]:  # noqa: B008 - it cannot change
    """Return all that an adapter lists."""
    return [one async for page in adapter.holdings(wanted) for one in page]


async def test_pages_are_asked_for_until_one_is_not_full() -> None:
    """Each with the period in the protocol's own form, and the credential in its header."""
    rows = [{"MaHoSo": f"{CODE}{n}", "TrangThaiHoSo": 4, "NgayCapNhat": "20260131140500"} for n in range(3)]
    vendor = Vendor(rows[:2], {"result": rows[2:]})
    micros = int(NOW.timestamp() * 1_000_000)
    found = await listed(one_stop(vendor, token="secret"), Listing("H44.11", "1.003897", micros, micros))
    assert found == [Holding(f"{CODE}{n}", "processing", None, NOW) for n in range(3)]
    assert [asked.pop("trang") for asked in vendor.asked] == ["1", "2"]
    assert vendor.asked[0] == vendor.asked[1] == {
        "kieu": "ho-so", "donvi": "H44.11", "matthc": "1.003897", "tungay": "20260131140500",
        "denngay": "20260131140500", "sobanghi": "2",
    }  # fmt: skip
    assert vendor.headers[0]["Authorization"] == "Bearer secret"


async def test_what_a_row_does_not_tell_is_not_known() -> None:
    """A status that is none, a time that is none: left out, not guessed."""
    vendor = Vendor([{"MaHoSo": CODE, "TrangThaiHoSo": "99", "NgayTiepNhan": "x"}])
    assert await listed(one_stop(vendor)) == [Holding(CODE)]
    assert "Authorization" not in vendor.headers[0]


async def test_an_empty_list_is_an_answer() -> None:
    """It has nothing of what was asked for."""
    assert await listed(one_stop(Vendor({"data": []}))) == []


@pytest.mark.parametrize("told", [b"", b"<html>", {"error": 1}, "text", [{"Ma": 1}], [1], None])
async def test_what_is_no_list_is_never_an_empty_one(told: Any) -> None:
    """Or all that the journal holds would be missing at the source."""
    with pytest.raises(Unavailable) as fault:
        await listed(one_stop(Vendor(told)))
    assert fault.value.cause == "list-not-readable"


async def test_a_failure_is_told_as_one() -> None:
    """The status of the answer names it."""
    with pytest.raises(Unavailable) as fault:
        await listed(one_stop(Vendor(b"no", status=503)))
    assert fault.value.cause == "http-503"


async def test_a_list_that_never_ends_is_broken_off() -> None:
    """A vendor that answers every page with the first one does not fill the journal."""
    page = [{"MaHoSo": CODE}, {"MaHoSo": f"{CODE}2"}]
    with pytest.raises(Unavailable) as fault:
        await listed(one_stop(Vendor(*[page] * 9), most=6))
    assert fault.value.cause == "list-endless"


def test_it_lists_where_the_home_says_so() -> None:
    """Without an address nobody asks."""
    assert isinstance(one_stop(Vendor()), Holds)
    assert one_stop(Vendor()).lists
    assert not OneStop(OneStop.Config(), Tools(Vendor(), lambda: NOW, structlog.get_logger())).lists  # type: ignore[arg-type]
