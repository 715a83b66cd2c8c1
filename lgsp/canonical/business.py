"""Questions about an enterprise and their answers: who is registered under this code."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, rest, said

_QUERY: JsonDict = {"kind": "question", "answer": "business.v1", "about": ["/code"]}
_BUSINESS: JsonDict = {"kind": "answer", "about": ["/code"]}
_DAY = r"^\d{4}-\d\d-\d\d$"
_NUMBER = r"^-?\d+(\.\d+)?$"


class BusinessQuery(Canonical):
    """Which enterprise is this? Source: `chiTietDoanhNghiep` of the business registry."""

    model_config = ConfigDict(
        title="Tra cứu doanh nghiệp",
        json_schema_extra={
            "$id": "business.query.v1",
            "x-lgsp": _QUERY,
            "examples": [{"code": "0199000001"}],
        },
    )

    code: str = said(
        "Mã số doanh nghiệp", "10 digits; of a branch with a dash and three more.", "`msdn`", required=True,
        pattern=r"^\d{10}(-\d{3})?$",
    )  # fmt: skip


class BusinessAddress(Canonical):
    """Where an enterprise has its seat; codes are the registry's own, as written."""

    model_config = ConfigDict(title="Địa chỉ trụ sở")

    province: str | None = said("Mã tỉnh, thành phố", "Code.", "`CityID`", personal="contact")
    province_name: str | None = said("Tỉnh, thành phố", "Name.", "`CityName`", personal="contact")
    district: str | None = said("Mã quận, huyện", "Code.", "`DistrictID`", personal="contact")
    district_name: str | None = said("Quận, huyện", "Name.", "`DistrictName`", personal="contact")
    commune: str | None = said("Mã phường, xã", "Code.", "`WardID`", personal="contact")
    commune_name: str | None = said("Phường, xã", "Name.", "`WardName`", personal="contact")
    street: str | None = said("Số nhà, thôn, xóm", "The rest.", "`StreetNumber`", personal="contact")
    text: str | None = said("Địa chỉ đầy đủ", "In one line.", "`AddressFullText`", personal="contact")
    extra: dict[str, Any] | None = rest()


class BusinessActivity(Canonical):
    """A line of business."""

    model_config = ConfigDict(title="Ngành nghề kinh doanh")

    code: str | None = said("Mã ngành", "Code.", "`CODE`")
    name: str | None = said("Tên ngành", "Name.", "`NAME`")
    main: bool | None = said("Ngành chính", "Whether it is the main one.", "`IS_MAIN`")
    extra: dict[str, Any] | None = rest()


class BusinessMember(Canonical):
    """Somebody who put capital in."""

    model_config = ConfigDict(title="Thành viên góp vốn")

    name: str | None = said("Tên thành viên", "Name.", "`MEMBER_NAME`", personal="name")
    amount: str | None = said(
        "Vốn góp", "In dong, exactly as registered.", "`AMOUNT`", personal="content", pattern=_NUMBER
    )
    share: str | None = said("Tỷ lệ", "Per cent.", "`RATIO_PERCENT`", personal="content", pattern=_NUMBER)
    country: str | None = said("Quốc gia", "As written.", "`COUNTRY`", personal="content")
    extra: dict[str, Any] | None = rest()


class BusinessRepresentative(Canonical):
    """Who represents an enterprise in law."""

    model_config = ConfigDict(title="Người đại diện theo pháp luật")

    name: str | None = said("Họ và tên", "Name.", "`FULL_NAME`", personal="name")
    extra: dict[str, Any] | None = rest()


class Business(Canonical):
    """An enterprise as the registry tells of it; codes stand as written. Source: `chiTietDoanhNghiep`."""

    model_config = ConfigDict(
        title="Thông tin doanh nghiệp",
        json_schema_extra={
            "$id": "business.v1",
            "x-lgsp": _BUSINESS,
            "examples": [{"code": "0199000001", "name": "CÔNG TY TNHH MẪU"}],
        },
    )

    code: str | None = said("Mã số doanh nghiệp", "Also its tax code.", "`ENTERPRISE_GDT_CODE`")
    registry_id: str | None = said("Số trong cơ sở dữ liệu", "The registry's own.", "`ENTERPRISE_ID`")
    old_registration: str | None = said(
        "Số giấy chứng nhận ĐKKD cũ", "Of before the code.", "`IMP_BUSINESS_CODE`"
    )
    type_code: str | None = said("Mã loại hình", "Code as written.", "`ENTERPRISE_TYPE_ID`")
    type_name: str | None = said("Loại hình doanh nghiệp", "Name.", "`ENTERPRISE_TYPE_NAME`")
    name: str | None = said("Tên doanh nghiệp", "In Vietnamese.", "`NAME`")
    short_name: str | None = said("Tên viết tắt", "Name.", "`SHORT_NAME`")
    foreign_name: str | None = said("Tên nước ngoài", "Name.", "`NAME_F`")
    founded: str | None = said("Ngày thành lập", "The day.", "`FOUNDING_DATE`", pattern=_DAY)
    last_changed: str | None = said(
        "Ngày đăng ký thay đổi gần nhất", "The day.", "`LAST_AMEND_DATE`", pattern=_DAY
    )
    changes: str | None = said("Số lần đăng ký thay đổi", "How often.", "`NUMBER_CHANGES`", pattern=r"^\d+$")
    status: str | None = said(
        "Mã tình trạng hoạt động", "Code as written; the list is not public.", "`ENTERPRISE_STATUS`"
    )
    status_name: str | None = said("Tình trạng hoạt động", "In words.", "`ENTERPRISE_STATUS_NAME`")
    legal_names: str | None = said(
        "Người đại diện theo pháp luật", "Names, with semicolons between them.", "`LEGAL_NAMES`",
        personal="name",
    )  # fmt: skip
    capital: str | None = said(
        "Vốn điều lệ", "In dong, exactly as registered.", "`CAPITAL_AMOUNT`", pattern=_NUMBER
    )
    address: BusinessAddress | None = said("Trụ sở chính", "Place.", "`HOAdress`")
    activities: list[BusinessActivity] | None = said(
        "Ngành nghề", "In the registry's order.", "`BusinessActivity`"
    )
    members: list[BusinessMember] | None = said("Thành viên góp vốn", "All of them.", "`Member`")
    representatives: list[BusinessRepresentative] | None = said(
        "Người đại diện", "All of them.", "`Representatives`"
    )
    extra: dict[str, Any] | None = rest()
