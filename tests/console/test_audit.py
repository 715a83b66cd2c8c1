"""The audit journal without a browser: who reads it, what is found, what is taken along, what a verification says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from lgsp.domain.merkle.notes import read_note
from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_audit import HERE, LOG, alter, standing, until_sealed, until_verified

Callers = Callable[[Role], Caller]


@pytest.mark.parametrize("path", [HERE, LOG, f"{LOG}/checkpoint", f"{HERE}/proof/1"])
def test_only_those_who_audit_read_it(caller: Callers, path: str) -> None:
    """A viewer and an operator are turned away; auditors and administrators are not."""
    assert [caller(role).get(path).status for role in (Role.VIEWER, Role.OPERATOR)] == [403, 403]


def test_entries_are_found_by_who_and_what(stage: Stage, caller: Callers) -> None:
    """The filters hold together; a word of the journal stands in the visitor's language."""
    until_sealed(stage)
    auditor = caller(Role.AUDITOR)
    everything = auditor.get(HERE)
    assert everything.status == 200
    assert "đăng nhập" in everything.text or "tiếp nhận" in everything.text
    none = auditor.get(f"{HERE}?who=gateway&what=signed")
    assert "Không có bút toán nào như vậy" in none.text
    english = auditor.get(f"{HERE}?what=log+key", accept_language="en").text
    assert "announced the key of the log" in english


def test_a_filter_that_means_nothing_says_so(caller: Callers) -> None:
    """No page of an error: the form stays, with what is wrong."""
    answer = caller(Role.AUDITOR).get(f"{HERE}?since=never")
    assert (answer.status, "Bộ lọc không đọc được" in answer.text) == (422, True)


def test_entries_are_taken_along_and_that_is_noted(stage: Stage, caller: Callers) -> None:
    """A file for a sheet, without content of messages; who took it along stands in the journal."""
    auditor = caller(Role.AUDITOR)
    auditor.get(HERE)
    file = auditor.post(f"{HERE}/export?what=log+key", {})
    assert file.headers["content-type"].startswith("text/csv")
    assert "công bố khóa niêm phong" in file.text
    assert "entries exported" in caller(Role.ADMINISTRATOR).get(f"{HERE}?what=entries+exported").text


def test_a_checkpoint_and_a_proof_are_taken_along(stage: Stage, caller: Callers) -> None:
    """What is downloaded is what the API and the command line give: a note, and a file that others check."""
    until_sealed(stage)
    auditor = caller(Role.AUDITOR)
    note = read_note(auditor.get(f"{LOG}/checkpoint").text)
    assert note.checkpoint.size <= standing(stage)["leaves"]
    proof = json.loads(auditor.get(f"{HERE}/proof/1").text)
    assert json.loads(proof["proofs"][0]["leaf"])["id"] == 1
    assert auditor.get(f"{HERE}/proof/999999999").status == 404


def test_verifying_says_that_all_is_whole_and_then_what_is_not(stage: Stage, caller: Callers) -> None:
    """It runs beside; its result is kept for all to see, and stands in the journal with who asked."""
    until_sealed(stage)
    auditor = caller(Role.AUDITOR)
    auditor.get(LOG)
    note = auditor.get(f"{LOG}/checkpoint").text
    assert auditor.post(f"{LOG}/verify", {"against": note}).to == LOG
    assert until_verified(stage)["verdict"]["findings"] == []
    assert "Nguyên vẹn" in auditor.get(LOG).text
    was = alter(stage, 2)
    auditor.post(f"{LOG}/verify", {"against": note})
    found = until_verified(stage)["verdict"]["findings"]
    alter(stage, 2, was)
    assert [(one["what"], one["entry"]) for one in found] == [("altered", 2)]
    text = auditor.get(LOG).text
    assert "bút toán 2 bị sửa nội dung" in text
    assert "log found altered" in auditor.get(f"{HERE}?what=log+found").text


def test_what_cannot_be_held_against_is_not_taken(caller: Callers) -> None:
    """A text that is no checkpoint starts nothing, and says so."""
    auditor = caller(Role.AUDITOR)
    auditor.get(LOG)
    answer = auditor.post(f"{LOG}/verify", {"against": "hello"})
    assert answer.to == LOG
