"""Making PDF files in forms that no library signs any more, and encrypted ones."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs7
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from tests.wire.pades.making import Party, key, pdf

_ROOM = 8192
_RANGE = b"/ByteRange [0 1111111111 2222222222 3333333333]"


def _by_hand(form: bytes, sign: Callable[[bytes], bytes], more: bytes = b"") -> bytes:
    """Return a signed PDF, put together byte by byte; `sign` makes the contents of what is to be signed."""
    field = b"<< /FT /Sig /T (Signature1) /V 6 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] >>"
    told = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s /M (D:20150305083000+07'00') %s %s /Contents <%s> >>"
    empty = b"0" * _ROOM
    body = pdf(
        [field, told % (form, more, _RANGE, empty)], catalogue=b"/AcroForm << /Fields [5 0 R] /SigFlags 3 >>"
    )
    first = body.index(empty) - 1
    second = first + _ROOM + 2
    parts = b"/ByteRange [0 %d %d %d]" % (first, second, len(body) - second)
    body = body.replace(_RANGE, parts.ljust(len(_RANGE)))
    contents = sign(body[:first] + body[second:]).hex().encode().ljust(_ROOM, b"0")
    return body[: first + 1] + contents + body[second - 1 :]


def bare(who: Party) -> bytes:
    """Return a PDF with a signature of the oldest form: RSA over SHA-1, the certificates beside it."""

    def sign(content: bytes) -> bytes:
        made = key(who.name).sign(content, padding.PKCS1v15(), hashes.SHA1())
        return b"\x04\x82" + len(made).to_bytes(2, "big") + made

    certificates = [who.der, *(one.public_bytes(serialization.Encoding.DER) for one in who.chain)]
    told = b" ".join(b"<%s>" % one.hex().encode() for one in certificates)
    return _by_hand(b"adbe.x509.rsa_sha1", sign, b"/Cert [%s]" % told)


def hashed(who: Party) -> bytes:
    """Return a PDF with a signature over a SHA-1 digest that the signature itself brings."""

    def sign(content: bytes) -> bytes:
        digest = hashlib.sha1(content).digest()
        made = pkcs7.PKCS7SignatureBuilder().set_data(digest)
        made = made.add_signer(who.certificate, key(who.name), hashes.SHA256())
        for one in who.chain:
            made = made.add_certificate(one)
        return made.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])

    return _by_hand(b"adbe.pkcs7.sha1", sign)


def plain(who: Party) -> bytes:
    """Return a PDF with a signature of the usual form that has no attributes."""

    def sign(content: bytes) -> bytes:
        made = pkcs7.PKCS7SignatureBuilder().set_data(content)
        made = made.add_signer(who.certificate, key(who.name), hashes.SHA256())
        for one in who.chain:
            made = made.add_certificate(one)
        options = [
            pkcs7.PKCS7Options.Binary,
            pkcs7.PKCS7Options.DetachedSignature,
            pkcs7.PKCS7Options.NoAttributes,
        ]
        return made.sign(serialization.Encoding.DER, options)

    return _by_hand(b"adbe.pkcs7.detached", sign)


def hybrid() -> bytes:
    """Return a PDF as common word processors write it: one object is named by a stream beside the table."""
    body, places = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in (
        (1, b"<< /Type /Catalog /Pages 2 0 R /Lang 5 0 R >>"),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>"),
        (4, b"<< /Length 5 >>\nstream\nBT ET\nendstream"),
        (6, b"<< /Type /ObjStm /N 1 /First 4 /Length 8 >>\nstream\n5 0 (vi)\nendstream"),
        (7, b"<< /Type /XRef /Size 8 /W [1 1 1] /Index [5 1] /Length 3 >>\nstream\n\x02\x06\x00\nendstream"),
    ):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    stream = int(places[-1].split()[0])
    rows = [b"0000000005 65535 f \n", *places[:4], b"0000000000 65535 f \n", *places[4:]]
    told = b"xref\n0 8\n%strailer\n<< /Size 8 /Root 1 0 R /XRefStm %d >>\n" % (b"".join(rows), stream)
    return body + told + b"startxref\n%d\n%%%%EOF\n" % len(body)


def encrypted(body: bytes, password: str) -> bytes:
    """Return a PDF that opens with this password, or to anybody with an empty one."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(body)))
    writer.encrypt(owner_pass="chu", user_pass=password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
