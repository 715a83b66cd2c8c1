"""The book of reports over HTTP: from what is due to what was accepted; by operators alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.api import reports as looking
from lgsp.api.desk import Desk as Services
from lgsp.api.door import Door
from lgsp.api.site import site
from lgsp.enquiring import Enquiries
from lgsp.questions import Questions
from lgsp.reporting import book, comparing, counting
from lgsp.testing.scene import Clock
from tests.api.province import OPERATOR, TOKEN, Caller
from tests.asgi import Reply, call
from tests.reporting.desk import AGENCY, CUT_OFF, DAY, PERIOD, Desk, Figures, definitions, desk

DRAW = {"regime": "KSTT", "form": "06a", "agency": "000.00.11.H44", "period": PERIOD}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Figures:
    """Statistics that say what the test says, and definitions whose reports go as from the rig's source."""
    told = Figures()
    for part in (counting, comparing):
        monkeypatch.setattr(part, "statistics", told)
    monkeypatch.setattr(book.Book.__init__, "__defaults__", (definitions,))
    monkeypatch.setattr(looking, "load", definitions)
    return told


@pytest.fixture
async def office(tmp_path: Path, figures: Figures) -> AsyncIterator[Desk]:
    """A gateway with a book, a day after the cut-off."""
    assert figures
    async with desk(tmp_path, Clock(CUT_OFF + DAY * 1_000_000)) as one:
        yield one


@pytest.fixture
def operator(office: Desk) -> Caller:
    """The operator, who calls."""
    asking = Enquiries(office.gateway, None, Questions([]))
    services = Services(office.gateway, Door({"desk": TOKEN}, OPERATOR), asking)
    return Caller(site(services, lambda _: None), OPERATOR)


async def patch(caller: Caller, path: str, said: Any) -> Reply:
    """Type figures in."""
    body = orjson.dumps(said)
    headers = {"Authorization": f"Bearer {caller.credential}", "Content-Length": str(len(body))}
    return await call(caller.app, "PATCH", path, headers=headers, body=body)


async def drawn(operator: Caller) -> dict[str, Any]:
    """Draw a report up."""
    reply = await operator.post("/v1/reports", DRAW)
    assert reply.status == 201, reply.body
    return dict(reply.json())


async def test_a_report_from_the_draft_to_its_acceptance(office: Desk, operator: Caller) -> None:
    """Every step over the API, and each has what people need to see."""
    made = await drawn(operator)
    assert (await operator.post("/v1/reports", DRAW)).status == 200
    assert (made["agency"]["code"], made["period"]["label"], made["due_on"]) == (AGENCY, PERIOD, "2024-03-18")
    path = f"/v1/reports/{made['id']}"
    assert (await patch(operator, path, {"figures": [{"indicator": "late", "value": "2"}]})).status == 200
    reply = await operator.post(f"{path}/sign", {"token": "t"})
    assert (reply.status, reply.json()["type"]) == (409, "urn:lgsp:problem:report-contradicts")
    assert {one["code"] for one in reply.json()["findings"]} == {"invariant-broken"}
    assert reply.json()["mend_vi"]
    back = {"figures": [{"indicator": "late", "taken_back": True}]}
    assert (await operator.post(f"{path}/figures", back)).json()["blocking"] == 0
    for _ in range(2):
        assert (await operator.post(f"{path}/sign", {"token": "t"})).json()["state"] == "signed"
    await office.go()
    await office.says(made["code"], "accepted", at="2024-03-18T09:30:00+07:00")
    await office.follow()
    told = (await operator.get(path)).json()
    assert (told["state"], told["delivery"]["state"], told["late"]) == ("accepted", "delivered", False)
    assert len(office.portal.log) == 1


async def test_corrections_and_comparisons(office: Desk, operator: Caller, figures: Figures) -> None:
    """A correction needs a reason; versions and what is known now stand beside each other."""
    made = await drawn(operator)
    path = f"/v1/reports/{made['id']}"
    assert (await operator.post(f"{path}/correct", {"reason": "x"})).status == 409
    await operator.post(f"{path}/sign", {"token": "t"})
    await office.go()
    assert (await operator.post(f"{path}/correct", {})).status == 422
    more = {"received": 11, "online": 7, "total": 13, "in_process": 6, "in_process_on_time": 5}
    figures.then |= more
    figures.now |= more
    told = (await operator.get(f"{path}/compare", "with=now")).json()
    assert told["changes"][0] == {
        "indicator": "received", "name": "Tiếp nhận trong kỳ", "agency": AGENCY, "split": [],
        "then": "10", "now": "11", "difference": "1",
    }  # fmt: skip
    fresh = await operator.post(f"{path}/correct", {"reason": "Nhập muộn"})
    assert (fresh.status, fresh.json()["version"]) == (201, 2)
    versions = (await operator.get(f"{path}/versions")).json()["versions"]
    assert [(one["version"], len(one["changes"])) for one in versions] == [(1, 0), (2, 5)]
    between = (await operator.get(f"{path}/compare", f"with={fresh.json()['id']}")).json()
    assert (between["reasons"], len(between["changes"])) == (["Nhập muộn"], 5)
    derived = (await operator.get(f"{path}/derivation", "indicator=late&limit=2")).json()
    assert (derived["dossiers"], derived["next"]) == (["late-1", "late-2"], "late-2")


async def test_another_way_and_a_signature_taken_back(operator: Caller) -> None:
    """Both say why; what lies ahead did not happen."""
    made = await drawn(operator)
    path = f"/v1/reports/{made['id']}"
    await operator.post(f"{path}/sign", {"token": "t", "send": False})
    back = await operator.post(f"{path}/reopen", {"reason": "Ký nhầm"})
    assert (back.status, back.json()["state"], back.json()["version"]) == (200, "draft", 1)
    await operator.post(f"{path}/sign", {"token": "t2", "send": False})
    way = {"channel": "document", "at": "2024-03-15T09:00:00+07:00", "reason": "CV 12/STP"}
    late = await operator.post(f"{path}/elsewhere", way | {"at": "2034-03-15T09:00:00+07:00"})
    assert (late.status, late.json()["detail"][:3]) == (422, "at:")
    told = (await operator.post(f"{path}/elsewhere", way)).json()
    assert (told["state"], told["channel"], told["standing"]) == ("sent", "document", "in-time")


async def test_lists_and_what_is_due(operator: Caller) -> None:
    """By what people ask; what cannot be read is told by its name."""
    made = await drawn(operator)
    for query, count in (
        ("", 1), ("state=draft,signed", 1), ("state=sent", 0), (f"agency={AGENCY}", 1), ("agency=H45", 0),
        (f"period={PERIOD}", 1), ("form=votes", 0), ("overdue=1", 0), ("regime=KSTT", 1),
    ):  # fmt: skip
        found = (await operator.get("/v1/reports", query)).json()
        assert (len(found["reports"]), found["next"]) == (count, None), query
    due = (await operator.get("/v1/reports/due", "back=60")).json()["due"]
    mine = [one for one in due if one["period"]["label"] == PERIOD]
    assert [(one["standing"], one["report"]["id"]) for one in mine] == [("open", made["id"])]
    for path, query in (
        ("/v1/reports", "state=none"), ("/v1/reports", "period=202403"), ("/v1/reports", "agency=?"),
        ("/v1/reports", "limit=0"), ("/v1/reports/due", "back=9999"), ("/v1/reports/due", "back=x"),
    ):  # fmt: skip
        assert (await operator.get(path, query)).status == 422, query


async def test_what_may_be_reported(operator: Caller) -> None:
    """Regimes, forms and indicators with their formulas, names in both languages."""
    told = (await operator.get("/v1/reports/forms")).json()
    form = next(one for one in told["forms"] if one["code"] == "06a")
    assert (form["regime"], form["invariants"]) == ("KSTT", "form-06a/1")
    share = next(one for one in form["indicators"] if one["code"] == "in_time_share")
    assert (share["formula"], share["unit"], share["en"]) == (
        "in_time / solved * 100", "%", "Share solved early or on time",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["", "/compare", "/versions", "/derivation"])
async def test_what_is_not_there(operator: Caller, path: str) -> None:
    """A number that no report has is told so."""
    assert (await operator.get(f"/v1/reports/77{path}")).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/reports"), ("GET", "/v1/reports/due"), ("GET", "/v1/reports/forms"),
        ("GET", "/v1/reports/1"), ("POST", "/v1/reports"), ("POST", "/v1/reports/1/sign"),
        ("POST", "/v1/reports/1/correct"), ("POST", "/v1/reports/1/reopen"),
        ("POST", "/v1/reports/1/elsewhere"), ("PATCH", "/v1/reports/1"),
    ],
)  # fmt: skip
async def test_only_operators_use_the_book(operator: Caller, method: str, path: str) -> None:
    """A system's own token does not open it."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Length": "2"}
    assert (await call(operator.app, method, path, headers=headers, body=b"{}")).status == 403
