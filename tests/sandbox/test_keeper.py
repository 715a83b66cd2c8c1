"""The one-stop that keeps catalogues asks what changed, and holds in the end what the portal publishes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from fastapi import FastAPI, Request

from lgsp.errors import Unavailable
from lgsp.sandbox.catalogue import Catalogue, Change, Size
from lgsp.sandbox.keeper import Keeper
from lgsp.serving import running
from lgsp.wire.http import Http

SIZE = Size(agencies=9, procedures=8)


class Gateway:
    """Hands on a catalogue, and says what changed until it is told to be away."""

    def __init__(self) -> None:
        self.catalogue = Catalogue(SIZE)
        self.changes: list[dict[str, str]] = []
        self.app = FastAPI()
        self.app.add_api_route("/systems/one-stop/{path:path}", self.answer)

    def changed(self, type_: str, *codes: str) -> None:
        """Say that these changed."""
        self.changes += [{"Loai": type_, "Ma": code} for code in codes]

    async def answer(self, path: str, request: Request) -> Any:
        """Answer one request."""
        assert request.headers["authorization"] == "Bearer token"
        service = path.rpartition("/")[2]
        if service == "changes":
            return self.changes
        code = request.query_params.get("maTTHC", "")
        found = {
            "LayDanhMucCoQuan": self.catalogue.agencies,
            "LayDanhMucLinhVuc": self.catalogue.fields,
            "LayDanhSachTTHC": self.catalogue.procedures,
            "LayThuTuc": lambda: [one for one in [self.catalogue.record(code)] if one],
        }[service]()
        return {"error_code": "0", "message": "Thành công", "result": list(found)}


@pytest.fixture
async def far() -> AsyncIterator[tuple[Gateway, Keeper]]:
    """A gateway, and a keeper in front of it."""
    gateway, http = Gateway(), Http()
    async with running(gateway.app) as port:
        yield gateway, Keeper(http, f"http://127.0.0.1:{port}", "token")
    await http.close()


async def test_it_holds_what_it_picked_up(far: tuple[Gateway, Keeper]) -> None:
    """Records one by one, lists whole; what a list lacks it lets go."""
    gateway, keeper = far
    codes = [row["MATTHC"] for row in gateway.catalogue.procedures()]
    assert len(keeper.differences(gateway.catalogue)) > len(codes)
    gateway.changed("procedure.v1", *codes)
    gateway.changed("field.v1", "G15-TP110")
    gateway.changed("agency.v1", "H44")
    assert await keeper.step() == len(codes) + 2
    assert keeper.differences(gateway.catalogue) == []
    gateway.changes.clear()
    gateway.catalogue.change(Change(rename=("1.003897",), close=("2.000815",)))
    assert keeper.differences(gateway.catalogue) == [
        "procedure 2.000815: the portal has it no more",
        "procedure 1.003897: differs from the portal's",
    ]
    gateway.changed("procedure.v1", "1.003897", "2.000815")
    await keeper.step()
    assert keeper.differences(gateway.catalogue) == []


async def test_what_is_no_list_changes_nothing(far: tuple[Gateway, Keeper]) -> None:
    """A failure is not an empty list, and a gateway that is away is asked again."""
    gateway, keeper = far
    gateway.changed("field.v1", "G15-TP110")
    await keeper.step()
    held = dict(keeper.held["field.v1"])

    async def failing(path: str) -> Any:
        return orjson.loads(b'{"error_code": "-1", "result": []}') if "Lay" in path else gateway.changes

    keeper._get = failing  # type: ignore[method-assign]
    with pytest.raises((ValueError, Unavailable)):
        await keeper.step()
    assert keeper.held["field.v1"] == held
