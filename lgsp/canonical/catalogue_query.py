"""Questions about a shared catalogue and their answers: which entries has it, and of which properties."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, said

_QUERY: JsonDict = {"kind": "question", "answer": "catalogue.v1", "about": [], "shared": "everybody"}
_CATALOGUE: JsonDict = {"kind": "answer", "about": []}


class CatalogueQuery(Canonical):
    """What is in this catalogue? Source: `dmdc/Category` and `dmdc/Metadata` of the integration platform."""

    model_config = ConfigDict(
        title="Tra cứu danh mục dùng chung",
        json_schema_extra={
            "$id": "catalogue.query.v1",
            "x-lgsp": _QUERY,
            "examples": [{"catalogue": "madantoc"}, {"catalogue": "madantoc", "part": "properties"}],
        },
    )

    catalogue: str = said(
        "Mã danh mục", "Its name in the address of the service.", "the address", required=True,
        pattern=r"^[A-Za-z0-9_-]{1,100}$",
    )  # fmt: skip
    part: Literal["entries", "properties"] | None = said(
        "Phần", "The entries where nothing is said, or which properties they have.", "the address"
    )


class CatalogueProperty(Canonical):
    """A property of the entries of a catalogue."""

    model_config = ConfigDict(title="Thuộc tính của danh mục")

    code: str = said("Mã thuộc tính", "Its name in an entry.", "`PropertyCode`", required=True)
    name: str | None = said("Tên thuộc tính", "For people.", "`PropertyName`")
    type: str | None = said("Kiểu dữ liệu", "As written: `String`, `DateTime`.", "`PropertyType`")


class Catalogue(Canonical):
    """A shared catalogue. Source: the answers of `dmdc`, or of a data service that a province has instead."""

    model_config = ConfigDict(
        title="Danh mục dùng chung",
        json_schema_extra={
            "$id": "catalogue.v1",
            "x-lgsp": _CATALOGUE,
            "examples": [{"catalogue": "madantoc", "entries": [{"Ma": "01", "Ten": "Kinh"}]}],
        },
    )

    catalogue: str = said("Mã danh mục", "As asked.", "the question", required=True)
    entries: list[dict[str, str]] | None = said(
        "Các mục",
        "In the catalogue's order, each by its own names: numbers as their digits; what is null there is left"
        " out, what is empty is empty.",
        "the answer",
    )
    properties: list[CatalogueProperty] | None = said(
        "Các thuộc tính", "In the catalogue's order.", "the answer"
    )
