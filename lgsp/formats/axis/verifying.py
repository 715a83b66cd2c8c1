"""Verifying the signature of a request to the document axis.

What was signed is verified as it was received and never rebuilt: its order is that of the client's hash map.
The HMAC covers the signed text alone, neither path nor body; so the headers themselves are compared with the
text, only signed parameters count, and the stamp can be bounded. A client object keeps the parameters of its
earlier calls, in whatever spelling (`docId` and `docid` side by side): all are checked, the operation then
asks for its own. Source: captured requests (high confidence).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from lgsp.formats.axis.protocol import CONTENT_TYPE, HASH, PREFIX, SIGNED, SIGNED_NAMES, STAMP, SYSTEM
from lgsp.formats.axis.signing import seal
from lgsp.formats.axis.stamps import read_stamp, within
from lgsp.message import VIETNAM

_NO_SKEW = timedelta()
_PREFIX, _TYPE = PREFIX.lower(), CONTENT_TYPE.lower()
_JSON = json.JSONDecoder(object_pairs_hook=list, parse_int=str, parse_float=str)

RawHeaders = Iterable[tuple[bytes, bytes]]
Pairs = list[tuple[str, str]]
Values = dict[str, list[str]]
"""By names in lower case; those of headers have their prefix, those of parameters have none."""


class Flaw(StrEnum):
    """Why a request is not believed."""

    UNSIGNED = "unsigned"
    """A header of the signature is missing, or is there twice."""
    STRANGER = "unknown-system"
    """Nobody here shares a secret with that system."""
    FORGED = "wrong-signature"
    """The HMAC is not that of the signed text under the system's secret."""
    UNREADABLE = "unreadable-signature"
    """The signed text is no JSON object of headers, or names no system or moment."""
    ALTERED = "altered-header"
    """A header does not say what was signed, or is not there."""
    STALE = "stale-timestamp"
    """The request was made too long ago, or will be made too long from now."""


class Unverified(ValueError):  # noqa: N818 - named after what the request is
    """A request that is not what its signature says.

    Attributes:
        flaw: why.
        name: the header it is about, without its prefix, where it is about one.
    """

    def __init__(self, flaw: Flaw, name: str = "") -> None:
        super().__init__(f"verifying a request: {flaw}" + (f": {name}" if name else ""))
        self.flaw = flaw
        self.name = name


@dataclass(slots=True, frozen=True)
class Signed:
    """What a request is signed to say.

    Attributes:
        system: who asks.
        moment: when the client object was made that asks.
        parameters: names without prefix, as spelled, and values, in the order signed.
    """

    system: str
    moment: datetime
    parameters: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return a parameter: as spelled if it was signed so, else in any other case; None when absent."""
        for key, value in self.parameters:
            if key == name:
                return value
        lower = name.lower()
        return next((value for key, value in self.parameters if key.lower() == lower), None)


def claimed_system(headers: RawHeaders) -> str:
    """Return who a request says it is from, verified by nothing; "" when it does not say."""
    return _gather(headers).get(_PREFIX + SYSTEM, [""])[0]


def verify(
    headers: RawHeaders,
    secret_of: Callable[[str], str | None],
    *,
    now: datetime | None = None,
    skew: timedelta = _NO_SKEW,
    zone: tzinfo = VIETNAM,
) -> Signed:
    """Return what a request is signed to say.

    Args:
        headers: name and value of each, as ASGI has them.
        secret_of: the secret shared with a system; None for a stranger.
        now: with its zone; without it any stamp counts.
        skew: how far the stamp may be from now; nothing lets any stamp count.
        zone: in which clients write stamps.

    Raises:
        Unverified: it is not to be believed, and why.
    """
    received = _gather(headers)
    system, said = _only(received, SYSTEM), _only(received, SIGNED)
    _prove(said, _only(received, HASH), secret_of(system))
    pairs, signed = _read(said)
    _compare(signed, received)
    moment = read_stamp(_one(signed, STAMP), zone)
    if moment is None:
        raise Unverified(Flaw.UNREADABLE, STAMP)
    if now is not None and not within(moment, now, skew):
        raise Unverified(Flaw.STALE, STAMP)
    return Signed(_one(signed, SYSTEM), moment, tuple(pairs))


def _gather(headers: RawHeaders) -> Values:
    """Return the values of each header that may be signed, and of the content type, by its name."""
    found: Values = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if name.startswith(_PREFIX) or name == _TYPE:
            found.setdefault(name, []).append(value.decode("utf-8", "surrogateescape").strip())
    return found


def _only(received: Values, name: str) -> str:
    values = received.get(_PREFIX + name, ())
    if len(values) != 1 or not values[0]:
        raise Unverified(Flaw.UNSIGNED, name)
    return values[0]


def _prove(said: str, declared: str, secret: str | None) -> None:
    """Compare in constant time, and for a stranger as long as for anybody.

    Letters beyond ASCII may have come as Latin-1, and were signed as UTF-8: both readings count.
    """
    raw = said.encode("utf-8", "surrogateescape")
    readings = [raw] if raw.isascii() else [raw, raw.decode("latin-1").encode()]
    given = declared.lower().encode("utf-8", "surrogateescape")
    proven = [hmac.compare_digest(seal(secret or "-", reading).encode(), given) for reading in readings]
    if not secret:
        raise Unverified(Flaw.STRANGER, SYSTEM)
    if not any(proven):
        raise Unverified(Flaw.FORGED, HASH)


def _read(said: str) -> tuple[Pairs, Values]:
    """Return the signed parameters, repeated ones too, without their prefix: in order, and by their names."""
    try:
        read, end = _JSON.raw_decode(said)
    except (ValueError, RecursionError):
        raise Unverified(Flaw.UNREADABLE, SIGNED) from None
    if end != len(said) or not isinstance(read, list):
        raise Unverified(Flaw.UNREADABLE, SIGNED)
    pairs: Pairs = []
    named: Values = {}
    for pair in read:
        name, value = _pair(pair)
        pairs.append((name, value))
        named.setdefault(name.lower(), []).append(value)
    return pairs, named


def _pair(pair: object) -> tuple[str, str]:
    if not isinstance(pair, tuple):
        raise Unverified(Flaw.UNREADABLE, SIGNED)
    name, value = pair
    if not name.lower().startswith(_PREFIX) or not (value is None or isinstance(value, str)):
        raise Unverified(Flaw.UNREADABLE, SIGNED)
    return name[len(PREFIX) :], (value or "").strip()


def _compare(signed: Values, received: Values) -> None:
    """Hold each signed parameter against the headers of its name; nobody looks at what was not signed.

    Of a parameter that was signed in two spellings a client's HTTP library may send the later one alone, for
    to it they are one header. What was signed counts in any case.
    """
    for name, values in signed.items():
        came = received.get(_PREFIX + name, [])
        if came != values and not (came and set(came) <= set(values)):
            raise Unverified(Flaw.ALTERED, name)
    if sorted(_names(received)) != sorted(name for name, values in signed.items() for _ in values):
        raise Unverified(Flaw.ALTERED, SIGNED_NAMES)
    _compare_type(received, _one(signed, CONTENT_TYPE))


def _names(received: Values) -> list[str]:
    return [name.strip().lower() for name in _only(received, SIGNED_NAMES).split(";")]


def _compare_type(received: Values, signed: str) -> None:
    """Hold the plain content type against the signed one; a request without a body may go without."""
    for plain in received.get(_TYPE, ()):
        if plain != signed and _media(plain) != _media(signed):
            raise Unverified(Flaw.ALTERED, CONTENT_TYPE)


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _one(signed: Values, name: str) -> str:
    """Return a parameter that every request signs."""
    found = signed.get(name.lower(), ())
    if not found or not found[0] or found.count(found[0]) != len(found):
        raise Unverified(Flaw.UNREADABLE, name)
    return found[0]
