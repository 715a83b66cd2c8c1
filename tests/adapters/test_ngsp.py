"""The integration platform in front of its stand-in: each question in each form, each fault by its cause."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from lgsp.adapters.ngsp import Ngsp, trees

from lgsp.domain.causes import CAUSES
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import VIETNAM, Message
from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.ngsp import Ngsp as Stand
from lgsp.sandbox.ngsp_faults import NgspFaults
from lgsp.wire.http import Answer
from tests.ngsp_side import (
    Canned,
    adapter_of,
    business,
    entries,
    insured,
    over_http,
    question,
    speaking,
    told,
)

FORMS: dict[str, dict[str, Any]] = {
    "as the national platform": {},
    "as a provincial one": {"wrapped": False},
    "numbers as texts": {"texts": True},
    "one without a list": {"one_alone": True},
    "XML with namespaces": {"xml": True},
    "XML without Data": {"xml": True, "wrapped": False},
    "JSON in a text": {"in_text": True},
}
CIVIL = {"agency": "1234", "dossier": "H44.11-260131-0002"}
SOMEBODY = {"name": "lê văn nghiệm", "birth": {"date": "1952-03-03"}, "gender": "male", "province": "93"}


def stand(**faults: Any) -> Stand:
    """Return a stand-in with faults."""
    return Stand(NgspFaults.model_validate(faults))


async def refused(adapter: Ngsp, asked: Message) -> Refused:
    """Return the refusal of a question; its cause is explained."""
    with pytest.raises(Refused) as fault:
        await adapter.ask(asked)
    assert fault.value.cause in CAUSES
    return fault.value


async def away(adapter: Ngsp, asked: Message) -> Unavailable:
    """Return why there is no answer; the cause is explained."""
    with pytest.raises(Unavailable) as fault:
        await adapter.ask(asked)
    assert fault.value.cause in CAUSES
    return fault.value


# --- questions and answers ------------------------------------------------------------------------------


async def test_an_answer_is_the_same_in_every_form() -> None:
    """JSON or XML, wrapped or not, numbers or texts, a list or its one row: the gateway tells one thing."""
    answers = []
    for faults in FORMS.values():
        async with speaking(stand(**faults)) as adapter:
            answers.append(
                [
                    await told(adapter, business(book.enterprise_code(0))),
                    await told(adapter, business(book.enterprise_code(1))),
                    await told(adapter, insured()),
                    await told(adapter, question("civil-status.query.v1", CIVIL)),
                    await told(adapter, entries("donvihanhchinh")),
                    await told(adapter, entries("qlvanbandieuhanhcap1")),
                ]
            )
    assert answers == [answers[0]] * len(FORMS)
    first = answers[0]
    assert first[0]["capital"] == "100000000000000000.125"
    assert [len(one.get("members", [])) for one in first[:2]] == [0, 2]
    assert first[2]["birth"] == {"date": "1952-03-03"}
    assert first[3]["status"] == "needs-supplement"
    assert len(first[5]["entries"]) == 1


@pytest.mark.parametrize("form", FORMS)
async def test_what_is_known_not_to_exist_is_told_as_that(form: str) -> None:
    """An enterprise, an insured person, a dossier, a catalogue that is not there: `not-found`, in each form."""
    nobody = {"name": "Không Ai Cả", "birth": {"year": "1900"}, "gender": "other"}
    async with speaking(stand(**FORMS[form])) as adapter:
        for asked in (
            business("0199999999"),
            insured("0188999999"),
            question("insurance.query.v1", nobody),
            question("civil-status.query.v1", {"agency": "1", "dossier": "G22-1"}),
            entries("khong-co"),
        ):
            assert (await refused(adapter, asked)).cause == "not-found"


@pytest.mark.parametrize("xml", [False, True])
async def test_all_of_it_goes_over_a_wire(xml: bool) -> None:
    """By HTTP, to a server and back: a token, a GET with a query, a POST, a catalogue, a refusal."""
    far = stand(xml=xml)
    async with over_http(far) as adapter:
        assert (await told(adapter, business()))["code"] == "0199000001"
        assert (await told(adapter, insured()))["gender"] == "male"
        assert len((await told(adapter, entries()))["entries"]) == 3
        assert (await refused(adapter, entries("khong-co"))).cause == "not-found"
        far.trouble(b'{"throttle": 1, "retry_after": 7}')
        assert (await away(adapter, business())).after == 7
    assert far.calls["token"] == 1


async def test_a_number_is_found_by_the_person() -> None:
    """By name, day of birth, gender and province; what is not said goes out empty, the household is asked."""
    far = stand()
    async with speaking(far) as adapter:
        assert await told(adapter, question("insurance.query.v1", SOMEBODY)) == {
            "insurance_number": book.insurance_number(2), "status": "1",
        }  # fmt: skip
    assert far.asked[-1]["words"] == {
        "hoTen": "lê văn nghiệm", "ngaySinh": "19520303", "loaiNgaySinh": "0", "gioiTinh": "1",
        "maTinhKs": "93", "maHuyenKs": "", "maXaKs": "", "isKs": "0",
    }  # fmt: skip


async def test_properties_have_an_address_of_their_own() -> None:
    """`Metadata` beside `Category`; a platform that has none says so without being asked."""
    asked = question("catalogue.query.v1", {"catalogue": "madantoc", "part": "properties"})
    far = stand()
    async with speaking(far) as adapter:
        names = [one["code"] for one in (await told(adapter, asked))["properties"]]
    assert names == ["Ma", "Ten", "TenKhac"]
    async with speaking(far, properties_path="") as adapter:
        assert (await refused(adapter, asked)).cause == "ngsp-not-offered"
    assert [one["service"] for one in far.asked] == ["properties"]


async def test_a_province_s_data_service_is_asked_by_its_own_address() -> None:
    """Da Nang has its catalogues at `dldc`, in XML, and wants the secret in the form."""
    paths = {"entries_path": "dldc/1.0.0/{catalogue}", "credentials": "form"}
    async with speaking(stand(xml=True), **paths) as adapter:
        found = await told(adapter, entries("quocgia"))
    assert found["entries"] == [{"ma": "VN", "ten": "Việt Nam"}, {"ma": "LA", "ten": "Lào"}]


async def test_paths_without_a_version_are_paths() -> None:
    """Provincial platforms leave the version out."""
    async with speaking(stand(), business_path="apiCSDLDKDN/chiTietDoanhNghiep") as adapter:
        assert (await told(adapter, business()))["code"] == "0199000001"


async def test_a_large_catalogue_is_read_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every commune of the country: reading it, and turning it, keeps nobody else waiting."""
    rows = [{"Ma": f"{n:05d}", "Ten": f"Xã số {n}"} for n in range(8000)]
    body = orjson.dumps(rows).decode()
    threads: list[int] = []
    real = trees.read

    def read(text: str) -> Any:
        threads.append(threading.get_ident())
        return real(text)

    monkeypatch.setattr(trees, "read", read)
    adapter = adapter_of(Canned(Answer(200, body, "application/json")))
    assert (await told(adapter, entries()))["entries"] == rows
    assert threads[-1] != threading.get_ident()


async def test_an_empty_catalogue_is_an_answer() -> None:
    """That there is nothing in it is known; that is another thing than that it does not exist."""
    for faults in FORMS.values():
        async with speaking(stand(**faults)) as adapter:
            assert (await told(adapter, entries("trong")))["entries"] == []


# --- faults ---------------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], str, Scope]] = {
    "the service throttles": ({"throttle": 1}, "ngsp-throttled", Scope.MESSAGE),
    "the application throttles": (
        {"throttle": 1, "throttle_code": "900803"}, "ngsp-throttled", Scope.SYSTEM,
    ),
    "the service is down": ({"service_down": ["business"]}, "ngsp-service-away", Scope.MESSAGE),
    "its data service fails": ({"data_fault": ["business"]}, "ngsp-service-away", Scope.MESSAGE),
    "a text says that it is away": ({"error_text": 1}, "ngsp-service-away", Scope.MESSAGE),
    "an HTML page": ({"html": 1}, "ngsp-answer-unreadable", Scope.MESSAGE),
    "half an answer": ({"broken_body": 1}, "ngsp-answer-unreadable", Scope.MESSAGE),
    "a 503 without words": ({"http_503": 1}, "http-503", Scope.SYSTEM),
    "a 500": ({"http_500": 1}, "uncatalogued", Scope.MESSAGE),
    "tokens that never last": ({"expire_tokens": 1}, "ngsp-token-refused", Scope.SYSTEM),
    "no token": ({"token_down": 1}, "http-503", Scope.SYSTEM),
    "a page for a token": ({"token_html": 1}, "ngsp-no-token", Scope.SYSTEM),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
@pytest.mark.parametrize("xml", [False, True])
async def test_each_fault_has_its_cause(what: str, xml: bool) -> None:
    """And says whose it is: of this service, or of our standing with the platform, which suspends it."""
    faults, cause, scope = FAULTS[what]
    async with speaking(stand(xml=xml, **faults), timeout=0.5) as adapter:
        fault = await away(adapter, business())
    assert (fault.cause, fault.scope) == (cause, scope)


@pytest.mark.parametrize("service", ["business", "insurance", "civil-status", "entries"])
async def test_a_service_that_says_no_in_words_is_understood(service: str) -> None:
    """HTTP 200 with an error in the text is an error, at each service in its own envelope."""
    asked = {
        "business": business(),
        "insurance": insured(),
        "civil-status": question("civil-status.query.v1", CIVIL),
        "entries": entries(),
    }
    async with speaking(stand(error_text=1)) as adapter:
        fault = await away(adapter, asked[service])
    assert fault.cause == "ngsp-service-away"
    assert "bảo trì" in fault.said


async def test_what_our_application_may_not_call_is_refused() -> None:
    """It is settled with the platform; other services are asked as before."""
    async with speaking(stand(not_subscribed=["insurance"])) as adapter:
        fault = await refused(adapter, insured())
        assert (fault.cause, fault.fields) == ("ngsp-not-subscribed", [])
        await told(adapter, business())


async def test_a_wrong_address_is_not_a_missing_enterprise() -> None:
    """A path that the platform does not know is our setting, and never `not-found`."""
    for faults in ({}, {"bare_faults": True}, {"xml": True}):
        async with speaking(stand(**faults), business_path="apiCSDLDKDN/1.0/sai") as adapter:
            assert (await refused(adapter, business())).cause == "ngsp-service-unknown"


async def test_an_unknown_agency_is_the_asker_s_to_mend() -> None:
    """The field of the question is named."""
    asked = question("civil-status.query.v1", CIVIL | {"agency": "9999"})
    async with speaking(stand()) as adapter:
        fault = await refused(adapter, asked)
    assert (fault.cause, fault.fields) == ("ngsp-agency-unknown", ["/data/agency"])


async def test_a_throttled_platform_says_when_to_come_again() -> None:
    """By `Retry-After`, or by `nextAccessTime` of the body; it is not asked again before by ourselves."""
    far = stand(throttle=1, retry_after=7)
    async with speaking(far) as adapter:
        assert (await away(adapter, business())).after == 7
    assert far.calls["business"] == 1
    now = datetime(2026, 9, 12, 19, 59, 30, tzinfo=VIETNAM)
    until = "2026-Sep-12 13:00:00+0000 UTC"
    async with speaking(stand(throttle=1, throttle_until=until), now=lambda: now) as adapter:
        asked = Message("business.query.v1", "", "", {"code": "0199000001"})
        assert (await away(adapter, asked)).after == 30


async def test_the_guide_s_invalid_json_is_a_fault_of_its_own() -> None:
    """It is neither repaired nor shown."""
    async with speaking(stand(guide_json=True)) as adapter:
        fault = await away(adapter, entries())
    assert fault.cause == "ngsp-answer-unreadable"
    assert "H44" not in fault.said


async def test_a_slow_platform_is_let_go_when_nobody_waits() -> None:
    """The call lasts no longer than the question's deadline, or the setting, whichever is shorter."""
    far = stand(latency_ms=60_000)
    async with speaking(far, timeout=0.05) as adapter:
        assert (await away(adapter, business())).cause == "timed-out"
    async with speaking(far, timeout=30) as adapter:
        asked = question("business.query.v1", {"code": "0199000001"}, within=0.05)
        async with asyncio.timeout(5):
            assert (await away(adapter, asked)).cause == "timed-out"


async def test_a_platform_that_is_not_there_is_unreachable() -> None:
    """The check says the same as a question."""
    async with over_http(stand(), url="http://127.0.0.1:9", timeout=0.2) as adapter:
        fault = await away(adapter, business())
        assert (fault.cause, fault.scope) == ("unreachable", Scope.SYSTEM)
        with pytest.raises(Unavailable):
            await adapter.check()


async def test_a_platform_that_comes_and_goes_is_asked_again_when_it_is_back() -> None:
    """Nothing of a bad hour stays behind."""
    passed = [1.5]
    flapping = {"flapping": {"up_ms": 1000, "down_ms": 1000}}
    far = Stand(NgspFaults.model_validate(flapping), clock=lambda: passed[0])
    passed[0] += 1.5
    async with speaking(far, timeout=0.2) as adapter:
        await away(adapter, business())
        passed[0] += 1.0
        assert (await told(adapter, business()))["code"] == "0199000001"


async def test_an_answer_that_http_calls_wrong_is_none() -> None:
    """A body that looks like an answer under a status of 500 is not handed on."""
    body = '{"Status": "1", "MainInformation": {"NAME": "A"}}'
    fault = await away(adapter_of(Canned(Answer(500, body, "application/json"))), business())
    assert (fault.cause, fault.said) == ("uncatalogued", "HTTP 500")


async def test_the_deadline_of_one_does_not_end_the_token_of_others() -> None:
    """A clerk who gives up leaves the asking for a token under way."""
    far = stand()
    async with speaking(far) as adapter:
        one, other = (asyncio.create_task(adapter.ask(business())) for _ in range(2))
        await asyncio.sleep(0)
        one.cancel()
        assert (await other).data["code"] == "0199000001"
    assert far.calls["token"] == 1


def test_times_of_a_question_are_real() -> None:
    """A question's deadline lies ahead; the tests here mean what they say."""
    until = business().expirytime
    assert until is not None
    assert timedelta(0) < until - datetime.now(VIETNAM) <= timedelta(seconds=5)
