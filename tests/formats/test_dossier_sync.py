"""The portal's field tables cover the canonical types, and dates go both ways exactly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.canonical import Dossier, DossierProgress
from lgsp.canonical.schema import schemas
from lgsp.errors import Refused
from lgsp.formats.dossier_sync import dossier_table, progress_table, read_moment, write_moment
from lgsp.formats.fields import Table

_STATUSES = {"4": "processing"}
_TABLES = {"dossier.v1": dossier_table(_STATUSES), "dossier.progress.v1": progress_table(_STATUSES)}
_OURS = {"synchronisation/announced_as"}


def _said(table: Table, before: str = "") -> set[str]:
    """Return the canonical names that a table says, with the rows of arrays."""
    found = set()
    for field in table.fields:
        found.add(before + field.name)
        if field.rows is not None:
            found |= _said(field.rows, f"{before}{field.name}/")
    return found


def _declared(schema: dict[str, Any], node: dict[str, Any], before: str = "") -> set[str]:
    """Return the leaves and arrays that a schema declares, by the same names."""
    found = set()
    for name, field in node["properties"].items():
        inner = field.get("items", field).get("$ref", "").rpartition("/")[2]
        if name != "extra" and ("items" in field or not inner):
            found.add(before + name)
        if inner:
            found |= _declared(schema, schema["$defs"][inner], f"{before}{name}/")
    return found


@pytest.mark.parametrize("model", [Dossier, DossierProgress])
def test_every_canonical_field_has_a_native_one(model: Any) -> None:
    """No field of the canonical types is lost on the way to the portal, and none is written that does not exist."""
    name = model.model_json_schema()["$id"]
    schema = orjson.loads(schemas()[f"{name}.json"])
    assert _said(_TABLES[name]) == _declared(schema, schema) - _OURS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "20260105",
        "2026010508150",
        "202601050815000",
        "20260230081500",
        "20260105241500",
        "2026010508١500",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    """Only fourteen digits that name a real moment are a date."""
    assert read_moment(text) is None


@given(st.datetimes())
def test_moments_go_both_ways(moment: datetime) -> None:
    """A native date read and written is itself, in Viet Nam time."""
    native = f"{moment.year:04}{moment:%m%d%H%M%S}"
    said = read_moment(native)
    assert said is not None
    assert said.endswith("+07:00")
    assert write_moment(said) == native


def test_other_offsets_are_written_in_viet_nam_time() -> None:
    """A canonical moment in another offset is the same moment at the portal."""
    assert write_moment("2026-01-31T20:30:00Z") == "20260201033000"


def test_native_places_of_canonical_pointers() -> None:
    """A fault of a canonical body can be named in the vendor's own words."""
    native = _TABLES["dossier.v1"].native
    assert native("/due_at") == "NgayHenTra"
    assert native("/payment/fees/2/amount") == "DanhSachLePhi/2/Gia"
    assert (
        native("/supplements/0/papers/1/name") == "DanhSachHoSoBoSung/0/DanhSachGiayToBoSung/1/TenTepDinhKem"
    )
    assert native("/extra/DuongPho") == "DuongPho"
    assert native("/nowhere/1") == "nowhere/1"


def test_a_word_without_a_native_code_is_refused() -> None:
    """A status that the mapping lacks is an error, not some other status."""
    with pytest.raises(Refused) as raised:
        _TABLES["dossier.v1"].write({"code": "H44-260105-0001", "status": "returned"})
    assert (raised.value.cause, raised.value.fields) == ("unmapped-status", ["TrangThaiHoSo"])


def test_what_is_known_stands_before_the_verbatim_rest() -> None:
    """`extra` cannot overwrite a field that the canonical body says."""
    item = _TABLES["dossier.v1"].write(
        {
            "code": "H44-260105-0001",
            "status": "processing",
            "extra": {"TrangThaiHoSo": "11", "DuongPho": "Tổ 4"},
        }
    )
    assert (item["TrangThaiHoSo"], item["DuongPho"]) == ("4", "Tổ 4")
