"""What is found stands beside the attachments as evidence: for people, and no part of the document."""

from __future__ import annotations

import asyncio
import io
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from lgsp.domain.causes import CAUSES, explain
from lgsp.errors import ConfigError
from lgsp.folder import Folder, Inside
from lgsp.formats import edxml
from lgsp.keys import DataKeys
from lgsp.message import Finding
from lgsp.schemas import Types
from lgsp.settings import read_settings
from lgsp.store.sealed import UnknownKeyError
from lgsp.wire.pades import FINDINGS, Bounds, Examined, Witness, attesting, evidence
from tests.formats.edxml.packets import attached
from tests.wire.pades.making import NOW, YEAR, authority, party, pdf, signed, stamper, trusted, updated

ROOT = party("RootCA Thử", is_ca=True)
AN = party("Nguyễn Văn An", ROOT, organisation="Sở Tư pháp", code="CCCD:001000000000")
PLACE = "AttachmentEncoded/Attachment[1]"
SIGNED = signed(pdf(), AN)


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """Trust one root."""
    return trusted(tmp_path / "trust", ROOT)


@pytest.fixture
def files(tmp_path: Path) -> Folder:
    """Keep attachments."""
    return Folder(tmp_path / "files")


def _read(body: bytes, files: Folder) -> edxml.Packet:
    return edxml.read(io.BytesIO(attached(body)), files)


def _signatures(data: dict[str, Any]) -> list[dict[str, Any]]:
    [one] = data["attachments"]
    found: list[dict[str, Any]] = one["signatures"]
    return found


def test_a_file_that_stands_in_its_reference_is_looked_at(files: Folder, trust: Path) -> None:
    """Its bytes are handed to who looks at them; they are written nowhere."""
    packet = edxml.read(io.BytesIO(attached(SIGNED)), Inside())
    data, _ = evidence(packet.data, files, trust)
    assert [one["standing"] for one in _signatures(data)] == ["valid"]
    assert list(files.incoming.iterdir()) == []


@pytest.fixture
def sealed(tmp_path: Path) -> Folder:
    """Keep attachments encrypted."""
    keys = DataKeys()
    keys.learn(1, bytes(32))
    keys.current = 1
    return Folder(tmp_path / "sealed", keys)


def test_an_encrypted_file_is_looked_at(sealed: Folder, trust: Path) -> None:
    """Whoever looks at it is lent what opens this one file; nothing lies anywhere plain for it."""
    packet = _read(SIGNED, sealed)
    [one] = packet.data["attachments"]
    data, findings = evidence(packet.data, sealed, trust)
    assert [one["standing"] for one in _signatures(data)] == ["valid"]
    assert findings == []
    assert SIGNED[:200] not in sealed.path(one["sha256"]).read_bytes()
    assert list(sealed.incoming.iterdir()) == []
    hidden = _read(b"%PDF-1.4\n/ByteRange", sealed)
    assert [one.code for one in evidence(hidden.data, sealed, trust)[1]] == ["pdf-signature-malformed"]


def test_a_file_that_was_altered_where_it_lies_was_not_looked_at(sealed: Folder, trust: Path) -> None:
    """It says nothing of a signature that nobody can read it any more."""
    packet = _read(SIGNED, sealed)
    path = sealed.path(packet.data["attachments"][0]["sha256"])
    path.write_bytes(path.read_bytes()[:-1])
    told, _ = evidence(packet.data, sealed, trust)
    assert [(one["standing"], one["reason"]) for one in _signatures(told)] == [("unchecked", "not-kept")]


async def test_a_file_under_a_new_key_waits_until_it_is_known(sealed: Folder, trust: Path) -> None:
    """Another process made the key a moment ago: that is no finding; the witness asks for it."""
    packet = _read(SIGNED, sealed)
    other = Folder(sealed.incoming.parent, DataKeys())
    with pytest.raises(UnknownKeyError):
        evidence(packet.data, other, trust)

    async def ask(number: int) -> None:
        other.keys.learn(number, bytes(32))

    other.keys.ask = ask
    witness = Witness(trust)
    try:
        told, _ = await witness.evidence(packet.data, other)
    finally:
        witness.close()
    assert [one["standing"] for one in _signatures(told)] == ["valid"]


def test_an_unsigned_file_in_its_reference_is_written_nowhere(
    files: Folder, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes show that it cannot be signed: neither a file nor a process is needed to say so."""
    monkeypatch.setattr(attesting, "examine", lambda *_, **__: pytest.fail("a process was started"))
    packet = edxml.read(io.BytesIO(attached(pdf())), Inside())
    data, _ = evidence(packet.data, files, trust)
    assert _signatures(data) == [{"standing": "absent"}]
    too_large, _ = evidence(packet.data, files, trust, bounds=Bounds(largest=10))
    assert _signatures(too_large) == [{"standing": "unchecked", "reason": "too-large"}]


def test_evidence_stands_at_the_attachment_and_nowhere_else(files: Folder, trust: Path) -> None:
    """A valid signature is told without a finding; identity, bytes and the written packet stay as they were."""
    packet = _read(SIGNED, files)
    before = orjson.dumps(packet.data)
    data, findings = evidence(packet.data, files, trust)
    assert [one["standing"] for one in _signatures(data)] == ["valid"]
    assert findings == []
    assert orjson.dumps(packet.data) == before
    [one] = data["attachments"]
    assert {name: value for name, value in one.items() if name != "signatures"} == packet.data["attachments"][
        0
    ]
    assert files.path(one["sha256"]).read_bytes() == SIGNED
    assert edxml.packet_of(packet.type, data, files) == edxml.packet_of(packet.type, packet.data, files)
    assert Types().check(packet.type, data) == []


@pytest.mark.parametrize(
    ("body", "code", "read"),
    [
        (SIGNED.replace(b"15/STP", b"16/STP"), "pdf-signature-altered", ""),
        (updated(SIGNED, {4: b"<< /Length 0 >>\nstream\n\nendstream"}), "pdf-signature-changed", ""),
        (signed(pdf(), party("Người lạ")), "pdf-signature-untrusted", "no-chain"),
        (signed(pdf(), AN, digest="sha1"), "pdf-signature-weak", "sha1"),
        (b"%PDF-1.4\n/ByteRange", "pdf-signature-malformed", "unreadable"),
        (b"no PDF but by its name", "pdf-signature-malformed", "no-pdf"),
    ],
)
def test_what_is_odd_is_a_finding(files: Folder, trust: Path, body: bytes, code: str, read: str) -> None:
    """Each names the file by its place and the oddity by its code; who signed never stands in it."""
    packet = _read(body, files)
    data, findings = evidence(packet.data, files, trust)
    assert findings == [Finding(code, PLACE, read)]
    assert Types().check(packet.type, data) == []


def test_every_field_that_is_told_is_one_of_the_schema(files: Folder, trust: Path) -> None:
    """Stamped, expired, unchecked: whatever is told fits the canonical form."""
    stamps = stamper(authority(ROOT), NOW)
    packet = _read(signed(signed(pdf(), AN, stamped=stamps), AN, "Hai", visible=True), files)
    for asked in (
        {"at": NOW + 3 * YEAR},
        {"at": NOW},
        {"bounds": Bounds(largest=9)},
        {"bounds": Bounds(signatures=1)},
    ):
        data, findings = evidence(packet.data, files, trust, **asked)  # type: ignore[arg-type]
        assert Types().check(packet.type, data) == []
        assert {one.code for one in findings} <= {"pdf-signature-expired", "pdf-signature-unchecked"}


def test_only_pdf_files_that_are_kept_are_looked_at(
    files: Folder, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other files, and those that are listed and did not come, start no process; references of others lead nowhere."""
    asked: list[Any] = []
    monkeypatch.setattr(attesting, "examine", lambda named, *_, **__: asked.extend(named) or Examined([]))
    for told in (
        {"key": "x"},
        {"key": "x", "attachments": []},
        {"key": "x", "attachments": [{"name": "a.docx", "dataref": "sha256:" + "0" * 64}]},
        {"key": "x", "attachments": [{"name": "a.pdf"}]},
        {"key": "x", "attachments": [{"name": "a.pdf", "dataref": "sha256:../../../etc/passwd"}]},
    ):
        assert evidence(told, files, trust) == (told, [])
    assert asked == []


def test_the_same_file_twice_is_looked_at_once(files: Folder, trust: Path) -> None:
    """Two attachments of the same bytes have the same evidence, each a finding at its own place."""
    [one] = _read(SIGNED.replace(b"15/STP", b"16/STP"), files).data["attachments"]
    other = {"name": "a.txt", "dataref": one["dataref"], "media_type": "text/plain"}
    data, findings = evidence({"key": "x", "attachments": [one, other, one]}, files, trust)
    assert [one.place for one in findings] == [
        "AttachmentEncoded/Attachment[1]",
        "AttachmentEncoded/Attachment[3]",
    ]
    assert ["signatures" in one for one in data["attachments"]] == [True, False, True]
    assert data["attachments"][0] == data["attachments"][2]


def test_nobody_brings_evidence_of_their_own(files: Folder, trust: Path) -> None:
    """A document that says of its files that their signatures are valid is not believed."""
    claims = [{"standing": "valid"}]
    [one] = _read(signed(pdf(), party("Người lạ")), files).data["attachments"]
    told = {
        "key": "x",
        "attachments": [one | {"signatures": claims}, {"name": "a.docx", "signatures": claims}],
    }
    data, _ = evidence(told, files, trust)
    assert data["attachments"][0]["signatures"][0]["standing"] == "untrusted"
    assert data["attachments"][1] == {"name": "a.docx"}


async def test_a_witness_takes_one_document_after_the_other(files: Folder, trust: Path) -> None:
    """The event loop goes on meanwhile; no two processes look at once; after the end nobody is asked."""
    packet = _read(SIGNED, files)
    witness = Witness(trust)
    asked = [asyncio.create_task(witness.evidence(packet.data, files)) for _ in range(3)]
    longest = began = time.monotonic()
    longest = 0.0
    while not all(one.done() for one in asked):
        await asyncio.sleep(0.005)
        longest, began = max(longest, time.monotonic() - began), time.monotonic()
    assert [_signatures(one.result()[0])[0]["standing"] for one in asked] == ["valid"] * 3
    assert longest < 0.2
    assert witness._turn._max_workers == 1
    witness.close()
    with pytest.raises(RuntimeError):
        await witness.evidence(packet.data, files)


def test_every_finding_is_explained_in_both_languages() -> None:
    """No operator meets a bare code."""
    for code in (*FINDINGS.values(), "pdf-signature-weak"):
        assert code in CAUSES
        assert explain(code, "vi").text != explain(code, "en").text


def test_the_folder_is_an_absolute_path_of_the_environment() -> None:
    """Without the variable nobody is trusted."""
    assert read_settings({}).trust is None
    assert read_settings({"LGSP_TRUST_FOLDER": "ca"}).trust == Path("ca").absolute()
    with pytest.raises(ConfigError):
        read_settings({"LGSP_TRUST_FOLDER": "ca", "LGSP_JOURNAL_URL": "x"})


# --- on the command line ------------------------------------------------------------------------------------


def _run(*asked: object) -> Any:
    return CliRunner().invoke(app, ["edxml", *map(str, asked)])


def test_a_packet_is_read_with_the_signatures_of_its_files(
    tmp_path: Path, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where it is asked for; the folder comes from the option, or from the environment."""
    monkeypatch.setenv("LGSP_STATE", str(tmp_path / "state"))
    source = tmp_path / "packet.edxml"
    source.write_bytes(attached(SIGNED))
    plain = orjson.loads(_run("read", source, "--json").stdout)
    assert "signatures" not in plain["data"]["attachments"][0]
    told = orjson.loads(_run("read", source, "--signatures", "--trust", trust, "--json").stdout)
    assert _signatures(told["data"])[0]["standing"] == "valid"
    monkeypatch.setenv("LGSP_TRUST_FOLDER", str(trust))
    assert "Nguyễn Văn An" in _run("read", source, "--signatures").output
    monkeypatch.setenv("LGSP_TRUST_FOLDER", str(tmp_path / "nowhere"))
    wrong = _run("read", source, "--signatures")
    assert wrong.exit_code == 2
    assert "nowhere" in wrong.output.replace("\n", "").replace("│", "").replace(" ", "")


def test_status_packets_have_no_files(tmp_path: Path) -> None:
    """Asking for signatures of one changes nothing."""
    from tests.formats.edxml.packets import packet, status

    source = tmp_path / "status.edxml"
    source.write_bytes(packet(status()))
    told = _run("read", source, "--signatures", "--attachments", tmp_path, "--json")
    assert told.exit_code == 0
    assert orjson.loads(told.stdout)["type"] == "document.status.v1"


def test_pdf_files_are_shown_and_judged(tmp_path: Path, trust: Path) -> None:
    """The answer is yes where each file has a signature and every one is valid; else it is no."""
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(SIGNED)
    bad.write_bytes(pdf())
    (trust / "readme.txt").write_text("x")
    told = _run("signatures", good, "--trust", trust)
    assert told.exit_code == 0
    assert "hợp lệ (valid)" in told.output
    assert "readme.txt: không phải chứng thư" in told.output
    both = _run("signatures", good, bad, "--trust", trust, "--json")
    assert both.exit_code == 1
    found = orjson.loads(both.stdout)
    assert [one["signatures"][0]["standing"] for one in found["files"]] == ["valid", "absent"]
    assert found["trust"]["anchors"] == 1
