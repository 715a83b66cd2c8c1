"""The canonical agency and field, `agency.v1` and `field.v1`, as a catalogue lists them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.catalogued import CATALOGUE, closed_at
from lgsp.canonical.model import Canonical, Moment, rest, said

_AGENCY: JsonDict = {
    "kind": "snapshot",
    "anchor": None,
    "subject": "/code",
    "form": "agency-identity",
    "agency": "/code",
    "time": ["/closed_at"],
    "watched": [],
    "catalogue": CATALOGUE,
}
_FIELD: JsonDict = {**_AGENCY, "form": "verbatim", "agency": "/sector"}


class Agency(Canonical):
    """An agency as a list names it today. Source: `LayDanhMucCoQuan` of the portal."""

    model_config = ConfigDict(
        title="Cơ quan, đơn vị trong danh mục",
        json_schema_extra={
            "$id": "agency.v1",
            "x-lgsp": _AGENCY,
            "examples": [{"code": "H44.11", "name": "Sở Tư pháp", "level": "1", "state": "published"}],
        },
    )

    code: str = said("Mã đơn vị", "Code as the list writes it.", "`MADONVI`", required=True)
    name: str | None = said("Tên đơn vị", "Name.", "`TENDONVI`")
    level: str | None = said(
        "Cấp đơn vị", "Level, code as written; what the codes mean is not public.", "`CAPDONVI`"
    )
    state: Literal["published", "closed"] = said(
        "Tình trạng", "Whether the list has it.", "being listed, or missing from a whole list", required=True
    )
    closed_at: Moment | None = closed_at()
    extra: dict[str, Any] | None = rest()


class Field(Canonical):
    """A field of procedures. Source: `LayDanhMucLinhVuc` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Lĩnh vực trong danh mục",
        json_schema_extra={
            "$id": "field.v1",
            "x-lgsp": _FIELD,
            "examples": [
                {"code": "G15-TP110", "name": "Chứng thực", "sector": "H44.11", "state": "published"},
            ],
        },
    )

    code: str = said("Mã lĩnh vực", "Code of the field.", "`MALINHVUC`", required=True)
    name: str | None = said("Tên lĩnh vực", "Name of the field.", "`TENLINHVUC`")
    sector: str | None = said(
        "Mã ngành", "Code of the ministry or province whose field it is, as written.", "`MANGANH`"
    )
    state: Literal["published", "closed"] = said(
        "Tình trạng", "Whether the list has it.", "being listed, or missing from a whole list", required=True
    )
    closed_at: Moment | None = closed_at()
    extra: dict[str, Any] | None = rest()
