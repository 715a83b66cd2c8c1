"""Verifying XML signatures by the certificate that they bring: whether they hold, not whom to trust.

The parser is hardened: no DTD, no entities, no network, and lxml's own bounds on depth and length.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import (
    InvalidCertificate,
    InvalidDigest,
    InvalidInput,
    InvalidSignature,
    SignXMLException,
)
from signxml.verifier import SignatureConfiguration, XMLVerifier

from lgsp.message import Raw

LARGEST = 8 * 1024 * 1024
"""Bytes of a document that is looked at: all of it is held in memory, several times."""

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_ANY = SignatureConfiguration(
    require_x509=True,
    location=".//",
    expect_references=1,
    signature_methods=frozenset(one for one in SignatureMethod if not one.name.startswith("HMAC")),
    digest_algorithms=frozenset(DigestAlgorithm),
    ignore_ambiguous_key_info=True,
)
"""SHA-1 among them: signatures in use have nothing else, and nobody relies on what is found."""


def seal_holds(raw: Raw) -> bool | None:
    """Tell of a body that came what `holds` tells of a document; it blocks."""
    return holds(raw.read()) if raw.size <= LARGEST else None


def holds(document: bytes) -> bool | None:
    """Tell whether a document's one signature holds over the whole of it, with the key of its certificate.

    None is for what cannot be told: a document too large to look at, a signature over something else than the
    document, of an unknown method, or without a certificate. It holds as of the time of its certificate, and
    nothing is said of whom that belongs to.
    """
    if len(document) > LARGEST:
        return None
    try:
        root = etree.fromstring(document, _parser())
        certificate = _certificate(root)
        if certificate is None or root.getroottree().docinfo.doctype:
            return None
        asked = replace(_ANY, verification_time=certificate.not_valid_before_utc)
        XMLVerifier().verify(
            root, x509_cert=certificate, expect_config=asked, parser=_parser(), validate_schema=False
        )
    except (InvalidDigest, InvalidCertificate, InvalidInput, InvalidSignature) as fault:
        return None if isinstance(fault, InvalidInput) else False
    except (SignXMLException, etree.LxmlError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return None
    except (AttributeError, NotImplementedError):
        return None  # the library's answer to a signature that lacks a part
    return True


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _certificate(root: etree._Element) -> x509.Certificate | None:
    """Return the certificate of the one signature, if that is over the whole document alone; else None."""
    signatures = list(root.iter(f"{_DS}Signature"))
    references = list(root.iter(f"{_DS}Reference"))
    if len(signatures) != 1 or [one.get("URI") for one in references] != [""]:
        return None
    text = signatures[0].findtext(f".//{_DS}X509Certificate") or ""
    try:
        return x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, binascii.Error):
        return None
