"""The screen of reconciliation without a browser: roles, starting with a list, filters, repairs, files, the words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

import pytest

from lgsp.console.reconciliation_words import BUCKETS
from lgsp.journal import people
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_counted as counted
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal.contract import Transaction
from lgsp.journal.people import Role
from lgsp.journal.reconciliations_counted import Counted
from tests.console.calling import Caller
from tests.console.moments import keep_clear_of
from tests.console.stage import Stage
from tests.console.views_reconciliation import (
    HERE,
    codes,
    lose,
    mended,
    over,
    read,
    reconcile,
    tell,
    trouble,
)

As = Callable[[Role], Caller]
SOME = codes("260220", 9)
REASON = {"reason": "kiểm tra"}


@pytest.fixture(scope="module")
def run(stage: Stage) -> int:
    """Return a run that found three dossiers missing at the portal."""
    keep_clear_of("01:00", lasts=60)  # then one of the night begins by itself
    trouble(stage)
    tell(stage, SOME, due_at="2026-03-02T17:00:00+07:00")
    lose(stage, SOME[:3])
    return reconcile(stage, "at first")


@pytest.fixture
def operator(caller: As) -> Caller:
    """Lend somebody who may act."""
    return caller(Role.OPERATOR)


def started(one: Caller, token: str, **fields: str) -> int:
    """Start a run by the form; return its number."""
    answer = one.post(f"{HERE}/start", REASON | {"token": token} | fields)
    assert answer.status == 303, answer.text
    return int(answer.to.rpartition("/")[2])


# --- who may what ---------------------------------------------------------------------------------------


def test_an_empty_screen_says_how_to_begin(stage: Stage, caller: As) -> None:
    """Before anything was reconciled: what it is, how to run one, and when it runs by itself."""
    page = caller(Role.VIEWER).get(HERE)
    assert "Chưa đối soát lần nào" in page.text
    assert "hằng đêm lúc 01:00" in page.text
    assert f'href="{HERE}/start"' not in page.text
    assert f'href="{HERE}/start"' in caller(Role.OPERATOR).get(HERE).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_sees_all_and_does_nothing(stage: Stage, caller: As, run: int, role: Role) -> None:
    """Every page can be read; no act is offered, and none is taken."""
    one = caller(role)
    for path in (HERE, f"{HERE}/{run}", f"{HERE}/{run}/part", f"{HERE}/{run}/differences"):
        page = one.get(path)
        assert page.status == 200, path
        assert "/repair" not in page.text
    for path in (f"{HERE}/start", f"{HERE}/{run}/repair", f"{HERE}/{run}/cancel", f"{HERE}/repairs/1/cancel"):
        assert one.get(path).status == 403, path
        assert one.post(path, REASON).status == 403, path
    assert read(stage, repairs.listing)["repairs"] == []


def test_nobody_gets_in_without_signing_in(nobody: Caller, run: int) -> None:
    """Each page leads to the door."""
    for path in (HERE, f"{HERE}/{run}", f"{HERE}/{run}/differences", f"{HERE}/start"):
        assert nobody.get(path).to.startswith("/console/sign-in"), path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/99", 404), ("/0", 404), ("/99999999999999999999", 404), ("/99/differences", 404), ("/99/repair", 404),
        ("/repairs/99", 404), ("/{run}/fly", 404), ("/{run}/pause", 409), ("/x", 422), ("?before=x", 422),
        ("/{run}/differences?bucket=lost", 422), ("/{run}/differences?change=old", 422),
        ("/{run}/differences?agency=%3D", 422),
    ],
)  # fmt: skip
def test_what_there_is_not_is_told(operator: Caller, run: int, path: str, status: int) -> None:
    """A page says so, with the way back; nothing breaks."""
    assert operator.get(HERE + path.format(run=run)).status == status


# --- one run --------------------------------------------------------------------------------------------


def test_a_run_shows_every_bucket_and_who_can_mend_what(operator: Caller, run: int) -> None:
    """Each bucket with its number, none left out; the cause with its owner leads to its dossiers."""
    text = operator.get(f"{HERE}/{run}").text
    for kind in BUCKETS.values():
        assert kind.title in text
    assert "Hệ thống nhận đã xác nhận nhận hồ sơ nhưng nay không có hồ sơ này" in text
    assert "bucket=missing-there&amp;cause=taken-yet-absent&amp;owner=ministry" in text
    assert "Khắc phục 3 hồ sơ" in text
    assert "Điều nơi nhận không nói thì không coi là khớp" in text


def test_what_the_three_sides_say_stands_side_by_side(operator: Caller, run: int) -> None:
    """The source was not asked, we delivered, the portal has it not; with its thread, its message, its deadline."""
    text = operator.get(f"{HERE}/{run}/differences?bucket=missing-there").text
    for said in (
        "không hỏi: lần này không có danh sách",
        "đã chuyển, nơi nhận đã xác nhận",
        "không có hồ sơ",
        "hạn",
    ):
        assert said in text
    assert f"/console/threads/dossier?key={SOME[0]}" in text
    assert len(re.findall(r"/console/messages/[0-9a-f-]{36}", text)) == 3


def test_filters_narrow_and_stay_in_the_address(operator: Caller, run: int) -> None:
    """By agency and bucket; what is no agency is told, and shows nothing."""
    path = f"{HERE}/{run}/differences"
    assert operator.get(f"{path}?agency=H44.12").text.count('scope="row"') == 1
    none = operator.get(f"{path}?bucket=late").text
    assert "Không có hồ sơ nào khớp bộ lọc" in none
    assert '<option value="late" selected>' in none
    assert "Cơ quan là một mã cơ quan" in operator.get(f"{path}?agency=%3D").text


def test_a_page_goes_on_behind_the_last_key(operator: Caller, run: int) -> None:
    """The keyset is in the address, and the end is said."""
    path = f"{HERE}/{run}/differences"
    assert operator.get(f"{path}?behind={SOME[2]}").text.count('scope="row"') == 2
    assert "Hết danh sách" in operator.get(f"{path}?behind=Z").text


def test_the_files_are_what_the_filter_leaves_and_noted(stage: Stage, caller: As, run: int) -> None:
    """CSV and XLSX in Vietnamese; who took them stands in the journal."""
    one = caller(Role.VIEWER)
    answer = one.post(f"{HERE}/{run}/export?agency=H44.12", {"format": "csv"})
    assert answer.headers["content-disposition"] == f'attachment; filename="doi-soat-{run}.csv"'
    heading, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""))
    assert (heading[0], [row[0] for row in rows]) == ("Mã hồ sơ", [SOME[0]])
    assert one.post(f"{HERE}/{run}/export", {"format": "pdf"}).status == 422
    done = read(stage, lambda tx: people.done(tx, "the-viewer", None, 5))
    assert [act["details"] for act in done if act["what"] == "reconciliation exported"] == [
        {"on": str(run), "told": '{"format":"csv","agency":"H44.12"}'}
    ]


# --- starting -------------------------------------------------------------------------------------------


def test_a_run_is_started_once_with_its_scope(stage: Stage, operator: Caller, run: int) -> None:
    """Agency in any writing, whole days in Viet Nam, the person's name; a double click starts one."""
    scope = {"agency": "000.00.12.H44", "from": "2026-01-01", "to": "2026-01-31", "portal_count": "12"}
    number = started(operator, "twice", **scope)
    assert started(operator, "twice", **scope) == number
    shown = read(stage, lambda tx: runs.find(tx, number))
    assert (shown["who"], shown["reason"]) == ("the-operator", "kiểm tra")
    assert shown["scope"]["agency"] == "H44.12"
    assert (shown["scope"]["since"], shown["scope"]["until"]) == (
        "2026-01-01T00:00:00.000+07:00",
        "2026-02-01T00:00:00.000+07:00",
    )
    over(stage, number)
    text = operator.get(f"{HERE}/{number}").text
    assert "01/01/2026 – 31/01/2026" in text
    assert "Nơi nhận tự thống kê" in text


def test_counts_of_the_receiver_stand_beside_ours(stage: Stage, operator: Caller, run: int) -> None:
    """By agency, with the gap, and with the word that it names no dossier."""
    number = started(operator, "counted", agency="H44.12", procedure="1.009999")

    def lay(tx: Transaction) -> None:
        counted.lay(tx, number, [Counted("H44.12", 77)])

    stage.run(stage.province.platform.gateway.journal.write(lay))
    over(stage, number)
    text = operator.get(f"{HERE}/{number}").text
    for said in ("Số nơi nhận tự thống kê theo cơ quan", ">77<", "chênh số đếm không cho biết là hồ sơ nào"):
        assert said in text


def test_a_pasted_list_shows_what_was_never_told(stage: Stage, operator: Caller, run: int) -> None:
    """The source's own list lies beside the register; a part of it accuses nobody."""
    lines = "MaHoSo;TrangThaiHoSo\n" + "\n".join(f"{code};2" for code in [*SOME[3:6], "H44.11-260221-0001"])
    number = started(operator, "listed", agency="H44.11", list=lines, part="yes")
    over(stage, number)
    text = operator.get(f"{HERE}/{number}/differences?bucket=missing-here").text
    assert text.count('scope="row"') == 1
    assert "chưa từng nhận hồ sơ này" in text
    assert "H44.11-260221-0001" in text


def test_a_file_is_sent_as_it_is(stage: Stage, operator: Caller, run: int) -> None:
    """Its fields travel beside it; the answer says where to go on."""
    header = {"x_fields": "token=file&reason=t%E1%BB%87p&agency=H44.13", "x_csrf_token": operator.token()}
    answer = operator._call("POST", f"{HERE}/start", '{"MaHoSo": "H44.13-260221-0009"}\n', header)
    assert answer.status == 200, answer.text
    number = int(answer.to.rpartition("/")[2])
    over(stage, number)
    assert "H44.13-260221-0009" in operator.get(f"{HERE}/{number}/differences").text
    assert operator._call("POST", f"{HERE}/start", "x", header | {"x_csrf_token": "0"}).status == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agency": "nowhere at all"}, "Cơ quan là một mã cơ quan"),
        ({"from": "2026-13-01"}, "Ngày không đọc được"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "Ngày bắt đầu phải trước"),
        ({"portal_count": "-1"}, "Số Cổng thống kê"),
        ({"list": "MaHoSo,TrangThaiHoSo\nH44.11-260221-0002,77"}, "dòng 2: trạng thái không đọc được"),
        ({"list": "Ma\nH44"}, "dòng 1: không có cột MaHoSo"),
        ({"list": "{}\n{"}, "dòng 2: không phải JSON"),
        ({"list": "MaHoSo\n"}, "Danh sách không có hồ sơ nào"),
    ],
)
def test_what_is_wrong_is_told_and_starts_nothing(
    stage: Stage, operator: Caller, run: int, fields: dict[str, str], said: str
) -> None:
    """By its line where it is a list; what was typed stays."""
    before = read(stage, runs.listing)["reconciliations"][0]["id"]
    answer = operator.post(f"{HERE}/start", {"token": "wrong", "reason": "giữ lại chữ này"} | fields)
    assert answer.status == 422
    assert said in answer.text
    assert "giữ lại chữ này" in answer.text
    assert read(stage, runs.listing)["reconciliations"][0]["id"] == before


def test_without_a_reason_nothing_happens(operator: Caller, run: int) -> None:
    """It is asked for, for each act."""
    for path in (f"{HERE}/start", f"{HERE}/{run}/repair"):
        assert operator.post(path, {"token": "x", "rate": "20"}).status == 422


@pytest.fixture
def resting(stage: Stage) -> Iterator[None]:
    """Let the portal rest while inside: runs stand still."""
    order = stage.province.operator.post
    stage.run(order("/v1/systems/national-portal/pause"))
    yield
    stage.run(order("/v1/systems/national-portal/resume"))


def test_a_run_is_paused_goes_on_and_is_called_off(
    stage: Stage, operator: Caller, run: int, resting: None
) -> None:
    """Each act says what follows, asks why, and stands in the journal; a second of the scope is turned away."""
    number = started(operator, "slow", procedure="1.003897")
    assert (
        "Một lần đối soát cùng phạm vi đang chạy"
        in operator.post(f"{HERE}/start", REASON | {"token": "slower", "procedure": "1.003897"}).text
    )
    path = f"{HERE}/{number}"
    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert 'name="reason"' in operator.get(f"{path}/{act}", hx_request="true").text
        assert operator.post(f"{path}/{act}", {"reason": ""}).status == 422
        assert operator.post(f"{path}/{act}", REASON).to == path
        assert read(stage, lambda tx: runs.find(tx, number))["state"] == state
        assert operator.post(f"{path}/{act}", REASON).status == 409
    done = [one["what"] for one in read(stage, lambda tx: people.done(tx, "the-operator", None, 4))]
    assert [what for what in done if what.startswith("reconciliation")][:3] == [
        "reconciliation cancelled", "reconciliation resumed", "reconciliation paused",
    ]  # fmt: skip


# --- mending --------------------------------------------------------------------------------------------


def test_a_preview_says_what_is_sent_to_whom_by_when_and_what_is_not(operator: Caller, run: int) -> None:
    """How many of which agencies, the nearest deadline; nothing is offered where nothing can be sent."""
    text = operator.get(f"{HERE}/{run}/repair").text
    assert "Sẽ gửi: 3 hồ sơ" in text
    assert "national-portal" in text
    for agency in ("H44.11", "H44.12", "H44.13"):
        assert agency in text
    assert "2026-03-02T17:00:00+07:00" in text
    none = operator.get(f"{HERE}/{run}/repair?bucket=late").text
    assert "Không có gì để trục tự khắc phục" in none
    assert '<form method="post"' not in none.split('id="content"')[1].split("</main>")[0]


def test_what_is_repaired_is_sent_once_and_looked_at_again(stage: Stage, operator: Caller, run: int) -> None:
    """By a filter, under the person's name; afterwards solved, and no duplicate at the portal."""
    form = REASON | {"token": "mend", "rate": "1000", "agency": "H44.13"}
    assert operator.post(f"{HERE}/{run}/repair", form | {"rate": "0"}).status == 422
    answer = operator.post(f"{HERE}/{run}/repair", form)
    assert operator.post(f"{HERE}/{run}/repair", form).to == answer.to
    number = int(answer.to.rpartition("/")[2])
    mended(stage, number)
    shown = read(stage, lambda tx: repairs.find(tx, number))
    assert (shown["who"], shown["sent"], shown["solved"]) == ("the-operator", 1, 1)
    assert stage.portal.state()["duplicates"] == 0
    assert SOME[1] in stage.portal.state()["dossiers"]
    text = operator.get(answer.to).text
    assert "Đối soát lại phạm vi này" in text
    assert "agency=" not in re.findall(r'href="(/console/reconciliation/start[^"]*)"', text)[0]
    assert SOME[1] in operator.get(f"{HERE}/{run}/differences?mending=solved").text
    for act in ("pause", "cancel"):
        assert operator.get(f"{answer.to}/{act}").status == 409
        assert operator.post(f"{answer.to}/{act}", REASON).status == 409


def test_a_repair_is_paused_and_called_off(stage: Stage, operator: Caller, run: int, resting: None) -> None:
    """It waits while the portal rests, says so, and nothing is sent of what was called off."""
    form = REASON | {"token": "slow mend", "rate": "1"}
    path = operator.post(f"{HERE}/{run}/repair", form).to
    assert "đang bị tạm dừng" in operator.get(path).text
    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert operator.post(f"{path}/{act}", REASON).to == path
        number = int(path.rpartition("/")[2])
        assert read(stage, lambda tx: repairs.find(tx, number))["state"] == state  # noqa: B023 - called at once
    assert "Đã hủy đợt khắc phục" in operator.get(path).text
    assert SOME[0] not in stage.portal.state()["dossiers"]
