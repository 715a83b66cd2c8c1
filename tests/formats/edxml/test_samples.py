"""Every sample is read with the expected content or turned away with its place, and comes back as it went."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lgsp.schemas import Types
from tests.formats.edxml.packets import SAMPLES, Memory, again, fault, taken, told

GENERATED = sorted((SAMPLES / "generated").glob("*.edxml"))
QUIRKS = sorted((SAMPLES / "quirks").glob("*.edxml"))
TYPES = Types()

REFUSED = {
    "02_otherns": ("foreign-namespace", "edXML"),
    "14_junk_before": ("not-xml", "edXML"),
    "15_xxe": ("doctype", "DOCTYPE"),
}
FILE = "AttachmentEncoded/Attachment[1]/ContentTransferEncoded"
FOUND = {
    "04_baddate": ("odd-date", "MessageHeader/PromulgationInfo/PromulgationDate"),
    "06_nocid": ("id-without-cid", "AttachmentEncoded/Attachment[1]/ContentId"),
    "08_pdf_ct_zip_bytes": ("not-a-zip", FILE),
    "10_priority_text": ("unknown-code", "MessageHeader/OtherInfo/Priority"),
    "12_missing_docid": ("key-derived", "MessageHeader/DocumentId"),
    "18_unknown_el": ("unknown-field", "MessageHeader/Foo"),
    "20_badbase64": ("bad-base64", FILE),
}
"""What each mutation adds to the findings of the base packet; the others add none."""


def _name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", GENERATED, ids=_name)
def test_packets_of_the_vendor_s_writer_come_back_byte_for_byte(path: Path) -> None:
    """What the vendor's writer laid out is written again exactly so, its archives included."""
    first, second, written = again(path.read_bytes())
    assert written == path.read_bytes()
    assert (second.data, second.findings, second.native) == (first.data, first.findings, first.native)


@pytest.mark.parametrize("path", [p for p in QUIRKS if p.stem not in REFUSED], ids=_name)
def test_reading_what_was_written_is_lossless(path: Path) -> None:
    """A packet that was read, written and read again says the same, and fits its type's schema."""
    first, second, _ = again(path.read_bytes())
    assert second.data == first.data
    assert TYPES.check(first.type, first.data) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_turned_away_with_its_place(name: str) -> None:
    """A foreign namespace, bytes before the declaration and a DTD are no packets."""
    assert fault((SAMPLES / "quirks" / f"{name}.edxml").read_bytes()) == REFUSED[name]


@pytest.mark.parametrize("path", [p for p in QUIRKS if p.stem not in (*REFUSED, "17_status")], ids=_name)
def test_each_mutation_adds_its_finding_and_no_other(path: Path) -> None:
    """Nothing odd is passed over, and nothing that is in order is called odd."""
    base = told(taken((SAMPLES / "quirks" / "00_base.edxml").read_bytes()))
    added = told(taken(path.read_bytes())) - base
    expected = {FOUND[path.stem]} if path.stem in FOUND else set()
    assert added - {("missing-field", "MessageHeader/DocumentId")} == expected


def test_the_content_of_a_whole_document() -> None:
    """Each field of the packet stands where the canonical form has it."""
    data = taken((SAMPLES / "generated" / "gen_new_all_types.edxml").read_bytes()).data
    files, signature = data.pop("attachments"), data.pop("signature")
    recipients, sender = data.pop("recipients"), data.pop("sender")
    assert data == {
        "key": "H37,2026/03/05,15/UBND-VP",
        "id": "H37,2026/03/05,15/UBND-VP",
        "act": "new",
        "number": "15",
        "notation": "UBND-VP",
        "place": "Lạng Sơn",
        "promulgated_on": "2026-03-05",
        "kind": {"code": "2", "detail": "18", "name": "Công văn"},
        "subject": 'V/v thử nghiệm "liên thông" & ký tự <đặc biệt>',
        "summary": "Nội dung tóm tắt",
        "signers": [{"authority": "KT. CHỦ TỊCH", "position": "PHÓ CHỦ TỊCH", "name": "Nguyễn Văn Thử"}],
        "due_on": "2026-03-20",
        "urgency": "very_urgent",
        "circulation": "Toàn quốc",
        "typist": "VT",
        "copies": 30,
        "pages": 12,
        "appendixes": ["Phụ lục I", "Phụ lục II"],
        "steering": "none",
        "places": ["Lưu: VT"],
        "business": {
            "reason": "Văn bản điện tử mới",
            "paper_follows": False,
            "staff": {
                "department": "Phòng Văn thư",
                "department_id": "1",
                "name": "Cán bộ Thử",
                "id": "2",
                "email": "vt@example.vn",
                "phone": "0900000000",
            },
        },
        "traces": [
            {"code": "H37", "at": "2026-03-05T08:30:00+07:00"},
            {"code": "02.29.W00", "at": "2026-03-05T08:31:15+07:00"},
        ],
    }
    assert sender["address"] == "1 Đường Thử Nghiệm & <ngõ> 2"
    assert [one["code"] for one in recipients] == ["G22", "H37.02.02", "000.00.00.G12"]
    assert (signature["standing"], signature["certificate"]) == ("placeholder", "CN=thu")
    assert [(one["name"], one["media_type"]) for one in files] == _KINDS


_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS = [
    ("van_ban.pdf", "application/pdf"),
    ("phu_luc.docx", f"{_OFFICE}.wordprocessingml.document"),
    ("bang.xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
    ("anh.png", "image/png"),
    ("cu.doc", "application/x-ole-storage"),
    ("khongduoi", "application/octet-stream"),
    ("VIETHOA.PDF", "application/pdf"),
    ("goi.zip", "application/zip"),
]


def test_archives_of_one_entry_are_undone() -> None:
    """What the vendor's writer packed is kept as the file it was; a file that is an archive stays one."""
    store = Memory()
    data = taken((SAMPLES / "generated" / "gen_new_all_types.edxml").read_bytes(), store).data
    content = {one["name"]: store.files[one["dataref"]] for one in data["attachments"]}
    assert content["khongduoi"] == b"no extension"
    assert content["goi.zip"].startswith(b"PK\x03\x04")
    assert [one["name"] for one in data["attachments"] if "entry" in one] == [
        "bang.xlsx",
        "anh.png",
        "khongduoi",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01", {"code": "01", "status": "arrived"}),
        ("02", {"code": "02", "status": "refused"}),
        ("06", {"code": "06", "status": "finished"}),
        ("13", {"code": "13", "status": "recall_asked"}),
    ],
)
def test_the_content_of_statuses(name: str, expected: dict[str, Any]) -> None:
    """A status says which document, what of it, who and when."""
    found = taken((SAMPLES / "generated" / f"gen_status_{name}.edxml").read_bytes())
    assert found.type == "document.status.v1"
    assert found.data | expected == found.data
    assert found.data["key"] == found.data["about"]["id"] == "H37,2026/03/05,15/UBND-VP"
    assert found.data["at"].startswith("2026-03-05T09:00:")


def test_recall_and_update_say_what_they_do() -> None:
    """A recall names what it takes back; an update says what changed, and who was added or removed."""
    recall = taken((SAMPLES / "generated" / "gen_recall_no_attachment.edxml").read_bytes()).data
    update = taken((SAMPLES / "generated" / "gen_update.edxml").read_bytes()).data
    assert (recall["act"], recall["business"]["reason"]) == ("recall", "Thu hồi văn bản điện tử")
    assert recall["replies_to"][0]["id"] == recall["business"]["concerns"] == recall["key"]
    assert (
        update["act"],
        update["business"]["content_changed"],
        update["business"]["receivers_changed"],
    ) == (
        "update",
        True,
        True,
    )
    assert update["business"]["receivers"] == [
        {"code": "G22", "change": "removed"},
        {"code": "H26", "change": "added"},
    ]


# --- samples that may not be copied -----------------------------------------------------------------------


PUBLIC = sorted(Path(os.environ.get("LGSP_SAMPLES", "nowhere"), "public", "edxml").glob("*.edxml"))
if PUBLIC:  # packets that may be read, and not copied: they are looked at where they lie

    @pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.stem)
    def test_public_packets_are_read_or_turned_away_and_come_back(path: Path) -> None:
        """Packets that were really on their way lose nothing; one that is no XML is turned away with its place."""
        if path.stem == "edoc":
            assert fault(path.read_bytes()) == ("not-xml", "MessageHeader/From")
            return
        first, second, _ = again(path.read_bytes())
        assert second.data == first.data
        assert TYPES.check(first.type, first.data) == []
