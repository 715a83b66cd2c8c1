"""The parts that documents and their statuses are made of: organisations, staff, references, files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, WithJsonSchema

from lgsp.canonical.model import Canonical, Moment, rest, said

Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date"})]
"""A day without a time, `2026-03-05`."""


class Organisation(Canonical):
    """An agency as a packet names it."""

    model_config = ConfigDict(title="Cơ quan")

    code: str | None = said(
        "Mã định danh cơ quan",
        "Its code as written, in the old or the new form, or opaque.",
        "`OrganId`; Decision 20/2020/QD-TTg",
    )
    parent: str | None = said(
        "Cơ quan chủ quản",
        "Name of the unit above; the axis marks an added old code here.",
        "`OrganizationInCharge`",
    )
    name: str | None = said("Tên cơ quan", "Name.", "`OrganName`")
    address: str | None = said("Địa chỉ", "Address.", "`OrganAdd`", personal="contact")
    email: str | None = said("Thư điện tử", "Mail address.", "`Email`", personal="contact")
    phone: str | None = said("Điện thoại", "Phone number.", "`Telephone`", personal="contact")
    fax: str | None = said("Fax", "Fax number.", "`Fax`", personal="contact")
    website: str | None = said("Trang thông tin", "Web site.", "`Website`")
    extra: dict[str, Any] | None = rest()


class Staff(Canonical):
    """The official who did it."""

    model_config = ConfigDict(title="Cán bộ")

    department: str | None = said("Phòng ban", "Department.", "`StaffInfo/Department`")
    department_id: str | None = said("Mã phòng ban", "Its id as written.", "`StaffInfo/DepartmentId`")
    name: str | None = said("Họ tên", "Name.", "`StaffInfo/Staff`", personal="official")
    id: str | None = said("Mã cán bộ", "The official's id as written.", "`StaffId`", personal="official")
    email: str | None = said("Thư điện tử", "Mail address.", "`StaffInfo/Email`", personal="official")
    phone: str | None = said("Di động", "Mobile phone number.", "`StaffInfo/Mobile`", personal="official")
    extra: dict[str, Any] | None = rest()


class Signer(Canonical):
    """Who signed the document, as the packet says; the signature itself stands in the PDF."""

    model_config = ConfigDict(title="Người ký")

    authority: str | None = said(
        "Quyền hạn ký", "In whose place: TM., KT., TL., TUQ., Q.", "`SignerInfo/Competence`"
    )
    position: str | None = said("Chức vụ", "Position.", "`SignerInfo/Position`", personal="official")
    name: str | None = said("Họ tên", "Name.", "`SignerInfo/FullName`", personal="official")
    extra: dict[str, Any] | None = rest()


class Answered(Canonical):
    """A document that is spoken of: answered, recalled, or reported on."""

    model_config = ConfigDict(title="Văn bản liên quan")

    agency: str | None = said("Mã cơ quan", "Code of the agency concerned.", "`ResponseFor/OrganId`")
    code: str | None = said("Số, ký hiệu", "Number and notation, joined.", "`ResponseFor/Code`")
    id: str | None = said("Mã định danh văn bản", "Its id as written.", "`ResponseFor/DocumentId`")
    promulgated_on: Day | None = said("Ngày ban hành", "Its day.", "`ResponseFor/PromulgationDate`")
    extra: dict[str, Any] | None = rest()


class Trace(Canonical):
    """One hop on the way; the hop's clock is in Viet Nam time."""

    model_config = ConfigDict(title="Vết truyền nhận")

    code: str | None = said("Mã nút", "Code of who passed it on, as written.", "`TraceHeader/OrganId`")
    at: Moment | None = said(
        "Thời điểm", "When.", "`TraceHeader/Timestamp`; Decision 28/2018/QD-TTg Article 14"
    )
    extra: dict[str, Any] | None = rest()


class Listed(Canonical):
    """What the manifest says of a file otherwise than the file's own entry."""

    model_config = ConfigDict(title="Mục trong bảng kê")

    name: str | None = said("Tên tệp", "Name.", "`Reference/AttachmentName`", personal="document")
    description: str | None = said("Mô tả", "Description.", "`Reference/Description`", personal="document")
    content_type: str | None = said(
        "Kiểu nội dung", "Its type, where it is not application/zip.", "`Reference/ContentType`"
    )
    extra: dict[str, Any] | None = rest()


class FileSignature(Canonical):
    """A signature inside an attached PDF as it was found: evidence for people, and no part of the packet."""

    model_config = ConfigDict(title="Chữ ký trong tệp")

    standing: Literal[
        "valid",
        "untrusted",
        "expired",
        "revoked",
        "changed",
        "altered",
        "malformed",
        "absent",
        "unchecked",
    ] = said("Tình trạng", "What was found, the worst first.", "the file and the trust folder", required=True)
    reason: str | None = said("Lý do", "Code of the reason, where there are several.", "our own list")
    kind: Literal["signature", "timestamp"] | None = said(
        "Loại", "Somebody's signature, or a time stamp over the file.", "`/Type`, `/SubFilter`"
    )
    field: str | None = said(
        "Tên trường", "Name of the form's field that holds it.", "`/T`", personal="unknown"
    )
    name: str | None = said("Người ký", "Who signed.", "certificate, `CN`", personal="official")
    organisation: str | None = said("Tổ chức", "Of which organisation.", "certificate, `O`")
    code: str | None = said(
        "Mã số thuế, số định danh",
        "Tax code or personal number, with its prefix as written.",
        "certificate, `UID`",
        personal="identity",
    )
    issuer: str | None = said(
        "Nơi cấp chứng thư", "Who issued the certificate.", "certificate, issuer's `CN`"
    )
    serial: str | None = said(
        "Số chứng thư", "Its serial number in hexadecimal.", "certificate", personal="official"
    )
    claimed_at: Moment | None = said(
        "Thời điểm ký tự khai",
        "When the signer's own clock says it was; no proof.",
        "`signingTime`, else `/M`",
    )
    stamped_at: Moment | None = said("Dấu thời gian", "When the time stamp says it was.", "RFC 3161 token")
    stamp: Literal["valid", "untrusted", "altered"] | None = said(
        "Tình trạng dấu thời gian", "How the time stamp stands.", "RFC 3161 token"
    )
    digest: str | None = said("Thuật toán băm", "Name of the hash, such as `sha256`.", "CMS")
    format: str | None = said("Dạng chữ ký", "Form of the signature.", "`/SubFilter`")
    covers: Literal["whole", "revision", "changed", "unclear"] | None = said(
        "Phạm vi",
        "The whole file; a revision with only what is allowed behind it; one that was changed; or unclear.",
        "`/ByteRange` and what was added behind",
    )


class Attachment(Canonical):
    """A file that came with the document. Its bytes are kept beside the message, never inside."""

    model_config = ConfigDict(title="Tệp đính kèm")

    id: str | None = said(
        "Mã tệp", "Its id in the packet, without `cid:`; not unique beyond it.", "`Attachment/ContentId`"
    )
    name: str | None = said(
        "Tên tệp", "The file's real name, as written.", "`AttachmentName`", personal="document"
    )
    description: str | None = said("Mô tả", "Description.", "`Description`", personal="document")
    field_name: str | None = said("Tên trường", "Name of a form's field.", "`FieldName`", personal="unknown")
    mime_type: str | None = said("Kiểu MIME", "Further type as written.", "`MimeType`")
    format: str | None = said("Định dạng", "Format as written.", "`Format`")
    content_type: str | None = said(
        "Kiểu nội dung khai báo",
        "As the sender declared it; says little of the content.",
        "`Attachment/ContentType`",
    )
    dataref: str | None = said(
        "Nơi giữ nội dung",
        "Where the bytes are kept; absent for a file that is listed and did not come.",
        "`ContentTransferEncoded`",
    )
    sha256: str | None = said(
        "Mã băm SHA-256",
        "Of the file's bytes, unpacked, in hexadecimal.",
        "`ContentTransferEncoded`",
        pattern="^[0-9a-f]{64}$",
    )
    size: int | None = said("Dung lượng", "Bytes of the file, unpacked.", "`ContentTransferEncoded`")
    media_type: str | None = said("Kiểu nhận dạng", "What its first bytes show it to be.", "the bytes")
    packed: bool | None = said(
        "Nén ZIP khi truyền",
        "Whether the packet holds it in a zip archive of one entry; absent lets its name decide.",
        "the bytes",
    )
    entry: str | None = said("Tên mục nén", "Name of that entry.", "the archive", personal="document")
    entry_time: int | None = said("Thời điểm mục nén", "Its time, as the archive writes it.", "the archive")
    undecoded: bool | None = said(
        "Nội dung không giải mã được",
        "True where the text is no base64: the bytes kept are that text as it came.",
        "`ContentTransferEncoded`",
    )
    unlisted: bool | None = said(
        "Không có trong bảng kê", "True where the manifest does not name it.", "`edXMLManifest`"
    )
    listed: Listed | None = said("Bảng kê ghi khác", "What the manifest says otherwise.", "`Reference`")
    signatures: list[FileSignature] | None = said(
        "Chữ ký số trong tệp",
        "What was found in a PDF that was looked at; no part of the document's identity.",
        "the bytes; Decree 30/2020/ND-CP Article 5",
    )
    extra: dict[str, Any] | None = rest()
