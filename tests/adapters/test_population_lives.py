"""The adapter in front of the stand-in, by each way in: what is asked is answered, and goes nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from lgsp.adapters.population_db import PopulationDb as Adapter

from lgsp.errors import GatewayError, Refused
from lgsp.message import Message
from lgsp.questions import Questions
from lgsp.sandbox.population_book import plain, whole_name
from lgsp.wire.exchange import recorded
from tests.population_side import ASKER, LINE, WAYS, about, exact, question, refused, speaking, stand_in

TYPES = Questions()


@pytest.fixture(scope="module", autouse=True)
def line() -> Iterator[None]:
    """One server serves all tests here."""
    with LINE.open():
        yield


# --- what is asked is answered ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
async def test_somebody_is_found_by_each_way_in(way: str) -> None:
    """The answer is of the one who was asked about, whole, and as its schema has it."""
    stand = stand_in()
    person = exact(stand)
    async with speaking(stand, way) as adapter:
        answer = await adapter.ask(question(about(person)))
    assert answer.type == "citizen.v1"
    assert answer.data["identity_number"] == person["SoDinhDanh"]
    assert answer.data["name"] == whole_name(person)
    assert answer.data["permanent"]["detail"] == person["ThuongTru"]["ChiTiet"]
    assert TYPES["citizen.v1"].problems(answer.data) == []
    assert answer.findings == []


@pytest.mark.parametrize("way", WAYS)
async def test_whether_it_is_so_is_answered(way: str) -> None:
    """Yes for what is so; no for another day of birth."""
    stand = stand_in()
    told = about(exact(stand))
    async with speaking(stand, way) as adapter:
        yes = await adapter.ask(question(told, verify=True))
        no = await adapter.ask(question(told | {"birth": {"date": "1900-01-01"}}, verify=True))
    assert (yes.type, yes.data, no.data) == ("citizen.verified.v1", {"matches": True}, {"matches": False})
    assert TYPES["citizen.verified.v1"].problems(yes.data) == []


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_not_there_is_not_found(way: str) -> None:
    """Nobody by that number, or another name: known not to be there."""
    stand = stand_in()
    for changed in ({"identity_number": "099000000000"}, {"name": "Ai Đó Khác"}):
        async with speaking(stand, way) as adapter:
            with pytest.raises(Refused) as raised:
                await adapter.ask(question(about(exact(stand)) | changed))
        assert raised.value.cause == "not-found"


async def test_everybody_of_the_book_is_found_and_fits() -> None:
    """People with a partial birth date and without an old number too; by a year where no day is known."""
    stand = stand_in(more_fields=True)
    async with speaking(stand) as adapter:
        for person in stand.book.first(60):
            answer = await adapter.ask(question(about(person)))
            assert TYPES["citizen.v1"].problems(answer.data) == []
            assert answer.data["birth"]["year"] == person["NgayThangNamSinh"]["Nam"]
            assert answer.data["extra"] == {"TrangThaiCuTru": "1", "ThuongTru": {"TenTinhThanh": "Tỉnh Thử"}}
            assert {one.code for one in answer.findings} == {"unknown-field"}
    assert stand.repeated == 0


async def test_an_old_number_finds_somebody_too() -> None:
    """Whoever shows an old card is asked about by that."""
    stand = stand_in()
    person = exact(stand)
    told = about(person, identity_number=None, old_identity_number=person["SoCMND"])
    async with speaking(stand) as adapter:
        answer = await adapter.ask(question(told))
    assert answer.data["old_identity_number"] == person["SoCMND"]
    assert "SoDinhDanh" not in stand.last


# --- who asks, for what -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({}, ASKER),
        ({"officer": "h44.chung"}, "h44.chung"),
        ({"officer": "h44.chung", "officers": {ASKER: {"code": "h44.b"}}}, "h44.b"),
        ({"officers": {"Người khác": {"code": "h44.c"}}}, ASKER),
    ],
)
async def test_the_officer_is_the_person_for_whom_it_is_asked(config: dict[str, Any], code: str) -> None:
    """By a code of the home's list, by one for all, or by their own name."""
    stand = stand_in()
    async with speaking(stand, **config) as adapter:
        await adapter.ask(question(about(exact(stand))))
    assert stand.last["MaCanBo"] == code


async def test_a_home_may_let_only_listed_officers_ask() -> None:
    """Anybody else is refused before the service hears of it."""
    stand = stand_in()
    told = await refused(stand, only_officers=True, officers={"Người khác": {"code": "h44.c"}})
    assert (told.cause, told.fields) == ("population-officer-unlisted", ["/who"])
    assert not stand.calls


@pytest.mark.parametrize(
    ("procedure", "config", "code"),
    [("1.009999", {"service": "VPCP"}, "1.009999"), (None, {"service": "VPCP"}, "VPCP"), (None, {}, None)],
)
async def test_the_service_s_code_is_the_question_s_or_the_home_s(
    procedure: str | None, config: dict[str, Any], code: str | None
) -> None:
    """`MaDVC` is left out where neither says one."""
    stand = stand_in()
    async with speaking(stand, **config) as adapter:
        await adapter.ask(question(about(exact(stand), procedure=procedure)))
    assert stand.last.get("MaDVC") == code


@pytest.mark.parametrize("ids", ["text", "number"])
@pytest.mark.parametrize("way", WAYS)
async def test_every_question_has_a_number_of_its_own(way: str, ids: str) -> None:
    """Twenty at once have twenty numbers; a number is one that fits into 64 bits."""
    stand = stand_in()
    told = about(exact(stand))
    numbers = set()
    async with speaking(stand, way, request_ids=ids) as adapter:
        for _ in range(20):
            await adapter.ask(question(told))
            numbers.add(str(stand.last["MaYeuCau"]))
    assert len(numbers) == 20
    assert stand.repeated == 0
    assert all(len(one) == 18 and int(one) < 2**63 for one in numbers) or ids == "text"


async def test_our_trace_is_found_by_the_number_that_the_service_knows() -> None:
    """`MaYeuCau` is the outer id of the question."""
    stand = stand_in()
    asked = question(about(exact(stand)))
    async with speaking(stand) as adapter:
        await adapter.ask(asked)
    assert asked.id is not None
    assert stand.last["MaYeuCau"] == asked.id.hex


# --- nothing personal goes anywhere -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "faults",
    [{}, {"html": 1.0}, {"server_fault": 1.0}, {"several": 1.0}, {"error_code": "9"}, {"more_fields": True}],
)
async def test_whom_it_is_about_reaches_no_log_error_or_summary(
    way: str, faults: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither number nor name stands in what is logged, raised or kept of an exchange, whatever happens."""
    stand = stand_in(**faults)
    person = exact(stand)
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    async with speaking(stand, way) as adapter:
        with recorded() as exchanges, structlog.testing.capture_logs() as logged:
            for verify in (False, True):
                try:
                    await adapter.ask(question(about(person), verify=verify))
                except GatewayError as fault:
                    said += [str(fault), repr(fault), repr(vars(fault))]
        said += [repr(adapter), repr(adapter.config)]
    said += [str(one.as_dict()) for one in exchanges] + [str(one) for one in logged] + [caplog.text]
    assert exchanges
    everything = "\n".join(said)
    for one in (
        person["SoDinhDanh"],
        person["SoCMND"],
        whole_name(person),
        plain(whole_name(person)),
        'sandbox"',
    ):
        assert one not in everything


async def test_a_question_of_another_type_is_none_of_ours() -> None:
    """What the adapter says it answers is what it answers."""
    assert Adapter.answers == {"citizen.query.v1", "citizen.verification.v1"}
    stand = stand_in()
    async with speaking(stand) as adapter:
        with pytest.raises(KeyError):
            await adapter.ask(Message("business.query.v1", "", "", about(exact(stand))))
