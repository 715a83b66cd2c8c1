"""The screen of routes: drafts are checked, tried and published by who may, and versions can be gone back to."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from lgsp.journal.people import Role
from tests.api.province import dossier
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_message import disclose
from tests.console.views_routes import small

Calling = Callable[[Role], Caller]
HERE = "/console/routes"


def published(stage: Stage) -> tuple[int, str]:
    """Return version and text in force."""
    gateway = stage.province.platform.gateway
    return gateway.published, gateway.routes.text


def draft(stage: Stage, *, add: str = "") -> dict[str, str]:
    """Return the form of a good draft of the version in force: two systems, and a comment."""
    version, text = published(stage)
    if "dms" in text:
        text = small(
            text, str(stage.province.platform.gateway.routes.systems["national-portal"].config["url"])
        )
    return {"text": text + add, "base": str(version)}


def test_everybody_sees_routes_and_nobody_but_administrators_changes_them(
    stage: Stage, caller: Calling
) -> None:
    """Viewers, operators and auditors look, compare and try; what would publish is refused them."""
    version, _ = published(stage)
    for role in (Role.VIEWER, Role.OPERATOR, Role.AUDITOR):
        one = caller(role)
        for path in ("", "?view=text", "/versions", "/try", "/rehearsal", "/difference?from=1&to=1", "/file"):
            assert one.get(HERE + path).status == 200, path
        assert "Soạn thay đổi" not in one.get(HERE).text
        for path in ("/draft", "/restore/1"):
            assert one.get(HERE + path).status == 403
        for path in ("/draft", "/publish", "/restore/1"):
            assert one.post(HERE + path, draft(stage, add="# x\n") | {"reason": "x"}).status == 403
    assert published(stage)[0] == version


def test_a_draft_shows_each_fault_at_its_line_in_the_readers_language(stage: Stage, caller: Calling) -> None:
    """`from: nobody` stands in the words of the console, not of the log, and cannot be published."""
    form, one = draft(stage), caller(Role.ADMINISTRATOR)
    bad = form | {
        "text": form["text"].replace("from: one-stop, type: dossier.v1", "from: nobody, type: x.v1")
    }
    line = next(n for n, text in enumerate(bad["text"].splitlines(), 1) if "nobody" in text)
    page = one.post(f"{HERE}/draft", bad | {"act": "check"}).text
    assert "nêu hệ thống nobody chưa được khai báo" in page
    assert f'data-line="{line}"' in page
    assert f'<li id="L{line}" class="faulty">' in page
    assert "Công bố phiên bản" not in page
    english = one.post(f"{HERE}/draft", bad | {"act": "check"}, accept_language="en").text
    assert "names system nobody, which is not declared" in english
    refused = one.post(f"{HERE}/publish", bad | {"reason": "x"})
    assert (refused.status, "chưa công bố được" in refused.text) == (422, True)


def test_a_change_is_published_with_a_reason_and_gone_back_from(stage: Stage, caller: Calling) -> None:
    """Each is a version under the person's name, with what it changes; the gateway works by it at once."""
    one, (version, before) = caller(Role.ADMINISTRATOR), published(stage)
    form = draft(stage, add="# một\n")
    page = one.post(f"{HERE}/draft", form | {"act": "check"}).text
    assert "Không có lỗi" in page
    assert f"Công bố phiên bản {version + 1}" in page
    assert one.post(f"{HERE}/publish", form | {"reason": " "}).status == 422
    assert one.post(f"{HERE}/publish", form | {"reason": "theo công văn 12"}).to == HERE
    assert published(stage) == (version + 1, form["text"])
    assert "theo công văn 12" in one.get(f"{HERE}/versions").text
    assert "theo công văn 12" in one.get("/console/people/the-administrator").text
    back = {"base": str(version + 1), "reason": "nhầm"}
    assert f"phiên bản {version + 2}" in one.get(f"{HERE}/restore/{version}").text
    assert one.post(f"{HERE}/restore/{version}", back | {"reason": ""}).status == 422
    assert one.post(f"{HERE}/restore/{version}", back).status == 303
    assert published(stage) == (version + 2, before)
    same = one.get(f"{HERE}/difference?from={version}&to={version + 2}").text
    assert "Hai phiên bản giống hệt nhau" in same


def test_nobody_overlooks_what_is_open_when_routes_go_back(stage: Stage, caller: Calling) -> None:
    """Row 215: what would be left to the older connection is counted, and published only when that is said."""
    one, operator = caller(Role.ADMINISTRATOR), stage.province.operator
    old, text = published(stage)
    back = text.replace(
        "type: dossier.v1, to: [national-portal]}", "type: dossier.v1, to: [national-portal], mode: shadow}"
    )
    said = {"text": back, "base": str(old), "reason": "quay về song hành"}
    stage.run(operator.post("/v1/systems/national-portal/pause"))
    try:
        stage.bring(dossier("H44.11-260401-0001"))
        page = one.post(f"{HERE}/draft", said | {"act": "check"}).text
        assert 'name="leave_open"' in page
        assert "1 lượt đang chờ, trục sẽ không gửi nữa" in page
        refused = one.post(f"{HERE}/publish", said)
        assert (refused.status, 'name="leave_open"' in refused.text) == (409, True)
        assert published(stage)[0] == old
        assert one.post(f"{HERE}/publish", said | {"leave_open": "yes"}).to == HERE
    finally:
        stage.run(operator.post("/v1/systems/national-portal/resume"))
    stage.run(stage.province.rest("delivered", "refused", "superseded", "shadowed", "adopted"))
    again = one.post(f"{HERE}/restore/{old}", {"base": str(old + 1), "reason": "chạy thật"})
    assert (again.to, published(stage)[0]) == (HERE, old + 2)


def test_a_stale_draft_is_kept_and_not_published(stage: Stage, caller: Calling) -> None:
    """Another version came between: the page says so, and what was written is still in it."""
    one, form = caller(Role.ADMINISTRATOR), draft(stage, add="# hai\n")
    assert one.post(f"{HERE}/publish", form | {"reason": "x"}).status == 303
    late = form | {"text": form["text"] + "# ba\n", "reason": "x"}
    answer = one.post(f"{HERE}/publish", late)
    assert (answer.status, "# ba" in answer.text) == (409, True)
    assert "Trong lúc soạn đã có phiên bản" in answer.text
    assert one.post(f"{HERE}/restore/1", {"base": form["base"], "reason": "x"}).status == 409


def test_a_sample_is_tried_and_leaves_nothing_behind(stage: Stage, caller: Calling) -> None:
    """Where it would go and why, what would be said there; what is broken has its faults."""
    one = caller(Role.VIEWER)
    before = stage.run(stage.province.operator.get("/v1/messages")).json()["messages"]
    sample = {"system": "one-stop", "form": "canonical", "body": orjson.dumps(dossier()).decode()}
    page = one.post(f"{HERE}/try", sample).text
    for said in (
        "sẽ được nhận và chuyển",
        "<strong>dossiers</strong>",
        "MaHoSo",
        "Không theo tuyến progress",
    ):
        assert said in page
    bad = one.post(f"{HERE}/try", sample | {"body": "{"})
    assert (bad.status, "sẽ bị từ chối ở cửa" in bad.text) == (200, True)
    assert one.post(f"{HERE}/try", sample | {"body": ""}).status == 422
    assert stage.run(stage.province.operator.get("/v1/messages")).json()["messages"] == before


def test_where_a_message_goes_is_seen_and_what_it_says_once_disclosed(stage: Stage, caller: Calling) -> None:
    """Routes of a message are operation; names of applicants are not. Masked it goes the same ways."""
    (receipt,) = stage.bring(dossier("H44.11-260131-0042"))
    path = f"{HERE}/try?message={receipt['id']}"
    operator, auditor = caller(Role.OPERATOR), caller(Role.AUDITOR)
    for disclosed in (False, True):
        if disclosed:
            disclose(operator, receipt)
        for one, sees in ((operator, disclosed), (auditor, False)):
            page = one.get(path).text
            assert ("Nguyễn Văn A" in page, "H44.11-260131-0042" in page) == (sees, True)
            assert "sẽ được nhận và chuyển" in page
    assert caller(Role.AUDITOR).get(f"{HERE}/try?message=nonsense").status == 404


def test_a_secret_in_the_clear_is_shown_to_nobody_who_may_not_publish(stage: Stage, caller: Calling) -> None:
    """In the text, in what differs, and in the file that is downloaded."""
    form, administrator = draft(stage), caller(Role.ADMINISTRATOR)
    told = '"${env:LGSP_PORTAL_PASSWORD:-sandbox}"'
    assert told in form["text"]
    form["text"] = form["text"].replace(told, "in-the-clear-42")
    assert administrator.post(f"{HERE}/publish", form | {"reason": "x"}).status == 303
    version, _ = published(stage)
    for path in ("?view=text", f"/difference?from=1&to={version}", "/file"):
        assert "in-the-clear-42" not in caller(Role.VIEWER).get(HERE + path).text
        assert "in-the-clear-42" in administrator.get(HERE + path).text


@pytest.mark.parametrize("path", ["?version=999", "?version=x", "/difference?from=1&to=999", "/restore/999"])
def test_a_version_that_is_not_there_is_a_page_that_says_so(caller: Calling, path: str) -> None:
    """An old link leads to an error page, not to another version."""
    assert caller(Role.ADMINISTRATOR).get(HERE + path).status == 404
