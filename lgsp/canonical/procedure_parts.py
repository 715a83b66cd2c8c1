"""The parts a procedure's record is made of: fields, steps, ways, times, fees, papers, results."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from lgsp.canonical.model import Canonical, rest, said


class NamedField(Canonical):
    """A field, by code and name."""

    model_config = ConfigDict(title="Lĩnh vực")

    code: str | None = said("Mã lĩnh vực", "Code.", "`LINHVUCTHUCHIEN/MALINHVUC`")
    name: str | None = said("Tên lĩnh vực", "Name.", "`TENLINHVUC`")
    extra: dict[str, Any] | None = rest()


class Level(Canonical):
    """A level of administration."""

    model_config = ConfigDict(title="Cấp thực hiện")

    level: Literal["ministry", "province", "district", "commune"] | None = said(
        "Cấp", "Level.", "`CAPTHUCHIEN/CAPTHUCHIEN` 0-3"
    )
    extra: dict[str, Any] | None = rest()


class Publication(Canonical):
    """Who published a procedure, and by which decision."""

    model_config = ConfigDict(title="Công bố")

    agency: str | None = said("Mã cơ quan công bố", "Code of the publishing agency.", "`MACOQUANCONGBO`")
    decision_id: str | None = said("Mã quyết định", "The portal's id of the decision.", "`IDQUYETDINHCONGBO`")
    decision: str | None = said("Quyết định công bố", "The decision, in words.", "`QUYETDINH`")


class Step(Canonical):
    """One step."""

    model_config = ConfigDict(title="Bước thực hiện")

    name: str | None = said("Tên trình tự", "What is done.", "`TRINHTU/TENTRINHTU`")
    extra: dict[str, Any] | None = rest()


class StepCase(Canonical):
    """The steps of one case."""

    model_config = ConfigDict(title="Trình tự theo trường hợp")

    case: str | None = said("Trường hợp", "Which case, in words.", "`TRINHTUTHUCHIEN/TRUONGHOP`")
    steps: list[Step] | None = said("Trình tự", "The steps in order.", "`TRINHTU`")
    extra: dict[str, Any] | None = rest()


class Charge(Canonical):
    """A fee or charge of a way of handing in."""

    model_config = ConfigDict(title="Phí, lệ phí")

    code: str | None = said("Mã phí, lệ phí", "Code; the list is not public.", "`PHILEPHI/MAPHILEPHI`")
    amount: int | None = said("Số tiền", "Amount in the unit beside it.", "`SOTIEN`")
    unit: str | None = said("Đơn vị", "Unit as written.", "`DONVI`")
    description: str | None = said("Mô tả", "In words.", "`MOTA`")
    extra: dict[str, Any] | None = rest()


class Time(Canonical):
    """How long a way of handing in takes, and what it costs."""

    model_config = ConfigDict(title="Thời hạn giải quyết")

    duration: str | None = said("Thời gian giải quyết", "A number as written.", "`THOIGIANGIAIQUYET`")
    unit: str | None = said("Đơn vị tính", "Its unit as written.", "`DONVITINH`")
    description: str | None = said("Mô tả", "In words.", "`MOTA`")
    fees: list[Charge] | None = said("Phí, lệ phí", "Fees and charges.", "`PHILEPHI`")
    extra: dict[str, Any] | None = rest()


class Method(Canonical):
    """One way of handing in."""

    model_config = ConfigDict(title="Cách thức thực hiện")

    channel: Literal["direct", "online", "post"] | None = said(
        "Kênh", "Channel.", "`CACHTHUCTHUCHIEN/KENH` 1-3"
    )
    times: list[Time] | None = said("Thời gian", "Times with their fees.", "`THOIGIAN`")
    extra: dict[str, Any] | None = rest()


class Recipient(Canonical):
    """Who may apply."""

    model_config = ConfigDict(title="Đối tượng thực hiện")

    name: str | None = said("Tên đối tượng", "Kind of applicant, in words.", "`TENDOITUONG`")
    extra: dict[str, Any] | None = rest()


class RequiredPaper(Canonical):
    """A paper to hand in. One with several templates is listed once for each."""

    model_config = ConfigDict(title="Giấy tờ")

    code: str | None = said("Mã giấy tờ", "Code of the component.", "`GIAYTO/MAGIAYTO`")
    name: str | None = said("Tên giấy tờ", "Name.", "`TENGIAYTO`")
    template: str | None = said("Tên mẫu đơn", "Name of the form.", "`TENMAUDON`")
    originals: int | None = said("Số bản chính", "How many originals.", "`SOBANCHINH`")
    copies: int | None = said("Số bản sao", "How many copies.", "`SOBANSAO`")
    url: str | None = said("Đường dẫn mẫu đơn", "Where the form is fetched.", "`URL`, also `Url`")
    extra: dict[str, Any] | None = rest()


class PaperCase(Canonical):
    """The papers of one case."""

    model_config = ConfigDict(title="Thành phần hồ sơ theo trường hợp")

    case: str | None = said("Trường hợp", "Which case, in words.", "`THANHPHANHOSO/TRUONGHOP`")
    papers: list[RequiredPaper] | None = said("Giấy tờ", "The papers.", "`GIAYTO`")
    extra: dict[str, Any] | None = rest()


class ResultKind(Canonical):
    """A paper that the procedure ends in."""

    model_config = ConfigDict(title="Kết quả thực hiện")

    code: str | None = said("Mã kết quả", "Code; a dossier's result names it.", "`MAKETQUA`")
    name: str | None = said("Tên kết quả", "Name.", "`TENKETQUA`")
    extra: dict[str, Any] | None = rest()


class LegalBasis(Canonical):
    """A legal act."""

    model_config = ConfigDict(title="Căn cứ pháp lý")

    number: str | None = said("Số văn bản", "Number of the act.", "`SOVANBAN`")
    name: str | None = said("Tên văn bản", "Name of the act.", "`TENVANBAN`")
    extra: dict[str, Any] | None = rest()


class RelatedProcedure(Canonical):
    """Another procedure, by code and name."""

    model_config = ConfigDict(title="Thủ tục khác")

    code: str | None = said("Mã thủ tục", "Procedure code as written.", "`MATTHC`")
    name: str | None = said("Tên thủ tục", "Name.", "`TENTTHC`")
    extra: dict[str, Any] | None = rest()
