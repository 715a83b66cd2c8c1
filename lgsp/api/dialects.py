"""Ways to say a client's id and secret beside those of OAuth: the `lgspaccesstoken` header."""

from __future__ import annotations

import base64
import binascii

import orjson

from lgsp.credentials.register import RefusedError

ACCESS_TOKEN = b"lgspaccesstoken"
"""The header, and the word before what it said once that stands where a bearer's credential stands."""
_LARGEST = 4096


def client_of(told: str) -> tuple[str, str]:
    """Return a client's id and secret out of base64 of `{"AccessKey": …, "SecretKey": …}`.

    Clients say their application and partner in it too (`AppName`, `PartnerCode`, `PartnerCodeCus`); who they
    are does not hang on that.

    Raises:
        RefusedError: it is nothing of the kind.
    """
    try:
        said = orjson.loads(base64.b64decode(told.strip(), validate=True)) if len(told) <= _LARGEST else None
    except (binascii.Error, ValueError):
        said = None
    found = [said.get(name) for name in ("AccessKey", "SecretKey")] if isinstance(said, dict) else []
    match found:
        case [str(client), str(secret)] if client and secret:
            return client, secret
    raise RefusedError("malformed")
