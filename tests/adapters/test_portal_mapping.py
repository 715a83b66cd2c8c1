"""What a one-stop system told reaches the portal exactly: nothing lost, nothing repaired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from lgsp.adapters.national_portal import NationalPortal
from lgsp.adapters.national_portal import mapping as portal
from lgsp.adapters.one_stop import mapping as one_stop
from lgsp.adapters.one_stop import reading

from lgsp.home import packed
from lgsp.message import Message
from lgsp.schemas import Types
from tests.items import dossiers, entries, told

TYPES = Types()
_ADAPTERS = packed() / "adapters"
_TOLD = sorted((_ADAPTERS / "one_stop" / "samples").glob("*.in.json"))
_SENT = sorted((_ADAPTERS / "national_portal" / "samples").glob("*.sent.json"))


def _sent(message: Message) -> dict[str, Any]:
    return _written(message.type, message.data)


def _written(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    write = {one_stop.DOSSIER: portal.dossier, one_stop.PROGRESS: portal.progress}.get(type_)
    return write(data) if write is not None else portal.other(type_, data)


def _type_of(data: dict[str, Any]) -> str:
    """Return the one type that the portal takes and that a sample's body fits."""
    (type_,) = (name for name in sorted(NationalPortal.takes) if not TYPES.check(name, data))
    return type_


def _round(item: dict[str, Any], message: object) -> None:
    """Hold that an item comes out as it went in."""
    assert isinstance(message, Message), message
    assert TYPES.check(message.type, message.data) == []
    assert told(_sent(message)) == told(item)


@pytest.mark.parametrize("path", _TOLD, ids=lambda path: path.name)
def test_every_sample_comes_out_as_it_went_in(path: Path) -> None:
    """For every non-empty value of every sample that is taken, portal(one_stop(item)) == item."""
    batch = reading.of_file(path.read_bytes(), {}, 1000)
    for item, message in zip(batch.items, reading.messages(batch), strict=True):
        if "broken" in path.name:
            assert not isinstance(message, Message)
        elif "odd" in path.name:
            assert isinstance(message, Message)
            assert told(_sent(message)) == _as_text(told(item))
        else:
            assert isinstance(item, dict)
            _round(item, message)


@given(dossiers())
def test_any_dossier_comes_out_as_it_went_in(item: dict[str, Any]) -> None:
    """However odd a dossier is, the portal is told every value that the source told."""
    _round(item, one_stop.dossier(item, ""))


@given(entries())
def test_any_progress_entry_comes_out_as_it_went_in(item: dict[str, Any]) -> None:
    """However odd an entry is, the portal is told every value that the source told."""
    _round(item, one_stop.progress(item, ""))


@pytest.mark.parametrize("path", _SENT, ids=lambda path: path.name)
def test_canonical_samples_are_sent_as_shown(path: Path) -> None:
    """Each pair in `samples/` shows a canonical body and what the portal gets of it."""
    data = orjson.loads(path.with_name(path.name.replace(".sent.", ".")).read_bytes())
    assert _written(_type_of(data), data) == orjson.loads(path.read_bytes())


def test_the_least_dossier_has_every_key_of_the_first_generation() -> None:
    """The first generation's keys are always there, empty when unknown; the second's only when said."""
    item = portal.dossier({"code": "H44-260105-0001", "status": "processing"})
    assert item["TrangThaiHoSo"] == "4"
    assert item["NgayHenTra"] == item["Fax"] == ""
    assert item["TaiLieuNop"] == item["DanhSachHoSoBoSung"] == []
    assert not {"KenhThucHien", "DinhDanhCHS", "GhiChu", "NgayTuChoi"} & set(item)
    assert len(item) == 26


def test_every_scalar_is_a_string() -> None:
    """The portal takes no numbers and no booleans, whatever the canonical type is."""
    full = orjson.loads((_ADAPTERS / "national_portal" / "samples" / "dossier-full.json").read_bytes())
    assert set(map(type, _leaves(portal.dossier(full)))) == {str}


def test_the_portals_name_of_a_canonical_field() -> None:
    """A pointer into either type is named as the portal names it."""
    assert portal.native_field("dossier.v1", "/applicant/phone") == "SoDienThoai"
    assert portal.native_field("dossier.progress.v1", "/officer/name") == "NguoiXuLy"


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    return [leaf for inner in value for leaf in _leaves(inner)] if isinstance(value, list) else [value]


def _as_text(value: Any) -> Any:
    """Return a native value with its numbers as the text that should have stood there."""
    if isinstance(value, dict):
        return {name: _as_text(inner) for name, inner in value.items()}
    return [_as_text(inner) for inner in value] if isinstance(value, list) else str(value)
