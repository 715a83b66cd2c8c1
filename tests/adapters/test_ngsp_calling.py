"""One call of the platform: what is said to it and how long it may take, and what is no answer at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from lgsp.adapters.ngsp.calling import Platform
from lgsp.adapters.ngsp.natives import Native, sparse

from lgsp.errors import Refused, Unavailable
from lgsp.message import VIETNAM, Message
from lgsp.wire.http import Answer
from tests.ngsp_side import Canned, adapter_of, business, entries, insured, question

NOW = datetime(2026, 1, 31, 8, 30, tzinfo=VIETNAM)
FINE = Answer(200, '{"Status": "1", "MainInformation": {"NAME": "A"}}', "application/json")
PERSON = Answer(200, '{"maSoBhxh": "0188000002", "hoTen": "A"}', "application/json")


class Heard(Canned):
    """A platform that notes all of each call."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(*answers)
        self.calls: list[Any] = []

    async def _call(self, asked: Any) -> Answer:
        self.calls.append(asked)
        return await super()._call(asked)


async def test_what_was_asked_is_told_by_get_and_post_as_the_service_wants_it() -> None:
    """The token of now stands in a header and in nothing that is kept; JSON is wanted before XML."""
    far = Heard(FINE, PERSON)
    adapter = adapter_of(far)
    await adapter.ask(business())
    await adapter.ask(insured())
    _, get, post = far.calls
    assert (get.method, post.method) == ("GET", "POST")
    assert get.url.endswith("/gw/apiCSDLDKDN/1.0/chiTietDoanhNghiep?msdn=0199000001")
    for one in (get, post):
        assert one.headers["Authorization"] == "Bearer t0ken"
        assert one.headers["Accept"].startswith("application/json, application/xml")
        assert one.secrets == ("t0ken",)
        assert one.read, "a look-up may be repeated: nothing is written by it"


@pytest.mark.parametrize(
    ("catalogue", "path"),
    [
        ("madantoc", "dmdc/1.0/Category/madantoc"),
        ("mã dân tộc", "dmdc/1.0/Category/m%C3%A3%20d%C3%A2n%20t%E1%BB%99c"),
        ("a?b#c", "dmdc/1.0/Category/a%3Fb%23c"),
    ],
)
async def test_a_name_stays_a_part_of_the_path(catalogue: str, path: str) -> None:
    """No sign in it leads to another service, or begins a query."""
    far = Heard(Answer(200, "[]", "application/json"))
    adapter = adapter_of(far)
    await adapter.ask(Message("catalogue.query.v1", "", "", {"catalogue": catalogue}))
    assert far.calls[-1].url == f"http://platform.example/gw/{path}"


@pytest.mark.parametrize(
    ("within", "takes"), [(None, 10.0), (60.0, 10.0), (4.0, 4.0), (0.01, 0.05), (-5.0, 0.05)]
)
async def test_a_call_takes_no_longer_than_anybody_waits(within: float | None, takes: float) -> None:
    """Nor than the setting; whoever has hardly any time left is tried for, and not put off for ever."""
    far = Heard(FINE)
    adapter = adapter_of(far, lambda: NOW)
    until = None if within is None else NOW + timedelta(seconds=within)
    await adapter.ask(Message("business.query.v1", "", "", {"code": "0199000001"}, expirytime=until))
    assert far.calls[-1].limit == pytest.approx(takes)


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize("body", ["<html><body>x</body>", "", "{"])
async def test_a_page_where_no_service_is_is_our_setting(status: int, body: str) -> None:
    """A proxy in front of the gateway may answer; that is never taken for a missing enterprise."""
    with pytest.raises(Refused) as fault:
        await adapter_of(Canned(Answer(status, body, "text/html"))).ask(business())
    assert (fault.value.cause, fault.value.said) == ("ngsp-service-unknown", f"HTTP {status}")


@pytest.mark.parametrize(
    "body", ["<html><body>Nguyễn Văn A 001099000001</body>", "{", "\x00", "[1", '{"a":1,"a":2}']
)
async def test_what_cannot_be_read_is_told_by_form_and_size(body: str) -> None:
    """Nothing of it: it may tell of anybody."""
    with pytest.raises(Unavailable) as fault:
        await adapter_of(Canned(Answer(200, body, "text/html"))).ask(business())
    assert fault.value.cause == "ngsp-answer-unreadable"
    assert fault.value.said.startswith(f"HTTP 200, text/html, {len(body)} characters: ")
    assert "001099000001" not in fault.value.said
    assert "Văn" not in fault.value.said


async def test_a_path_that_a_platform_does_not_have_is_not_asked_for() -> None:
    """Not even a token is."""
    far = Heard(FINE)
    adapter = adapter_of(far, business_path="")
    with pytest.raises(Refused, match="ngsp-not-offered"):
        await adapter.ask(business())
    assert far.calls == []


async def test_the_check_asks_for_a_token_though_one_is_good() -> None:
    """That says nothing of whether the platform is there now; where it gives the same, not within five seconds."""
    far, passed = Heard(FINE), [NOW]
    adapter = adapter_of(far, lambda: passed[0])
    asked = []
    for seconds in (0, 1, 1, 5, 6):
        passed[0] += timedelta(seconds=seconds)
        await adapter.check()
        asked.append(far.tokens)
    assert asked == [1, 2, 2, 3, 4]


async def test_a_scope_is_asked_for_where_one_is_set() -> None:
    """And is not, where none is: a gateway may take an empty one for a wrong one."""
    for scope, wanted in (
        ("", b"grant_type=client_credentials"),
        ("a b", b"grant_type=client_credentials&scope=a+b"),
    ):
        far = Heard(FINE)
        await adapter_of(far, scope=scope).check()
        assert far.calls[0].body == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("Mã số không tồn tại", "not-found"), ("Hệ thống đang bảo trì", "ngsp-service-away")]
)
async def test_a_short_text_in_no_form_is_read_as_words(text: str, wanted: str) -> None:
    """Some services say so what is wrong, with HTTP 200 and neither JSON nor XML."""
    adapter = adapter_of(Canned(Answer(200, text, "text/plain")))
    for asked in (business(), insured(), entries()):
        with pytest.raises((Refused, Unavailable)) as fault:
            await adapter.ask(asked)
        assert fault.value.cause == wanted


async def test_all_services_share_one_token() -> None:
    """Whatever is asked, and however often."""
    far = Heard(FINE, PERSON, Answer(200, "[]", "application/json"), FINE)
    adapter = adapter_of(far)
    for asked in (business(), insured(), entries(), business()):
        await adapter.ask(asked)
    assert far.tokens == 1
    assert isinstance(adapter._platform, Platform)


# --- fields -----------------------------------------------------------------------------------------------


def test_parts_are_objects_in_a_list_or_one_alone() -> None:
    """What holds anything else is no list of ours, and stays as it was written."""
    native = Native(
        {"list": [{"a": "1"}, {"a": "2"}], "one": {"a": "3"}, "mixed": [{"a": "4"}, "x"], "text": "y"}
    )
    assert [one.text("a") for one in native.parts("list")] == ["1", "2"]
    assert [one.text("a") for one in native.parts("one")] == ["3"]
    assert (native.parts("mixed"), native.parts("text"), native.parts("none")) == ([], [], [])
    assert native.rest() == {"mixed": [{"a": "4"}, "x"], "text": "y"}


def test_looking_takes_nothing_and_a_form_that_does_not_fit_leaves_it() -> None:
    """What no field of ours can say exactly is kept as it was written."""
    native = Native({"a": "  x ", "b": False, "c": ["y"]})
    assert [native.look(name) for name in "abcd"] == ["x", "false", "", ""]
    assert native.text("a", lambda _: None) is None
    assert native.rest() == {"a": "  x ", "b": False, "c": ["y"]}
    native.drop("a", "z")
    assert native.rest() == {"b": False, "c": ["y"]}


def test_what_is_not_known_is_not_said() -> None:
    """Nothing, an empty text, list or object; what is false or zero is known."""
    assert sparse(a=None, b="", c=[], d={}, e=False, f=0, g="x") == {"e": False, "f": 0, "g": "x"}


def test_the_kind_of_a_question_names_its_service() -> None:
    """By a number, or by who somebody is: two services of the fund, in one type."""
    by_person = {"name": "Lê Văn Nghiệm", "birth": {"year": "1952"}, "gender": "male"}
    adapter = adapter_of(Canned(FINE))
    calls = [
        adapter._insurance(question("insurance.query.v1", data).data)
        for data in ({"insurance_number": "0188000002"}, by_person)
    ]
    assert [call.path.rpartition("/")[2] for call in calls] == [
        "getTraCuuTtHgdByMaSoBhxh",
        "getMaSoBhxhTheoTieuChi",
    ]
    assert all("0188000002" not in repr(call) and "Nghiệm" not in repr(call) for call in calls)
