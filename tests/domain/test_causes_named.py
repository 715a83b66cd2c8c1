"""An answer that nobody catalogued is known again by its signature, and means what an operator named it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.cause import Cause, Party, Severity
from lgsp.domain.causes import CAUSES, explain
from lgsp.domain.causes_named import Name, Names, answer_of
from lgsp.domain.signature import fold, shape, signature
from lgsp.errors import Refused, Scope, Unavailable, Uncertain

HTML = """<html><head><title>Lỗi kết nối</title><style>p{{}}</style></head>
<body><p>Yêu cầu {n} lúc {at}</p></body></html>"""
SAME = {
    "numbers": ("Lỗi 17 tại dòng 3", "Lỗi 9 tại dòng 12"),
    "dossiers": ("Hồ sơ H44.11-260131-0001 bị khóa", "Hồ sơ 000.00.11.H44-260201-77 bị khóa"),
    "agencies": ("Đơn vị H44.11 bị khóa", "Đơn vị H01.2.3 bị khóa"),
    "moments": ("lúc 2026-01-31T08:30:00+07:00", "lúc 2026-02-01 09:12:44.123Z"),
    "days": ("ngày 31/01/2026 08:30", "ngày 1-2-2026 17:01:02"),
    "ids": ("mã 0f8fad5b-d9cb-469f-a165-70867728950e", "mã 7C9E6679-7425-40de-944b-e07fc1f90ae7"),
    "sessions": ("phiên abcdef0123456789abcd hỏng", "phiên ZZZ1112223334445556 hỏng"),
    "blanks": ("một   hai\n", " một hai"),
    "order": (
        json.dumps({"error_code": "E1", "message": "sập", "time": "08:30"}),
        json.dumps({"time": "09:44", "message": "sập", "error_code": "E1"}),
    ),
    "code as number or text": (
        json.dumps({"error_code": 7, "message": "sập"}),
        json.dumps({"error_code": "07", "message": "sập"}),
    ),
    "pages": (HTML.format(n=1, at="08:30"), HTML.format(n=22, at="23:59:59")),
}
OTHER = {
    "native codes": (
        json.dumps({"error_code": "17", "message": "sập"}),
        json.dumps({"error_code": "18", "message": "sập"}),
    ),
    "texts": ("Trường A sai", "Trường B sai"),
    "titles": ("<title>Lỗi mạng</title>", "<title>Lỗi cơ sở dữ liệu</title>"),
}


@pytest.mark.parametrize("name", SAME)
def test_what_differs_each_time_makes_no_other_signature(name: str) -> None:
    """Two answers that say the same of another dossier, at another time, are one answer."""
    one, other = SAME[name]
    assert shape(500, one) == shape(500, other)
    assert signature(500, one) == signature(500, other)


@pytest.mark.parametrize("name", OTHER)
def test_what_tells_answers_apart_makes_another_signature(name: str) -> None:
    """Another native error code, or another text, is another answer."""
    one, other = OTHER[name]
    assert signature(500, one) != signature(500, other)


def test_another_status_is_another_answer() -> None:
    """The HTTP status is part of what an answer looks like, and is shown."""
    assert signature(500, "sập") != signature(400, "sập")
    assert shape(500, "sập") == "HTTP 500 sập"


def test_the_inner_answer_of_a_proxy_is_the_answer() -> None:
    """Where a proxy put the true answer as text into its envelope, that one's code and text count."""
    inner = json.dumps({"error_code": "E9", "message": "Kho dữ liệu 3 hỏng"})
    assert shape(200, json.dumps({"error_code": 0, "message": inner})) == "HTTP 200 [E9] Kho dữ liệu ‹n› hỏng"


def test_a_shape_shows_no_dossier() -> None:
    """What is shown of an answer by its shape holds no code of a dossier and no number of a person."""
    seen = shape(200, json.dumps({"message": "Hồ sơ H44.11-260131-0001 của 001085012345 bị khóa"}))
    assert seen == "HTTP 200 Hồ sơ ‹code› của ‹n› bị khóa"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A fold is a normal form."""
    assert fold(fold(text)) == fold(text)


@given(st.integers(0, 599), st.text())
def test_every_text_has_a_signature(status: int, text: str) -> None:
    """Whatever a system answers, its signature is made, is short, and is the same the second time."""
    assert signature(status, text) == signature(status, text)
    assert len(signature(status, text)) < 20


LOCKED = Cause(
    "portal-locked", "Hồ sơ bị khóa", "The dossier is locked", Party.AGENCY, "Mở khóa.", "Unlock it.",
    retry_helps=False,
)  # fmt: skip
BUSY = Cause(
    "portal-number-taken", "Số bị trùng", "The number is taken", Party.MINISTRY, "Chờ.", "Wait.",
    retry_helps=True, severity=Severity.WARNING,
)  # fmt: skip


def named(code: str, own: Cause | None, number: int = 1, answer: str = "200:a") -> Name:
    """Return a naming of an answer of the portal."""
    return Name(number, "portal", answer, code, own, "operator", 0)


def odd(answer: str = "200:a", **more: object) -> Unavailable:
    """Return an answer that nobody catalogued."""
    return Unavailable("uncatalogued", "sập", answer=answer, **more)  # type: ignore[arg-type]


def test_no_retry_makes_a_refusal() -> None:
    """An answer named as one for which a retry does not help is a refusal, with what was said."""
    meant = Names([named("portal-locked", LOCKED)]).meant("portal", odd(there=True))
    assert isinstance(meant, Refused)
    assert (meant.cause, meant.said, meant.there) == ("portal-locked", "sập", True)


def test_retry_puts_the_message_off_and_says_nothing_against_the_system() -> None:
    """An answer named as one for which a retry helps is put off as of the message, known, with its wait."""
    meant = Names([named("portal-number-taken", BUSY)]).meant("portal", odd(after=7))
    assert isinstance(meant, Unavailable)
    assert (meant.cause, meant.scope, meant.known, meant.after) == (
        "portal-number-taken", Scope.MESSAGE, True, 7,
    )  # fmt: skip


def test_a_name_may_point_to_the_catalogue() -> None:
    """An answer named as one that the catalogue holds is that cause, whoever it concerns there."""
    meant = Names([named("portal-away", None)]).meant("portal", odd())
    assert isinstance(meant, Unavailable)
    assert (meant.cause, meant.scope) == ("portal-away", Scope.SYSTEM)


@pytest.mark.parametrize(
    "fault",
    [odd("200:b"), Uncertain("uncatalogued", answer="200:a"), Unavailable("adapter-bug", answer="200:a")],
    ids=["another answer", "a doubt", "a bug"],
)
def test_nothing_else_is_taken_for_a_named_answer(fault: Unavailable) -> None:
    """Another answer, a doubt and a bug are what they were; so is the same answer of another system."""
    names = Names([named("portal-locked", LOCKED)])
    assert names.meant("portal", fault) is fault
    assert names.meant("other", odd()).cause == "uncatalogued"


def test_the_latest_name_counts() -> None:
    """An answer named twice is what it was named last, in whatever order the namings are read."""
    first, second = named("portal-locked", LOCKED), named("portal-number-taken", BUSY, 2)
    for order in ([first, second], [second, first]):
        names = Names(order)
        assert (names.of("portal", "200:a"), names.newest) == (BUSY, 2)


def test_an_answer_kept_without_a_name_is_told_by_the_name_it_has_now() -> None:
    """What was kept as uncatalogued is explained by its name; what had a cause keeps it."""
    names = Names([named("portal-locked", LOCKED)])
    assert names.now("portal", "uncatalogued", "200:a") is LOCKED
    assert names.now("portal", "portal-locked") is LOCKED
    assert names.now("portal", "timed-out") is CAUSES["timed-out"]
    assert names.now("portal", "replay 3") is None
    assert explain(LOCKED, "en").text == "The dossier is locked"


def test_an_adapter_that_gives_no_signature_has_its_words_signed() -> None:
    """Answers of an adapter that names only what was said are known again by that."""
    assert answer_of(Unavailable("uncatalogued", "Lỗi 1")) == answer_of(Unavailable("uncatalogued", "Lỗi 2"))
    assert not answer_of(Unavailable("timed-out", "Lỗi 1"))
    assert not answer_of(Refused("portal-locked"))
