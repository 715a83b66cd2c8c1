"""`lgsp score`: figures of a period and the dossiers that cost points, for people, scripts and spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from lgsp.domain.causes import explain
from lgsp.domain.scoring.judging import Verdict
from lgsp.domain.scoring.tally import Tally
from tests.cli.processes import run
from tests.cli.stand_in import Gateway, in_turn

OF = {
    "from": "2026-01-01",
    "to": "2026-01-31",
    "agency": "H44.11",
    "also": [],
    "procedure": "",
    "system": "portal",
}
LOST = {
    "code": "H44.11-260115-0001", "source": "one-stop", "agency": "H44.11", "procedure": "=1.003897",
    "status": "finished", "received_at": "2026-01-15T08:00:00+07:00", "due_at": "2026-01-20T17:00:00+07:00",
    "finished_at": None, "reason": "late", "vi": "Kết thúc sau ngày hẹn trả", "en": "It ended late",
    "delivery": "refused", "cause": "missing",
}  # fmt: skip


def told() -> dict[str, Any]:
    """Return figures: three of four are synchronised, and one took two working days."""
    tally = Tally()
    for reason in ("", "", "", "not-told"):
        tally.add({"1.4": Verdict(reason)})
    tally.add({"2.2": Verdict(amount=16 * 3600), "3.5": Verdict("no-fee", outside=True)})
    return {"state": "counted", "of": OF, "as_of": "2026-02-01T00:00:00+07:00", "measures": tally.as_list()}


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> Gateway:
    """Put a gateway in the place of the one that runs."""
    there = Gateway(in_turn(*answers))
    monkeypatch.setattr("lgsp.cli.scores.gateway", lambda: there)
    return there


def test_figures_are_shown_with_what_costs_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers as Vietnamese writes them, the reasons in both languages, and that it is a preview."""
    there = answering(monkeypatch, told())
    shown = run("score", "--agency", "H44.11", "--month", "2026-01")
    assert shown.exit_code == 0
    assert there.asked == [("/v1/scores", {"agency": "H44.11", "month": "2026-01"})]
    assert "75 %" in shown.stdout
    assert "4,5 / 6" in shown.stdout
    assert "2 ngày" in shown.stdout
    assert (
        "1.4: 1 hồ sơ: Chưa có lượt chuyển nào đến Cổng DVCQG (Nothing was sent to the portal)"
        in shown.stdout
    )
    assert "3.5: 1 hồ sơ ngoài mẫu số: Thủ tục không có phí" in shown.stdout
    assert "không phải điểm" in shown.stdout


def test_a_count_that_lasts_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """How far it is goes to standard error; the document is the figures alone."""
    there = answering(monkeypatch, {"state": "counting", "done": 5000, "of": OF}, told())
    code, document = run("score", "--from", "2026-01-01", "--to", "2026-01-31", document=True)
    assert (code, document["state"], len(there.asked)) == (0, "counted", 2)
    assert there.asked[0][1] == {"from": "2026-01-01", "to": "2026-01-31"}


def test_the_list_names_each_dossier_and_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Page after page, empty ones too, until there is no next."""
    pages = [{"dossiers": [], "next": "H44.1"}, {"dossiers": [LOST], "next": None}]
    there = answering(monkeypatch, *pages)
    code, document = run("score", "--list", "2.1", "--year", "2026", document=True)
    assert (code, document) == (0, {"measure": "2.1", "dossiers": [LOST], "more": False})
    assert [terms["after"] for _, terms in there.asked] == ["", "H44.1"]
    assert there.asked[0][0] == "/v1/scores/2.1/dossiers"
    answering(monkeypatch, {"dossiers": [LOST] * 1000, "next": "H44.2"})
    shown = run("score", "--list", "2.1").stdout
    assert shown.count("missing") == 50
    assert shown.count("H44.11-260115-0001") == 50
    assert "50 / 1000+ hồ sơ" in shown


def test_a_spreadsheet_opens_what_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the mark of UTF-8, Vietnamese headings, and no cell that would be taken for a formula."""
    file = tmp_path / "scores.csv"
    answering(monkeypatch, told())
    assert run("score", "--csv", str(file)).exit_code == 0
    head, first, *_ = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert head[:5] == ["Chỉ số", "Tên", "Tử số", "Mẫu số", "Giá trị"]
    assert first[:5] == ["1.4", "Tỷ lệ đồng bộ hồ sơ", "3", "4", "75.0"]
    answering(monkeypatch, {"dossiers": [LOST], "next": "x"}, {"dossiers": [LOST], "next": None})
    code, document = run("score", "--list", "2.1", "--csv", str(file), document=True)
    assert (code, document["dossiers"]) == (0, 2)
    head, first, second = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (head[0], head[7]) == ("Mã hồ sơ", "Lý do")
    assert first == second
    assert first[5:10] == [
        "20/01/2026 17:00:00", "", "Kết thúc sau ngày hẹn trả", "bị hệ thống nhận từ chối", explain("missing").text,
    ]  # fmt: skip
    assert (first[0], first[2], first[3]) == ("H44.11-260115-0001", "'=1.003897", "Đã xử lý xong")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--month", "2026-13"), "--month"),
        (("--month", "2026-01", "--year", "2026"), "--month, quarter"),
        (("--to", "2026-01-31"), "--from"),
        (("--agency", "nobody"), "--agency"),
        (("--list", "9.9"), "--list"),
    ],
)
def test_wrong_usage_names_the_option(words: tuple[str, ...], field: str) -> None:
    """Before any gateway is asked; the exit code is 2."""
    result = run("score", *words)
    assert result.exit_code == 2
    assert field in result.stderr


def test_without_a_gateway_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The register lies in the journal, and the gateway holds that."""
    monkeypatch.setenv("LGSP_STATE", str(tmp_path))
    result = run("score")
    assert result.exit_code == 2
    assert "no gateway runs" in result.stderr
