"""Whom a question is about stands in the question and in its answer, and nowhere else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import structlog
from lgsp.adapters.ngsp import meaning

from lgsp.errors import Refused, Unavailable
from lgsp.message import Message
from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.ngsp import Ngsp as Stand
from lgsp.sandbox.ngsp_faults import NgspFaults
from lgsp.wire.exchange import packed, recorded
from lgsp.wire.http import Answer
from tests.ngsp_side import Canned, adapter_of, business, entries, insured, question, speaking

CANARY = book.insurance_number(2)
NAME = "Lê Văn Nghiệm"
SOMEBODY = {"name": NAME, "birth": {"date": "1952-03-03"}, "gender": "male"}
FAULTS: list[dict[str, Any]] = [
    {},
    {"xml": True},
    {"data_fault": ["insurance", "insurance-number", "business"]},
    {"error_text": 1},
    {"html": 1},
    {"broken_body": 1},
    {"http_500": 1},
    {"throttle": 1},
    {"not_subscribed": ["insurance", "insurance-number", "business"]},
    {"expire_tokens": 1},
    {"token_html": 1},
]


async def _asked(far: Stand, asked: Message) -> str:
    """Ask, and return all that is kept, logged and said of it beside the answer."""
    said = ""
    with recorded() as exchanges, structlog.testing.capture_logs() as logs:
        async with speaking(far, timeout=0.5) as adapter:
            try:
                await adapter.ask(asked)
            except (Refused, Unavailable) as fault:
                said = f"{fault} {fault!r} {fault.said} {fault.cause} {getattr(fault, 'fields', '')}"
    return f"{said} {logs!r} {packed(exchanges).decode()}"


@pytest.mark.parametrize("faults", FAULTS)
async def test_no_number_reaches_a_log_an_error_or_what_is_kept(faults: dict[str, Any]) -> None:
    """Neither the number that was asked for nor one that was answered, whatever went wrong."""
    for asked in (
        insured(CANARY),
        question("insurance.query.v1", SOMEBODY),
        business(book.enterprise_code(3)),
    ):
        kept = await _asked(Stand(NgspFaults.model_validate(faults)), asked)
        for number in (CANARY, book.enterprise_code(3), "19520303"):
            assert number not in kept


ECHOES = {
    "a number": ("Mã số 0199000003 không hợp lệ", "Mã số ••• không hợp lệ"),
    "a number in groups": ("Số 001 099 000 001 không hợp lệ", "Số ••• không hợp lệ"),
    "a number with dashes": ("0199000004-001 không hợp lệ", "••• không hợp lệ"),
    "the code as it was asked": ("0199000003: không hợp lệ", "•••: không hợp lệ"),
    "no number": ("Tham số 5 không hợp lệ", "Tham số 5 không hợp lệ"),
}


@pytest.mark.parametrize("what", ECHOES)
async def test_what_a_service_says_is_shown_without_whom_it_names(what: str) -> None:
    """An error's text may repeat the question: people read what is wrong, not about whom."""
    text, shown = ECHOES[what]
    body = orjson.dumps({"Status": "0", "Message": text}).decode()
    with pytest.raises(Refused) as fault:
        await adapter_of(Canned(Answer(200, body, "application/json"))).ask(business("0199000003"))
    assert fault.value.said == shown


@pytest.mark.parametrize("written", ["Lê Văn Nghiệm", "LÊ VĂN NGHIỆM", "lê  văn nghiệm"])
async def test_a_name_is_taken_out_however_it_is_written(written: str) -> None:
    """In capitals, with more spaces: the name of the question does not come back in an error."""
    body = orjson.dumps({"errorCode": "3", "message": f"{written}: không hợp lệ"}).decode()
    http = Canned(Answer(200, body, "application/json"))
    with pytest.raises(Refused) as fault:
        await adapter_of(http).ask(question("insurance.query.v1", SOMEBODY))
    assert fault.value.said == "3: •••: không hợp lệ"


@pytest.mark.parametrize("of", ["business", "insurance", "civil-status", "catalogue"])
async def test_people_who_were_not_asked_about_are_not_told_of(of: str) -> None:
    """An answer of a shape that is nobody's may list others: none of it stands in the error."""
    asked = {
        "business": business(),
        "insurance": insured(),
        "civil-status": question("civil-status.query.v1", {"agency": "1", "dossier": "H44-1"}),
        "catalogue": entries(),
    }
    body = orjson.dumps([{"hoTen": "Phạm Thị Giả", "x": [1]}, {"hoTen": "Hoàng Văn Lập"}]).decode()
    with pytest.raises(Unavailable) as fault:
        await adapter_of(Canned(Answer(200, body, "application/json"))).ask(asked[of])
    assert (fault.value.cause, fault.value.said) == ("uncatalogued", "")


async def test_what_cannot_be_read_is_not_quoted() -> None:
    """It may hold anybody's data: its form, its size and its fault are told."""
    body = '{"hoTen": "NGUYỄN VĂN MẪU", "soSoCu": "9088000001"'
    with pytest.raises(Unavailable) as fault:
        await adapter_of(Canned(Answer(200, body, "application/json"))).ask(insured())
    assert fault.value.said == f"HTTP 200, application/json, {len(body)} characters: not JSON"


async def test_a_fault_of_a_data_service_is_told_by_its_code_alone() -> None:
    """It repeats the parameters, and sometimes the SQL, of the question."""
    body = (
        '<d:DataServiceFault xmlns:d="http://ws.wso2.org/dataservice"><d:current_params>{so=0188000002}'
        "</d:current_params><d:ds_code>DATABASE_ERROR</d:ds_code><d:nested>SELECT ten</d:nested>"
        "</d:DataServiceFault>"
    )
    with pytest.raises(Unavailable) as fault:
        await adapter_of(Canned(Answer(500, body, "application/xml"))).ask(entries())
    assert (fault.value.cause, fault.value.said) == ("ngsp-service-away", "DS:DATABASE_ERROR")


def test_a_long_text_is_cut_after_it_was_cleaned() -> None:
    """A number at the edge of what is shown is not cut into one that is not recognised."""
    text = "x" * 295 + " 0188000002"
    assert meaning.shown(text) == "x" * 295 + " •••"
