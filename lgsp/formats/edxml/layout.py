"""A packet's elements in the order in which the axis vendor's writer puts them, with their canonical names.

Readers take any order. What a field is for, and how far it is known, stands in docs/documents.md. Lengths are
those that Decree 30/2020/ND-CP, Annex VI, gives the fields of the same names; for packets they are no rule.
"""

from __future__ import annotations

from lgsp.formats.edxml.forms import DAY, FLAG, MOMENT, NAMED, WHOLE, YES_NO, words
from lgsp.formats.edxml.parts import Branch, Leaf, Table, Texts, Verbatim

ACTS = words({"0": "new", "1": "recall", "2": "update", "3": "replace"})
URGENCIES = words({"0": "normal", "1": "urgent", "2": "very_urgent", "3": "express", "4": "express_timed"})
STEERINGS = words({"1": "none", "2": "steering", "3": "report"}, also={"0": "none"})
"""Sources differ on 0 and 1; both are "steers nobody", and 1 is written."""
STATUSES = words(
    {
        "01": "arrived",
        "02": "refused",
        "03": "received",
        "04": "assigned",
        "05": "processing",
        "06": "finished",
        "13": "recall_asked",
        "15": "change_agreed",
        "16": "change_declined",
    }
)

ORGANISATION = Table(
    Leaf("OrganId", "code", NAMED, expected=True),
    Leaf("OrganizationInCharge", "parent"),
    Leaf("OrganName", "name", longest=200),
    Leaf("OrganAdd", "address"),
    Leaf("Email", "email"),
    Leaf("Telephone", "phone"),
    Leaf("Fax", "fax"),
    Leaf("Website", "website"),
)
STAFF = Table(
    Leaf("Department", "department"),
    Leaf("DepartmentId", "department_id"),
    Leaf("Staff", "name"),
    Leaf("StaffId", "id"),
    Leaf("Email", "email"),
    Leaf("Mobile", "phone"),
)
ANSWERED = Table(
    Leaf("OrganId", "agency", NAMED),
    Leaf("Code", "code"),
    Leaf("DocumentId", "id", NAMED),
    Leaf("PromulgationDate", "promulgated_on", DAY),
)
_SIGNER = Table(
    Leaf("Competence", "authority"),
    Leaf("Position", "position", longest=100),
    Leaf("FullName", "name", longest=50),
)
_OTHER = Table(
    Leaf("Priority", "urgency", URGENCIES),
    Leaf("SphereOfPromulgation", "circulation"),
    Leaf("TyperNotation", "typist"),
    Leaf("PromulgationAmount", "copies", WHOLE),
    Leaf("PageAmount", "pages", WHOLE),
    Verbatim("ReplyFors"),
    Leaf("Direction", "direction", FLAG, default="false"),
    Verbatim("ReferenceCodes"),
    Texts("Appendixes", "Appendix", "appendixes"),
)

DOCUMENT_HEADER = Table(
    Branch("From", "sender", ORGANISATION, expected=True),
    Branch("To", "recipients", ORGANISATION, many=True, expected=True),
    Leaf("DocumentId", "id", NAMED, expected=True),
    Branch(
        "Code",
        "",
        Table(
            Leaf("CodeNumber", "number", expected=True, longest=11),
            Leaf("CodeNotation", "notation", expected=True, longest=30),
        ),
        expected=True,
    ),
    Branch(
        "PromulgationInfo",
        "",
        Table(Leaf("Place", "place"), Leaf("PromulgationDate", "promulgated_on", DAY, expected=True)),
        expected=True,
    ),
    Branch(
        "DocumentType",
        "kind",
        Table(Leaf("Type", "code"), Leaf("TypeDetail", "detail"), Leaf("TypeName", "name", longest=100)),
    ),
    Leaf("Subject", "subject", expected=True, longest=500),
    Leaf("Content", "summary"),
    Branch("SignerInfo", "signers", _SIGNER, many=True),
    Leaf("DueDate", "due_on", DAY),
    Branch("OtherInfo", "", _OTHER),
    Branch("ResponseFor", "replies_to", ANSWERED, many=True),
    Leaf("SteeringType", "steering", STEERINGS, expected=True),
    Texts("ResponseForTask", "TaskCode", "tasks"),
    Leaf("ApplicationType", "application"),
    Texts("ToPlaces", "Place", "places"),
)
"""Of `MessageHeader` in a document packet."""

STATUS_HEADER = Table(
    Branch("From", "sender", ORGANISATION, expected=True),
    Branch("ResponseFor", "about", ANSWERED, expected=True),
    Branch("StaffInfo", "staff", STAFF),
    Leaf("StatusCode", "code", expected=True),
    Leaf("Description", "description"),
    Leaf("Timestamp", "at", MOMENT, expected=True),
)
"""Of `MessageHeader` in a status packet."""

_RECEIVER = Table(
    Leaf("OrganId", "code", NAMED),
    Leaf("ReceiverType", "change", words({"0": "removed", "1": "added"})),
)
_REPLACED = Table(Leaf("DocumentId", "id", NAMED, expected=True), Texts("OrganIdList", "OrganId", "agencies"))
BUSINESS = Table(
    Leaf("DocumentId", "concerns", NAMED),
    Leaf("BussinessDocType", "act", ACTS, expected=True),
    Leaf("BussinessDocReason", "reason"),
    Leaf("Paper", "paper_follows", YES_NO),
    Branch(
        "BussinessDocumentInfo",
        "",
        Table(
            Leaf("DocumentInfo", "content_changed", YES_NO),
            Leaf("DocumentReceiver", "receivers_changed", YES_NO),
            Branch("ReceiverList", "", Table(Branch("Receiver", "receivers", _RECEIVER, many=True))),
        ),
    ),
    Branch("ReplacementInfoList", "", Table(Branch("ReplacementInfo", "replaces", _REPLACED, many=True))),
    Branch("StaffInfo", "staff", STAFF),
)
TRACE = Table(Leaf("OrganId", "code", NAMED, expected=True), Leaf("Timestamp", "at", MOMENT, expected=True))
TRACES = Table(Branch("Bussiness", "business", BUSINESS), Branch("TraceHeader", "traces", TRACE, many=True))
"""Of `TraceHeaderList`: Java peers put the business first, .NET peers last."""

REFERENCE = Table(
    Leaf("ContentId", "id"),
    Leaf("ContentType", "content_type"),
    Leaf("Description", "description"),
    Leaf("AttachmentName", "name"),
)
ATTACHMENT = Table(
    Leaf("ContentId", "id", expected=True),
    Leaf("AttachmentName", "name", expected=True),
    Leaf("Description", "description"),
    Leaf("FieldName", "field_name"),
    Leaf("MimeType", "mime_type"),
    Leaf("Format", "format"),
    Leaf("ContentType", "content_type"),
)
