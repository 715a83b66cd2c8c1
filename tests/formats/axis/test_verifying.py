"""Holding what a signature proves, by requests captured from the vendor's client."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.axis.protocol import OPERATIONS, PREFIX
from lgsp.formats.axis.signing import canonical, seal, sign
from lgsp.formats.axis.verifying import Flaw, Unverified, claimed_system, verify
from lgsp.message import VIETNAM
from tests.formats.axis.captured import NAMES, SECRET, SYSTEM, captured, secret_of

MOMENT = datetime(2026, 11, 21, 21, 21, 34, 178_000, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)
SIGNED_HEADERS = [
    (name, header.decode())
    for name in NAMES
    for header, _ in captured(name).headers
    if header.lower().startswith(PREFIX.lower().encode()) and header != b"XroadVnpt-version"
]

NAMED = [
    PREFIX.encode() + name
    for name in (b"systemid", b"sign-header", b"hash-header", b"sign-header-key", b"to")
]

Pairs = list[tuple[bytes, bytes]]


def flaw(headers: Pairs, **how: object) -> Flaw:
    """Return why a request is not believed."""
    with pytest.raises(Unverified) as caught:
        verify(headers, secret_of, **how)  # type: ignore[arg-type]
    return caught.value.flaw


def signed(said: str, **other: str) -> Pairs:
    """Return the headers of a request whose signed text is this, under the right secret."""
    headers = {PREFIX + "systemid": SYSTEM, PREFIX + "sign-header": said, **other}
    headers[PREFIX + "hash-header"] = seal(SECRET, said.encode())
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def on_wire(headers: dict[str, str]) -> Pairs:
    """Return headers as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_vendors_client_signs_verifies(name: str) -> None:
    """Each captured request is believed, within an hour of its stamp and of any skew when none is asked for."""
    request = captured(name)
    assert verify(request.headers, secret_of).system == SYSTEM
    assert verify(request.headers, secret_of, now=MOMENT, skew=HOUR).system == SYSTEM
    assert claimed_system(request.headers) == SYSTEM


@pytest.mark.parametrize("name", NAMES)
def test_the_signed_text_and_its_hash_are_written_as_the_client_writes_them(name: str) -> None:
    """The same parameters in the same order give the captured text and the captured HMAC."""
    request = captured(name)
    said = request.header("XroadVnpt-sign-header")
    pairs = dict(verify(request.headers, secret_of).parameters)
    assert canonical(pairs) == said
    assert seal(SECRET, said.encode()) == request.header("XroadVnpt-hash-header")


@pytest.mark.parametrize(("name", "header"), SIGNED_HEADERS)
def test_a_changed_header_is_refused(name: str, header: str) -> None:
    """One letter more, an empty value, no header at all, or a second one beside it: none is believed."""
    request = captured(name)
    value = request.header(header).encode()
    assert flaw(request.changed(header, value + b"x"))
    assert flaw(request.changed(header, b""))
    assert flaw(request.changed(header, None))
    assert flaw([*request.headers, (header.encode(), b"other")])


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("XroadVnpt-systemid", b"another", Flaw.STRANGER),
        ("XroadVnpt-messagetype", b"status", Flaw.ALTERED),
        ("XroadVnpt-timestamp", b"22112026T212134+0178", Flaw.ALTERED),
        ("XroadVnpt-Content-Type", b"text/xml", Flaw.ALTERED),
        ("Content-Type", b"text/xml", Flaw.ALTERED),
        ("XroadVnpt-sign-header-key", b"systemid;timestamp", Flaw.ALTERED),
        ("XroadVnpt-sign-header", b"{}", Flaw.FORGED),
        ("XroadVnpt-hash-header", b"0" * 64, Flaw.FORGED),
        ("XroadVnpt-hash-header", "đ".encode() * 64, Flaw.FORGED),
        ("XroadVnpt-hash-header", None, Flaw.UNSIGNED),
    ],
)
def test_the_refusal_says_why(header: str, value: bytes | None, expected: Flaw) -> None:
    """Who mends a client must know whether its secret, its headers or its clock are wrong."""
    assert flaw(captured("06_getReceivedEdocList").changed(header, value)) is expected


def test_another_secret_is_refused() -> None:
    """A signature under a secret of somebody else proves nothing, and neither does none for an empty one."""
    headers = captured("01_getAgenciesList").headers
    for secret in ("dummy-secreT", "", None):
        with pytest.raises(Unverified):
            verify(headers, lambda _, secret=secret: secret)  # type: ignore[misc]


@pytest.mark.parametrize("away", [timedelta(seconds=61), timedelta(days=400)])
def test_an_old_stamp_and_an_early_one_are_refused(away: timedelta) -> None:
    """A captured request cannot be played again later, when a skew is asked for."""
    headers = captured("06_getReceivedEdocList").headers
    skew = timedelta(seconds=60)
    assert flaw(headers, now=MOMENT + away, skew=skew) is Flaw.STALE
    assert flaw(headers, now=MOMENT - away, skew=skew) is Flaw.STALE
    assert verify(headers, secret_of, now=MOMENT + skew, skew=skew).moment == MOMENT


def test_parameters_that_nobody_signed_count_for_nothing() -> None:
    """A header slipped in on the way is not a parameter, and does not spoil the others."""
    headers = [*captured("01_getAgenciesList").headers, (b"xroadvnpt-docid", b"slipped-in")]
    assert verify(headers, secret_of).get("docId") is None


def test_parameters_of_earlier_calls_are_carried_and_harmless() -> None:
    """A client object that has updated a status lists with its old `docid` and `status` still there."""
    told = verify(captured("15_getReceivedEdocList").headers, secret_of)
    assert (told.get("messagetype"), told.get("docid"), told.get("status")) == ("status", "X", "done")


def test_a_parameter_in_two_spellings_is_taken_as_the_operation_spells_it() -> None:
    """`docId` of getEdoc and the `docid` that updateStatus left behind are one header name and two values."""
    headers = on_wire(sign(SECRET, SYSTEM, {"docid": "old", "docId": "new"}, MOMENT))
    told = verify(headers, secret_of)
    assert (told.get("docId"), told.get("docid"), told.get("DOCID")) == ("new", "old", "old")
    assert flaw([pair for pair in headers if pair[1] not in {b"old", b"new"}]) is Flaw.ALTERED
    assert flaw([(name, b"other" if value == b"old" else value) for name, value in headers]) is Flaw.ALTERED


@pytest.mark.parametrize("kept", [b"old", b"new"])
def test_two_spellings_may_come_as_one_header(kept: bytes) -> None:
    """A client's HTTP library that knows no case sends the later of two spellings alone; both were signed."""
    headers = on_wire(sign(SECRET, SYSTEM, {"docid": "old", "docId": "new"}, MOMENT))
    dropped = {b"old", b"new"} - {kept}
    told = verify([pair for pair in headers if pair[1] not in dropped], secret_of)
    assert (told.get("docId"), told.get("docid")) == ("new", "old")


def test_the_order_of_headers_and_names_does_not_count() -> None:
    """A proxy may sort headers; the text is verified as it came."""
    request = captured("08_sendEdoc")
    names = request.header("XroadVnpt-sign-header-key").split(";")
    turned = request.changed("XroadVnpt-sign-header-key", ";".join(reversed(names)).encode())
    assert verify(list(reversed(turned)), secret_of).get("from") == "H37.01"


@pytest.mark.parametrize(
    "said",
    [
        "[]",
        "null",
        "{",
        '{"XroadVnpt-systemid":["dummy-system"]}',
        '{"systemid":"dummy-system"}',
        '{"XroadVnpt-systemid":"dummy-system"}',
        "[" * 5000,
    ],
)
def test_a_signed_text_that_says_nothing_is_refused(said: str) -> None:
    """The right secret under a text that is no object of headers is a fault of the client, said as such."""
    assert flaw(signed(said)) in {Flaw.UNREADABLE, Flaw.ALTERED, Flaw.UNSIGNED}


@pytest.mark.parametrize(
    "wrong", [{"timestamp": "31022026T000000+0000"}, {"timestamp": ""}, {"timestamp": None}]
)
def test_a_stamp_that_is_no_moment_is_refused(wrong: dict[str, str | None]) -> None:
    """A signed 31 February, or no stamp at all, cannot be compared with any clock."""
    given = {"systemid": SYSTEM, "Content-Type": "application/json", **wrong}
    pairs = {name: value for name, value in given.items() if value is not None}
    headers = {PREFIX + name: value for name, value in pairs.items()}
    headers[PREFIX + "sign-header-key"] = ";".join(pairs)
    assert flaw(signed(canonical(pairs), **headers)) is Flaw.UNREADABLE


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_letters_beyond_ascii_verify_as_they_may_come(charset: str) -> None:
    """A path on a client's disk may hold `é`: signed as UTF-8, written in either charset."""
    pairs = {
        "systemid": SYSTEM,
        "filePath": "C:/été/",
        "timestamp": "21112026T212134+0178",
        "Content-Type": "text/xml",
    }
    said = json.dumps({PREFIX + name: value for name, value in pairs.items()}, ensure_ascii=False)
    headers = {PREFIX + name: value for name, value in pairs.items()}
    headers |= {PREFIX + "sign-header-key": ";".join(pairs), PREFIX + "sign-header": said}
    headers[PREFIX + "hash-header"] = seal(SECRET, said.encode())
    raw = [(name.encode(), value.encode(charset)) for name, value in headers.items()]
    assert verify(raw, secret_of).system == SYSTEM


@given(st.lists(st.tuples(st.sampled_from(NAMED), st.binary(max_size=40)), max_size=8))
def test_no_headers_raise_anything_else(headers: Pairs) -> None:
    """Whatever bytes come in whatever header, the answer is a flaw and never a fault of ours."""
    with pytest.raises(Unverified):
        verify(headers, lambda _: SECRET, now=MOMENT, skew=HOUR)


@given(st.binary(max_size=60))
def test_no_signed_text_raises_anything_else(said: bytes) -> None:
    """A client that signs nonsense with the right secret is told so."""
    headers = [
        (b"XroadVnpt-systemid", SYSTEM.encode()),
        (b"XroadVnpt-sign-header", said),
        (b"XroadVnpt-sign-header-key", b"systemid"),
        (b"XroadVnpt-hash-header", seal(SECRET, said.strip()).encode()),
    ]
    with pytest.raises(Unverified):
        verify(headers, secret_of)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True).filter(
            lambda n: n.lower() not in {"systemid", "timestamp"}
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        max_size=6,
    ),
    st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1)).map(lambda naive: naive.replace(tzinfo=VIETNAM)),  # noqa: DTZ001
)
def test_what_we_sign_verifies(parameters: dict[str, str], moment: datetime) -> None:
    """Any parameters that fit headers are signed so that the other side believes and reads them."""
    headers = on_wire(sign(SECRET, SYSTEM, parameters, moment))
    told = verify(headers, secret_of, now=moment, skew=timedelta(milliseconds=1))
    assert {name: told.get(name) for name in parameters} == {n: v.strip() for n, v in parameters.items()}


@pytest.mark.parametrize(
    "parameters", [{"to": "Hà Nội"}, {"to": "a\r\nb"}, {"bad name": "x"}, {"": "x"}, {"to": "\x7f"}]
)
def test_what_cannot_stand_in_a_header_is_not_signed(parameters: dict[str, str]) -> None:
    """A line break in a parameter would be a header of its own: nothing is sent."""
    with pytest.raises(ValueError, match="signing a request"):
        sign(SECRET, SYSTEM, parameters, MOMENT)


def test_the_operations_ask_for_what_was_captured() -> None:
    """The table of operations names the parameters of each capture in the spelling that came."""
    for name in NAMES:
        request = captured(name)
        operation = OPERATIONS[request.target.strip("/")]
        spelled = {key for key, _ in verify(request.headers, secret_of).parameters}
        assert set(operation.asks) <= spelled


@pytest.mark.parametrize("behind", ["x", "{}", ' "', "\x0b}"])
def test_a_signed_text_with_something_behind_it_is_refused(behind: str) -> None:
    """What was signed is one object, and nothing else."""
    pairs = {"systemid": SYSTEM, "timestamp": "22112026T000000+0000", "Content-Type": "application/json"}
    headers = {PREFIX + name: value for name, value in pairs.items()}
    headers[PREFIX + "sign-header-key"] = ";".join(pairs)
    assert verify(signed(canonical(pairs), **headers), secret_of).system == SYSTEM
    assert flaw(signed(canonical(pairs) + behind, **headers)) is Flaw.UNREADABLE


def test_letters_beyond_ascii_are_signed_as_escapes() -> None:
    """The vendor's client writes them so; what is plain ASCII stands as it is, quoted where JSON asks for it."""
    assert canonical({"a": "Sở"}) == '{"XroadVnpt-a":"S\\u1edf"}'
    assert canonical({"a": 'b"\\/'}) == '{"XroadVnpt-a":"b\\"\\\\/"}'
