"""How a packet's signature stands: told apart, verified where it can be, and never a reason to trust."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import CanonicalizationMethod, SignatureMethod, XMLSigner, methods

from lgsp.formats.edxml import Packet
from lgsp.wire import xmldsig
from tests.formats.edxml.packets import again, attached, fault, packet, taken, told

DS = "http://www.w3.org/2000/09/xmldsig#"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Thử nghiệm")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=365))
        .sign(KEY, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


class _Signer(XMLSigner):
    def check_deprecated_methods(self) -> None:
        """Sign with SHA-1 too: that is what packets have."""


def _signed(body: bytes, method: SignatureMethod = SignatureMethod.RSA_SHA256) -> bytes:
    """Return a packet with a signature over all of it, as the last child of its header."""
    root = etree.fromstring(body)
    header = root[0][0]
    header.append(etree.Element(f"{{{DS}}}Signature", Id="placeholder"))
    signer = _Signer(
        method=methods.enveloped,
        signature_algorithm=method,
        digest_algorithm=method.name.split("_")[1].lower(),
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    made = signer.sign(root, key=KEY, cert=_certificate(), always_add_key_value=False)
    written: bytes = etree.tostring(made)
    return written


def _judged(body: bytes) -> Packet:
    return taken(body).verified(xmldsig.holds(body))


def _standing(found: Packet) -> str:
    return str(found.data.get("signature", {}).get("standing", "absent"))


@pytest.mark.parametrize("method", [SignatureMethod.RSA_SHA1, SignatureMethod.RSA_SHA256])
def test_a_signature_that_holds_is_valid(method: SignatureMethod) -> None:
    """One over the whole packet, with the key of its own certificate, whoever that is and however old it is."""
    body = _signed(attached(b"%PDF-1.4"), method)
    assert _standing(taken(body)) == "unverified"
    found = _judged(body)
    assert _standing(found) == "valid"
    assert ("signature-valid", "Signature") in told(found)
    assert ("signature-unverified", "Signature") not in told(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"thu", b"thuu"),
        (b"JVBER", b"JVBEQ"),
        (b"<OrganId>H37", b"<OrganId>H38"),
        (b"<SteeringType>1", b"<SteeringType>2"),
    ],
)
def test_any_change_makes_it_invalid(old: bytes, new: bytes) -> None:
    """A letter in the header, or in a file, and the signature does not hold."""
    body = _signed(attached(b"%PDF-1.4").replace("thử".encode(), b"thu"))
    assert body.count(old) >= 1
    assert _standing(_judged(body.replace(old, new, 1))) == "invalid"


def test_a_signature_of_another_key_is_invalid() -> None:
    """What was signed with one key does not hold with the certificate of another."""
    body = _signed(packet())
    begin = body.index(b"SignatureValue>") + len(b"SignatureValue>")
    other = b"B" if body[begin : begin + 1] == b"A" else b"A"
    assert _standing(_judged(body[:begin] + other + body[begin + 1 :])) == "invalid"


def test_what_cannot_be_verified_stays_unverified() -> None:
    """A signature over a part, several of them, or a packet that is too large: nothing is claimed."""
    body = _signed(packet())
    assert xmldsig.holds(body.replace(b'URI=""', b'URI="cid:1"')) is None
    twice = body.replace(b"</edXMLHeader>", b'<Signature xmlns="' + DS.encode() + b'"/></edXMLHeader>')
    assert xmldsig.holds(twice) is None
    assert xmldsig.holds(body + b" " * xmldsig.LARGEST) is None
    assert xmldsig.holds(b"<a/>") is None
    assert xmldsig.holds(b"no xml") is None
    assert taken(body).verified(None) == taken(body)


def test_a_dtd_is_not_read_for_a_signature() -> None:
    """The verifier resolves nothing either."""
    body = b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + _signed(packet())
    assert xmldsig.holds(body) is None


def _vendor(certificate: str, digest: str = "PrlYKdD8sksgnxFvUVtPIQ0pAqM=", space: str = "") -> str:
    reference = f'<Reference URI=""><DigestValue>{digest}</DigestValue></Reference>'
    return (
        f"<Signature{space}><SignedInfo>{reference}</SignedInfo><SignatureValue>QUJD</SignatureValue><KeyInfo>"
        f"<X509Data><X509SubjectName>CN=user05</X509SubjectName><X509Certificate>{certificate}"
        "</X509Certificate></X509Data></KeyInfo></Signature>"
    )


REAL = "".join(_certificate().splitlines()[1:-1])
REAL_SPACE = f' xmlns="{DS}"'


def test_two_signatures_are_not_one() -> None:
    """Which of them would go on cannot be said, so the packet is turned away; an empty one beside it is nothing."""
    assert fault(packet(header=_vendor(REAL) * 2)) == ("repeated-content", "Signature[2]")
    found = taken(packet(header=_vendor(REAL) + "<DigitalSignature/>"))
    assert told(found) == {("signature-wrong-namespace", "Signature"), ("empty-element", "DigitalSignature")}


@pytest.mark.parametrize(
    ("header", "standing"),
    [
        ("", "absent"),
        ("<DigitalSignature/>", "absent"),
        ("<Signature><SignedInfo/></Signature>", "absent"),
        (_vendor("MIIFqTCCBJG"), "placeholder"),
        (_vendor("QUJD"), "placeholder"),
        (_vendor("MIIFqTCCBJG", space=REAL_SPACE), "placeholder"),
        (_vendor(REAL, "FwgIqsSYJshUS2+wlOM61L+q7Aw="), "placeholder"),
        (_vendor(REAL), "wrong-namespace"),
        (f"<DigitalSignature>{_vendor(REAL)}</DigitalSignature>", "wrong-namespace"),
        (_vendor(REAL, space=REAL_SPACE), "unverified"),
        (f"<DigitalSignature>{_vendor(REAL, space=REAL_SPACE)}</DigitalSignature>", "unverified"),
    ],
)
def test_signatures_are_told_apart(header: str, standing: str) -> None:
    """None, the kit's placeholder, one where nothing verifies it, and one that may be verified; all come back."""
    first, second, _ = again(packet(header=header))
    assert _standing(first) == standing
    assert second.data == first.data
    codes: set[Any] = {code for code, _ in told(first)}
    assert (f"signature-{standing}" in codes) == (standing != "absent")
