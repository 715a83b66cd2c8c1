"""Each form in which the population database answers is understood, and each of its complaints has its cause."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from lgsp.adapters.population_db.answers import CAUSES, CODES, TEXTS, Answers
from lgsp.adapters.population_db.reading import Texts

from lgsp.domain.causes import CAUSES as CATALOGUE
from lgsp.errors import GatewayError, Refused, Scope, Unavailable
from lgsp.wire.soap_faults import Fault
from lgsp.wire.soap_serving import enveloped
from lgsp.wire.soap_xml import write

NAMESPACE = "http://www.mic.gov.vn/dancu/1.0"
PERSON = {"SoDinhDanh": "099190000001", "HoVaTen": {"Ten": "LÒ VĂN ƯỚC"}, "NgayThangNamSinh": {"Nam": "1951"}}


def envelope(*citizens: dict[str, Any]) -> str:
    """Return an envelope with a collection of citizens."""
    return enveloped(
        write("CongdanCollection", {"CongDan": [*citizens]}, prefix="n", namespace=NAMESPACE)
    ).decode()


def parts(answer: Any) -> list[Any]:
    """Return the parts of an answer: of a text as it came, of anything else as JSON."""
    texts = Texts()
    text = answer if isinstance(answer, str) else orjson.dumps(answer).decode()
    return list(texts.parts(texts.tree(text)))


def found(answer: Any) -> Any:
    """Return the one citizen of an answer."""
    return Answers({}).citizen(iter(parts(answer)))[0]


def raised(answer: Any, codes: dict[str, Any] | None = None, *, verify: bool = False) -> GatewayError:
    """Return what an answer raises."""
    answers = Answers(codes or {})
    with pytest.raises(GatewayError) as told:
        (answers.verified if verify else lambda p, s: answers.citizen(iter(p), s))(
            parts(answer), ("LOVANUOC",)
        )
    return told.value


# --- where the citizen stands ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        envelope(PERSON),
        envelope(PERSON).replace("CongdanCollection", "CongDanCollection"),
        enveloped(envelope(PERSON).partition("?>")[2]).decode(),
        {"Envelope": {"Header": {}, "Body": {"CongdanCollection": {"CongDan": PERSON}}}},
        {"Body": {"CongdanCollection": {"CongDan": PERSON}}},
        {"Body": {"CongdanCollection": {"CongDan": [PERSON]}}},
        {"error_code": "0", "message": "thành công", "data": {"CongDan": PERSON}},
        {"error_code": 0, "message": envelope(PERSON)},
        {"message": {"Body": {"CongdanCollection": {"CongDan": PERSON}}}},
        {"message": orjson.dumps({"Envelope": {"Body": {"CongDan": PERSON}}}).decode()},
        {"message": orjson.dumps({"message": envelope(PERSON)}).decode()},
        PERSON,
        [PERSON],
    ],
)
def test_the_citizen_is_found_wherever_it_stands(answer: Any) -> None:
    """In a body, in an envelope inside another, in JSON, in a text that JSON holds, or bare."""
    assert found(answer) == PERSON


@pytest.mark.parametrize(
    "answer",
    [
        envelope(),
        envelope({}),
        envelope({"SoDinhDanh": "", "HoVaTen": {"Ten": ""}}),
        {"Body": {"CongdanCollection": ""}},
        {"Body": {"CongdanCollection": None}},
        {"Body": {"CongdanCollection": {"@SoCongDan": "0", "@id": "x", "ThoiDiemDuLieu": "2026-01-31"}}},
        {"Body": {"CongdanCollection": {"CongDan": []}}},
        {"error_code": "0", "message": envelope()},
    ],
)
def test_an_empty_collection_is_nobody(answer: Any) -> None:
    """The service knows of nobody by what was said: that is an answer, and no failure."""
    told = raised(answer)
    assert isinstance(told, Refused)
    assert told.cause == "not-found"


@pytest.mark.parametrize("born", ["19900228", {"NgayThangNam": "19900228"}])
def test_a_question_that_is_given_back_is_no_answer(born: Any) -> None:
    """A proxy that repeats what it was asked has not found anybody: what it complains of is what counts."""
    asked = {"SoDinhDanh": "099190000001", "HoVaTen": "LOVANUOC", "NgayThangNamSinh": born}
    told = raised({"error_code": "005", "request": asked})
    assert isinstance(told, Refused)
    assert told.cause == "population-officer-refused"
    assert isinstance(raised(asked), Unavailable)
    said = write("TraCuuThongTinCongDan", asked, prefix="d", namespace="http://dancuquocgia.bca")
    assert isinstance(raised(enveloped(said).decode()), Unavailable)


def test_several_citizens_are_refused() -> None:
    """Nobody chooses one of them; how many there are is told, and nothing of them."""
    told = raised(envelope(PERSON, {**PERSON, "SoDinhDanh": "099190000002"}))
    assert isinstance(told, Refused)
    assert (told.cause, told.said) == ("population-several-citizens", "2")
    assert found(envelope(PERSON, {})) == PERSON


@pytest.mark.parametrize("yes", [True, False])
def test_a_verification_is_read_in_each_form(yes: bool) -> None:
    """As an element under any name, and as a truth value of JSON."""
    answers = Answers({})
    for name in ("KetQuaXacThuc", "KetQuaXacThucResponse", "XacThucThongTinCongDanResponse"):
        said = enveloped(write(name, {"TonTai": yes}, prefix="d", namespace="http://dancuquocgia.bca"))
        assert answers.verified(parts(said.decode())) is yes
    assert answers.verified(parts({"Body": {"KetQuaXacThuc": {"TonTai": yes}}})) is yes
    assert answers.verified(parts({"message": {"TonTai": str(yes).lower()}})) is yes


def test_a_verification_that_says_neither_is_in_nobody_s_catalogue() -> None:
    """Silence is never taken for yes, nor for no."""
    for said in ({"TonTai": ""}, {"TonTai": "có"}, {"KetQua": "true"}, {"Body": {}}):
        told = raised(said, verify=True)
        assert isinstance(told, Unavailable)
        assert told.cause == "uncatalogued"


# --- what it complains of ---------------------------------------------------------------------------------

FORMS = (
    lambda code, text: {"error_code": code, "message": text},
    lambda code, text: {"data": {"errorCode": code, "errorMessage": text}},
    lambda code, text: enveloped(write("Loi", {"MaLoi": code, "MoTa": text})).decode(),
    lambda code, text: {"message": enveloped(write("Loi", {"MaLoi": code, "MoTa": text})).decode()},
    lambda code, text: enveloped(
        f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></soapenv:Fault>"
    ).decode(),
    lambda code, _: enveloped(
        f"<soapenv:Fault><faultcode>Client</faultcode><faultstring>{code}</faultstring></soapenv:Fault>"
    ).decode(),
    lambda code, _: enveloped(
        "<soapenv:Fault><faultcode>Server</faultcode><faultstring/><detail><e>"
        f"<MaLoi>{code}</MaLoi></e></detail></soapenv:Fault>"
    ).decode(),
)


@pytest.mark.parametrize("form", range(len(FORMS)))
@pytest.mark.parametrize(
    ("code", "cause"), [("004", "population-procedure-unlicensed"), ("005", "population-officer-refused")]
)
def test_a_known_code_means_the_same_in_every_form(form: int, code: str, cause: str) -> None:
    """In JSON, in the body, in a text inside JSON, as the code or as the words of a fault."""
    told = raised(FORMS[form](code, "Yêu cầu bị từ chối"))
    assert isinstance(told, Refused)
    assert told.cause == cause


@pytest.mark.parametrize(
    "said",
    [
        {"error_code": 4, "message": "lỗi"},
        {"errCode": "004"},
        {"message": "004 - Thủ tục không hợp lệ"},
        {"message": "[004] lỗi"},
        {"message": "Mã lỗi: 004"},
        {"message": "Error code 004: denied"},
    ],
)
def test_a_code_is_known_as_a_number_and_before_its_words(said: dict[str, Any]) -> None:
    """Proxies tell it as a number, which has no zeros before it, or put it in front of a text."""
    told = raised(said)
    assert isinstance(told, Refused)
    assert told.cause == "population-procedure-unlicensed"


@pytest.mark.parametrize("text", ["0041 lỗi", "Lỗi 1004", "Hồ sơ 004", "404 Not Found"])
def test_a_number_inside_a_text_is_no_code(text: str) -> None:
    """Only what a text begins with, and as a whole: other numbers are of something else."""
    assert isinstance(raised({"message": text}), Unavailable)


def test_who_was_not_verified_says_nothing_of_our_standing() -> None:
    """The operation is called so: one citizen whose data do not match suspends the questions of nobody."""
    for text in ("Xác thực thông tin công dân không thành công", "Xác thực thông tin thất bại"):
        told = raised({"error_code": "9", "message": text}, verify=True)
        assert isinstance(told, Unavailable)
        assert (told.cause, told.scope) == ("uncatalogued", Scope.MESSAGE)
    told = raised({"message": "Xác thực thông tin công dân: không tìm thấy công dân"}, verify=True)
    assert isinstance(told, Refused)
    assert told.cause == "not-found"


def test_a_code_in_the_detail_of_a_fault_is_found() -> None:
    """Frameworks wrap what a service says in elements of their own; some services put nothing else there."""
    for detail in ({"exception": {"MaLoi": "005"}}, "005"):
        told = Answers({}).fault(Fault(("Server",), "lỗi", detail))
        assert isinstance(told, Refused)
        assert told.cause == "population-officer-refused"


@pytest.mark.parametrize(
    ("meaning", "cause", "kind"),
    [
        ("procedure", "population-procedure-unlicensed", Refused),
        ("officer", "population-officer-refused", Refused),
        ("question", "population-question-refused", Refused),
        ("credentials", "population-credentials", Unavailable),
        ("away", "population-away", Unavailable),
        ("not-found", "not-found", Refused),
    ],
)
def test_a_home_says_what_further_codes_mean(meaning: Any, cause: str, kind: type) -> None:
    """The official list is not public: what a province learns of it goes into its settings."""
    told = raised({"error_code": "E-17", "message": "lý do khác"}, {"E-17": meaning})
    assert isinstance(told, kind)
    assert told.cause == cause  # type: ignore[attr-defined]


def test_a_code_of_a_home_may_come_as_a_number_too() -> None:
    """As it is written in the settings, or without its zeros."""
    for told, code in ((77, "77"), (77, "077"), (7, "007")):
        answer: Any = raised({"error_code": told, "message": ""}, {code: "not-found"})
        assert answer.cause == "not-found"


def test_a_home_may_say_that_a_known_code_means_something_else() -> None:
    """What is written in the settings stands before what is built in."""
    told = raised({"error_code": "004", "message": ""}, {"004": "away"})
    assert isinstance(told, Unavailable)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Thủ tục này chưa được cấp phép khai thác", "population-procedure-unlicensed"),
        ("Dịch vụ công 1.009999 không được phép", "population-procedure-unlicensed"),
        ("Cán bộ chưa được phân quyền tra cứu", "population-officer-refused"),
        ("Tài khoản cán bộ không có quyền khai thác", "population-officer-refused"),
        ("Xác thực không thành công", "population-credentials"),
        ("Token đã hết hạn", "population-credentials"),
        ("ApiKey không hợp lệ", "population-credentials"),
        ("Unauthorized", "population-credentials"),
        ("Hệ thống đang bảo trì, vui lòng thử lại sau", "population-away"),
        ("Hệ thống quá tải", "population-away"),
        ("Không tìm thấy thông tin công dân", "not-found"),
        ("Không có dữ liệu", "not-found"),
        ("Không tìm thấy số định danh trong cơ sở dữ liệu", "not-found"),
        ("Cán bộ không tồn tại trên hệ thống", "population-officer-refused"),
        ("Công dân không tồn tại trong hệ thống", "not-found"),
        ("No data found", "not-found"),
        ("HoVaTen không hợp lệ", "population-question-refused"),
        ("Họ và tên không đúng", "population-question-refused"),
        ("Thiếu thông tin bắt buộc", "population-question-refused"),
    ],
)
def test_an_error_in_the_text_of_a_success_is_an_error(text: str, cause: str) -> None:
    """HTTP 200 and a code of zero do not make an answer of what says that there is none."""
    for said in ({"error_code": "0", "message": text}, {"error_code": "200", "message": text, "data": None}):
        told: Any = raised(said)
        assert told.cause == cause
        verified: Any = raised(said, verify=True)
        assert verified.cause == cause


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"error_code": "0", "message": "thành công"},
        {"error_code": "99", "message": "Lỗi không xác định"},
        {"error_code": "1", "message": "Không có quyền truy cập dữ liệu"},
        {"Body": {"CongdanCollection": {"ThongBao": "Vượt hạn mức"}}},
        {"Body": {"CongdanCollection": {"@GhiChu": "Vượt hạn mức", "CongDan": ""}}},
        {"Body": {"CongdanCollection": "Vượt hạn mức"}},
        {"error_code": "404", "message": "Service not found"},
        {"error_code": "404", "message": "Không tìm thấy dịch vụ"},
        {"error_code": "5", "message": "Không có thông tin kết nối"},
        {"error_code": "5", "message": "Dữ liệu trả về không tồn tại trường hợp lệ"},
        {"message": "<html><body>Cổng kết nối</body></html>"},
        {"message": "<broken"},
        enveloped("<a/>").decode(),
        enveloped("").decode(),
        [],
        "7",
        "null",
    ],
)
def test_what_nobody_knows_is_left_uncatalogued(answer: Any) -> None:
    """Neither a citizen, nor nobody, nor a refusal; equal answers have one signature."""
    told, again = raised(answer), raised(answer)
    assert isinstance(told, Unavailable)
    assert isinstance(again, Unavailable)
    assert (told.cause, told.scope, told.answer) == ("uncatalogued", Scope.MESSAGE, again.answer)


def test_answers_of_another_shape_have_another_signature() -> None:
    """Two unknown answers are told apart, whatever numbers stand in them."""
    one, same, other = (
        raised({"error_code": code, "message": text})
        for code, text in (("98", "Lỗi số 12"), ("98", "Lỗi số 15"), ("97", "Lỗi khác hẳn"))
    )
    assert one.answer == same.answer != other.answer  # type: ignore[attr-defined]


def test_nothing_of_the_question_is_shown() -> None:
    """A complaint that repeats whom it was asked about is shown without them."""
    told: Any = raised({"error_code": "004", "message": "Không cho hỏi LOVANUOC, 099190000001, 990000002"})
    assert told.said == "Không cho hỏi •••, •••, •••"


def test_what_an_error_means_has_a_cause_that_is_explained() -> None:
    """Every meaning, built in or to be configured, leads to a cause of the catalogue."""
    meanings = {*CODES.values(), *(meaning for meaning, _ in TEXTS), *CAUSES} - {"not-found"}
    assert meanings == CAUSES.keys()
    assert set(CAUSES.values()) <= CATALOGUE.keys()
    assert all(isinstance(pattern, re.Pattern) for _, pattern in TEXTS)


# --- an ill-meaning far side, and an ill-meaning caller -------------------------------------------------------


@pytest.mark.parametrize("word", ["thủ tục ", "cán bộ ", "số định danh ", "xác thực ", "token "])
def test_a_long_fault_holds_nobody_up(word: str) -> None:
    """Looking for what it means takes no longer than it is worth: the process does nothing else meanwhile."""
    assert Answers({}).fault(Fault(("Server",), word * 200_000)) is None
    assert raised({"a": [{"message": word * 50}] * 1000}).cause == "uncatalogued"  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["bảo trì", "Quá Tải"])
def test_nobody_suspends_the_service_by_a_name(who: str) -> None:
    """What a caller said, and the service repeats, says nothing of the service as a whole."""
    cause, text = "population-officer-refused", f"Cán bộ {who} không có quyền tra cứu"
    told = Answers({}).fault(Fault(("Client",), text), (who,))
    assert told is not None
    assert (told.cause, isinstance(told, Refused)) == (cause, True)
    with pytest.raises(Refused) as refused:
        Answers({}).no([{"message": text}], (who,))
    assert refused.value.cause == cause
    away = Answers({}).fault(Fault(("Server",), f"{who}: hệ thống đang bảo trì"), ("LOVANUOC",))
    assert isinstance(away, Unavailable)
