"""The screen of problems without a browser: what is shown to whom, and each act with its role and reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from lgsp.journal import people
from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_message import WHY, disclose
from tests.console.views_problems import REFUSED, refuse, turned_away, unnamed

Calling = Callable[[Role], Caller]
GROUP, START = f"/console/problems/group?{REFUSED}", f"/console/problems/replay?{REFUSED}"
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')
FIELDS = {"system": PORTAL, "cause": "portal-field-refused", "state": "refused", "rate": "1000"}


@pytest.fixture(scope="module", autouse=True)
def stuck(stage: Stage) -> dict[str, int]:
    """Have thirty dossiers refused, one answered oddly, and two deliveries of bodies turned away."""
    stage.portal.trouble(b'{"dialects": ["number"]}')
    stage.bring(dossier("H44.15-260201-9000"))
    stage.run(stage.province.rest("delivered"))
    answer = stage.run(unnamed(stage))
    refuse(stage, "260201-8")
    stage.bring(*(dossier(f"H44.{11 + n % 3}-260201-8{n:03d}") for n in range(30)))
    stage.run(stage.province.rest("delivered", "refused", "exhausted"))
    away = stage.run(turned_away(stage))
    return {"answer": answer, "away": away}


def journal(stage: Stage) -> Any:
    """Return the journal of the gateway."""
    return stage.province.platform.gateway.journal


def done(stage: Stage, who: str) -> list[tuple[str, str | None]]:
    """Return what somebody did, with the reasons, the latest first."""
    rows = stage.run(journal(stage).read(lambda tx: people.done(tx, who, None, 20)))
    return [(row["what"], row["cause"]) for row in rows]


def test_a_group_says_why_who_how_many_and_of_whom(caller: Calling) -> None:
    """The same in both languages, for everybody who may look."""
    vi = caller(Role.VIEWER).get("/console/problems").text
    assert "Cổng DVCQG từ chối giá trị của trường" in vi
    assert "nhà cung cấp phần mềm" in vi
    en = caller(Role.AUDITOR).get(GROUP, accept_language="en").text
    assert "The portal refused the value of a field" in en
    assert all(f"H44.{n}" in en for n in (11, 12, 13))
    assert "H44.11-260201-8000" in en


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (f"system={PORTAL}&state=refused&party=vendor", True),
        ("party=ministry", False),
        ("state=held", False),
        ("agency=H44.12", True),
        ("agency=H44.99", False),
    ],
)
def test_filters_leave_what_fits(caller: Calling, query: str, *, shown: bool) -> None:
    """System, state, party and agency, each in the address."""
    page = caller(Role.VIEWER).get(f"/console/problems?{query}")
    assert page.status == 200
    assert ("portal-field-refused" in page.text) is shown


def test_what_is_no_problem_has_no_page(caller: Calling) -> None:
    """An address that names no state, or nothing that is there, is told so."""
    one = caller(Role.OPERATOR)
    for path in ("group", "group?system=a&state=delivered", "replays/99", "replays/0/pause", "quarantine/9999",
                 "answers/9999", "replay?system=nobody&cause=x&state=refused"):  # fmt: skip
        assert one.get(f"/console/problems/{path}").status == 404, path
    assert (
        "không còn lượt nào" in one.get(f"/console/problems/group?system={PORTAL}&cause=x&state=refused").text
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_may_not_act(stage: Stage, caller: Calling, stuck: dict[str, int], role: Role) -> None:
    """No button, no page of an act, no act; and the attempt is in the journal."""
    one = caller(role)
    assert "/console/problems/replay?" not in one.get(GROUP).text
    assert one.get(START).status == 403
    assert one.post(f"/console/problems/quarantine/{stuck['away']}/raw", WHY).status == 403
    assert one.post("/console/problems/replay", FIELDS | {"token": "x", "reason": "x"}).status == 403
    assert one.post(f"/console/problems/answers/{stuck['answer']}", {"reason": "x"}).status == 403
    tried = stage.tried(f"the-{role.value}", "act denied", "needs act")["details"]
    assert (tried["address"], tried["path"][:18]) == ("127.0.0.1", "/console/problems/")
    assert stage.tried(f"the-{role.value}", "turned away", "needs act")


def test_an_auditor_sees_no_body_of_an_answer(caller: Calling, stuck: dict[str, int]) -> None:
    """Neither its shape nor a sample, which is for who said what it is needed for."""
    path = f"/console/problems/answers/{stuck['answer']}"
    page = caller(Role.OPERATOR).get(path).text
    assert "DOCTYPE html&gt;" not in page
    (message,) = re.findall(r"/console/messages/([0-9a-f-]{36})\?tab=bodies", page)
    assert "&lt;!DOCTYPE html&gt;" in disclose(caller(Role.OPERATOR), {"id": message}).get(path).text
    assert caller(Role.AUDITOR).get(path).status == 403


def test_the_original_of_what_was_turned_away_is_lent_to_operators(
    stage: Stage, caller: Calling, stuck: dict[str, int]
) -> None:
    """As a file, byte by byte, for a stated purpose; who took it and why is in the journal."""
    operator, path = caller(Role.OPERATOR), f"/console/problems/quarantine/{stuck['away']}"
    page = operator.get(path)
    assert "/status" in page.text
    assert f"{path}/raw" in page.text
    assert operator.post(f"{path}/raw", WHY | {"purpose": "curiosity"}).to == path
    got = operator.post(f"{path}/raw", WHY)
    assert "attachment" in got.headers["content-disposition"]
    assert orjson.loads(got.text)["data"]["code"] == "H44.11-260201-9100"
    assert done(stage, "the-operator")[0][0] == "disclosed"
    listed = operator.get("/console/problems/quarantine?source=one-stop&code=invalid").text
    assert listed.count("/console/problems/quarantine/") >= 2
    assert "/console/problems/quarantine/" not in operator.get(
        "/console/problems/quarantine?source=one-stop&code=nothing"
    ).text.replace("/console/problems/quarantine?", "")


def test_a_bulk_replay_is_previewed_started_once_and_stopped(stage: Stage, caller: Calling) -> None:
    """The preview counts and changes nothing; a second click starts nothing; each act has its reason."""
    operator = caller(Role.OPERATOR)
    preview = operator.get(START).text
    assert "Đưa 30 lượt tới national-portal" in preview
    token = TOKEN.findall(preview)[0]
    slow = FIELDS | {"token": token, "rate": "1", "reason": "Cổng đã sửa"}
    assert operator.post("/console/problems/replay", slow | {"reason": ""}).status == 422
    assert operator.post("/console/problems/replay", slow | {"rate": "5000"}).status == 422
    assert operator.post("/console/problems/replay", slow | {"token": ""}).status == 422
    assert done(stage, "the-operator")[0][0] != "replay asked"
    first, second = (operator.post("/console/problems/replay", slow) for _ in range(2))
    assert (first.status, second.status, first.to) == (303, 303, second.to)
    other = slow | {"agency": "H44.12"}
    assert operator.post("/console/problems/replay", other).status == 409
    assert operator.get(f"{first.to}/cancel").status == 200
    assert operator.post(f"{first.to}/cancel", {"reason": "nhầm nhóm"}).status == 303
    assert operator.post(f"{first.to}/pause", {"reason": "x"}).status == 409
    assert operator.get(f"{first.to}/burn").status == 404
    page = operator.get(first.to).text
    assert ("Cổng đã sửa" in page, "đã hủy" in page) == (True, True)
    assert done(stage, "the-operator")[0] == ("replay cancelled", "nhầm nhóm")
    assert first.to in operator.get("/console/problems/replays").text


def test_an_answer_is_named_and_what_it_stopped_stands_under_the_name(
    stage: Stage, caller: Calling, stuck: dict[str, int]
) -> None:
    """What is lacking is told in the form; what is right is named, with the reason in the journal."""
    operator, path = caller(Role.ADMINISTRATOR), f"/console/problems/answers/{stuck['answer']}"
    half = {"code": "portal-locked", "vi": "Cổng đang khóa", "reason": "đã hỏi Cổng"}
    wrong = operator.post(path, half)
    assert (wrong.status, "mend_en" in wrong.text, "portal-locked" in wrong.text) == (422, True, True)
    assert operator.post(path, half | {"code": "Not A Code"}).status == 422
    whole = half | {"en": "Locked", "party": "ministry", "mend_vi": "Chờ", "mend_en": "Wait",
                    "retry_helps": "no", "severity": "error", "concerns": "message"}  # fmt: skip
    named = operator.post(path, whole)
    assert (named.status, parse_qs(urlsplit(named.to).query)) == (303, {"system": [PORTAL]})
    assert operator.get(path).status == 404
    (entry,) = [one for one in done_whole(stage) if one["what"] == "named"]
    assert "đã hỏi Cổng" in str(entry["details"])
    assert "Cổng đang khóa" in operator.get("/console/problems?agency=H44.12").text


def done_whole(stage: Stage) -> list[dict[str, Any]]:
    """Return what the administrator did."""
    found: list[dict[str, Any]] = stage.run(
        journal(stage).read(lambda tx: people.done(tx, "the-administrator", None, 20))
    )
    return found


def test_the_parts_of_live_pages_answer_by_themselves(caller: Calling) -> None:
    """Each has its fixed id, and asks for itself again; a replay that is over does not."""
    viewer = caller(Role.VIEWER)
    assert 'id="groups"' in viewer.get("/console/problems/groups").text
    assert 'id="group"' in viewer.get(f"/console/problems/group/part?{REFUSED}").text
    part = viewer.get("/console/problems/replays/1/part").text
    assert ('id="replay"' in part, "hx-trigger" in part) == (True, False)
