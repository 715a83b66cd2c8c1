"""The screen of jobs without a browser: who sees, who orders, what is written down, what is explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from lgsp.adapters import adapter_class
from lgsp.journal.people import Role
from tests.api.province import ONE_STOP
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_jobs import Source, plan, runs, until

HERE = f"/console/jobs/{ONE_STOP}"
Callers = Callable[[Role], Caller]


@pytest.fixture(scope="module", autouse=True)
def source(stage: Stage) -> Iterator[Source]:
    """Let the one-stop system have jobs, one of which has failed."""
    adapter = adapter_class("one_stop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "fetch", adapter.fetch)  # what the plan puts there goes again
        made = plan(stage)
        until(stage, "progress", ("failed",))
        yield made
        made.open.set()


def test_all_jobs_are_listed_with_their_schedules(caller: Callers) -> None:
    """In words, in both languages."""
    text = caller(Role.VIEWER).get("/console/jobs").text
    for said in ("hằng ngày lúc 02:30", "mỗi 2 ngày, lúc 03:00", "mỗi 1 giờ", "không, theo routes.yaml"):
        assert said in text, said
    english = caller(Role.VIEWER).get("/console/jobs", accept_language="en").text
    assert ("every day at 02:30" in english, "every 2 days, at 03:00" in english) == (True, True)


def test_a_failure_says_why_and_what_happens_next(caller: Callers) -> None:
    """The cause in words, what the far side said, that what was fetched is kept, and when it runs again."""
    text = caller(Role.VIEWER).get(f"{HERE}/progress").text
    assert re.search("sau [1-5] phút nữa", text)  # five when it failed
    for said in (
        "Service Unavailable",
        "Phần đã lấy được giữ nguyên",
        "3 mới",
        "&#34;listed&#34;: 3",
    ):
        assert said in text, said


def test_an_operator_runs_a_job_with_a_reason(stage: Stage, caller: Callers) -> None:
    """Without one nothing happens; with one it runs, under the person's name, and the reason is kept."""
    operator = caller(Role.OPERATOR)
    assert "bất kể lịch" in operator.get(f"{HERE}/dossiers/run").text
    assert operator.post(f"{HERE}/dossiers/run", {"reason": " "}).status == 422
    assert runs(stage, "dossiers") == []
    answer = operator.post(f"{HERE}/dossiers/run", {"reason": "nguồn báo có dữ liệu"})
    assert (answer.status, answer.to) == (303, f"{HERE}/dossiers")
    until(stage, "dossiers", ("done",))
    assert runs(stage, "dossiers")[0]["who"] == "the-operator"
    acts = caller(Role.ADMINISTRATOR).get("/console/people/the-operator").text
    assert ("yêu cầu chạy tác vụ ngay" in acts, "nguồn báo có dữ liệu" in acts) == (True, True)


def test_a_job_is_paused_and_goes_on(caller: Callers) -> None:
    """The page says who paused it and why; paused twice is refused."""
    operator = caller(Role.OPERATOR)
    assert operator.post(f"{HERE}/agencies/pause", {"reason": "bảo trì nguồn"}).status == 303
    text = operator.get(f"{HERE}/agencies").text
    assert ("the-operator đã tạm dừng" in text, "bảo trì nguồn" in text, "Cho chạy tiếp" in text) == (
        True,
    ) * 3
    assert operator.post(f"{HERE}/agencies/pause", {"reason": "lần nữa"}).status == 409
    assert operator.post(f"{HERE}/agencies/resume", {"reason": "xong"}).status == 303
    assert (
        "đã tạm dừng" not in operator.get(f"{HERE}/agencies").text.split("<h2")[0].split('role="status"')[-1]
    )
    assert operator.post(f"{HERE}/procedures/resume", {"reason": "x"}).status == 409


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_does_not_order(caller: Callers, stage: Stage, role: Role) -> None:
    """They see the page without buttons, and the address of an act turns them away."""
    one = caller(role)
    page = one.get(f"{HERE}/dossiers")
    assert (page.status, f"{HERE}/dossiers/run" in page.text) == (200, False)
    before = len(runs(stage, "dossiers"))
    assert one.get(f"{HERE}/dossiers/run").status == 403
    assert one.post(f"{HERE}/dossiers/run", {"reason": "x"}).status == 403
    assert len(runs(stage, "dossiers")) == before


@pytest.mark.parametrize("path", ["/nothing", "/dossiers/explode", "/nothing/run"])
def test_what_is_not_there_is_not_found(caller: Callers, path: str) -> None:
    """A job that the home does not plan, and an act that does not exist."""
    assert caller(Role.ADMINISTRATOR).get(HERE + path).status == 404


def test_a_run_leads_to_what_it_brought(caller: Callers) -> None:
    """By its source and the minutes in which it ran."""
    text = caller(Role.VIEWER).get(f"{HERE}/progress").text
    assert f"/console/messages?source={ONE_STOP}&amp;from=" in text
