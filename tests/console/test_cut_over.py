"""Taking over without a browser: what would have been told, comparing, runs, and what people judge."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import orjson
import pytest

from lgsp.console import cut_over_shadow
from lgsp.journal import people, shadow_pages
from lgsp.journal.people import Role
from lgsp.sandbox.traffic import Traffic
from tests.api.province import PORTAL, dossier
from tests.console.calling import Answer, Caller
from tests.console.moments import until
from tests.console.stage import Stage
from tests.console.views_cut_over import HERE, first_drawn, in_shadow, ordered, switch
from tests.console.views_message import WHY, disclose

Callers = Callable[[Role], Caller]
DAY = "260205"


@pytest.fixture(scope="module", autouse=True)
def shadow(stage: Stage) -> Iterator[None]:
    """Let an older connection send some dossiers."""
    in_shadow(stage, *(dossier(f"H44.{11 + n % 2}-{DAY}-{n:04d}") for n in range(1, 6)))
    yield
    switch(stage, "live")


def state_of(one: Caller, to: str) -> str:
    """Return the page of a run."""
    return one.get(to).text


def started(one: Caller, **more: str) -> Answer:
    """Start closing the gap."""
    said = {"what": "cut-over", "system": PORTAL, "token": "t", "rate": "1000", "reason": "Theo kế hoạch"}
    return one.post(f"{HERE}/start", said | more)


def test_the_first_page_shows_routes_and_what_would_have_been_sent(stage: Stage, caller: Callers) -> None:
    """Routes in the shadow, counts by what and cause, with the way to each; in both languages."""
    switch(stage, "shadow")
    page = caller(Role.VIEWER).get(HERE).text
    for said in ("đang song hành", "lẽ ra tạo mới", "Chưa có đợt nào", f"{HERE}/lines?system={PORTAL}"):
        assert said in page, said
    assert f"{HERE}/shadow?system={PORTAL}&amp;type=dossier.v1&amp;would=would-create" in page
    assert "Gửi bổ sung" not in page
    english = caller(Role.AUDITOR).get(HERE, accept_language="en").text
    assert "would create" in english
    assert "Compare with the older connection" not in english


def test_what_would_have_been_sent_is_listed_page_by_page(
    caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newest first, narrowed by what it would be; each dossier once."""
    monkeypatch.setattr(cut_over_shadow, "_PAGE", 3)
    one = caller(Role.VIEWER)
    first = one.get(f"{HERE}/shadow?system={PORTAL}").text
    behind = first.partition("behind=")[2].partition('"')[0]
    second = one.get(f"{HERE}/shadow?system={PORTAL}&behind={behind}").text
    codes = [f"{DAY}-{n:04d}<" for n in range(1, 6)]
    assert [sum(code in page for page in (first, second)) for code in codes] == [1] * 5
    assert "Không có lượt nào" in one.get(f"{HERE}/shadow?system={PORTAL}&would=would-update").text
    assert one.get(f"{HERE}/shadow?system=nobody").status == 404


def test_what_was_drawn_up_is_seen_by_those_to_whom_it_is_disclosed(stage: Stage, caller: Callers) -> None:
    """And that they saw it stands in the journal; everybody else sees that there is something."""
    path, journal = f"{HERE}/shadow/{PORTAL}/{first_drawn(stage)}", stage.province.platform.gateway.journal
    one = caller(Role.OPERATOR)
    for who in (one, caller(Role.VIEWER), caller(Role.AUDITOR)):
        hidden = who.get(path).text
        assert ("TrangThaiHoSo" in hidden, "Nội dung đang được che" in hidden) == (False, True)
    found = stage.run(journal.read(lambda tx: shadow_pages.one(tx, PORTAL, first_drawn(stage)))) or {}
    disclose(one, {"id": str(found["message"])})
    assert "TrangThaiHoSo" in one.get(path).text
    done = stage.run(journal.read(lambda tx: people.done(tx, "the-operator", None, 5)))
    assert done[0]["what"] == "body read"
    assert "TrangThaiHoSo" not in caller(Role.VIEWER).get(path).text
    assert caller(Role.VIEWER).get(f"{HERE}/shadow/{PORTAL}/1999999999").status == 404


def test_a_file_of_the_older_connection_is_compared_field_by_field(caller: Callers) -> None:
    """Equal, differing in named fields with both values for a purpose, or known to the older one alone."""
    one = caller(Role.OPERATOR)
    said = [
        {"MaHoSo": f"H44.12-{DAY}-0001", "DonViXuLy": "Sở Nội vụ"},
        {"MaHoSo": f"H44.99-{DAY}-0001", "DonViXuLy": "Sở Tư pháp"},
    ]
    lines = "\n".join(orjson.dumps(item).decode() for item in said)
    asked = {"system": PORTAL, "type": "dossier.v1", "items": lines}
    answer = one.post(f"{HERE}/compare", asked | WHY)
    assert answer.status == 200
    for text in ("khác nhau", "chỉ kết nối cũ gửi", "<code>DonViXuLy</code>", "Sở Nội vụ", "Sở Tư pháp"):
        assert text in answer.text, text
    for wrong, mend in (
        ("{no", "Nội dung không đọc được"),
        (orjson.dumps([{}] * 501).decode(), "Tối đa 500"),
    ):
        refused = one.post(f"{HERE}/compare", {"system": PORTAL, "items": wrong})
        assert refused.status == 422
        assert mend in refused.text
    assert caller(Role.AUDITOR).get(f"{HERE}/compare?system={PORTAL}").status == 403


def test_values_that_differ_are_masked_until_a_purpose_is_stated(stage: Stage, caller: Callers) -> None:
    """Which fields differ is seen; values only once who sees whose and why is written down, each time anew."""
    code = f"H44.18-{DAY}-0001"
    in_shadow(stage, dossier(code, applicant={"name": "Trần Thị Bích", "kind": "citizen"}))
    items = orjson.dumps([{"MaHoSo": code, "DonViXuLy": "Sở Nội vụ"}]).decode()
    asked, one = {"system": PORTAL, "type": "dossier.v1", "items": items}, caller(Role.OPERATOR)

    def compared(who: Caller, **why: str) -> str:
        page = who.post(f"{HERE}/compare", asked | why).text.partition('id="f-items"')[0]
        return html.unescape(re.sub(r"</?span[^>]*>", "", page))

    hidden = compared(one)
    assert ("<code>DonViXuLy</code>" in hidden, "<code>TrangThaiHoSo</code>" in hidden) == (False, True)
    assert ("không so giá trị" in hidden, "‹•••0 ≤20›" in hidden) == (True, True)
    assert ("Trần Thị Bích" in hidden, "Sở Nội vụ" in hidden) == (False, False)
    assert "Chưa so sánh" in compared(one, purpose="fault")
    assert "Trần Thị Bích" in compared(one, **WHY)
    assert "Trần Thị Bích" not in compared(one)
    seen = caller(Role.AUDITOR).post("/console/personal", {"code": code, "who": "the-operator"}).text
    assert seen.count(f'{HERE}/compare?system={PORTAL}">{code}</a>') == 1
    viewer = caller(Role.VIEWER)
    assert viewer.post(f"{HERE}/compare", asked | WHY).status == 403
    assert "Trần Thị Bích" not in compared(viewer)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_starts_and_judges_nothing(stage: Stage, caller: Callers, role: Role) -> None:
    """Neither the buttons nor the addresses behind them; what is attempted is written down."""
    switch(stage, "live")
    one = caller(role)
    number = ordered(stage, "cut-over", f"for {role.value}", act="pause")
    for path in ("start?what=query&system=national-portal", f"runs/{number}/cancel", "judge"):
        assert one.get(f"{HERE}/{path}").status == 403
        assert one.post(f"{HERE}/{path}", {"reason": "x"}).status == 403
    assert "/judge" not in one.get(f"{HERE}/lines?system={PORTAL}").text
    assert "/start" not in one.get(HERE).text
    assert f"/runs/{number}/cancel" not in one.get(f"{HERE}/runs/{number}").text


def test_a_run_is_paused_goes_on_and_is_cancelled_with_reasons(stage: Stage, caller: Callers) -> None:
    """Each act once, under the person's name; what is over stays over."""
    one, number = caller(Role.OPERATOR), ordered(stage, "codes", "a file", {"adopted": 3, "unreadable": 1})
    here = f"{HERE}/runs/{number}"
    assert "Ghi nhận đã có sẵn" in one.get(here).text
    assert one.post(f"{here}/pause", {}).status == 422
    for act in ("pause", "resume", "cancel"):
        assert "Ghi nhận đã có sẵn" in one.get(f"{here}/{act}").text
        assert one.post(f"{here}/{act}", {"reason": "theo lệnh trực ban"}).to == here
        assert one.get(f"{here}/{act}").status in {404, 409}
    assert one.post(f"{here}/cancel", {"reason": "x"}).status == 409
    assert one.get(f"{here}/nothing").status == 404
    assert "đã hủy" in one.get(here).text


def test_starting_needs_a_rate_and_a_reason_and_does_not_begin_twice(stage: Stage, caller: Callers) -> None:
    """The form says what is wrong; pressed twice, one run is there; unknown things are not found."""
    switch(stage, "shadow")  # nothing is the platform's: the run leaves all lines alone
    one = caller(Role.OPERATOR)
    preview = one.get(f"{HERE}/start?what=cut-over&system={PORTAL}").text
    assert "Chưa có hồ sơ nào thuộc trục" in preview
    wrong = started(one, rate="0")
    assert (wrong.status, "từ 1 đến 1000" in wrong.text) == (422, True)
    assert started(one, reason="").status == 422
    first, second = started(one, token="twice"), started(one, token="twice")
    assert (first.status, first.to) == (303, second.to)
    until(lambda: "đã xong" in state_of(one, first.to))
    assert "Tuyến còn song hành" in state_of(one, first.to)
    assert started(one, system="nobody").status == 404
    assert started(one, what="codes").status == 422


def test_a_person_says_of_a_dossier_whether_it_is_there(stage: Stage, caller: Callers) -> None:
    """What is absent goes at once, what is there is not sent again; said twice, nothing happens."""
    in_shadow(stage, dossier(f"H44.15-{DAY}-0001"), dossier(f"H44.15-{DAY}-0002"))
    switch(stage, "live")
    one = caller(Role.OPERATOR)
    said = {"system": PORTAL, "type": "dossier.v1", "reason": "đã tra cứu trên Cổng"}
    there = {"key": f"H44.15-{DAY}-0001", "there": "yes"}
    absent = {"key": f"H44.15-{DAY}-0002", "there": "no"}
    assert "Trục gửi ngay" in one.get(f"{HERE}/judge?system={PORTAL}&key={absent['key']}&there=no").text
    for judged in (there, absent, absent):
        assert one.post(f"{HERE}/judge", said | judged).to == f"{HERE}/lines?system={PORTAL}"
    assert "đã được xác nhận từ trước" in one.get(f"{HERE}/lines?system={PORTAL}").text
    stage.run(stage.province.rest("delivered", "shadowed"))
    threads = {n: one.get(f"/console/threads/dossier?key=H44.15-{DAY}-000{n}").text for n in (1, 2)}
    assert ["đã chuyển" in threads[n] for n in (1, 2)] == [False, True]
    assert one.post(f"{HERE}/judge", said | {"key": "x", "there": "maybe"}).status == 404


# --- a file of what a system holds ----------------------------------------------------------------------


def adopting(one: Caller, text: str, **more: str) -> Answer:
    """Bring a text, to be seen or to be taken on."""
    return one.post(f"{HERE}/adopt", {"system": PORTAL, "what": "codes", "text": text, "act": "look"} | more)


def test_a_list_is_seen_with_its_faults_by_line_and_then_taken_on(caller: Callers) -> None:
    """Counts and lines first, nothing written; then a run under the person's name, once for the same file."""
    one = caller(Role.OPERATOR)
    form = one.get(f"{HERE}/adopt?system={PORTAL}").text
    assert 'name="text"' in form
    assert f"{HERE}/adopt?system={PORTAL}" in one.get(HERE).text
    text = f"STT;Mã hồ sơ\r\n1;H44.31-{DAY}-0001\r\n2;không phải mã\r\n3;H44.31-{DAY}-0002\r\n"
    seen = adopting(one, text).text
    for said in ("Xem trước: chưa ghi gì", '<td class="text-end tabular">3</td>', "không phải mã", "Lý do"):
        assert said in seen, said
    assert adopting(one, text, act="adopt").status == 422
    first, again = [adopting(one, text, act="adopt", reason="Danh sách Cổng xuất") for _ in range(2)]
    assert first.to == again.to
    page = one.get(first.to).text
    for said in ("Ghi nhận đã có sẵn", "Danh sách Cổng xuất", "đã xong", "Không đọc được"):
        assert said in page, said
    assert "Đã biết từ trước" in adopting(one, text).text
    english = one.get(f"{HERE}/adopt?system={PORTAL}", accept_language="en").text
    assert "A list of codes" in english


def test_records_are_seen_by_the_line_on_which_they_stand(caller: Callers) -> None:
    """Of a source's own form: what cannot be read is named by its line, what is no JSON by its place."""
    one = caller(Role.OPERATOR)
    good = next(step.item for step in Traffic(11).take(40) if step.kind == "dossier" and not step.is_update)
    text = "\n".join(["", orjson.dumps(good).decode(), '{"MaHoSo": "x"}'])
    seen = adopting(one, text, what="items", source="one-stop").text
    assert '<td class="text-end tabular">3</td>' in seen
    assert "Ghi nhận đã có sẵn" in seen
    broken = adopting(one, '[{"MaHoSo": 1},\n {"MaHoSo": ]', what="items", source="one-stop")
    assert (broken.status, "Bản ghi thứ 2, dòng 2, không phải JSON" in broken.text) == (422, True)
    nothing = adopting(one, "[]", what="items", source="one-stop")
    assert (nothing.status, "Chưa có mã hay bản ghi nào" in nothing.text) == (422, True)
    taken = adopting(one, text, what="items", source="one-stop", act="adopt", reason="Dữ liệu một cửa")
    assert "đã xong" in one.get(taken.to).text
    assert adopting(one, text, what="items", source=PORTAL).status == 404
    assert adopting(one, text, system="nobody").status == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_adopts_nothing(caller: Callers, role: Role) -> None:
    """Neither the page nor what it sends."""
    one = caller(role)
    assert one.get(f"{HERE}/adopt?system={PORTAL}").status == 403
    assert adopting(one, f"H44.31-{DAY}-0009", act="adopt", reason="x").status == 403
    assert "/adopt?" not in one.get(HERE).text


def test_what_only_the_platform_would_have_told_is_listed(stage: Stage, caller: Callers) -> None:
    """In the period of the file; another period has nothing of it, and a period that is none is said."""
    in_shadow(stage, dossier(f"H44.16-{DAY}-0001"), dossier(f"H44.16-{DAY}-0002"))
    one = caller(Role.OPERATOR)
    items = orjson.dumps([{"MaHoSo": f"H44.16-{DAY}-0001"}]).decode()
    said = {"system": PORTAL, "type": "dossier.v1", "items": items}
    found = one.post(f"{HERE}/compare", said).text
    ours = found.partition("tệp của kết nối cũ không có")[2]
    assert f">H44.16-{DAY}-0002</a>" in ours
    assert f">H44.16-{DAY}-0001</a>" not in ours
    before = one.post(f"{HERE}/compare", said | {"from": "2020-01-01", "to": "2020-01-31"}).text
    assert "tệp của kết nối cũ không có" not in before
    wrong = one.post(f"{HERE}/compare", said | {"from": "hôm qua"})
    assert (wrong.status, "ghi ngày theo dạng" in wrong.text) == (422, True)


def test_what_the_older_connection_tells_is_not_brought_to_life_by_a_person(
    stage: Stage, caller: Callers
) -> None:
    """Row 186: the routes are in the shadow again since the page was opened; nothing changes, and it is said."""
    in_shadow(stage, dossier(f"H44.17-{DAY}-0001"))
    one = caller(Role.OPERATOR)
    said = {"system": PORTAL, "type": "dossier.v1", "key": f"H44.17-{DAY}-0001", "there": "no"}
    assert one.post(f"{HERE}/judge", said | {"reason": "đã tra cứu"}).to == f"{HERE}/lines?system={PORTAL}"
    page = one.get(f"{HERE}/lines?system={PORTAL}").text
    assert "vẫn do kết nối cũ gửi" in page
    assert f">H44.17-{DAY}-0001</a>" in page
