"""What a PDF file brings for judging its signatures: certificates, revocation lists, OCSP answers."""

from __future__ import annotations

from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import DocumentSecurityStore

from lgsp.wire.pades.signed import Signed
from lgsp.wire.pades.trusting import Embedded

_ARCHIVED = "adobe_revocation_info_archival"


def of_file(reader: PdfFileReader) -> Embedded:
    """Return what the file's security store holds, or nothing where it cannot be read.

    No signature covers it, so anybody may have written anything there: what it holds counts only where a
    trusted issuer signed it.
    """
    try:
        store = DocumentSecurityStore.read_dss(reader)
        return Embedded(
            list(store.load_certs()),
            [one.get_object().read_data(DecodePurpose.CRL) for one in store.crls],
            [one.get_object().read_data(DecodePurpose.OCSP_RESPONSE) for one in store.ocsps],
        )
    except Exception:  # noqa: BLE001 - as the docstring says
        return Embedded()


def of_signature(signed: Signed, brought: Embedded) -> Embedded:
    """Return what the file brings together with what a signature brings itself."""
    lists, answers = list(brought.lists), list(brought.answers)
    attributes = signed.embedded.signer_info["signed_attrs"] if signed.embedded else ()
    for archived in find_cms_attribute_iter(attributes, _ARCHIVED):
        lists += [one.dump() for one in archived["crl"] or ()]
        answers += [one.dump() for one in archived["ocsp"] or ()]
    return Embedded([*brought.certificates, *signed.others], lists, answers)
