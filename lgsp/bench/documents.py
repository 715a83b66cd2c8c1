"""Documents of 10 KB, as a document-management system sends them: packets with signed headers."""

from __future__ import annotations

import random
from datetime import datetime
from functools import cache

from lgsp.folder import NOWHERE, Inside
from lgsp.formats import edxml
from lgsp.formats.axis.hashing import TAIL, hash_file
from lgsp.formats.axis.protocol import FILE_TYPE, SERVICE, MessageType
from lgsp.formats.axis.signing import sign
from lgsp.message import VIETNAM

SYSTEM, SECRET = "dms", "bench"
_SENDER, _RECEIVER = "H44.11", "G22"
_NUMBER = "99999999"
_ID = f"H44.11,2026/01/31,{_NUMBER}/UBND-VP"
_FILE = 5_200
_NUMBERS = 2
"""So often a packet's number stands in it, before its file: in its id and by itself."""


def packet(n: int, size: int = _FILE) -> bytes:
    """Return a packet with one file in it, to an agency beyond the axis; each n is another.

    Args:
        n: which.
        size: bytes of the file; what is usual makes a packet of about 10 KB.
    """
    return _template(size).replace(_NUMBER.encode(), f"{n:08d}".encode(), _NUMBERS)


def sent(n: int, size: int = _FILE) -> bytes:
    """Return the request that brings a packet, as it goes over the wire."""
    body = packet(n, size)
    asked = {
        "servicetype": SERVICE,
        "messagetype": MessageType.DOCUMENT,
        "from": _SENDER,
        "hash-file": hash_file(body),
    }
    headers = sign(SECRET, SYSTEM, asked, datetime.now(VIETNAM), content_type=FILE_TYPE)
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = len(body) + len(TAIL)
    line = f"POST /systems/{SYSTEM}/sendEdoc HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    return f"{line}Content-Length: {length}\r\n{said}\r\n".encode() + body + TAIL


@cache
def _template(size: int) -> bytes:
    content = b"%PDF-1.4\n" + random.Random(1).randbytes(size)
    file = Inside(room=len(content)).keep([content])
    agency = {"name": "Ủy ban nhân dân tỉnh Cao Bằng", "address": "Số 11, đường Hoàng Đình Giong"}
    data = {
        "key": _ID,
        "act": "new",
        "id": _ID,
        "sender": {"code": _SENDER, **agency, "email": "ubnd@example.vn", "phone": "0206 0000 000"},
        "recipients": [{"code": _RECEIVER, "name": "Văn phòng Chính phủ"}],
        "number": _NUMBER,
        "notation": "UBND-VP",
        "place": "Cao Bằng",
        "promulgated_on": "2026-01-31",
        "kind": {"code": "1", "name": "Công văn"},
        "subject": "Về việc kiểm thử tốc độ liên thông văn bản điện tử qua trục",
        "summary": "Văn bản dùng để đo",
        "signers": [{"authority": "TM. UBND", "position": "Chủ tịch", "name": "Nguyễn Văn A"}],
        "urgency": "normal",
        "steering": "none",
        "attachments": [{"id": "1", "name": "van-ban.pdf", "dataref": file}],
    }
    return edxml.packet_of(edxml.DOCUMENT, data, NOWHERE)
