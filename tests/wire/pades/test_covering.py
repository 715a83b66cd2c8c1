"""What a signature covers: nothing passes for signed that was not, and what may be added does no harm."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from tests.wire.pades import forms
from tests.wire.pades.making import (
    Party,
    byte_range,
    laid_out,
    party,
    pdf,
    signed,
    trusted,
    updated,
)
from tests.wire.pades.saying import Say

ROOT = party("RootCA Thử", is_ca=True)
AN = party("Nguyễn Văn An", ROOT, organisation="Sở Tư pháp")
OFFICE = party("Sở Tư pháp", ROOT)
PAGE = 4
"""Number of the page's content."""


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Trust one root, and nobody else."""
    return Say(tmp_path, trusted(tmp_path / "trust", ROOT))


def _text(text: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)


OTHER_PAGE = _text(b"BT /F1 12 Tf 72 720 Td (So 99/UBND) Tj ET")


def _signature_number(body: bytes) -> int:
    """Return the number of the object that is the last signature."""
    before = body[: body.rindex(b"/ByteRange")]
    return int(re.findall(rb"(\d+) 0 obj", before)[-1])


def _contents(body: bytes) -> bytes:
    _, first, second, _ = byte_range(body)
    return bytes.fromhex(body[first + 1 : second - 1].decode())


def test_the_office_signs_behind_the_person(say: Say) -> None:
    """A second signature with its stamp on the page leaves the first one good; they stand in order of signing."""
    twice = signed(signed(pdf(), AN), OFFICE, "Signature0", visible=True)
    found = say(twice)
    assert [(one["name"], one["standing"], one["covers"]) for one in found] == [
        ("Nguyễn Văn An", "valid", "revision"),
        ("Sở Tư pháp", "valid", "whole"),
    ]


def test_a_file_may_be_added_to_in_no_other_way(say: Say) -> None:
    """A page whose text was exchanged after signing is told: the signature holds, and over something else."""
    forged = updated(signed(pdf(), AN), {PAGE: OTHER_PAGE})
    assert [(one["standing"], one["covers"], one.get("reason")) for one in say(forged)] == [
        ("changed", "changed", None)
    ]


def test_a_signature_behind_a_change_is_good_and_the_one_before_it_is_not(say: Say) -> None:
    """Who signed last saw the change; who signed first did not."""
    changed = updated(signed(pdf(), AN), {PAGE: OTHER_PAGE})
    assert [one["standing"] for one in say(signed(changed, OFFICE, "Signature2"))] == ["changed", "valid"]


def test_a_closed_document_takes_no_second_signature(say: Say) -> None:
    """Where the first signer allowed no changes at all, a further signature is one."""
    closed = signed(pdf(), AN, certify=MDPPerm.NO_CHANGES)
    assert [one["standing"] for one in say(closed)] == ["valid"]
    assert say(_forced(closed))[0]["standing"] == "changed"


def _forced(body: bytes) -> bytes:
    """Return a closed file with an empty field added, which the library would refuse to sign in."""
    writer = IncrementalPdfFileWriter(io.BytesIO(body), strict=False)
    made = io.BytesIO()
    writer.set_info(None)
    writer.root["/Changed"] = writer.root["/Type"]
    writer.update_root()
    writer.write(made)
    return made.getvalue()


def test_a_byte_behind_the_end_is_not_covered_and_does_no_harm(say: Say) -> None:
    """Line ends that a way of transport added behind the last mark change nothing that anybody sees."""
    [found] = say(signed(pdf(), AN) + b"\r\n")
    assert (found["standing"], found["covers"]) == ("valid", "revision")


def _moved(body: bytes, number: int, fill: int) -> bytes:
    """Return a file whose signature was written anew elsewhere, shorter, with other text on the page."""
    der = _contents(body)
    escaped = re.sub(rb"([()\\])", rb"\\\1", der.rstrip(b"\0")).replace(b"\r", b"\\r")
    said = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [%d %d %d %d] /Contents (%s) >>"
    return updated(body, {PAGE: OTHER_PAGE, number: said % (*byte_range(body), escaped + b"\0" * fill)})


def test_a_signature_that_was_moved_covers_nothing_more(say: Say) -> None:
    """The length of a file proves nothing: a moved signature can be filled until the sum is right.

    The signed bytes are then still those of the first revision, and the page says something else.
    """
    body = signed(pdf(), AN)
    number, der = _signature_number(body), _contents(body).rstrip(b"\0")
    _, before, _, behind = byte_range(body)
    signed_and_hole = before + behind + 2 * len(der) + 2
    about = len(_moved(body, number, 0)) - signed_and_hole
    fill = next(n for n in range(about, about + 9) if len(_moved(body, number, n)) == signed_and_hole + 2 * n)
    forged = _moved(body, number, fill)
    reader = PdfFileReader(io.BytesIO(forged), strict=False)
    assert len(reader.embedded_signatures[0].pkcs7_content) == len(der) + fill
    [found] = say(forged)
    assert (found["standing"], found["covers"]) == ("changed", "unclear")


@pytest.mark.parametrize("gap", [b"<00>", b"", b"(a)"])
def test_a_hole_holds_the_signature_and_nothing_else(say: Say, gap: bytes) -> None:
    """Bytes smuggled into the place that no signature covers make its coverage unclear, or break it."""
    body = signed(pdf(), AN)
    _, first, second, _ = byte_range(body)
    [found] = say(body[:first] + gap.ljust(second - first) + body[second:])
    assert found["standing"] in {"changed", "altered", "malformed"}


@pytest.mark.parametrize(
    "ranges",
    [b"0 0 0 0", b"0 10", b"5 10 20 30", b"0 -1 10 20", b"0 10 5 9999999", b"0 1.5 3 4", b"/A /B /C /D", b""],
)
def test_odd_ranges_are_never_good(say: Say, ranges: bytes) -> None:
    """A signature over nothing, over numbers that are none, or beyond the end of the file is not valid."""
    body = signed(pdf(), AN)
    told = re.sub(
        rb"/ByteRange \[[^\]]*\]",
        lambda one: b"/ByteRange [" + ranges.ljust(len(one[0]) - 13)[: len(one[0]) - 13] + b"]",
        body,
    )
    [found] = say(told)
    assert found["standing"] in {"altered", "malformed"}


def test_word_processors_write_two_tables(say: Say) -> None:
    """Files with a table and a stream of cross-references are usual, and judged like others."""
    twice = signed(signed(forms.hybrid(), AN), OFFICE, "S2", visible=True)
    assert [(one["standing"], one["covers"]) for one in say(twice)] == [
        ("valid", "revision"),
        ("valid", "whole"),
    ]
    assert [one["standing"] for one in say(updated(twice, {PAGE: OTHER_PAGE}))] == ["changed", "changed"]


def test_a_signature_that_no_form_names_is_missed_by_nobody(say: Say) -> None:
    """A file from whose form the signature was taken is not one without: somebody may have hidden it."""
    body = signed(pdf(), AN)
    bare = updated(body, {1: b"<< /Type /Catalog /Pages 2 0 R >>"})
    assert say(bare) == [{"standing": "malformed", "reason": "not-in-form"}]
    assert say(laid_out([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])) == [
        {"standing": "absent"}
    ]


def test_names_are_told_without_control_signs(say: Say) -> None:
    """What a certificate or a field is called comes from a stranger: it is cut, composed, and plain."""
    odd: Party = party("A\u202eB\x07 ắ", ROOT)
    [found] = say(signed(pdf(), odd, "S" * 400))
    told: dict[str, Any] = found
    assert told["name"] == "AB ắ"
    assert len(told["field"]) == 200
