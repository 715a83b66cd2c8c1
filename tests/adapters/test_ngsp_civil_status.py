"""Reading the answers of the civil status registry: its states, its codes by number and by name."""

from __future__ import annotations

from typing import Any

import pytest
from lgsp.adapters.ngsp import civil_status

from tests.ngsp_side import meaning_of


@pytest.mark.parametrize("name", ["status", "trangThai"])
@pytest.mark.parametrize(
    ("status", "word"), [("1", "received"), ("2", "needs-supplement"), ("3", "eligible"), ("4", "done")]
)
def test_the_four_states_of_a_dossier(status: str, word: str, name: str) -> None:
    """With their words, in an envelope or without one; other fields stay as they were written."""
    tree = {name: status, "statusDescription": "Lời", "hanBoSungHoSo": "20260201"}
    wanted = {"status": word, "description": "Lời", "extra": {"hanBoSungHoSo": "20260201"}}
    assert civil_status.answer(tree, {}) == wanted
    assert civil_status.answer({"Result": tree}, {}) == wanted


CODES = {
    "100": ("not-allowed", "ngsp-service-credentials"),
    "101": ("not-allowed", "ngsp-address-not-allowed"),
    "106": ("rejected", "ngsp-agency-unknown"),
    "108": ("rejected", "ngsp-province-unknown"),
    "200": ("rejected", "ngsp-dossier-unfinished"),
    "201": ("not-found", "not-found"),
    "302": ("rejected", "ngsp-list-unknown"),
    "500": ("rejected", "ngsp-question-rejected"),
}


@pytest.mark.parametrize("code", CODES)
def test_each_code_of_the_guide_has_its_cause(code: str) -> None:
    """`status` 0 with a code; without a status the code alone is enough."""
    for tree in ({"status": "0", "errorCode": code}, {"errorCode": code, "errorDescription": "Sai"}):
        assert meaning_of(civil_status.answer, tree, {}) == CODES[code]


@pytest.mark.parametrize(
    ("name", "wanted"), [("RECORD_NOT_FOUND", "not-found"), ("ip_disallowed", "not-allowed")]
)
def test_a_code_may_come_by_its_name(name: str, wanted: str) -> None:
    """The guide names each number; either may stand where the code does, or alone as the words."""
    for told in ({"errorCode": name}, {"errorCode": "", "errorDescription": name}):
        assert meaning_of(civil_status.answer, {"status": "0", **told}, {})[0] == wanted


@pytest.mark.parametrize(
    ("tree", "meanings", "wanted"),
    [
        ({"status": "7"}, {}, ("", "")),
        ({"status": "0"}, {}, ("", "")),
        ({"status": "0", "errorCode": "999"}, {}, ("", "")),
        ({"status": "0", "errorCode": "999"}, {"civil-status.999": "away"}, ("away", "")),
        ({"status": "0", "statusDescription": "Hệ thống bảo trì"}, {}, ("away", "")),
        ({"trangThai": "7"}, {}, ("", "")),
        ({"trangThai": "0", "errorCode": "201"}, {}, ("not-found", "not-found")),
        ({"ketQuaXuLy": "1"}, {}, ("", "")),
        ([], {}, ("", "")),
        ("Không tìm thấy", {}, ("not-found", "")),
    ],
)
def test_a_status_that_nobody_knows_is_none(tree: Any, meanings: dict[str, str], wanted: Any) -> None:
    """Neither guessed nor taken for `received`."""
    assert meaning_of(civil_status.answer, tree, meanings) == wanted
