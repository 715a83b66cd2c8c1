"""What the platform's gateway says in place of a service: each code, in each form in which it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest
from lgsp.adapters.ngsp import faults, meaning
from lgsp.adapters.ngsp.civil_status import ERRORS
from lgsp.adapters.ngsp.trees import read

from lgsp.domain.causes import CAUSES
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import VIETNAM
from lgsp.sandbox.ngsp_forms import fault as written
from lgsp.wire.http import Answer
from tests.ngsp_side import Canned, adapter_of, business

QUESTIONS = {
    "business.query.v1": {"code": "0199000000"},
    "insurance.query.v1": {"insurance_number": "0188000000"},
    "civil-status.query.v1": {"agency": "H44.11", "dossier": "H44.11-260131-0001"},
    "catalogue.query.v1": {"catalogue": "madantoc"},
}
NOW = datetime(2026, 9, 12, 20, 0, tzinfo=VIETNAM)
FORMS = [{"xml": xml, "bare": bare} for xml, bare in ((False, False), (False, True), (True, False))]


def _judged(tree: Any, status: int = 500, after: float | None = None) -> Refused | Unavailable | None:
    try:
        faults.judge(Answer(status, "", "", after), faults.fault_in(tree), NOW)
    except (Refused, Unavailable) as fault:
        return fault
    return None


def _fault(code: str, form: dict[str, bool], **words: str) -> Any:
    body, _ = written(code, {"message": "No", "description": "Because", **words}, **form)
    return read(body.decode())


MEANT = {
    "900908": (Refused, "ngsp-not-subscribed", None),
    "900909": (Refused, "ngsp-not-subscribed", None),
    "900910": (Refused, "ngsp-not-subscribed", None),
    "900905": (Refused, "ngsp-not-subscribed", None),
    "900906": (Refused, "ngsp-service-unknown", None),
    "700700": (Unavailable, "ngsp-service-away", Scope.MESSAGE),
    "900907": (Unavailable, "ngsp-service-away", Scope.MESSAGE),
    "101503": (Unavailable, "ngsp-service-away", Scope.MESSAGE),
    "303001": (Unavailable, "ngsp-service-away", Scope.MESSAGE),
    "900900": (Unavailable, "ngsp-service-away", Scope.SYSTEM),
    "900800": (Unavailable, "ngsp-throttled", Scope.MESSAGE),
    "900802": (Unavailable, "ngsp-throttled", Scope.MESSAGE),
    "900804": (Unavailable, "ngsp-throttled", Scope.MESSAGE),
    "900801": (Unavailable, "ngsp-throttled", Scope.SYSTEM),
    "900803": (Unavailable, "ngsp-throttled", Scope.SYSTEM),
    "900806": (Unavailable, "ngsp-throttled", Scope.SYSTEM),
    "999999": (Unavailable, "uncatalogued", Scope.MESSAGE),
}


@pytest.mark.parametrize("code", MEANT)
@pytest.mark.parametrize("form", FORMS)
def test_each_code_of_the_gateway_is_understood(code: str, form: dict[str, bool]) -> None:
    """In JSON with and without `fault`, and in XML; a limit of ours as a whole suspends, one of a service not."""
    kind, cause, scope = MEANT[code]
    fault = _judged(_fault(code, form))
    assert isinstance(fault, kind)
    assert (fault.cause, getattr(fault, "scope", None)) == (cause, scope)
    assert cause in CAUSES
    assert fault.said == f"{code}: No: Because"


@pytest.mark.parametrize("code", sorted(faults.TOKEN))
@pytest.mark.parametrize("form", FORMS)
def test_a_token_that_is_not_taken_is_told_apart(code: str, form: dict[str, bool]) -> None:
    """By its code under whatever status; a bare 401 means the same."""
    assert faults.refuses_token(Answer(200, ""), faults.fault_in(_fault(code, form)))
    assert faults.refuses_token(Answer(401, ""), None)
    assert not faults.refuses_token(Answer(401, ""), faults.fault_in(_fault("900908", form)))
    assert not faults.refuses_token(Answer(403, ""), None)


@pytest.mark.parametrize(
    ("until", "after"),
    [
        ("2026-Sep-12 13:00:30+0000 UTC", 30.0),
        ("2026-Sep-12 20:00:30+0700 UTC", 30.0),
        ("2026-Sep-12 12:00:00+0000 UTC", 0.0),
        ("ngày mai", None),
        ("", None),
    ],
)
def test_when_it_may_be_called_again_is_read(until: str, after: float | None) -> None:
    """`nextAccessTime` of the body, where no `Retry-After` stands before it."""
    tree = _fault("900802", FORMS[0], nextAccessTime=until)
    fault = _judged(tree)
    assert isinstance(fault, Unavailable)
    assert fault.after == after
    fault = _judged(tree, after=9.0)
    assert isinstance(fault, Unavailable)
    assert fault.after == 9.0


def test_a_status_without_a_fault_speaks_for_itself() -> None:
    """403 is ours to settle, 429 and 503 are the platform's; any other is left to the service's own words."""
    assert isinstance(_judged({}, 403), Refused)
    for status in (429, 503):
        fault = _judged([], status, 4.0)
        assert isinstance(fault, Unavailable)
        assert (fault.cause, fault.scope, fault.after) == (f"http-{status}", Scope.SYSTEM, 4.0)
    assert _judged({}, 200) is None
    assert _judged({"a": "b"}, 500) is None


@pytest.mark.parametrize(
    "tree",
    [
        None,
        "text",
        [],
        {"code": "5", "message": "một bản ghi"},
        {"code": "KINH01", "message": "một bản ghi"},
        {"fault": "text"},
        {"fault": {"code": "900901"}},
        {"fault": None},
        {"data": {"fault": "x"}},
        {"DataServiceFault": "x"},
        {"message": "không"},
    ],
)
def test_what_is_no_fault_is_none(tree: Any) -> None:
    """A record that happens to have a code and a message is not taken for a fault of the gateway."""
    assert faults.fault_in(tree) is None


def test_the_gateway_s_own_404_is_a_wrong_address() -> None:
    """With its `type` beside it, wrapped or not."""
    words = {"code": "404", "type": "Status report", "message": "Not Found", "description": "No resource"}
    for tree in (words, {"fault": words}):
        fault = _judged(tree, 404)
        assert isinstance(fault, Refused)
        assert fault.cause == "ngsp-service-unknown"


@pytest.mark.parametrize(
    ("tree", "kind", "cause"),
    [
        ({"DataServiceFault": {"ds_code": "DATABASE_ERROR"}}, Unavailable, "ngsp-service-away"),
        ({"DataServiceFault": {"current_params": "{}"}}, Unavailable, "ngsp-service-away"),
        ({"data": {"fault": {"code": "Error 0188000002"}}}, Unavailable, "ngsp-service-away"),
        ({"DataServiceFault": {"ds_code": "VALIDATION_ERROR"}}, Refused, "ngsp-question-rejected"),
        (
            {"DataServiceFault": {"ds_code": "INCOMPATIBLE_PARAMETERS_ERROR"}},
            Refused,
            "ngsp-question-rejected",
        ),
    ],
)
def test_the_faults_of_data_services_are_understood(tree: Any, kind: type, cause: str) -> None:
    """Whatever HTTP says: the service is away, or does not take the parameters."""
    for status in (200, 500):
        fault = _judged(tree, status)
        assert isinstance(fault, kind)
        assert fault.cause == cause
        assert "0188000002" not in fault.said


def test_every_cause_that_is_named_is_explained() -> None:
    """Of gateway, texts and the civil status registry, in both languages."""
    named = {*faults.CAUSES.values(), *meaning.CAUSES.values(), *(cause for _, cause, _ in ERRORS.values())}
    assert named <= CAUSES.keys()
    assert len(named) >= 12


TEXTS = {
    "Không tìm thấy doanh nghiệp": meaning.ABSENT,
    "Hồ sơ không tồn tại": meaning.ABSENT,
    "Category x does not exist": meaning.ABSENT,
    "No data": meaning.ABSENT,
    "Tham số không hợp lệ": meaning.REJECTED,
    'Data not insert: Record 1: Ma "01" is duplicate': meaning.REJECTED,
    "Đơn vị không có quyền khai thác": meaning.DENIED,
    "Access denied": meaning.DENIED,
    "Hệ thống đang bảo trì": meaning.AWAY,
    "Read timed out": meaning.AWAY,
    "Lỗi không xác định": meaning.UNKNOWN,
    "success": meaning.UNKNOWN,
    "": meaning.UNKNOWN,
}


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_understood_or_nobody_s(text: str) -> None:
    """What no pattern knows is neither an answer nor a refusal: it is left for people to look at."""
    assert meaning.of_text(text) == TEXTS[text]
    assert meaning.of_text(text.upper()) == TEXTS[text]


@pytest.mark.parametrize(
    ("place", "meant", "wrong"),
    [
        ("insurance.05", "not-found", False),
        ("business.0", "away", False),
        ("civil-status.999", "rejected", False),
        ("insurance.05", "gone", True),
        ("insurance", "away", True),
        ("catalogue.1", "away", True),
    ],
)
def test_a_home_says_what_codes_mean_in_known_words(place: str, meant: str, *, wrong: bool) -> None:
    """A misspelt family or meaning is a fault at start."""
    assert bool(meaning.wrong_meaning(place, meant)) == wrong


def test_a_signature_goes_with_what_nobody_knows() -> None:
    """Equal answers have equal ones, so that people can be shown how often it came."""
    complaint = meaning.ComplaintError(meaning.UNKNOWN, "Lỗi 5")
    fault = meaning.fault_of(complaint, Answer(200, orjson.dumps({"a": 1}).decode()).signature(), ())
    assert isinstance(fault, Unavailable)
    assert fault.answer.startswith("200:")


async def _refused(
    answer: Answer, type_: str = "business.query.v1", data: dict[str, Any] | None = None
) -> Refused | Unavailable:
    """Return what a question raises, one for an enterprise by itself, that is answered so."""
    asked = business() if data is None else replace(business(), type=type_, data=data)
    with pytest.raises((Refused, Unavailable)) as fault:
        await adapter_of(Canned(answer)).ask(asked)
    return fault.value


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Không tìm thấy doanh nghiệp", "not-found"),
        ("Data not insert: Record 1: Ma is duplicate", "ngsp-question-rejected"),
        ("Hệ thống đang bảo trì", "ngsp-service-away"),
        ("Lỗi không xác định", "ngsp-answer-unreadable"),
        ('{"MSG": "Ma "01" is duplicate"}', "ngsp-answer-unreadable"),
        ("<html>Không tìm thấy", "ngsp-answer-unreadable"),
        ("Không tìm thấy" * 100, "ngsp-answer-unreadable"),
        ("", "ngsp-answer-unreadable"),
    ],
)
async def test_words_alone_say_what_is_wrong(text: str, cause: str) -> None:
    """A short text that is in no form is judged by its words, under HTTP 200; what is broken stays that."""
    assert (await _refused(Answer(200, text, "text/plain"))).cause == cause


@pytest.mark.parametrize("status", [404, 405])
async def test_a_page_where_no_service_is_says_so(status: int) -> None:
    """A proxy in front of the gateway answers in its own words: it is our path, and nobody is not there."""
    for text in ("Not found", "<html><title>Not found</title></html>", ""):
        fault = await _refused(Answer(status, text, "text/html"))
        assert isinstance(fault, Refused)
        assert fault.cause == "ngsp-service-unknown"


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize(
    "words",
    [
        {"message": "API not found"},
        {"Message": "No HTTP resource was found that matches the request"},
        {"Message": "Không tìm thấy trang"},
        {"timestamp": 1, "status": 404, "error": "Not Found", "path": "/x"},
        {},
        None,
        "không tìm thấy",
    ],
)
async def test_words_in_json_where_no_service_is_are_nobody_s_absence(status: int, words: object) -> None:
    """Servers on the way say that there is nothing in JSON too: that is our path, whatever was asked."""
    answer = Answer(status, orjson.dumps(words).decode(), "application/json")
    for type_, data in QUESTIONS.items():
        fault = await _refused(answer, type_, data)
        assert isinstance(fault, Refused)
        assert fault.cause == "ngsp-service-unknown", type_


@pytest.mark.parametrize("status", [200, 404])
async def test_a_service_says_itself_that_there_is_nothing(status: int) -> None:
    """In its own shape, under a status of HTTP that says the same: then nobody is there."""
    business = {"MainInformation": None, "DataCount": 0, "Status": 1}
    civil_status = {"status": 0, "errorCode": 201}
    said = {"business.query.v1": business, "civil-status.query.v1": civil_status}
    for type_, words in said.items():
        answer = Answer(status, orjson.dumps(words).decode(), "application/json")
        assert (await _refused(answer, type_, QUESTIONS[type_])).cause == "not-found"


@pytest.mark.parametrize(
    "words",
    [
        {"message": "An error has occurred"},
        {"error": "invalid_token", "error_description": "Token expired"},
        {"type": "about:blank", "title": "Bad Gateway", "status": 502, "detail": "upstream"},
        [{"Message": "An error has occurred.", "ExceptionMessage": "x", "StackTrace": "y"}],
    ],
)
async def test_a_server_s_words_are_no_entry_of_a_catalogue(words: object) -> None:
    """One object stands for a list of one: what complains would be remembered for hours as the only entry."""
    answer = Answer(200, orjson.dumps(words).decode(), "application/json")
    fault = await _refused(answer, "catalogue.query.v1", QUESTIONS["catalogue.query.v1"])
    assert fault.cause == "uncatalogued"
