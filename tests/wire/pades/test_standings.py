"""How a signature stands: whose it is, as of when, and by whose word."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from pyhanko.sign.fields import SigSeedSubFilter

from lgsp.message import VIETNAM
from lgsp.wire.pades import examine
from tests.wire.pades import forms
from tests.wire.pades.making import (
    CADES,
    NOW,
    PKCS7,
    YEAR,
    Party,
    authority,
    of_old,
    party,
    pdf,
    revoked,
    signed,
    stamped_whole,
    stamper,
    trusted,
    updated,
)
from tests.wire.pades.saying import Say

DAY = timedelta(days=1)
ROOT = party("RootCA Thử", is_ca=True, ends=NOW + 10 * YEAR)
SUB = party("CA Nhà nước Thử", ROOT, is_ca=True, ends=NOW + 5 * YEAR)
AN = party("Nguyễn Văn An", SUB, organisation="Sở Tư pháp", code="CCCD:001000000000", ends=NOW + 30 * DAY)
TSA = authority(SUB, ends=NOW + 4 * YEAR)
STRANGER = party("Root lạ", is_ca=True)


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Trust one root, and nobody else."""
    return Say(tmp_path, trusted(tmp_path / "trust", ROOT))


def _one(found: list[dict[str, Any]]) -> tuple[str, str]:
    [told] = found
    return told["standing"], told.get("reason", "")


@pytest.mark.parametrize("form", [PKCS7, CADES])
def test_a_signature_of_a_trusted_chain_is_valid(say: Say, form: SigSeedSubFilter) -> None:
    """Both forms in use are read, and who signed is told as the certificate has it."""
    [found] = say(signed(pdf(), AN, form=form))
    claimed = found.pop("claimed_at")
    assert found == {
        "field": "Signature1",
        "kind": "signature",
        "standing": "valid",
        "name": "Nguyễn Văn An",
        "organisation": "Sở Tư pháp",
        "code": "CCCD:001000000000",
        "issuer": "CA Nhà nước Thử",
        "serial": format(AN.certificate.serial_number, "x"),
        "digest": "sha256",
        "format": form.value[1:],
        "covers": "whole",
    }
    assert claimed.endswith("+07:00")


def test_a_file_without_signatures_says_so(say: Say) -> None:
    """Looked at, and none there: that is told, for it is something else than not looked at."""
    assert say(pdf()) == [{"standing": "absent"}]


def test_an_altered_letter_breaks_it(say: Say) -> None:
    """One digit on the page, and what was signed is not what is there."""
    assert _one(say(signed(pdf(), AN).replace(b"15/STP", b"16/STP"))) == ("altered", "")


def test_an_altered_signature_is_no_better(say: Say) -> None:
    """The signature's own bytes with one bit changed do not hold, or cannot be read; they are never valid."""
    body = signed(pdf(), AN)
    place = body.index(b"/Contents <") + 900
    for at in range(place, place + 1400, 200):
        digit = b"0" if body[at : at + 1] != b"0" else b"1"
        assert _one(say(body[:at] + digit + body[at + 1 :]))[0] in {"altered", "malformed", "untrusted"}


def test_nobody_is_trusted_by_themselves(say: Say, tmp_path: Path) -> None:
    """A chain to a root that is not in the folder, a self-signed signer, an empty folder, and none at all."""
    stranger = party("Người lạ", STRANGER)
    assert _one(say(signed(pdf(), stranger))) == ("untrusted", "no-chain")
    assert _one(say(signed(pdf(), party("Tự ký")))) == ("untrusted", "no-chain")
    empty = Say(tmp_path, trusted(tmp_path / "empty"))
    assert _one(empty(signed(pdf(), AN))) == ("untrusted", "nobody-trusted")
    assert _one(Say(tmp_path, None)(signed(pdf(), AN))) == ("untrusted", "nobody-trusted")


def test_a_name_alone_makes_nobody_trusted(say: Say) -> None:
    """A CA that calls itself as a trusted one does, with a key of its own, is a stranger."""
    who = party("Kẻ mạo danh", Party("RootCA giả", ROOT.certificate))
    assert _one(say(signed(pdf(), who)))[0] == "untrusted"


def test_a_signer_who_is_no_authority_can_vouch_for_nobody(say: Say) -> None:
    """A certificate that somebody with an ordinary one issued is not trusted for the sake of its chain."""
    assert _one(say(signed(pdf(), party("Cấp dưới", AN)))) == ("untrusted", "chain-invalid")


def test_an_expired_certificate_proves_nothing_by_itself(say: Say) -> None:
    """The signer's own clock is no proof: what it claims is told as the reason, and the standing is expired."""
    assert _one(say(signed(pdf(), AN), at=NOW + 60 * DAY)) == ("expired", "held-when-claimed")
    old = party("Đã nghỉ", SUB, begins=NOW - 3 * YEAR, ends=NOW - YEAR)
    assert _one(say(signed(pdf(), old))) == ("expired", "expired-when-claimed")


def test_a_certificate_of_tomorrow_is_not_trusted_today(say: Say) -> None:
    """Whose certificate begins later has not signed with it."""
    new = party("Ngày mai", SUB, begins=NOW + 5 * DAY, ends=NOW + 60 * DAY)
    assert _one(say(signed(pdf(), new))) == ("untrusted", "not-yet-valid")


def test_a_trusted_time_stamp_proves_when(say: Say) -> None:
    """With a stamp from before its end, a signature outlives its certificate."""
    body = signed(pdf(), AN, stamped=stamper(TSA, NOW))
    [found] = say(body, at=NOW + 60 * DAY)
    assert (found["standing"], found["stamp"], found["covers"]) == ("valid", "valid", "whole")
    assert found["stamped_at"] == NOW.astimezone(VIETNAM).isoformat()


def test_a_stranger_s_time_stamp_proves_nothing(say: Say) -> None:
    """It is told, as untrusted, and the certificate counts as of today."""
    [found] = say(signed(pdf(), AN, stamped=stamper(authority(STRANGER), NOW)), at=NOW + 60 * DAY)
    assert (found["standing"], found["reason"], found["stamp"]) == (
        "expired",
        "held-when-claimed",
        "untrusted",
    )


def test_a_stamp_over_the_whole_file_proves_when_for_those_before_it(say: Say) -> None:
    """Archives add one behind all signatures; it is listed as what it is."""
    found = say(stamped_whole(signed(pdf(), AN, form=CADES), stamper(TSA, NOW)), at=NOW + 60 * DAY)
    assert [(one["kind"], one["standing"], one["covers"]) for one in found] == [
        ("signature", "valid", "revision"),
        ("timestamp", "valid", "whole"),
    ]


def test_a_revoked_certificate_is_told_by_a_list_of_the_folder(say: Say, tmp_path: Path) -> None:
    """A list counts however old it is, if the issuer signed it; whether the claimed time was before is told."""
    folder = trusted(tmp_path / "lists", ROOT, SUB, sub=revoked(SUB, AN, NOW - 90 * DAY))
    assert _one(Say(tmp_path, folder)(signed(pdf(), AN))) == ("revoked", "")
    folder = trusted(tmp_path / "lists", ROOT, SUB, sub=revoked(SUB, AN, NOW + 5 * DAY))
    assert _one(Say(tmp_path, folder)(signed(pdf(), AN), at=NOW + 6 * DAY)) == (
        "revoked",
        "revoked-after-claimed",
    )
    stamped = signed(pdf(), AN, stamped=stamper(TSA, NOW))
    assert _one(Say(tmp_path, folder)(stamped, at=NOW + 6 * DAY)) == ("valid", "")


def test_a_revoked_authority_revokes_those_below(tmp_path: Path) -> None:
    """A list of the root speaks of the intermediate, and so of everybody whom that vouched for."""
    folder = trusted(tmp_path / "lists", ROOT, root=revoked(ROOT, SUB, NOW - DAY))
    assert _one(Say(tmp_path, folder)(signed(pdf(), AN)))[0] == "revoked"


def _with_store(body: bytes, certificate: bytes, listed: bytes) -> bytes:
    """Return a signed file with a store of proofs behind it, as archives add it."""
    root = re.findall(rb"\n1 0 obj\n(<<.*?>>)\nendobj", body, re.DOTALL)[-1]
    store = root[:-2] + b"/DSS << /Certs [90 0 R] /CRLs [91 0 R] >> >>"
    kept = [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(one), one) for one in (certificate, listed)]
    return updated(body, {1: store, 90: kept[0], 91: kept[1]})


def test_what_a_file_brings_counts_where_a_trusted_issuer_signed_it(say: Say) -> None:
    """A file's own store of proofs closes a chain, and revokes; without a trusted signature it does neither."""
    alone = Party(AN.name, AN.certificate)
    bare = signed(pdf(), alone)
    assert _one(say(bare)) == ("untrusted", "no-chain")
    [found] = say(_with_store(bare, SUB.der, revoked(SUB, TSA, NOW - DAY)))
    assert (found["standing"], found["covers"]) == ("valid", "revision")
    assert _one(say(_with_store(bare, SUB.der, revoked(SUB, AN, NOW - DAY))))[0] == "revoked"
    assert _one(say(_with_store(bare, SUB.der, revoked(SUB, AN, NOW - DAY, by=STRANGER))))[0] == "valid"
    assert _one(say(_with_store(bare, STRANGER.der, b"none")))[0] == "untrusted"


def test_a_hash_that_is_broken_proves_nothing(say: Say) -> None:
    """What was signed over MD5 may have been made to fit."""
    [found] = say(signed(pdf(), AN, digest="md5"))
    assert (found["standing"], found["reason"], found["digest"]) == ("untrusted", "weak-algorithm", "md5")


def test_a_forged_list_revokes_nobody(tmp_path: Path) -> None:
    """A list in the issuer's name that another key signed says nothing."""
    folder = trusted(tmp_path / "lists", ROOT, SUB, sub=revoked(SUB, AN, NOW - DAY, by=STRANGER))
    assert _one(Say(tmp_path, folder)(signed(pdf(), AN))) == ("valid", "")


def test_old_hashes_are_read_and_told(say: Say) -> None:
    """A SHA-1 signature under certificates that were signed with SHA-1 too holds, and its hash is told."""
    root = party("Root cũ", is_ca=True)
    old = of_old(root, root)
    folder = trusted(say.folder / "old", old)
    [found] = Say(say.folder, folder)(signed(pdf(), of_old(party("Ký cũ", old), old), digest="sha1"))
    assert (found["standing"], found["digest"]) == ("valid", "sha1")


def test_certificates_without_the_usual_extensions_will_do(say: Say) -> None:
    """No key usage, or one that names no signing of documents: in use, and no reason to doubt."""
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=True, data_encipherment=True,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    mail = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION])
    for who in (party("Không mở rộng", SUB), party("Khóa khác", SUB, extensions=[usage, mail])):
        assert _one(say(signed(pdf(), who))) == ("valid", "")


def test_an_intermediate_whose_issuer_is_not_there_is_trusted_itself(tmp_path: Path) -> None:
    """Who put it alone in the folder meant it; beside its root it is trusted by that only."""
    alone = trusted(tmp_path / "alone", SUB)
    told = examine([_written(tmp_path, signed(pdf(), AN))], alone)
    assert _one(told.files[0]) == ("valid", "")
    assert told.trust == {"anchors": 1, "others": 0, "lists": 0, "unreadable": []}
    both = trusted(tmp_path / "both", SUB, ROOT)
    assert examine([_written(tmp_path, signed(pdf(), AN))], both).trust["others"] == 1


def test_the_folder_takes_what_offices_have(tmp_path: Path) -> None:
    """PEM with several, DER, deeper folders, lists; what is none of these is named, and no hindrance."""
    folder = trusted(tmp_path / "trust")
    (folder / "sub").mkdir()
    (folder / "all.crt").write_bytes(ROOT.pem + SUB.pem)
    (folder / "sub" / "other.cer").write_bytes(STRANGER.der)
    (folder / "old.crl").write_bytes(revoked(SUB, TSA, NOW - DAY))
    (folder / "readme.txt").write_bytes("đọc tôi".encode())
    (folder / "bad.crl").write_bytes(b"\x30\x03\x02\x01\x01")
    told = examine([_written(tmp_path, signed(pdf(), AN))], folder)
    assert _one(told.files[0]) == ("valid", "")
    assert told.trust == {"anchors": 2, "others": 1, "lists": 1, "unreadable": ["bad.crl", "readme.txt"]}


def _written(folder: Path, body: bytes) -> Path:
    path = folder / "one.pdf"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("make", [forms.bare, forms.hashed])
def test_forms_of_former_years_are_read(say: Say, make: Any) -> None:
    """Signatures that no library verifies any more hold, or do not, like any other."""
    body = make(AN)
    [found] = say(body)
    assert (found["standing"], found["digest"], found["covers"]) == ("valid", "sha1", "whole")
    assert (found["name"], found["issuer"]) == ("Nguyễn Văn An", "CA Nhà nước Thử")
    assert _one(say(body.replace(b"15/STP", b"16/STP"))) == ("altered", "")


def test_a_signature_without_attributes_is_read(say: Say) -> None:
    """The plainest of the usual form says neither when nor for what it is; it holds all the same."""
    body = forms.plain(AN)
    [found] = say(body)
    assert (found["standing"], found["claimed_at"]) == ("valid", "2015-03-05T08:30:00+07:00")
    assert _one(say(body.replace(b"15/STP", b"16/STP"))) == ("altered", "")


def test_a_form_that_nobody_knows_is_told(say: Say) -> None:
    """It is there, and cannot be read: that is something else than no signature."""
    body = signed(pdf(), AN).replace(b"/adbe.pkcs7.detached", b"/adbe.pkcs7.detachex")
    assert _one(say(body)) == ("malformed", "unknown-format")


def test_an_encrypted_file_is_read_if_it_opens_without_a_password(say: Say) -> None:
    """One that anybody may open is looked at; one with a password is told as such."""
    assert _one(say(signed(forms.encrypted(pdf(), ""), AN, password=""))) == ("valid", "")
    assert _one(say(forms.encrypted(pdf(), "mat-khau"))) == ("malformed", "encrypted")
