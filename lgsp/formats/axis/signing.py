"""Signing requests to the document axis.

Every parameter goes into a header of its own; what is signed is one compact JSON object of them, whose order
only the sender knows. Source: captured requests (high confidence).
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

import orjson

from lgsp.formats.axis.protocol import (
    AGENT,
    CONTENT_TYPE,
    HASH,
    JSON_TYPE,
    PREFIX,
    SIGNED,
    SIGNED_NAMES,
    STAMP,
    SYSTEM,
    VERSION,
)
from lgsp.formats.axis.stamps import write_stamp
from lgsp.message import VIETNAM

_NAME = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_VALUE = re.compile(r"[ -~]*", re.ASCII)
_JSON = json.JSONEncoder(separators=(",", ":"))

Headers = dict[str, str]


def sign(  # noqa: PLR0913 - each is one independent part of what is signed
    secret: str,
    system: str,
    parameters: Mapping[str, str],
    moment: datetime,
    *,
    content_type: str = JSON_TYPE,
    zone: tzinfo = VIETNAM,
) -> Headers:
    """Return the headers of one request, in the order in which the vendor's client sends them.

    Make them anew for each request: a parameter of another operation does no harm, an old stamp may.

    Args:
        secret: shared with the axis.
        system: the registered system that asks.
        parameters: by their native names (`messagetype`, `docId`).
        moment: now, with its zone.
        content_type: of the body; a request without one says JSON.
        zone: in which the axis expects the stamp.

    Raises:
        ValueError: a name or a value that cannot stand in a header; names the parameter, shows no value.
    """
    signed = {SYSTEM: system, **parameters, STAMP: write_stamp(moment, zone), CONTENT_TYPE: content_type}
    _check(signed)
    said = canonical(signed)
    plain = {PREFIX + name: value for name, value in signed.items()}
    proof = {SIGNED_NAMES: ";".join(signed), SIGNED: said, HASH: seal(secret, said.encode())}
    return {
        CONTENT_TYPE: content_type,
        **plain,
        **{PREFIX + name: value for name, value in proof.items()},
        "User-Agent": AGENT,
        PREFIX + "version": VERSION,
    }


def canonical(signed: Mapping[str, str]) -> str:
    """Return what is signed: a compact JSON object of header names and values, in the order given."""
    said = {PREFIX + name: value for name, value in signed.items()}
    written = orjson.dumps(said).decode()
    return written if written.isascii() else _JSON.encode(said)


def seal(secret: str, said: bytes) -> str:
    """Return the HMAC-SHA256 of what is signed, in lower-case hex."""
    # `hmac.digest` lets go of Python's lock each time, and waits for whoever takes it
    return hmac.new(secret.encode(), said, "sha256").hexdigest()


def _check(signed: Mapping[str, str]) -> None:
    if all(signed) and _NAME.fullmatch("".join(signed)) and _VALUE.fullmatch("".join(signed.values())):
        return
    for name, value in signed.items():
        if not _NAME.fullmatch(name):
            raise ValueError("signing a request: a parameter's name holds what no header's name may")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"signing a request: {name} holds a letter that cannot stand in a header")
