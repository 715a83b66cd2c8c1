"""`lgsp report`: what it asks of the gateway, what it shows, and the exit code of each answer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from lgsp.client import AnswerError
from lgsp.wire.http import Answer
from tests.cli.processes import run
from tests.cli.stand_in import Gateway, in_turn

REPORT = {
    "id": 7, "code": "06a/H44.11/government/1:202611", "version": 1, "form": "06a", "form_name": "Mẫu 06a",
    "agency": {"code": "H44.11", "name": "Sở Tư pháp"}, "period": {"label": "government/1:202611"},
    "state": "draft", "state_vi": "Đang lập", "due_on": "2026-11-17", "late": False, "delivery": None,
    "findings": [], "acts": [{"at": "2026-11-16T09:00:00+07:00", "who": "an", "what": "drawn up", "reason": ""}],
}  # fmt: skip
CHANGES = {
    "then": {"version": 1, "known_at": "2026-11-15T00:00:00+07:00"},
    "now": {"known_at": "2026-11-23T05:38:46+07:00"},
    "same": 8,
    "changes": [
        {"name": "Tiếp nhận", "agency": "H44.11", "then": "10", "now": "12", "difference": "2"},
        {"name": "Quá hạn", "agency": "H44.11", "then": None, "now": "1", "difference": None},
    ],
}


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> Gateway:
    """Put a gateway in the place of the one that runs."""
    there = Gateway(in_turn(*answers))
    # the package has the commands under the module's name
    monkeypatch.setattr(import_module("lgsp.cli.report"), "gateway", lambda: there)
    return there


def test_what_is_due_is_shown_and_overdue_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most pressing first, as the gateway has it; an unknown year says which one."""
    line = {
        "standing": "overdue", "due_on": "2026-11-17", "form": "06a", "agency": {"code": "H44.11"},
        "period": {"label": "government/1:202611"}, "report": None,
    }  # fmt: skip
    unknown = line | {"standing": "unknown", "due_on": None, "due_vi": "năm 2028", "report": REPORT}
    there = answering(monkeypatch, *({"due": told} for told in ([line, unknown], [unknown], [])))
    shown = run("report", "due", "--agency", "H44.11")
    assert (shown.exit_code, there.asked) == (1, [("/v1/reports/due", {"agency": "H44.11", "back": 92})])
    assert "quá hạn (overdue)" in shown.stdout
    assert "17/11/2026" in shown.stdout
    assert "năm 2028" in shown.stdout
    assert run("report", "due").exit_code == 0
    assert "Không có báo cáo" in run("report", "due").stdout


def test_a_draft_needs_form_agency_and_period_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The regime is the form's own, the scheme the government's, if nothing else is said."""
    there = answering(monkeypatch, {"forms": [{"code": "06a", "regime": "KSTT"}]}, REPORT)
    shown = run("report", "draft", "--form", "06a", "--agency", "H44.11", "--period", "202611")
    assert there.asked[1] == (
        "/v1/reports",
        {"form": "06a", "agency": "H44.11", "period": "government/1:202611", "regime": "KSTT"},
    )
    assert "Đang lập (draft)" in shown.stdout
    assert run("report", "draft", "--form", "06a", "--agency", "H44.11", "--period", "26").exit_code == 2


def test_what_contradicts_itself_is_shown_and_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each contradiction in both languages, and how to sign all the same; as JSON the whole answer."""
    document = (
        '{"detail": "x", "findings": [{"code": "invariant-broken", "vi": "ghi 11, tính ra 10",'
        ' "en": "says 11, computed 10"}]}'
    )
    fault = AnswerError("signing", Answer(409, document))
    there = answering(monkeypatch, fault, fault, REPORT | {"state": "signed"})
    shown = run("report", "sign", "7")
    assert (shown.exit_code, there.asked[0][0]) == (1, "/v1/reports/7/sign")
    assert "ghi 11, tính ra 10 (says 11, computed 10)" in shown.stdout
    assert "--agreed" in shown.stdout
    code, told = run("report", "sign", "7", document=True)
    assert (code, told["findings"][0]["code"]) == (1, "invariant-broken")
    assert run("report", "sign", "7", "--agreed", "Số liệu cũ", "--no-send").exit_code == 0
    said = there.asked[2][1]
    assert (said["agreed"], said["send"]) == ("Số liệu cũ", False)
    assert len({one[1]["token"] for one in there.asked}) == 3


def test_figures_are_typed_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number, nothing, or back to what was counted."""
    there = answering(monkeypatch, REPORT)
    assert run("report", "set", "7", "received=12", "late=", "early=?", "--agency", "H44.11.1").exit_code == 0
    assert there.asked == [
        (
            "/v1/reports/7/figures",
            {
                "figures": [
                    {"indicator": "received", "agency": "H44.11.1", "value": "12"},
                    {"indicator": "late", "agency": "H44.11.1", "value": None},
                    {"indicator": "early", "agency": "H44.11.1", "taken_back": True},
                ]
            },
        )
    ]
    assert run("report", "set", "7", "received").exit_code == 2


def test_what_changed_is_shown_and_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both moments, each figure with its difference; no change is yes."""
    there = answering(monkeypatch, CHANGES, CHANGES | {"changes": []})
    shown = run("report", "compare", "7")
    assert (shown.exit_code, there.asked) == (1, [("/v1/reports/7/compare", {"with": "now"})])
    assert "bản 1, 15/11/2026 00:00:00 → 23/11/2026 05:38:46; 8" in shown.stdout
    assert "Tiếp nhận" in shown.stdout
    assert run("report", "compare", "7", "--with", "9").exit_code == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"from": "formula", "formula": "late / solved * 100", "numbers": "1 / 7 * 100"}, "= 1 / 7 * 100"),
        (
            {
                "from": "dossiers", "definition": "form-06a/1", "known_at": "2026-11-15T00:00:00+07:00",
                "dossiers": ["H44.11-261020-0001"], "next": "H44.11-261020-0001",
            },
            "--after H44.11-261020-0001",
        ),
        (
            {"from": "typed", "acts": [
                {"at": "2026-11-16T09:00:00+07:00", "who": "an", "what": "typed in", "reason": "late"}
            ]},
            "an: nhập (typed in) late",
        ),
    ],
)  # fmt: skip
def test_where_a_figure_comes_from(monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], said: str) -> None:
    """A formula with its numbers, dossiers with the next page, or a person."""
    answering(monkeypatch, told | {"indicator": "late", "agency": "H44.11", "figure": {"value": "1"}})
    shown = run("report", "derive", "7", "late")
    assert shown.exit_code == 0
    assert said in shown.stdout


def test_other_acts_ask_for_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its reason; times are Viet Nam time; lists by what people ask."""
    there = answering(monkeypatch, *[REPORT] * 3, {"reports": [REPORT], "next": None})
    run("report", "reopen", "7", "--reason", "Ký nhầm")
    run("report", "correct", "7", "--reason", "Nhập muộn")
    run("report", "elsewhere", "7", "--at", "2026-11-16T09:00", "--reason", "CV 12/STP")
    assert run("report", "list", "--state", "draft", "--period", "202611", "--overdue").exit_code == 0
    assert there.asked == [
        ("/v1/reports/7/reopen", {"reason": "Ký nhầm"}),
        ("/v1/reports/7/correct", {"reason": "Nhập muộn"}),
        (
            "/v1/reports/7/elsewhere",
            {"channel": "document", "at": "2026-11-16T09:00:00+07:00", "reason": "CV 12/STP"},
        ),
        (
            "/v1/reports",
            {"state": "draft", "period": "government/1:202611", "overdue": "1", "limit": 50},
        ),
    ]
