"""Answering the read services of the stand-in portal, with the quirks that real ones have."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from lgsp.sandbox.catalogue import Catalogue, Change, Row, Size, answers
from lgsp.sandbox.dialects import Verdict

Probability = Annotated[float, Field(ge=0, le=1)]

_TOLD = ("DongBoHoiDap", "DongBoKetQuaHoiDapGuiTuDVCQG", "DongBoDanhGia")
_KEYS = {"DongBoHoiDap": "HOIDAPID", "DongBoKetQuaHoiDapGuiTuDVCQG": "HOIDAPID"}


class Quirks(BaseModel):
    """In what odd forms the catalogue is told. Each chance is drawn for each value, row or answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    numbers: Probability = Field(default=0.0, description="a text of digits is told as a number")
    other_case: Probability = Field(default=0.0, description="`URL` is told as `Url`")
    left_out: Probability = Field(default=0.0, description="an empty array is left out")
    twice: Probability = Field(default=0.0, description="a row of a list is told twice")
    empty_list: Probability = Field(default=0.0, description="a list is told without its rows")
    no_record: Probability = Field(default=0.0, description="the record of a listed procedure is not there")


class Arrangement(BaseModel):
    """What the catalogue holds, and how it is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: Size = Size()
    quirks: Quirks = Quirks()


class Reading:
    """The read services of the portal, and the pushes that answer them: questions, answers, satisfaction."""

    def __init__(self, arranged: Arrangement | None = None, seed: int = 0) -> None:
        self._seed = seed
        self.arrange(arranged or Arrangement())
        self.told: dict[str, dict[str, Row]] = {name: {} for name in _TOLD}
        self.services: dict[str, Callable[[dict[str, Any]], Verdict]] = {
            "LayDanhMucCoQuan": lambda _: self._list(self.catalogue.agencies()),
            "LayDanhMucLinhVuc": lambda _: self._list(self.catalogue.fields()),
            "LayDanhSachTTHC": lambda _: self._list(self.catalogue.procedures()),
            "LayThuTuc": self._record,
            "LayDVC": lambda _: self._inside(self._list(self.catalogue.services())),
            "LayDanhSachHoiDapGuiTuDVCQG": lambda _: self._list(self.catalogue.questions(of_portal=True)),
            "LayDanhSachHoiDapBoCoQuan": lambda _: self._list(self.catalogue.questions(of_portal=False)),
            "LayNoiDungTraLoiTheoCauHoi": lambda asked: _found(answers(str(asked.get("cauhoiid")))),
            "TraCuuTechID": self._account,
            **dict.fromkeys(_TOLD, self._take),
        }

    def arrange(self, arranged: Arrangement) -> None:
        """Hold another catalogue."""
        self.arranged = arranged
        self.catalogue = Catalogue(arranged.size)
        self._dice = random.Random(self._seed)

    def change(self, wanted: Change) -> None:
        """Change what is published."""
        self.catalogue.change(wanted)

    def state(self) -> dict[str, Any]:
        """Return what was told to it, by service, the last of each."""
        return {name: list(items.values()) for name, items in self.told.items()}

    # --- answers ------------------------------------------------------------------------------------------

    def _list(self, listed: Iterable[Row]) -> Verdict:
        if self._strikes(self.arranged.quirks.empty_list):
            return _found([])
        rows = []
        for row in listed:
            told = self._odd(row)
            rows += [told, told] if self._strikes(self.arranged.quirks.twice) else [told]
        return _found(rows)

    @staticmethod
    def _inside(verdict: Verdict) -> Verdict:
        """Put the rows where `LayDVC` has them."""
        return Verdict(verdict.code, verdict.text, {"result": {"data": (verdict.extra or {})["result"]}})

    def _record(self, asked: dict[str, Any]) -> Verdict:
        found = self.catalogue.record(str(asked.get("maTTHC")))
        if found is None or self._strikes(self.arranged.quirks.no_record):
            return _found([])
        return _found([self._odd(found)])

    @staticmethod
    def _account(asked: dict[str, Any]) -> Verdict:
        number = str(asked.get("mstorcmnd") or "")
        if asked.get("provider") != "wso2is" or not number.isdecimal():
            return _found([])
        return _found([{"TECHNICALID": f"00000000-0000-4000-8000-{number[-12:]:0>12}"}])

    def _take(self, asked: dict[str, Any]) -> Verdict:
        name, items = str(asked["service"]), asked.get("data")
        if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
            return Verdict(-1, "Trường data sai định dạng")
        key = _KEYS.get(name)
        if key and not all(item.get(key) for item in items):
            return Verdict(-1, f"Trường {key} không được để trống")
        if name == "DongBoDanhGia" and not all(type(i.get("TongSoNguoiDanhGia")) is int for i in items):
            return Verdict(-1, "Trường TongSoNguoiDanhGia sai định dạng")
        for item in items:
            self.told[name][str(item.get(key)) if key else _result_key(item)] = item
        return Verdict(0, "Đồng bộ thành công")

    # --- quirks -------------------------------------------------------------------------------------------

    def _odd(self, value: Any) -> Any:
        """Return a value as a portal with these quirks writes it."""
        if not any(self.arranged.quirks.model_dump().values()):
            return value
        if isinstance(value, list):
            return [self._odd(one) for one in value]
        if not isinstance(value, dict):
            return value
        told = {}
        for name, inner in value.items():
            if inner == [] and self._strikes(self.arranged.quirks.left_out):
                continue
            odd = name == "URL" and self._strikes(self.arranged.quirks.other_case)
            told["Url" if odd else name] = self._scalar(self._odd(inner))
        return told

    def _scalar(self, value: Any) -> Any:
        plain = isinstance(value, str) and value.isdecimal() and str(int(value)) == value
        if plain and self._strikes(self.arranged.quirks.numbers):
            return int(value)
        return value

    def _strikes(self, chance: float) -> bool:
        return chance > 0 and self._dice.random() < chance


def arranged(wanted: bytes) -> Arrangement:
    """Read an arrangement; ValueError says what cannot be."""
    return Arrangement.model_validate_json(wanted)


def changed(wanted: bytes) -> Change:
    """Read a change; ValueError says what cannot be."""
    return Change.model_validate_json(wanted)


def _found(rows: list[Row]) -> Verdict:
    return Verdict(0, "", {"result": rows})


def _result_key(item: Row) -> str:
    names = ("Madonvi", "NgayTongHop", "MaThuTuc", "NoiDung")
    return orjson.dumps([item.get(name) for name in names]).decode()
