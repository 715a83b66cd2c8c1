"""Asking a one-stop system for the dossiers that it has, by an address that its vendor may offer.

No public interface of that kind is attested. What is asked for and how it is answered is ours, in the words
of the synchronisation protocol: `docs/one-stop.md` describes it for vendors.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from lgsp.adapter import Holding, Listing
from lgsp.errors import Unavailable
from lgsp.message import VIETNAM
from lgsp.wire.http import Answer, Http

from .mapping import STATUSES

_OK = 200
_MOMENT = "%Y%m%d%H%M%S"
_MICROS = 1_000_000


class ListConfig(BaseModel):
    """Where a one-stop system lists its dossiers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="address that lists dossiers, page by page")
    token: SecretStr = Field(SecretStr(""), description="sent as Authorization: Bearer; empty: not sent")
    page: int = Field(500, ge=1, le=5000, description="dossiers asked for at a time")
    most: int = Field(5_000_000, ge=1, description="dossiers of one list at most; more is taken for a fault")


async def holdings(http: Http, config: ListConfig, wanted: Listing) -> AsyncIterator[Sequence[Holding]]:
    """Yield the dossiers of a one-stop system, a page at a time, until a page is not full.

    Raises:
        Unavailable: it did not answer, or not as documented; what was yielded is not all.
    """
    count, number = 0, 1
    while True:
        rows = await _page(http, config, wanted, number)
        yield [_holding(row) for row in rows]
        count, number = count + len(rows), number + 1
        if len(rows) < config.page:
            return
        if count >= config.most:
            raise Unavailable("list-endless", f"{count} dossiers, and still full pages")


async def _page(http: Http, config: ListConfig, wanted: Listing, number: int) -> list[Any]:
    said = {
        "donvi": wanted.agency,
        "matthc": wanted.procedure,
        "tungay": _native(wanted.since),
        "denngay": _native(wanted.until),
        "trang": str(number),
        "sobanghi": str(config.page),
    }
    token = config.token.get_secret_value()
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    query = urlencode({name: value for name, value in said.items() if value})
    joint = "&" if "?" in config.url else "?"
    answer = await http.get(f"{config.url}{joint}{query}", headers=headers, secrets=(token,) if token else ())
    return _rows(answer)


def _rows(answer: Answer) -> list[Any]:
    """Return the rows of an answer: a JSON list, bare or as `result` or `data` of an object.

    Raises:
        Unavailable: it is none. An empty text is no empty list.
    """
    if answer.status != _OK:
        raise Unavailable(f"http-{answer.status}", answer.text[:200])
    try:
        told = answer.json()
    except ValueError:
        raise Unavailable("list-not-readable", answer.text[:200]) from None
    if isinstance(told, dict):
        told = told.get("result", told.get("data"))
    if not isinstance(told, list) or not all(isinstance(row, dict) and row.get("MaHoSo") for row in told):
        raise Unavailable("list-not-readable", answer.text[:200])
    return told


def _holding(row: dict[str, Any]) -> Holding:
    """Return a row as we compare it; a status or a time that is none is not told."""
    status = STATUSES.get(str(row.get("TrangThaiHoSo", "")).strip(), "")
    return Holding(
        str(row["MaHoSo"]), status, _moment(row.get("NgayTiepNhan")), _moment(row.get("NgayCapNhat"))
    )


def _moment(said: Any) -> datetime | None:
    try:
        return datetime.strptime(str(said), _MOMENT).replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def _native(micros: int | None) -> str:
    if micros is None:
        return ""
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM).strftime(_MOMENT)
