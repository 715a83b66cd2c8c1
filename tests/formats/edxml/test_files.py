"""Attachments on their way: decoded, packed and kept piece by piece, whatever the pieces are."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.edxml import Folder, read, sniffing
from lgsp.formats.edxml.archives import Entry, entry_of, packed
from lgsp.formats.edxml.decoding import Base64
from tests.formats.edxml.packets import PDF, SAMPLES, Memory, attached, packet, taken, zipped

# --- base64 -----------------------------------------------------------------------------------------------


def _decoded(*pieces: str) -> tuple[bytes, Base64]:
    decoding = Base64("place", 1_000_000)
    for piece in pieces:
        decoding.feed(piece)
    decoding.finish()
    decoding.bytes.seek(0)
    with decoding.bytes as file:
        return file.read(), decoding


@given(st.binary(max_size=200), st.lists(st.integers(0, 300), max_size=6))
def test_base64_is_decoded_however_it_is_cut(content: bytes, cuts: list[int]) -> None:
    """Pieces may end anywhere, inside a group too."""
    text = base64.b64encode(content).decode()
    at = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    found, decoding = _decoded(*(text[first:last] for first, last in pairwise(at)))
    assert found == content
    assert (decoding.bad, decoding.spaced, decoding.unpadded) == (False, False, False)


@given(st.text(alphabet="QUJD=+/-_! \n&đ", max_size=60), st.integers(0, 60))
def test_what_is_no_base64_is_kept_as_text(text: str, cut: int) -> None:
    """Either all of it is decoded, or none: then the text is there, but for space before the first bad sign."""
    found, decoding = _decoded(text[:cut], text[cut:])
    tight = "".join(text.split())
    if decoding.bad:
        assert "".join(found.decode().split()) == tight
    else:
        assert base64.b64decode(tight.rstrip("=") + "=" * (-len(tight.rstrip("=")) % 4)) == found


@pytest.mark.parametrize(
    ("pieces", "spaced"),
    [
        (["QUJD"], False),
        (["\n", "QUJD", "\n"], False),
        (["  QUJD  "], False),
        (["QUJD", "\n", "QUJD"], True),
        (["QUJD\n", "QUJD"], True),
        (["QUJD", "\nQUJD"], True),
        (["QU JD"], True),
        (["", "QUJD", ""], False),
    ],
)
def test_space_counts_where_it_is_between_two_signs(pieces: list[str], spaced: bool) -> None:
    """Space before and behind is layout; inside it is a tolerance that was used."""
    assert _decoded(*pieces)[1].spaced == spaced


def test_text_after_a_fault_is_kept_as_it_came() -> None:
    """From the piece with the fault on not even space is lost."""
    found, decoding = _decoded("QUJD" * 100_000, "!\n x", "y\n")
    assert decoding.bad
    assert found == b"QUJD" * 100_000 + b"!\n xy\n"


# --- archives ---------------------------------------------------------------------------------------------


@given(
    st.lists(st.binary(max_size=50), max_size=6), st.text(max_size=20).filter(lambda name: "\0" not in name)
)
def test_an_archive_made_in_pieces_is_one_to_everybody(chunks: list[bytes], name: str) -> None:
    """The standard library reads what is made, with the name and content that went in."""
    made = b"".join(packed(chunks, Entry(name, 0)))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        (entry,) = archive.infolist()
        assert archive.read(entry) == b"".join(chunks)
        assert archive.testzip() is None
        assert entry.filename == name
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_an_archive_s_entry_is_known_again() -> None:
    """Name and time of the one entry are what is needed to make the same archive again."""
    made = b"".join(packed([PDF], Entry("u.pdf", 0x5D75AB02)))
    assert entry_of(io.BytesIO(made), len(made)) == Entry("u.pdf", 0x5D75AB02)


def test_the_vendor_s_archives_are_made_byte_for_byte() -> None:
    """With the name and time of the original the archive is the original."""
    store = Memory()
    body = (SAMPLES / "generated" / "gen_new_all_types.edxml").read_bytes()
    found = [one for one in taken(body, store).data["attachments"] if "entry" in one]
    assert len(found) == 3
    for one in found:
        made = b"".join(packed([store.files[one["dataref"]]], Entry(one["entry"], one["entry_time"])))
        assert base64.b64encode(made) in body


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (PDF, "a.txt", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "a.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (
            zipped(("a", b"")),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (zipped(("a", b"")), "a.ZIP", "application/zip"),
        (zipped(("a", b"")), "a.exe", "application/zip"),
        (b"", "a.pdf", "application/octet-stream"),
        (b"MZ", "a.pdf", "application/octet-stream"),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(content: bytes, name: str, expected: str) -> None:
    """Neither the declared type nor the name is believed, but for what an archive holds."""
    assert sniffing.media_type(content[: sniffing.HEAD], name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.PDF", "pdf"),
        ("a.tar.gz", "gz"),
        ("a", ""),
        (".pdf", ""),
        ("a.", ""),
        ("văn bản.Docx", "docx"),
        ("", ""),
    ],
)
def test_an_extension_is_what_stands_behind_the_last_dot(name: str, expected: str) -> None:
    """A name that begins with its only dot has none."""
    assert sniffing.extension(name) == expected


@pytest.mark.parametrize(
    ("content", "name", "damaged"),
    [
        (b"%PDF-1.4\n%" + "\ufffd".encode() * 4 + b"\n" * 100, "a.pdf", True),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"x" * 100_000 + "\ufffd".encode() * 4, "a.pdf", False),
        (b"%PDF-1.4\n", "a.pdf", False),
        ("chữ \ufffd".encode() * 50, "a.txt", False),
        (b"<?xml " + "\ufffd".encode() * 50, "a.xml", False),
    ],
)
def test_a_file_that_was_read_as_text_is_noticed(content: bytes, name: str, damaged: bool) -> None:
    """A sender that decodes a PDF as text replaces each byte that is no letter: nobody will open it any more."""
    packed_ = zipped(("u.bin", content)) if name != "a.pdf" else content
    kind = "application/zip" if name != "a.pdf" else "application/pdf"
    found = taken(attached(packed_, name, kind))
    assert [one.code for one in found.findings] == (["bytes-replaced"] if damaged else [])


# --- the folder -------------------------------------------------------------------------------------------


def test_a_folder_keeps_content_once_by_its_hash(tmp_path: Path) -> None:
    """The same content is one file, laid out as the gateway's blob store lays out its own."""
    folder = Folder(tmp_path)
    one, two = folder.keep([b"a", b"bc"]), folder.keep(iter([b"abc"]))
    assert one == two
    digest = one.removeprefix("sha256:")
    assert folder.path(digest) == tmp_path / digest[:2] / digest[2:4] / digest
    with folder.open(one) as file:
        assert file.read() == b"abc"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest]


def test_nothing_stays_of_a_file_that_did_not_end(tmp_path: Path) -> None:
    """A content that raises on its way leaves no file behind."""

    def broken() -> Iterator[bytes]:
        yield b"a"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        Folder(tmp_path).keep(broken())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "ref", ["sha256:" + "0" * 64, "sha256:../../../etc/passwd", "", "file:///etc/passwd"]
)
def test_a_reference_never_leads_out_of_the_folder(ref: str, tmp_path: Path) -> None:
    """What is not kept is not there, whatever a reference says."""
    with pytest.raises(FileNotFoundError):
        Folder(tmp_path).open(ref)


# --- the source, and a sink that fails --------------------------------------------------------------------


class Dribble(io.RawIOBase):
    """A source that gives a few bytes at a time."""

    def __init__(self, body: bytes, step: int) -> None:
        self._body = io.BytesIO(body)
        self._step = step

    def read(self, _size: int = -1) -> bytes:
        """Give the next few bytes."""
        return self._body.read(self._step)


@pytest.mark.parametrize("step", [1, 7, 64])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_packet_may_come_in_any_pieces(step: int, encoding: str) -> None:
    """What is read does not hang on how the bytes arrive."""
    body = attached(PDF * 50).decode().encode(encoding)
    whole, dribbled = taken(body), read(Dribble(body, step), Memory())  # type: ignore[arg-type]
    assert (dribbled.data, dribbled.findings, dribbled.native) == (whole.data, whole.findings, whole.native)
    assert (dribbled.sha256, dribbled.size) == (whole.sha256, len(body))


def test_a_sink_that_fails_is_heard() -> None:
    """A full disk is no fault of the packet, and is not called one."""

    class Full:
        def keep(self, chunks: Iterable[bytes], _: bytes = b"") -> str:
            next(iter(chunks))
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        read(io.BytesIO(attached(PDF)), Full())


def test_a_bug_of_a_sink_is_not_called_a_fault_of_the_packet() -> None:
    """Whatever a sink raises is heard as it is."""

    class Buggy:
        def keep(self, chunks: Iterable[bytes], _: bytes = b"") -> str:
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        read(io.BytesIO(attached(PDF)), Buggy())


def test_an_encoding_of_one_byte_a_letter_is_read() -> None:
    """What declares such an encoding is read by it."""
    head = b'<?xml version="1.0" encoding="windows-1252"?>'
    body = (
        packet()
        .decode()
        .replace("thử", "cafè")
        .replace("nghiệm", "")
        .replace("tỉnh", "")
        .replace("Văn phòng", "")
    )
    found = taken(head + body.replace("Chính phủ", "").encode("cp1252"))
    assert found.data["subject"] == "V/v cafè"


def test_a_source_that_fails_is_heard() -> None:
    """A connection that breaks is no fault of the packet either."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionError("gone")
            return super().read(100)

    with pytest.raises(ConnectionError, match="gone"):
        read(Broken(packet()), Memory())
