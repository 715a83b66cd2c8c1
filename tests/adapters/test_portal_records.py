"""Procedures' records and answers to questions are asked for one by one: due ones only, and resumably."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import orjson
import pytest

from lgsp.adapter import Page
from lgsp.errors import Invalid, Unavailable
from lgsp.message import Message
from lgsp.sandbox.dialects import Verdict
from lgsp.sandbox.portal import Portal
from tests.adapters.test_portal_catalogues import NOW, asked, brought, messages, portal, saying


def codes(pages: list[Page]) -> list[str]:
    """Return the codes of what was brought."""
    return [one.subject for one in messages(pages)]


async def run(stand: Portal, cursor: Any = None, *, hours: float = 0, **config: Any) -> list[Page]:
    """Run the job some hours after the first one."""
    async with asked(stand, now=lambda: NOW + timedelta(hours=hours), **config) as adapter:
        return await brought(adapter, "procedures", cursor)


async def test_the_first_run_brings_every_record() -> None:
    """The list's codes first, on a page of their own; then records, twenty on a page."""
    pages = await run(portal(size={"procedures": 45}))
    assert [len(page.items) for page in pages] == [0, 20, 20, 5]
    assert set(pages[0].lists["procedure.v1"]) == set(codes(pages))
    assert orjson.loads(pages[0].raw.read())["MATTHC"] == list(pages[0].lists["procedure.v1"].values())  # type: ignore[attr-defined]
    assert all(not page.lists for page in pages[1:])
    assert orjson.loads(pages[1].raw.read())[0]["MATTHC"] == codes(pages)[0]


async def test_a_second_run_asks_for_what_changed() -> None:
    """New ones, renamed ones; the rest when its time has come again."""
    stand = portal(size={"procedures": 12})
    cursor = (await run(stand))[-1].cursor
    assert codes(await run(stand, cursor, hours=1)) == []
    stand.change(b'{"add": 1, "rename": ["1.003897"], "amend": ["2.000815"], "close": ["1.005129"]}')
    pages = await run(stand, cursor, hours=1)
    assert sorted(codes(pages)) == ["1.003897", "9.000005"]
    assert "1.005129" not in pages[0].lists["procedure.v1"]
    later = await run(stand, pages[-1].cursor, hours=20)
    assert len(codes(later)) == 10
    assert len(codes(await run(stand, later[-1].cursor, hours=22))) == 2


async def test_what_comes_back_to_the_list_is_asked_for_again() -> None:
    """A closed procedure that is listed again is new."""
    stand = portal(size={"procedures": 8})
    cursor = (await run(stand))[-1].cursor
    stand.change(b'{"close": ["1.003897"]}')
    cursor = (await run(stand, cursor, hours=1))[-1].cursor
    stand.change(b'{"reopen": ["1.003897"]}')
    assert codes(await run(stand, cursor, hours=2)) == ["1.003897"]


async def test_a_run_that_is_cut_short_goes_on() -> None:
    """Each page's cursor stands behind its records: none is asked for twice, none is left out."""
    stand = portal(size={"procedures": 50})
    async with asked(stand) as adapter:
        pages = []
        async for page in adapter.fetch("procedures", None):
            pages.append(page)
            if len(pages) == 2:
                break
        rest = await brought(adapter, "procedures", pages[-1].cursor)
    assert sorted(codes(pages) + codes(rest)) == sorted(pages[0].lists["procedure.v1"])
    assert len(codes(rest)) == 30


async def test_a_listed_procedure_without_a_record_is_shown() -> None:
    """It lies in quarantine with its code, and the others come."""
    stand = portal(size={"procedures": 8})
    record = stand._services["LayThuTuc"]
    none, other = Verdict(0, "", {"result": []}), Verdict(0, "", {"result": [{"MATTHC": "1.000009"}]})
    said = {"1.003897": none, "2.000815": other}
    stand._services["LayThuTuc"] = lambda asked: said.get(asked["maTTHC"]) or record(asked)
    pages = await run(stand)
    odd = [item for page in pages for item in page.items if isinstance(item, Invalid)]
    assert {(one.subject, one.problems[0].code) for one in odd} == {
        ("1.003897", "portal-record-missing"),
        ("2.000815", "portal-record-other"),
    }
    assert len(codes(pages)) == 6


async def test_a_record_that_does_not_come_holds_nobody_up() -> None:
    """It is passed over, and the next run asks for it and for nothing else."""
    stand = portal(size={"procedures": 30})
    record, calls = stand._services["LayThuTuc"], iter(range(1000))
    stand._services["LayThuTuc"] = lambda asked: Verdict(-1, "???") if next(calls) % 7 == 3 else record(asked)
    pages = await run(stand)
    missed = set(pages[0].lists["procedure.v1"]) - set(codes(pages))
    assert len(missed) == 4
    stand._services["LayThuTuc"] = record
    assert set(codes(await run(stand, pages[-1].cursor, hours=1))) == missed


async def test_several_that_do_not_come_in_a_row_end_the_run_behind_what_came() -> None:
    """What was brought is kept, with its cursor; then the fault is told."""
    stand = portal(size={"procedures": 30})
    record, calls = stand._services["LayThuTuc"], iter(range(1000))
    stand._services["LayThuTuc"] = lambda asked: Verdict(-1, "???") if next(calls) > 24 else record(asked)
    pages: list[Page] = []

    async def collect() -> None:
        async with asked(stand) as adapter:
            async for page in adapter.fetch("procedures", None):
                pages.append(page)  # noqa: PERF401 - what came before the fault counts

    with pytest.raises(Unavailable):
        await collect()
    assert len(codes(pages)) == 25
    stand._services["LayThuTuc"] = record
    assert len(codes(await run(stand, pages[-1].cursor, hours=1))) == 5


async def test_records_are_asked_for_no_faster_than_is_said() -> None:
    """Ten at fifty in a second take at least the time of nine pauses."""
    began = time.monotonic()
    await run(portal(size={"procedures": 10}), records_per_second=50)
    assert time.monotonic() - began > 9 / 50


async def test_a_record_that_is_named_otherwise_than_in_the_list_says_so() -> None:
    """Capitals and spaces are noise; another name is a finding, and so are two records under one code."""
    stand = portal(size={"procedures": 1})
    (row,) = stand.reading.catalogue.procedures()
    record = stand.reading.catalogue.record(row["MATTHC"]) or {}

    async def odd(*records: dict[str, Any]) -> list[tuple[str, str]]:
        saying(stand, "LayThuTuc", lambda: Verdict(0, "", {"result": list(records)}))
        (one,) = messages(await run(stand))
        return [(finding.code, finding.place) for finding in one.findings]

    assert await odd(record | {"TENTTHC": f"  {row['TENTTHC'].upper()}"}) == []
    assert await odd(record | {"TENTTHC": "Khác"}) == [("listed-name-differs", "TENTTHC")]
    assert await odd(record, record) == []
    assert await odd(record, record | {"MOTA": "x"}) == [("listed-twice", "MATTHC")]


async def test_one_object_stands_for_an_array_of_one() -> None:
    """Some proxies hand on the record itself."""
    stand = portal(size={"procedures": 1})
    (row,) = stand.reading.catalogue.procedures()
    record = stand.reading.catalogue.record(row["MATTHC"]) or {}
    saying(stand, "LayThuTuc", lambda: Verdict(0, "", {"result": record}))
    assert codes(await run(stand)) == [row["MATTHC"]]


async def test_rows_without_a_code_are_shown_and_the_rest_is_taken() -> None:
    """A list of nothing but such rows is none."""
    stand = portal(size={"procedures": 2})
    rows = [*stand.reading.catalogue.procedures(), {"TENTTHC": "không mã"}]
    saying(stand, "LayDanhSachTTHC", lambda: Verdict(0, "", {"result": rows}))
    pages = await run(stand)
    (odd,) = [item for page in pages for item in page.items if isinstance(item, Invalid)]
    assert (odd.problems[0].place, len(codes(pages))) == ("MATTHC", 2)
    saying(stand, "LayDanhSachTTHC", lambda: Verdict(0, "", {"result": rows[2:]}))
    with pytest.raises(Unavailable):
        await run(stand)


# --- questions --------------------------------------------------------------------------------------------


async def test_questions_come_from_both_lists_with_their_answers() -> None:
    """Where a question was asked is told; hidden ones come as they are."""
    async with asked(portal(size={"questions": 3})) as adapter:
        pages = await brought(adapter, "questions")
        again = await brought(adapter, "questions", pages[-1].cursor)
    found = {one.subject: one for one in messages(pages)}
    assert {code: one.data["origin"] for code, one in found.items()} == {
        **dict.fromkeys(("9000", "9001", "9002"), "national_portal"),
        **dict.fromkeys(("7000", "7001", "7002"), "agency"),
    }
    assert found["9000"].data["answers"] == [{"id": "9000-1", "content": "Trả lời câu hỏi 9000."}]
    assert ("answers" in found["9001"].data, found["9000"].data["status"]) == (False, "0")
    assert messages(again) == []
    assert all(not page.lists for page in pages)


async def test_no_questions_are_no_failure() -> None:
    """Unlike a catalogue: nobody asked. What is no answer is one."""
    async with asked(portal(size={"questions": 0})) as adapter:
        assert messages(await brought(adapter, "questions")) == []
    stand = saying(portal(), "LayDanhSachHoiDapBoCoQuan", lambda: Verdict(0, "", {"other": 1}))
    async with asked(stand) as adapter:
        with pytest.raises(Unavailable):
            await brought(adapter, "questions")


async def test_a_job_of_another_name_is_refused() -> None:
    """As every adapter does."""
    async with asked(portal()) as adapter:
        with pytest.raises(Exception, match="does not fetch"):
            adapter.fetch("weather", None)


# --- what is told beside dossiers -------------------------------------------------------------------------


def told(type_: str, **data: Any) -> Message:
    """Return a message on its way to the portal."""
    return Message(type_, "9001", "9001", data, there=False)


async def test_questions_answers_and_results_are_told() -> None:
    """Each by its own service; those that know updates as new or as an update, results without that word."""
    stand = portal()
    async with asked(stand) as adapter:
        await adapter.send(told("question.v1", id="9001", content="?", agency={"code": "H44.11"}))
        await adapter.send(told("answer.v1", question="9001", content="!", agency={"code": "H44.11"}))
        result = {"code": "x", "month": "2026-01", "respondents": 3, "agency": {"code": "H44.11"}}
        await adapter.send(told("satisfaction.v1", **result))
        drawn = await adapter.drawn_up(told("satisfaction.v1", **result))
    kept = stand.state()["told"]
    assert [one["NOIDUNG"] for one in kept["DongBoHoiDap"]] == ["?"]
    assert [one["NOIDUNGTRALOI"] for one in kept["DongBoKetQuaHoiDapGuiTuDVCQG"]] == ["!"]
    (sent,) = kept["DongBoDanhGia"]
    assert (sent["NgayTongHop"], sent["TongSoNguoiDanhGia"], sent["Madonvi"]) == ("1-2026", 3, "H44.11")
    assert orjson.loads(drawn.read()) == {"data": [sent]}


async def test_an_answer_that_is_there_is_told_as_an_update() -> None:
    """As a dossier is: the portal says that it exists, and is told once more."""
    stand, seen = portal(), []

    def said(asked_: dict[str, Any]) -> Verdict:
        seen.append(asked_["isUpdating"])
        return Verdict(0, "Thành công") if seen[-1] == "True" else Verdict(3, "Đã tồn tại")

    stand._services["DongBoKetQuaHoiDapGuiTuDVCQG"] = said
    async with asked(stand) as adapter:
        receipt = await adapter.send(told("answer.v1", question="9001", content="!"))
    assert (seen, receipt.repeated) == (["False", "True"], True)
