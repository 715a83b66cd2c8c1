"""Files that were made to do harm: each gets its answer, in bounded time and memory, and nothing goes out."""

from __future__ import annotations

import random
import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lgsp.wire.pades import Bounds, examine, examining
from tests.wire.pades.making import laid_out, party, pdf, signed, trusted, updated
from tests.wire.pades.saying import Say

ROOT = party("RootCA Thử", is_ca=True)
AN = party("Nguyễn Văn An", ROOT)
TIGHT = Bounds(cpu=2, wall=30.0)
MIB = 1024 * 1024
LURE = b"\n%/ByteRange\n"
"""Makes a file worth looking into: without it none is."""
CATALOGUE, PAGES = b"<< /Type /Catalog /Pages 2 0 R %s >>", b"<< /Type /Pages /Kids [] /Count 0 >>"


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Trust one root, and nobody else."""
    return Say(tmp_path, trusted(tmp_path / "trust", ROOT), apart=True)


def _stream(content: bytes, about: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), about, content)


def _packed(size: int, times: int = 1) -> bytes:
    content = b" " * size
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


def _in_streams(first: bytes, about: bytes) -> bytes:
    """Return a file whose catalogue stands in an object stream, which a cross-reference stream names."""
    body = b"%PDF-1.7\n"
    places = len(body)
    body += b"1 0 obj\n%s\nendobj\n" % _stream(first, b"/Type /ObjStm /N 1 /First 4 " + about)
    begin = len(body)
    rows = [(1, places, 0), (2, 1, 0), (1, begin, 0)]
    table = b"\0" * 7 + b"".join(
        bytes([kind]) + at.to_bytes(4, "big") + more.to_bytes(2, "big") for kind, at, more in rows
    )
    told = b"/Type /XRef /Size 4 /W [1 4 2] /Root 2 0 R"
    return body + b"3 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (_stream(table, told), begin)


def _form(fields: bytes) -> bytes:
    return CATALOGUE % (b"/AcroForm << /Fields %s >>" % fields)


def _nested(depth: int) -> bytes:
    return laid_out([_form(b"[" * depth + b"]" * depth), PAGES])


def _kids(count: int) -> bytes:
    """Return fields that hold each other, far down."""
    field = b"<< /T (a) /Kids [%d 0 R] >>"
    return laid_out(
        [_form(b"[3 0 R]"), PAGES, *(field % (number + 4) for number in range(count)), b"<< /T (b) >>"]
    )


def _looped() -> bytes:
    return laid_out([_form(b"[3 0 R]"), PAGES, b"<< /T (a) /Kids [4 0 R] >>", b"<< /T (b) /Kids [3 0 R] >>"])


def _wide(count: int) -> bytes:
    """Return fields of which each holds the next one twice: two to the power of so many."""
    fields = [b"<< /T (a) /Kids [%d 0 R %d 0 R] >>" % (n + 4, n + 4) for n in range(count)]
    return laid_out([_form(b"[3 0 R]"), PAGES, *fields, b"<< /T (b) /FT /Sig /V << >> >>"])


def _long_table() -> bytes:
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    return (
        head
        + b"xref\n0 99999999\n"
        + b"0000000009 00000 n \n" * 2000
        + b"trailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n%d\n%%%%EOF" % len(head)
    )


def _circular() -> bytes:
    body = pdf()
    begin = body.rindex(b"startxref")
    last = int(body[begin:].split()[1])
    return body.replace(b"/Root 1 0 R", b"/Prev %d /Root 1 0 R" % last)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a bomb in an object stream": lambda: _in_streams(_packed(512 * MIB), b"/Filter /FlateDecode"),
    "a bomb in a bomb": lambda: _in_streams(_packed(400 * MIB, 2), b"/Filter [/FlateDecode /FlateDecode]"),
    "arrays in arrays": lambda: _nested(200_000),
    "fields in fields": lambda: _kids(5000),
    "fields in a circle": _looped,
    "fields by the billion": lambda: _wide(40),
    "a table of a hundred million lines": _long_table,
    "a table before itself": _circular,
    "an odd size": lambda: pdf().replace(b"/Size 5", b"/Size 99999999999999999999"),
    "no end": lambda: b"%PDF-1.7\n" + b"1 0 obj\n<<" * 50_000,
    "a length that is too long": lambda: pdf(
        [_stream(b"", b"/Filter /FlateDecode").replace(b"/Length 0", b"/Length 99999999999")]
    ),
    "a begin and an end": lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF",
    "zeros with a head": lambda: b"%PDF-1.7\n" + bytes(5 * MIB),
    "brackets": lambda: b"%PDF-1.7\n" + b"<" * MIB + b"\nstartxref\n9\n%%EOF",
    "a text without an end": lambda: (
        b"%PDF-1.7\nxref\n0 0\ntrailer\n(" + b"(" * MIB + b"\nstartxref\n9\n%%EOF"
    ),
}
"""Made when they are wanted: what compresses a gigabyte takes seconds of whoever only counts tests."""


REASONS = {"unreadable", "too-deep", "too-much-memory", "took-too-long", "not-in-form"}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_has_its_answer(say: Say, name: str) -> None:
    """One word about it, whatever it does to the process that looks; nobody waits for ever."""
    [found] = say(HOSTILE[name]() + LURE, bounds=TIGHT)
    assert (found["standing"], found["reason"]) in {("malformed", reason) for reason in REASONS}


def test_what_kills_the_process_is_blamed_and_the_others_are_looked_at(say: Say, tmp_path: Path) -> None:
    """Files before and behind the hostile one have their own answers, in their own places."""
    bodies = [signed(pdf(), AN), HOSTILE["fields by the billion"]() + LURE, pdf(), b"", signed(pdf(), AN)]
    files = [tmp_path / f"{n}.pdf" for n in range(len(bodies))]
    for path, body in zip(files, bodies, strict=True):
        path.write_bytes(body)
    told = examine(files, say.trust, bounds=TIGHT).files
    assert [one[0]["standing"] for one in told] == ["valid", "malformed", "absent", "malformed", "valid"]
    assert told[1] == [{"standing": "malformed", "reason": "took-too-long"}]


def test_the_clock_on_the_wall_bounds_all_together(say: Say, tmp_path: Path) -> None:
    """However many hostile files there are, the answer comes; what was not reached says so."""
    files = [tmp_path / f"{n}.pdf" for n in range(6)]
    for path in files:
        path.write_bytes(HOSTILE["fields by the billion"]() + LURE)
    # without that clock each of them would have its own sixty seconds, and the last would be looked at too
    told = examine(files, say.trust, bounds=Bounds(cpu=60, wall=2.0)).files
    assert told[0] == [{"standing": "malformed", "reason": "took-too-long"}]
    assert told[-1] == [{"standing": "unchecked", "reason": "took-too-long"}]


def test_memory_is_bounded(say: Say) -> None:
    """A file that needs more room than there may be is told as such; with more, it is one like others."""
    body = _in_streams(b"2 0 << /Type /Catalog >>" + b"x" * (60 * MIB), b"") + LURE
    assert say(body, bounds=TIGHT) == [{"standing": "malformed", "reason": "not-in-form"}]
    assert say(body, bounds=replace(TIGHT, memory=100 * MIB)) == [
        {"standing": "malformed", "reason": "too-much-memory"}
    ]


def test_where_no_process_can_look_nothing_is_said_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That our own installation is broken is no fault of the file."""
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf() + LURE)
    monkeypatch.setattr(examining, "_CHILD", (sys.executable, "-c", "import no_such_library"))
    assert examine([path, path], None).files == [[{"standing": "unchecked", "reason": "no-process"}]] * 2


def test_large_and_missing_files_are_not_looked_at(tmp_path: Path) -> None:
    """What is larger than the bound, and what is not kept, is told as unchecked, without a process."""
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf())
    told = examine([path, tmp_path / "none.pdf"], None, bounds=Bounds(largest=10, wall=0)).files
    assert told == [
        [{"standing": "unchecked", "reason": "too-large"}],
        [{"standing": "unchecked", "reason": "not-kept"}],
    ]


def test_a_file_that_cannot_be_signed_starts_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most attachments are not: their bytes show it, wherever the name of what is signed would stand."""
    asked: list[list[list[str]]] = []
    monkeypatch.setattr(examining, "_ask", lambda one, _: (asked.append(one["files"]) or {}, [], ""))
    files = {
        "plain": pdf(),
        "late": b"\r\n" * 300 + pdf(),
        "text": b"So 15/STP-VP",
        "signed": signed(pdf(), AN),
        "in numbers": b"%PDF-1.7\n<< /#42yt#65Rang#65 [0 1] >>",
        "between two pieces": b"%PDF-1.7\n".ljust(256 * 1024 - 5) + b"/ByteRange",
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    told = examine([tmp_path / name for name in files], None).files
    assert told[:3] == [
        [{"standing": "absent"}],
        [{"standing": "absent"}],
        [{"standing": "malformed", "reason": "no-pdf"}],
    ]
    assert asked == [[[str(tmp_path / name), "", ""] for name in list(files)[3:]]]


def test_no_byte_of_what_was_signed_can_be_changed(say: Say, tmp_path: Path) -> None:
    """Of very many files with something changed anywhere none is valid, but where nothing signed was changed."""
    chance, body = random.Random(15), signed(signed(pdf(), AN), AN, "S2", visible=True)
    spare = _fillings(body)
    bodies = [_changed(body, chance, spare) for _ in range(300)]
    files = [tmp_path / f"{n}.pdf" for n in range(len(bodies))]
    for path, one in zip(files, bodies, strict=True):
        path.write_bytes(one)
    told = examine(files, say.trust, bounds=TIGHT).files
    assert [
        n for n, found in enumerate(told) if all(one["standing"] in {"valid", "untrusted"} for one in found)
    ] == []
    assert "altered" in {one["standing"] for found in told for one in found}


def _fillings(body: bytes) -> list[range]:
    """Return the places that hold a signature or the zeros behind it, which it cannot cover itself."""
    return [range(*one.span()) for one in re.finditer(rb"<[0-9A-Fa-f]{1000,}>", body)]


def _changed(body: bytes, chance: random.Random, spare: list[range]) -> bytes:
    made = bytearray(body)
    places = [at for at in range(len(made)) if not any(at in one for one in spare)]
    for at in chance.sample(places, chance.choice((1, 1, 2, 8))):
        made[at] = (made[at] + chance.randrange(1, 256)) % 256
    return bytes(made)


def test_of_very_many_signatures_the_first_are_told(say: Say) -> None:
    """The bound on what is told of one file is told too."""
    body = pdf()
    for number in range(4):
        body = signed(body, AN, f"S{number}")
    found = say(body, bounds=Bounds(signatures=3))
    assert [one["standing"] for one in found] == ["valid", "valid", "valid", "unchecked"]


@pytest.mark.parametrize("cut", [0.1, 0.4, 0.7, 0.95])
def test_a_file_that_was_cut_is_never_valid(say: Say, cut: float) -> None:
    """A transfer that broke off leaves a file that cannot be read, or says nothing."""
    body = signed(pdf(), AN)
    assert all(one["standing"] not in {"valid", "untrusted"} for one in say(body[: int(len(body) * cut)]))


def test_a_list_of_revoked_certificates_may_lie(say: Say) -> None:
    """What anybody may add behind a signature, a broken store of proofs, does not make it less valid."""
    body = signed(pdf(), AN)
    catalogue = re.search(rb"1 0 obj\n(<<.*?>>)\nendobj", body[body.rindex(b"\n1 0 obj") :], re.DOTALL)
    assert catalogue is not None
    store = catalogue[1][:-2] + b"/DSS << /CRLs [90 0 R] /OCSPs [90 0 R] /Certs [90 0 R] >> >>"
    told = say(updated(body, {1: store, 90: _stream(b"no certificate", b"")}))
    assert [one["standing"] for one in told] == ["valid"]
