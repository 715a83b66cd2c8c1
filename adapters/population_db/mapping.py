"""Saying questions about citizens as the population database asks for them, and reading citizens it answers.

Pure functions. Empty elements are absent; what no canonical field can say stays in `extra` under its native
name, with a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from lgsp.errors import Refused
from lgsp.formats.fields import Reading
from lgsp.message import nfc

QUERY, VERIFICATION = "citizen.query.v1", "citizen.verification.v1"
CITIZEN, VERIFIED = "citizen.v1", "citizen.verified.v1"
OPERATIONS = {QUERY: "TraCuuThongTinCongDan", VERIFICATION: "XacThucThongTinCongDan"}
PURPOSES = {QUERY: "037", VERIFICATION: "003"}
"""`MaTichHop` of each operation."""

PLACE = {
    "MaTinhThanh": "province", "MaQuanHuyen": "district", "MaPhuongXa": "commune", "ChiTiet": "detail",
    "QuocGia": "country",
}  # fmt: skip
RELATIVE = {
    "QuanHe": "relation", "HoVaTen": "name", "QuocTich": "nationality", "SoDinhDanh": "identity_number",
    "SoCMND": "old_identity_number",
}  # fmt: skip
NAME = {"Ho": "family_name", "ChuDem": "middle_name", "Ten": "name"}
TEXTS = {
    "SoDinhDanh": "identity_number", "SoCMND": "old_identity_number", "DanToc": "ethnicity",
    "TonGiao": "religion", "TinhTrangHonNhan": "marital_status", "NhomMau": "blood_group",
    "QuocTich": "nationality", "SoSoHoKhau": "household_book",
}  # fmt: skip
PLACES = {
    "NoiDangKyKhaiSinh": "birth_registered", "QueQuan": "origin", "ThuongTru": "permanent",
    "NoiOHienTai": "current",
}  # fmt: skip
RELATIVES = {
    "Cha": "father", "Me": "mother", "VoChong": "spouse", "NguoiDaiDien": "representative",
    "ChuHo": "head_of_household",
}  # fmt: skip
GENDERS = {"1": "male", "2": "female"}
BIRTH = "NgayThangNamSinh"

_CROSSED = str.maketrans("\u0110\u00d0", "DD")
"""The letter, and another one of the same look that old fonts put in its place."""
_LAYOUT = re.compile(r"(?:\s|\\?u000[ad])*", re.IGNORECASE)
_BIRTHS = re.compile(r"(\d{4})(\d\d)?(\d\d)?", re.ASCII)
_TEXT = "#text"
_NOTHING_NEW = frozenset({"id", "socongdan"})
"""What a collection says of itself: its number, and how many it holds."""


# --- what is asked ----------------------------------------------------------------------------------------


def question(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the native fields that say of whom something is asked.

    Raises:
        Refused: something is missing that the service asks for, or cannot be said in its form.
    """
    return {**_number(data), "HoVaTen": plain_name(data["name"]), BIRTH: birth(data["birth"])}


def plain_name(name: str) -> str:
    """Return a name as the service wants it: capitals without marks, spaces or signs (`NGUYENVANMAU`).

    Raises:
        Refused: a letter of it has no such form, or nothing is left.
    """
    upper = name.upper().translate(_CROSSED)
    letters = [one for one in unicodedata.normalize("NFD", upper) if one.isalnum()]
    plain = "".join(letters)
    if not plain or not plain.isascii():
        raise Refused("population-name-unusable", fields=["/data/name"])
    return plain


def birth(told: Mapping[str, Any]) -> dict[str, str]:
    """Return a birth date as `NgayThangNam` (yyyyMMdd), or as `Nam` where the day is not known.

    Raises:
        Refused: there is neither, or no such day.
    """
    day = told.get("date")
    if day:
        try:
            return {"NgayThangNam": date.fromisoformat(day).isoformat().replace("-", "")}
        except ValueError:
            raise Refused("population-birth-unusable", fields=["/data/birth/date"]) from None
    year = told.get("year") or str(told.get("month") or "")[:4]
    if not year:
        raise Refused("population-birth-unusable", fields=["/data/birth"])
    return {"Nam": year}


def _number(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the number of the question; of two the one that everybody has."""
    for native, name in (("SoDinhDanh", "identity_number"), ("SoCMND", "old_identity_number")):
        if data.get(name):
            return {native: data[name]}
    raise Refused("population-number-missing", fields=["/data/identity_number"])


# --- what is answered -------------------------------------------------------------------------------------


def citizen(item: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    """Return a `CongDan` as a canonical body; oddities go to the reading."""
    data: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for native, value in item.items():
        if native == _TEXT:
            _stray(value, extra, reading)
        elif not _empty(value) and not _take(data, native, value, extra, reading):
            extra[native] = value
            reading.odd("unknown-field", native)
    if extra:
        data["extra"] = extra
    return data


def beside(collection: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the collection says beside its citizens (as of when, a note), for `extra`."""
    told = {name.lstrip("@"): value for name, value in collection.items() if not _empty(value)}
    told = {name: value for name, value in told.items() if name.casefold() not in _NOTHING_NEW}
    damaged = _LAYOUT.fullmatch(str(told.get(_TEXT, "")))
    kept = {name: value for name, value in told.items() if name != _TEXT or not damaged}
    return {"CongdanCollection": kept} if kept else {}


def verified(value: Any) -> bool | None:
    """Return what `TonTai` says; None where it says neither."""
    return {"true": True, "1": True, "false": False, "0": False}.get(_leaf(value).casefold())


def _take(data: dict[str, Any], native: str, value: Any, extra: dict[str, Any], reading: Reading) -> bool:
    """Put a native field where it belongs; False where no canonical field can say it."""
    if native in TEXTS and isinstance(value, str):
        data[TEXTS[native]] = _leaf(value)
    elif native == "HoVaTen" and isinstance(value, str):
        data["name"] = _leaf(value)
    elif native == "GioiTinh" and isinstance(value, str):
        _gender(data, _leaf(value), extra, reading)
    elif not isinstance(value, dict):
        return False
    elif native == "HoVaTen":
        data.update(_part(native, value, NAME, extra, reading))
    elif native == BIRTH:
        _put(data, "birth", _birth(value, extra, reading))
    elif native in PLACES:
        _put(data, PLACES[native], _part(native, value, PLACE, extra, reading))
    elif native in RELATIVES:
        _put(data, RELATIVES[native], _part(native, _whole_name(value), RELATIVE, extra, reading))
    else:
        return False
    return True


def _gender(data: dict[str, Any], code: str, extra: dict[str, Any], reading: Reading) -> None:
    if code in GENDERS:
        data["gender"] = GENDERS[code]
    else:
        extra["GioiTinh"] = code
        reading.odd("unknown-code", "GioiTinh", code)


def _part(
    native: str, value: Mapping[str, Any], names: Mapping[str, str], extra: dict[str, Any], reading: Reading
) -> dict[str, str]:
    """Return the texts of a part by canonical names; the rest of it goes to `extra` under its native name."""
    found: dict[str, str] = {}
    for inner, one in value.items():
        if inner == _TEXT:
            _stray(one, extra, reading)
        elif _empty(one):
            continue
        elif inner in names and isinstance(one, str):
            found[names[inner]] = _leaf(one)
        else:
            extra.setdefault(native, {})[inner] = one
            reading.odd("unknown-field", f"{native}/{inner}")
    return found


def _whole_name(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a relative whose name may be told in its three parts with the whole of it, as citizens' are."""
    name = value.get("HoVaTen")
    if not isinstance(name, Mapping) or not name.keys() <= NAME.keys():
        return value
    parts = (_leaf(name.get(part)) for part in NAME)
    return {**value, "HoVaTen": " ".join(part for part in parts if part)}


def _birth(value: Mapping[str, Any], extra: dict[str, Any], reading: Reading) -> dict[str, str]:
    """Return a birth date as exactly as it is told: parts that are zeros, or left out, are not known."""
    told: dict[str, str] = {}
    unread = {}
    for native, one in value.items():
        if native == _TEXT:
            _stray(one, extra, reading)
        elif not _empty(one):
            found = known_birth(_leaf(one)) if native in ("Nam", "NgayThangNam") else None
            if found is None:
                unread[native] = one
                reading.odd("population-birth-odd", f"{BIRTH}/{native}")
            elif told.get("year", found.get("year")) != found.get("year"):
                reading.odd("population-birth-odd", BIRTH)
                unread[native] = one
            else:
                told |= found
    if unread:
        extra[BIRTH] = unread
    return told


def known_birth(text: str) -> dict[str, str] | None:
    """Return what of a birth date is known, of `19900131`, `19900100`, `199001`, `19900000` or `1990`."""
    found = _BIRTHS.fullmatch(text)
    if found is None or found[1] == "0000":
        return None
    year, month, day = found[1], found[2] or "00", found[3] or "00"
    if month == day == "00":
        return {"year": year}
    try:
        exact = date(int(year), int(month), int(day) or 1)
    except ValueError:
        return None
    known = {"date": exact.isoformat()} if day != "00" else {"month": f"{year}-{month}"}
    return {"year": year, **known}


def _stray(text: Any, extra: dict[str, Any], reading: Reading) -> None:
    """Note text between elements: line ends that were damaged say nothing, anything else is kept."""
    if _LAYOUT.fullmatch(str(text)):
        reading.odd("damaged-line-ends", "")
        return
    extra[_TEXT] = f"{extra.get(_TEXT, '')}{text}"
    reading.odd("unknown-field", _TEXT)


def _put(data: dict[str, Any], name: str, value: dict[str, str]) -> None:
    if value:
        data[name] = value


def _empty(value: Any) -> bool:
    """Tell whether a value says nothing: an empty text, null, or what holds nothing else."""
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, dict):
        return all(map(_empty, value.values()))
    return value is None or (isinstance(value, list) and all(map(_empty, value)))


def _leaf(value: Any) -> str:
    return nfc(value).strip() if isinstance(value, str) else ""
