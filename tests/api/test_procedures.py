"""The catalogue of procedures over HTTP: searched, shown as of any day, and believed when a person says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from lgsp.journal import alerting, job_runs
from lgsp.journal.contract import CursorAt
from lgsp.journal.job_runs import DONE, End, Process
from lgsp.message import VIETNAM, Raw
from lgsp.schedules import Job
from tests.api.province import PORTAL, Province, dossier

JOB, PROCEDURE = "by-hand", "procedure.v1"
"""A job that no process runs by itself, and the type that it brings."""
_JOB = Job.model_validate({"every": "1h"})
FIELD = {"code": "G15-TP110", "name": "Chứng thực"}


def procedure(code: str, name: str, agency: str = "G15", **more: Any) -> dict[str, Any]:
    """Return a procedure's record."""
    return {
        "code": code, "name": name, "state": "published", "fields": [FIELD],
        "publication": {"agency": agency}, **more,
    }  # fmt: skip


MANY = [
    procedure("1.000001", "Cấp giấy xác nhận tình trạng hôn nhân"),
    procedure("1.000002", "Đăng ký kết hôn", fields=[{"code": "G15-HT", "name": "Hộ tịch"}]),
    procedure("1.000003", "Đăng ký khai sinh", "H44.11"),
    procedure("1.000004", "Cấp 100% bản sao_trích lục", "H44", state="unpublished"),
]


async def bring(here: Province, records: Sequence[Any] = MANY, lists: Sequence[str] | None = None) -> int:
    """Run the job once, as a process does that has its page; return the number of the run."""
    gateway = here.platform.gateway
    await gateway.journal.write(lambda tx: job_runs.seen(tx, PORTAL, JOB))
    await gateway.journal.write(
        lambda tx: tx.run("UPDATE jobs SET wanted_at = 1, wanted_by = 'operator' WHERE job = ?", [(JOB,)])
    )
    process = Process(gateway.worker, alone=True)
    run = await gateway.journal.write(lambda tx: job_runs.begin(tx, PORTAL, JOB, _JOB, process))
    assert run is not None
    said = {PROCEDURE: lists or [one["code"] for one in records]}
    page = CursorAt(PORTAL, JOB, run.run, "null", lists=said)
    items = [gateway.types.message(PROCEDURE, one) for one in records]
    await gateway.accept(PORTAL, Raw.of(orjson.dumps(list(records))), items, page)
    told = End(DONE, catalogued=True)
    await gateway.journal.write(lambda tx: job_runs.finish(tx, run, told, _JOB))
    return run.run


async def search(here: Province, **terms: Any) -> dict[str, Any]:
    """Search, and return the answer."""
    reply = await here.operator.get("/v1/procedures", urlencode(terms))
    assert reply.status == 200, reply.body
    told: dict[str, Any] = reply.json()
    return told


async def codes(here: Province, **terms: Any) -> list[str]:
    """Return the last digits of the codes that are found."""
    return [one["code"][-1] for one in (await search(here, **terms))["procedures"]]


async def days_ago(here: Province, days: int) -> str:
    """Let all that was said until now be so many days old; return yesterday."""
    journal = here.platform.gateway.journal
    today = datetime.now(VIETNAM).date()
    day = (today - timedelta(days=days)).isoformat()
    await journal.write(lambda tx: tx.run("UPDATE catalogue_items SET since = ? WHERE since <> ''", [(day,)]))
    return (today - timedelta(days=1)).isoformat()


async def test_procedures_are_found_by_words_body_field_and_state(paused: Province) -> None:
    """Without accents too; signs that a database reads mean themselves; a page at a time, in order of the codes."""
    await bring(paused)
    assert await codes(paused) == ["1", "2", "3", "4"]
    assert await codes(paused, q="dang ky") == ["2", "3"]
    assert await codes(paused, q="ĐĂNG ký sinh") == ["3"]
    assert await codes(paused, q="000002") == ["2"]
    assert await codes(paused, q="100%") == ["4"]
    assert await codes(paused, q="o_t") == ["4"]
    assert await codes(paused, agency="H44") == ["3", "4"]
    assert await codes(paused, agency="000.00.00.H44") == ["3", "4"]
    assert await codes(paused, agency="H44.11") == ["3"]
    assert await codes(paused, field="G15-HT") == ["2"]
    assert await codes(paused, field="Hộ tịch") == ["2"]
    assert await codes(paused, state="unpublished") == ["4"]
    assert await codes(paused, source="somebody") == []
    first = await search(paused, limit=3)
    assert len(first["procedures"]) == 3
    rest = await search(paused, limit=3, after=first["next"])
    assert ([one["code"] for one in rest["procedures"]], rest["next"]) == (["1.000004"], None)
    one = first["procedures"][1]
    assert (one["field_code"], one["field_name"], one["source"], one["version"]) == (
        "G15-HT", "Hộ tịch", PORTAL, 2,
    )  # fmt: skip
    assert (one["valid_from"], one["valid_to"], one["agency"]) == (None, None, "G15")


async def test_a_procedure_is_shown_whole_as_of_any_day(paused: Province) -> None:
    """What it said on the day, and each version before and since; what holds from an unknown day always held."""
    await bring(paused)
    await bring(paused, [procedure("1.000001", "Tên mới", extra={"MOTA": "x"}), *MANY[1:]])
    yesterday = await days_ago(paused, 0)
    now = (await paused.operator.get("/v1/procedures/1.000001")).json()
    assert (now["name"], now["record"]["extra"], now["version"]) == ("Tên mới", {"MOTA": "x"}, 5)
    assert [one["name"] for one in now["history"]] == ["Tên mới", "Cấp giấy xác nhận tình trạng hôn nhân"]
    assert now["history"][1]["valid_to"] == yesterday
    then = (await paused.operator.get("/v1/procedures/1.000001", f"as_of={yesterday}")).json()
    assert (then["name"], then["version"], then["record"]["name"]) == (
        "Cấp giấy xác nhận tình trạng hôn nhân", 1, "Cấp giấy xác nhận tình trạng hôn nhân",
    )  # fmt: skip
    assert await codes(paused, q="hon nhan") == []
    assert await codes(paused, q="hon nhan", as_of=yesterday) == ["1"]
    with_issuer = await paused.one_stop.get("/v1/procedures/1.000001.000.00.00.H44")
    assert with_issuer.status == 404
    assert (await paused.one_stop.get("/v1/procedures/1.000001")).status == 200


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "as_of=x", "q=" + "x" * 201, "limit=-1"])
async def test_a_search_that_cannot_be_made_is_told_what_to_mend(paused: Province, query: str) -> None:
    """A page of no size, a day that is none."""
    assert (await paused.operator.get("/v1/procedures", query)).status == 422


async def test_who_may_ask(paused: Province) -> None:
    """Everybody with a token; a code that no catalogue has is not found."""
    assert (await paused.nobody.get("/v1/procedures")).status == 401
    assert (await paused.nobody.get("/v1/procedures/1.000001")).status == 401
    assert (await paused.one_stop.get("/v1/procedures")).json() == {
        "as_of": None,
        "procedures": [],
        "next": None,
    }
    assert (await paused.one_stop.get("/v1/procedures/1.000001")).status == 404


async def test_a_list_that_lacks_too_much_is_shown_and_closes_once_a_person_believes_it(
    paused: Province,
) -> None:
    """With lists of agencies, by the same command; what it lacks is then closed by messages of its own."""
    many = [procedure(f"1.{n:06}", f"Thủ tục {n}") for n in range(60)]
    await bring(paused, many)
    run = await bring(paused, many[:30])
    (told,) = (await paused.operator.get("/v1/agencies/lists")).json()["lists"]
    assert (told["system"], told["job"], told["type"], told["state"]) == (PORTAL, JOB, PROCEDURE, "short")
    assert (told["missing"], told["run"], told["size"]) == (30, run, 60)
    believe = f"/v1/agencies/lists/{PORTAL}/{JOB}/believe"
    assert (await paused.operator.post(believe, {"run": run + 1})).status == 409
    assert (await paused.operator.post(believe, {"run": run})).json() == {"gone": 30}
    assert len((await search(paused, state="open"))["procedures"]) == 30
    assert len((await search(paused, state="closed"))["procedures"]) == 30
    assert (await paused.operator.get("/v1/agencies/lists")).json()["lists"][0]["state"] == "whole"


async def test_agencies_can_be_asked_as_of_a_day_by_either_name(paused: Province) -> None:
    """`as_of`, as procedures are asked, and `on`, as codes are."""
    for term in ("on", "as_of"):
        reply = await paused.operator.get("/v1/agencies", f"q=H28&{term}=2025-06-30")
        assert (reply.json()["on"], reply.json()["agencies"][0]["standing"]) == ("2025-06-30", "live")


async def test_an_item_of_a_catalogue_that_no_route_wants_is_no_alarm(paused: Province) -> None:
    """A field's list may be wanted by nobody; a dossier that no route wants is alarmed all the same."""
    gateway = paused.platform.gateway
    gateway.routes.routes.clear()
    await bring(paused)
    await paused.one_stop.bring(dossier())
    found = await gateway.journal.read(alerting.unrouted)
    assert [type_ for _, type_, _ in found] == ["dossier.v1"]
