"""The canonical document, `document.v1`: a document on its way, or its recall, update or replacement."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.document_parts import Answered, Attachment, Day, Organisation, Signer, Staff, Trace
from lgsp.canonical.model import Canonical, rest, said

_EXAMPLE: JsonDict = {
    "key": "H44.11,2026/03/05,15/STP-VP",
    "id": "H44.11,2026/03/05,15/STP-VP",
    "act": "new",
    "sender": {"code": "H44.11", "name": "Sở Tư pháp"},
    "recipients": [{"code": "H44.12", "name": "Sở Thử nghiệm"}],
    "number": "15",
    "notation": "STP-VP",
    "promulgated_on": "2026-03-05",
    "place": "Việt Trì",
    "kind": {"code": "2", "detail": "18", "name": "Công văn"},
    "subject": "V/v phối hợp thử nghiệm liên thông văn bản",
    "signers": [{"authority": "KT. CHỦ TỊCH", "position": "PHÓ CHỦ TỊCH", "name": "Nguyễn Văn Thử"}],
    "urgency": "normal",
    "steering": "none",
    "attachments": [
        {
            "id": "att-1",
            "name": "van_ban.pdf",
            "content_type": "application/pdf",
            "dataref": "sha256:6dcd4ce23d88e2ee9568ba546c007c63d9131c1b6d1bd3f8b3d7a3e3b0f8b5f0",
            "sha256": "6dcd4ce23d88e2ee9568ba546c007c63d9131c1b6d1bd3f8b3d7a3e3b0f8b5f0",
            "size": 20480,
            "media_type": "application/pdf",
        }
    ],
}

_TYPE: JsonDict = {
    "kind": "document",
    "anchor": None,
    "subject": "/key",
    "form": "document-id",
    "identity": "document",
    "recipients": "document",
    "names": "document",
    "files": "document",
    "agency": "/sender/code",
    "time": [],
    "watched": [],
}


class Receiver(Canonical):
    """An agency that was put on, or taken off, the list of receivers."""

    model_config = ConfigDict(title="Thay đổi nơi nhận")

    code: str | None = said("Mã cơ quan", "The agency's code as written.", "`Receiver/OrganId`")
    change: Literal["removed", "added"] | None = said(
        "Loại thay đổi", "Whether it was taken off the list or put on it.", "`Receiver/ReceiverType` 0, 1"
    )
    extra: dict[str, Any] | None = rest()


class Replaced(Canonical):
    """A document that this one replaces."""

    model_config = ConfigDict(title="Văn bản được thay thế")

    id: str | None = said("Mã định danh văn bản", "Its id as written.", "`ReplacementInfo/DocumentId`")
    agencies: list[str] | None = said(
        "Cơ quan đã nhận", "Codes of those who had received it.", "`ReplacementInfo/OrganIdList/OrganId`"
    )
    extra: dict[str, Any] | None = rest()


class Business(Canonical):
    """What is done with the document, why, and by whom. The format spells the element `Bussiness`."""

    model_config = ConfigDict(title="Nghiệp vụ văn bản")

    concerns: str | None = said(
        "Mã định danh văn bản liên quan",
        "Id of the document that is recalled or updated, as written.",
        "`Bussiness/DocumentId`",
    )
    reason: str | None = said("Lý do", "Why, in words.", "`Bussiness/BussinessDocReason`", personal="content")
    paper_follows: bool | None = said(
        "Gửi kèm bản giấy", "Whether the paper original follows.", "`Bussiness/Paper` 0, 1"
    )
    content_changed: bool | None = said(
        "Thay đổi nội dung",
        "Whether an update changes the content.",
        "`BussinessDocumentInfo/DocumentInfo` 0, 1",
    )
    receivers_changed: bool | None = said(
        "Thay đổi nơi nhận",
        "Whether an update changes who receives it.",
        "`BussinessDocumentInfo/DocumentReceiver` 0, 1",
    )
    receivers: list[Receiver] | None = said(
        "Danh sách nơi nhận thay đổi", "Who was added or removed.", "`ReceiverList/Receiver`"
    )
    replaces: list[Replaced] | None = said(
        "Danh sách văn bản được thay thế",
        "The documents this one replaces.",
        "`ReplacementInfoList/ReplacementInfo`",
    )
    staff: Staff | None = said("Cán bộ", "Who did it.", "`Bussiness/StaffInfo`")
    extra: dict[str, Any] | None = rest()


class DocumentKind(Canonical):
    """What kind of document it is; the name is the field to trust."""

    model_config = ConfigDict(title="Loại văn bản")

    code: str | None = said(
        "Mã loại văn bản", "Code as written: senders use several lists.", "`DocumentType/Type`"
    )
    detail: str | None = said("Mã chi tiết", "Detailed code as written.", "`DocumentType/TypeDetail`")
    name: str | None = said("Tên loại văn bản", "Name of the kind.", "`DocumentType/TypeName`")
    extra: dict[str, Any] | None = rest()


class PacketSignature(Canonical):
    """The signature over the packet, which nobody relies on: what counts stands in the attached PDF."""

    model_config = ConfigDict(title="Chữ ký gói tin")

    standing: Literal["absent", "placeholder", "wrong-namespace", "unverified", "invalid", "valid"] = said(
        "Tình trạng chữ ký",
        "What was found; never a reason to trust the packet.",
        "`Signature` or `DigitalSignature` in the packet's header",
        required=True,
    )
    certificate: str | None = said(
        "Chủ thể chứng thư", "Subject that the signature names.", "`X509SubjectName`", personal="official"
    )
    xml: str | None = said(
        "Nội dung chữ ký", "The element as it came, to be written again.", "`Signature`", personal="official"
    )


class Document(Canonical):
    """One packet that brings a document or changes one. Source: the edXML packet of the document axis."""

    model_config = ConfigDict(
        title="Văn bản điện tử",
        json_schema_extra={"$id": "document.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    key: str = said(
        "Khóa văn bản",
        "Whose line this belongs to: the id of the document itself, of the one that is recalled or updated,"
        " or agency, day, number and notation where no id was given.",
        "`DocumentId`, `Bussiness/DocumentId`, `ResponseFor/DocumentId`",
        required=True,
        json_format="document-id",
    )
    act: Literal["new", "recall", "update", "replace", "other"] = said(
        "Nghiệp vụ",
        "Whether it is new, or recalls, updates or replaces one; `other` is a code that no list holds.",
        "`Bussiness/BussinessDocType` 0-3; Decision 28/2018/QD-TTg Article 9",
        required=True,
    )
    id: str | None = said(
        "Mã định danh văn bản", "The document's id as written.", "`DocumentId`; Decision 28/2018/QD-TTg"
    )
    sender: Organisation | None = said("Cơ quan gửi", "Who sends it.", "`From`")
    recipients: list[Organisation] | None = said("Cơ quan nhận", "Who has to act on it.", "`To`")
    number: str | None = said("Số văn bản", "Number as written.", "`Code/CodeNumber`")
    notation: str | None = said("Ký hiệu văn bản", "Notation as written.", "`Code/CodeNotation`")
    place: str | None = said("Địa danh", "Where it was promulgated.", "`PromulgationInfo/Place`")
    promulgated_on: Day | None = said("Ngày ban hành", "Its day.", "`PromulgationInfo/PromulgationDate`")
    kind: DocumentKind | None = said("Loại văn bản", "What kind it is.", "`DocumentType`")
    subject: str | None = said("Trích yếu", "What it is about.", "`Subject`", personal="content")
    summary: str | None = said("Tóm tắt nội dung", "Summary.", "`Content`", personal="content")
    signers: list[Signer] | None = said("Người ký", "Who signed it.", "`SignerInfo`")
    due_on: Day | None = said("Hạn trả lời", "The day until which an answer is asked for.", "`DueDate`")
    urgency: Literal["normal", "urgent", "very_urgent", "express", "express_timed"] | None = said(
        "Độ khẩn", "How urgent it is.", "`OtherInfo/Priority` 0-4"
    )
    circulation: str | None = said(
        "Phạm vi lưu hành", "How far it may go.", "`OtherInfo/SphereOfPromulgation`"
    )
    typist: str | None = said(
        "Ký hiệu người soạn thảo", "Mark of who typed it.", "`OtherInfo/TyperNotation`", personal="official"
    )
    copies: int | None = said("Số lượng bản", "How many copies.", "`OtherInfo/PromulgationAmount`")
    pages: int | None = said("Số trang", "How many pages.", "`OtherInfo/PageAmount`")
    direction: bool | None = said(
        "Cờ hướng văn bản",
        "True where the sender set it; its meaning is not published, and false says nothing.",
        "`OtherInfo/Direction`",
    )
    appendixes: list[str] | None = said(
        "Phụ lục", "Names of the appendixes.", "`Appendixes/Appendix`", personal="document"
    )
    replies_to: list[Answered] | None = said(
        "Văn bản được trả lời", "The documents this one answers.", "`ResponseFor`"
    )
    steering: Literal["none", "steering", "report"] | None = said(
        "Loại chỉ đạo",
        "Whether it steers somebody's work, or reports on such.",
        "`SteeringType` 0 and 1 are none, 2, 3",
    )
    tasks: list[str] | None = said("Mã nhiệm vụ", "Tasks it reports on.", "`ResponseForTask/TaskCode`")
    application: str | None = said(
        "Loại ứng dụng", "For which application it is meant.", "`ApplicationType`, such as `MCDT_DT`"
    )
    places: list[str] | None = said(
        "Nơi nhận", "Where else it goes: names or codes.", "`ToPlaces/Place`", personal="content"
    )
    business: Business | None = said("Nghiệp vụ", "What is done with it and why.", "`Bussiness`")
    traces: list[Trace] | None = said(
        "Vết truyền nhận", "The hops it made; no part of its identity.", "`TraceHeaderList/TraceHeader`"
    )
    signature: PacketSignature | None = said(
        "Chữ ký gói tin", "Standing of the packet's signature; absent where there is none.", "`Signature`"
    )
    attachments: list[Attachment] | None = said(
        "Tệp đính kèm", "The attached files, which are kept beside the message.", "`Attachment`, `Reference`"
    )
    extra: dict[str, Any] | None = rest()
