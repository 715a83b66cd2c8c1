"""The adapter of the national reporting system in front of its stand-in: what becomes of reports, either form."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from lgsp.adapters.national_reporting import mapping
from lgsp.adapters.national_reporting.wording import Wording

from lgsp.adapter import Arrival
from lgsp.domain.causes import CAUSES
from lgsp.errors import GatewayError, Refused, Scope, Unavailable, Uncertain
from lgsp.formats import plain_xml
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.reporting_faults import ReportingFaults
from lgsp.wire.exchange import recorded
from tests.reporting_side import CODE, TYPES, body, message, speaking, statuses

FORMS = pytest.mark.parametrize("form", ["json", "xml"])


@FORMS
async def test_a_report_arrives_with_a_receipt_and_is_accepted(form: str) -> None:
    """What the receiver holds is what was sent; its number is in the receipt, its word comes by the job."""
    stand = Reporting()
    async with speaking(stand, format=form) as adapter:
        receipt = await adapter.send(message())
        found, cursor = await statuses(adapter)
        assert await statuses(adapter, cursor) == ([], cursor)
    assert (receipt.note, receipt.repeated) == ("TN-000001: Đã tiếp nhận báo cáo", False)
    assert found == [(1, "arrived"), (1, "accepted")]
    held = stand.state()["reports"][CODE]["1"]
    told = orjson.loads(orjson.dumps(mapping.report(body(), Wording.of())))
    assert held == (told if form == "json" else told | {"PhienBan": "1"})


@FORMS
async def test_the_same_version_told_twice_is_answered_as_repeated(form: str) -> None:
    """A second sending leaves one version there, and says that it was there."""
    stand = Reporting()
    async with speaking(stand, format=form) as adapter:
        await adapter.send(message())
        again = await adapter.send(message())
    assert again.repeated
    assert again.note.startswith("TN-000001: ")
    assert list(stand.state()["reports"][CODE]) == ["1"]
    assert stand.state()["repeats"] == 1


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, Any], str, list[str]]] = {
    "a figure": (
        {"refuse_indicators": {"received": "vượt"}},
        {},
        "reporting-field-refused",
        ["SoLieu/2/GiaTri"],
    ),
    "a sum": ({}, {"received": 101}, "reporting-figures-contradict", ["SoLieu/received", "SoLieu/total"]),
    "an agency": ({"strangers": ["H44.11"]}, {}, "reporting-agency-unknown", ["MaDonVi"]),
    "a period": ({"closed_periods": ["202403"]}, {}, "reporting-period-closed", ["KyBaoCao"]),
}


@FORMS
@pytest.mark.parametrize("what", REFUSALS)
async def test_what_is_refused_names_its_field(form: str, what: str) -> None:
    """Each refusal has its cause, the field that was named, and leaves nothing there."""
    faults, figures, cause, fields = REFUSALS[what]
    stand = Reporting(ReportingFaults.model_validate(faults))
    async with speaking(stand, format=form) as adapter:
        with pytest.raises(Refused) as fault:
            await adapter.send(message(**figures))
    assert (fault.value.cause, fault.value.fields) == (cause, fields)
    assert cause in CAUSES
    assert stand.state()["reports"] == {}


async def test_a_sum_that_is_refused_is_told_with_its_terms() -> None:
    """The text that an operator reads has the numbers that do not add up."""
    async with speaking(Reporting()) as adapter:
        with pytest.raises(Refused) as fault:
            await adapter.send(message(received=101))
    assert "60 + 40" in fault.value.said


async def test_what_is_carried_over_must_be_what_was_left() -> None:
    """The receiver compares with the month before, where it has that of the same form and agency."""
    before = body(code="06a/H44.11/government/1:202402")
    before["period"]["code"] = "202402"
    before["figures"].append({"indicator": "in_process", "value": "21"})
    async with speaking(Reporting()) as adapter:
        await adapter.send(TYPES.message("report.v1", before))
        with pytest.raises(Refused) as fault:
            await adapter.send(message())
        assert fault.value.fields == ["SoLieu/carried_over"]
        before["version"], before["reason"] = 2, "Sửa số tồn"
        before["figures"][-1]["value"] = "20"
        await adapter.send(TYPES.message("report.v1", before))
        await adapter.send(message())


async def test_a_version_below_what_is_there_is_refused_for_good() -> None:
    """A newer version stands; the same version with another body is refused too."""
    stand = Reporting()
    async with speaking(stand) as adapter:
        await adapter.send(message(2))
        with pytest.raises(Refused) as older:
            await adapter.send(message(1))
        with pytest.raises(Refused) as other:
            await adapter.send(message(2, withdrawn=1))
        await adapter.send(message(5))
    assert older.value.cause == "reporting-version-old"
    assert other.value.cause == "reporting-version-taken"
    assert list(stand.state()["reports"][CODE]) == ["2", "5"]


async def test_a_correction_needs_a_reason() -> None:
    """A later version without one is refused by the name of that field."""
    without = {name: value for name, value in body(2).items() if name != "reason"}
    async with speaking(Reporting()) as adapter:
        with pytest.raises(Refused) as fault:
            await adapter.send(TYPES.message("report.v1", without))
    assert (fault.value.cause, fault.value.fields) == ("reporting-field-missing", ["LyDoSua"])


@FORMS
async def test_a_correction_that_is_asked_for_later_comes_by_the_job(form: str) -> None:
    """The first version is returned with words; the second is accepted; all in the order in which it was."""
    passed = [0.0]
    stand = Reporting(ReportingFaults(return_share=1, review_ms=1000), clock=lambda: passed[0])
    async with speaking(stand, format=form) as adapter:
        await adapter.send(message())
        first, cursor = await statuses(adapter)
        passed[0] = 2.0
        items = [one async for page in adapter.fetch("statuses", cursor) for one in page.items]
        later, cursor = await statuses(adapter, cursor)
        await adapter.send(message(2))
        passed[0] = 4.0
        last, _ = await statuses(adapter, cursor)
    assert (first, later, last) == ([(1, "arrived")], [(1, "returned")], [(2, "arrived"), (2, "accepted")])
    (returned,) = items
    assert isinstance(returned, Message)
    assert returned.data["reason"].startswith("Đề nghị rà soát")
    assert returned.agency == "H44.11"
    assert TYPES.check("report.status.v1", returned.data) == []


@FORMS
async def test_an_answer_that_did_not_come_is_probed(form: str) -> None:
    """The report was taken and nobody heard: code and version tell so exactly, and a later one is absent."""
    stand = Reporting(ReportingFaults(timeout_after_store=1, hang_ms=1000))
    async with speaking(stand, format=form, timeout=0.3) as adapter:
        assert await adapter.probe(message()) is Arrival.ABSENT
        with pytest.raises(Uncertain) as fault:
            await adapter.send(message())
        assert fault.value.cause == "timed-out"
        assert await adapter.probe(message()) is Arrival.ARRIVED
        assert await adapter.probe(message(2)) is Arrival.ABSENT
        assert (await adapter.send(message())).repeated


async def test_a_probe_without_a_body_tells_of_any_version() -> None:
    """Events wait for a report of which some version is there."""
    bare = Message("report.v1", CODE, CODE, {})
    async with speaking(Reporting()) as adapter:
        assert await adapter.probe(bare) is Arrival.ABSENT
        await adapter.send(message(3))
        assert await adapter.probe(bare) is Arrival.ARRIVED


async def test_a_probe_that_is_not_answered_is_made_again() -> None:
    """A page of HTML, or a code that no list holds, tells nothing: nobody has to decide because of it."""
    for faults in (ReportingFaults(html=1), ReportingFaults(odd_code=1)):
        stand = Reporting()
        async with speaking(stand) as adapter:
            await adapter.check()
            stand.trouble(faults.model_dump_json().encode())
            with pytest.raises(Unavailable) as fault:
                await adapter.probe(message())
            assert fault.value.cause == "uncatalogued"


PLAYED: dict[str, tuple[dict[str, Any], str, Scope]] = {
    "http_500": ({"http_500": 1}, "uncatalogued", Scope.MESSAGE),
    "http_503": ({"http_503": 1}, "http-503", Scope.SYSTEM),
    "retry_after": ({"http_503": 1, "retry_after": 9}, "http-503", Scope.SYSTEM),
    "html": ({"html": 1}, "uncatalogued", Scope.MESSAGE),
    "broken_body": ({"broken_body": 1}, "uncatalogued", Scope.MESSAGE),
    "odd_code": ({"odd_code": 1}, "uncatalogued", Scope.MESSAGE),
    "maintenance": ({"maintenance": True}, "reporting-away", Scope.SYSTEM),
    "flapping": ({"flapping": {"up_ms": 0.001, "down_ms": 1e9}}, "http-503", Scope.SYSTEM),
    "latency_ms": ({"latency_ms": 900}, "timed-out", Scope.MESSAGE),
    "timeout_after_store": ({"timeout_after_store": 1, "hang_ms": 900}, "timed-out", Scope.MESSAGE),
}


@FORMS
@pytest.mark.parametrize("fault", PLAYED)
async def test_a_fault_leads_to_its_cause(form: str, fault: str) -> None:
    """What goes wrong is put off for that cause, with that scope, and never taken for a refusal."""
    wanted, cause, scope = PLAYED[fault]
    stand = Reporting()
    async with speaking(stand, format=form, timeout=0.3) as adapter:
        await adapter.check()
        stand.trouble(orjson.dumps(wanted))
        with pytest.raises(Unavailable) as put_off:
            await adapter.send(message())
    assert (put_off.value.cause, put_off.value.scope) == (cause, scope)
    assert cause in CAUSES


def test_every_fault_of_the_stand_in_is_played_somewhere() -> None:
    """A fault that is added to the stand-in is added to these tests."""
    elsewhere = {
        "hang_ms", "expire_tokens", "refuse_indicators", "strangers", "closed_periods", "review_ms",
        "return_share", "return_codes", "list_twice", "shuffle",
    }  # fmt: skip
    assert PLAYED.keys() | elsewhere == ReportingFaults.model_fields.keys()


async def test_a_token_that_was_forgotten_is_renewed_once() -> None:
    """The receiver forgets our token between two sendings; the second logs in again by itself."""
    stand = Reporting()
    async with speaking(stand) as adapter:
        await adapter.send(message())
        stand._tokens.clear()
        await adapter.send(message(2))
    assert stand.state()["calls"]["login"] == 2


async def test_a_token_is_renewed_when_it_is_old() -> None:
    """After its minutes it is not used any more, whether the receiver would take it or not."""
    moment = [datetime(2026, 1, 5, 8, tzinfo=VIETNAM)]
    stand = Reporting()
    async with speaking(stand, token_minutes=10, now=lambda: moment[0]) as adapter:
        await adapter.send(message())
        moment[0] += timedelta(minutes=11)
        await adapter.send(message(2))
    assert stand.state()["calls"]["login"] == 2


async def test_a_token_that_is_never_good_suspends_the_system() -> None:
    """A fresh token that is refused too is no matter of this report."""
    stand = Reporting(ReportingFaults(expire_tokens=1))
    async with speaking(stand) as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.send(message())
    assert (fault.value.cause, fault.value.scope) == ("reporting-login", Scope.SYSTEM)
    assert stand.state()["calls"] == {"login": 2, "reports": 2}


async def test_a_wrong_password_suspends_the_system_by_its_own_name() -> None:
    """Whoever configured it is told to look there."""
    async with speaking(Reporting(), password="wrong") as adapter:
        for act in (adapter.check(), adapter.send(message()), adapter.probe(message())):
            with pytest.raises(Unavailable) as fault:
                await act
            assert (fault.value.cause, fault.value.scope) == ("reporting-credentials", Scope.SYSTEM)


async def test_reports_that_come_together_log_in_once() -> None:
    """Many sendings that find no token share one login."""
    stand = Reporting()
    async with speaking(stand) as adapter:
        await asyncio.gather(*(adapter.send(message(code=f"06a/{n}")) for n in range(10)))
    assert stand.state()["calls"] == {"login": 1, "reports": 10}


@FORMS
async def test_neither_password_nor_token_is_kept(form: str) -> None:
    """What is kept of the calls shows neither, in no form."""
    stand = Reporting(password="geheim-42")
    async with speaking(stand, format=form, password="geheim-42") as adapter:
        with recorded() as exchanges:
            await adapter.send(message())
    kept = b"".join(one.request + one.answer for one in exchanges)
    assert len(exchanges) == 2
    assert b"geheim-42" not in kept
    assert not any(token.encode() in kept for token in stand._tokens)


async def test_another_job_is_refused() -> None:
    """There is one."""
    async with speaking(Reporting()) as adapter:
        with pytest.raises(GatewayError):
            adapter.fetch("reports", None)


async def test_what_would_be_sent_can_be_seen_in_both_forms() -> None:
    """The words of the call, without asking anybody."""
    async with speaking(Reporting(), format="xml") as adapter:
        drawn = await adapter.drawn_up(message())
    assert drawn.content_type.startswith("application/xml")
    read = plain_xml.read(drawn.read(), "Dong")
    assert read["SoLieu"][2] == {"MaChiTieu": "received", "GiaTri": "100"}
    async with speaking(Reporting()) as adapter:
        assert orjson.loads((await adapter.drawn_up(message())).read())["PhienBan"] == 1


async def test_what_xml_cannot_say_is_refused_by_its_place() -> None:
    """A control character in a name would make the whole report unreadable there."""
    bad = body()
    bad["agency"]["name"] = "Sở\x01"
    async with speaking(Reporting(), format="xml") as adapter:
        with pytest.raises(Refused) as fault:
            await adapter.send(TYPES.message("report.v1", bad))
    assert (fault.value.cause, fault.value.fields) == ("not-writable", ["TenDonVi"])
