"""Playing the part of a one-stop system that keeps its catalogues in step with what a gateway hands on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import orjson

from lgsp.errors import Unavailable
from lgsp.sandbox.catalogue import Catalogue, Row
from lgsp.sandbox.compare import sparse
from lgsp.wire.http import Http

_PAUSE = 0.5
_OURS = "H44"
_OK = ("0", "00")
_LISTS = {
    "agency.v1": ("LayDanhMucCoQuan", "MADONVI"),
    "field.v1": ("LayDanhMucLinhVuc", "MALINHVUC"),
    "procedure.v1": ("LayDanhSachTTHC", "MATTHC"),
}
_PROCEDURE = "procedure.v1"


class Keeper:
    """Asks what changed, and then for the records and lists in which it stands.

    Args:
        http: the pool of connections.
        url: the gateway's root, without a slash at the end.
        token: the system's token.
        system: the name the gateway knows it by.

    Attributes:
        held: by type, the rows that it holds, by their codes; of procedures the whole records.
    """

    def __init__(self, http: Http, url: str, token: str, system: str = "one-stop") -> None:
        self.held: dict[str, dict[str, Row]] = {type_: {} for type_ in _LISTS}
        self._http = http
        self._root = f"{url}/systems/{system}"
        self._token = token

    async def play(self) -> None:
        """Keep in step until cancelled; a gateway that is away is asked again."""
        while True:
            with suppress(Unavailable, ValueError):  # it is asked again in a moment
                await self.step()
            await asyncio.sleep(_PAUSE)

    async def step(self) -> int:
        """Pick up what changed; return how much that was."""
        changes = await self._get("changes")
        found = changes if isinstance(changes, list) else []
        for code in dict.fromkeys(one["Ma"] for one in found if one["Loai"] == _PROCEDURE):
            await self._pick_up(code)
        for type_ in dict.fromkeys(one["Loai"] for one in found if one["Loai"] in _LISTS):
            await self._list(type_)
        return len(found)

    def differences(self, catalogue: Catalogue) -> list[str]:
        """Return in what it differs from what the portal publishes, of agencies those of the province."""
        rows = (row["MATTHC"] for row in catalogue.procedures())
        records = {code: catalogue.record(code) or {} for code in rows}
        ours = (row for row in catalogue.agencies() if row["MADONVI"].startswith(_OURS))
        return [
            *_compared("procedure", records, self.held[_PROCEDURE]),
            *_compared("field", _by("MALINHVUC", catalogue.fields()), self.held["field.v1"]),
            *_compared("agency", _by("MADONVI", ours), self._ours()),
        ]

    def _ours(self) -> dict[str, Row]:
        return {code: row for code, row in self.held["agency.v1"].items() if code.startswith(_OURS)}

    async def _pick_up(self, code: str) -> None:
        for row in await self._rows(f"api/SynsTTHCC/LayThuTuc?maTTHC={code}"):
            self.held[_PROCEDURE][code] = row

    async def _list(self, type_: str) -> None:
        """Take a list: it is all there is, and what it lacks is there no more."""
        service, name = _LISTS[type_]
        rows = _by(name, await self._rows(f"api/SynsTTHCC/{service}"))
        held = self.held[type_]
        if type_ == _PROCEDURE:
            self.held[type_] = {code: row for code, row in held.items() if code in rows}
        else:
            self.held[type_] = rows

    async def _rows(self, path: str) -> list[Row]:
        said = await self._get(path)
        if not isinstance(said, dict) or str(said.get("error_code")) not in _OK:
            raise ValueError("no list")
        result = said["result"]
        return result if isinstance(result, list) else []

    async def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = await self._http.get(f"{self._root}/{path}", headers=headers, secrets=(self._token,))
        return orjson.loads(answer.text)


def _by(name: str, rows: Iterable[Row]) -> dict[str, Row]:
    return {row[name]: row for row in rows}


def _compared(what: str, there: Mapping[str, Row], here: Mapping[str, Row]) -> list[str]:
    wrong = [f"{what} {code}: the one-stop does not have it" for code in sorted(there.keys() - here.keys())]
    wrong += [f"{what} {code}: the portal has it no more" for code in sorted(here.keys() - there.keys())]
    same = sorted(there.keys() & here.keys())
    return wrong + [
        f"{what} {code}: differs from the portal's"
        for code in same
        if sparse(there[code]) != sparse(here[code])
    ]
