"""Taking the file out of what a browser's form sends (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^;\s"]{1,70}))', re.IGNORECASE)
_FILE = re.compile(rb"^content-disposition:[^\r\n]*;\s*filename\*?=", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n"


def uploaded(body: bytes, content_type: str) -> bytes:
    """Return the first file of a form, or a body as it came where it is no form, or holds no file."""
    found = _BOUNDARY.search(content_type)
    if not content_type.strip().lower().startswith("multipart/form-data") or found is None:
        return body
    mark = b"--" + (found[1] or found[2]).encode("utf-8", "replace")
    for part in (_END + body).split(_END + mark)[1:]:
        head, parted, inside = part.partition(_END + _END)
        if parted and _FILE.search(head):
            return inside
    return body
