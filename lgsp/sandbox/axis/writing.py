"""Writing the packets that peers send: documents and statuses, in the vendor's layout."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime

from lgsp.message import VIETNAM
from lgsp.sandbox.axis.directory import Member
from lgsp.sandbox.axis.layout import lay_out
from lgsp.sandbox.axis.transit import written_at
from lgsp.sandbox.axis.tree import EDXML, Node

_REASONS = {"0": "Văn bản điện tử mới", "1": "Thu hồi văn bản điện tử", "2": "Cập nhật", "3": "Thay thế"}
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_TEXTS = {
    "01": "Đã đến - Phần mềm đã nhận nhưng văn thư chưa xử lý",
    "02": "Từ chối tiếp nhận - Văn bản không thuộc thẩm quyền giải quyết",
    "03": "Đã tiếp nhận - Văn thư đã vào sổ văn bản đến",
    "04": "Phân công xử lý",
    "05": "Đang xử lý",
    "06": "Hoàn thành",
    "13": "Lấy lại",
    "15": "Đồng ý yêu cầu cập nhật, lấy lại",
    "16": "Từ chối yêu cầu cập nhật, lấy lại",
}


@dataclass(slots=True, frozen=True)
class Answered:
    """The document that a status or a reply is about.

    Attributes:
        sender: the agency that sent it.
        code: number and notation, joined.
        promulgated: as written.
    """

    sender: str
    code: str
    document: str
    promulgated: str


@dataclass(slots=True, frozen=True)
class Draft:
    """A document that a peer is about to send.

    Attributes:
        kind: 0 new, 1 recall, 2 update, 3 replacement.
        about: the document that is recalled, updated or replaced.
        answers: the document that it replies to.
        files: names of its attachments; each becomes a small PDF.
    """

    sender: Member
    to: tuple[tuple[str, str], ...]
    number: str
    notation: str
    subject: str
    at: datetime
    kind: int = 0
    about: str = ""
    answers: Answered | None = None
    files: tuple[str, ...] = ("van_ban.pdf",)

    @property
    def document(self) -> str:
        """Its id: agency, day, number and notation."""
        day = self.at.astimezone(VIETNAM)
        return f"{self.sender.code},{day:%Y/%m/%d},{self.number}/{self.notation}"


def status(sender: Member, code: str, answered: Answered, at: datetime) -> bytes:
    """Return a status packet."""
    root, header = _started()
    message = header.add("MessageHeader")
    _organ(message, "From", sender.code, sender.name)
    _response(message, answered)
    _staff(message)
    message.add("StatusCode", code)
    message.add("Description", _TEXTS.get(code, code))
    message.add("Timestamp", written_at(at))
    return lay_out(root)


def document(draft: Draft) -> bytes:
    """Return a document packet."""
    root, header = _started()
    message = header.add("MessageHeader")
    _organ(message, "From", draft.sender.code, draft.sender.name)
    for code, name in draft.to:
        _organ(message, "To", code, name)
    _head(message, draft)
    if draft.answers:
        _response(message, draft.answers)
    message.add("SteeringType", "1")
    _traces(header, draft)
    manifest = root.children[0].add("edXMLBody").add("edXMLManifest")
    encoded = root.add("AttachmentEncoded")
    for name in draft.files:
        _attach(manifest, encoded, name)
    return lay_out(root)


def _started() -> tuple[Node, Node]:
    root = Node("edXML", EDXML, "", (1, 1))
    return root, root.add("edXMLEnvelope").add("edXMLHeader")


def _organ(message: Node, name: str, code: str, title: str) -> None:
    organ = message.add(name)
    organ.add("OrganId", code)
    organ.add("OrganizationInCharge", title)
    organ.add("OrganName", title)
    organ.add("OrganAdd", "Việt Nam")


def _response(message: Node, answered: Answered) -> None:
    response = message.add("ResponseFor")
    response.add("OrganId", answered.sender)
    response.add("Code", answered.code)
    response.add("DocumentId", answered.document)
    response.add("PromulgationDate", answered.promulgated)


def _staff(parent: Node) -> None:
    staff = parent.add("StaffInfo")
    staff.add("Department", "Phòng Văn thư")
    staff.add("Staff", "Cán bộ Thử")
    staff.add("Email", "vanthu@example.vn")


def _head(message: Node, draft: Draft) -> None:
    message.add("DocumentId", draft.document)
    code = message.add("Code")
    code.add("CodeNumber", draft.number)
    code.add("CodeNotation", draft.notation)
    promulgated = message.add("PromulgationInfo")
    promulgated.add("Place", "Hà Nội")
    promulgated.add("PromulgationDate", f"{draft.at.astimezone(VIETNAM):%Y/%m/%d}")
    kind = message.add("DocumentType")
    kind.add("Type", "2")
    kind.add("TypeName", "Công văn")
    message.add("Subject", draft.subject)
    signer = message.add("SignerInfo")
    signer.add("Position", "CHÁNH VĂN PHÒNG")
    signer.add("FullName", "Trần Thị Thử")
    message.add("OtherInfo").add("Priority", "0")


def _traces(header: Node, draft: Draft) -> None:
    traces = header.add("TraceHeaderList")
    business = traces.add("Bussiness")
    if draft.kind in (1, 2) and draft.about:
        business.add("DocumentId", draft.about)
    business.add("BussinessDocType", str(draft.kind))
    business.add("BussinessDocReason", _REASONS[str(draft.kind)])
    business.add("Paper", "0")
    if draft.kind == 2:  # noqa: PLR2004 - an update
        _updated(business)
    if draft.kind == 3:  # noqa: PLR2004 - a replacement
        _replaced(business, draft)
    _staff(business)
    trace = traces.add("TraceHeader")
    trace.add("OrganId", draft.sender.code)
    trace.add("Timestamp", written_at(draft.at))


def _updated(business: Node) -> None:
    info = business.add("BussinessDocumentInfo")
    info.add("DocumentInfo", "1")
    info.add("DocumentReceiver", "0")


def _replaced(business: Node, draft: Draft) -> None:
    info = business.add("ReplacementInfoList").add("ReplacementInfo")
    info.add("DocumentId", draft.about)
    organs = info.add("OrganIdList")
    for code, _ in draft.to:
        organs.add("OrganId", code)


def _attach(manifest: Node, encoded: Node, name: str) -> None:
    cid = f"cid:{uuid.uuid4()}"
    for parent, kind in ((manifest.add("Reference"), "application/zip"), (encoded.add("Attachment"), "")):
        parent.add("ContentId", cid)
        parent.add("AttachmentName", name)
        parent.add("ContentType", kind or "application/pdf")
    encoded.children[-1].add("ContentTransferEncoded", base64.b64encode(_PDF).decode())
