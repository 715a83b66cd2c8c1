"""What is kept in the clear beside a request says which it was, and nothing of anybody."""

from __future__ import annotations

import orjson
import pytest

from lgsp.journal.beside import kept


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ({"docId": "3f0c-17", "form": "votes", "period": "2026-01"}, {"docId": "3f0c-17", "form": "votes", "period": "2026-01"}),
        ({"name": "Đặng Thị Yến 079198765431.xlsx"}, {"name": ".xlsx"}),
        ({"name": "Đặng Thị Yến"}, {"name": "≤20"}),
        ({"period": "của Đặng Thị Yến"}, {"period": "≤20"}),
        ({"form": ""}, {"form": ""}),
    ],
)  # fmt: skip
def test_words_stay_and_content_does_not(said: dict[str, str], stays: dict[str, str]) -> None:
    """Codes as they came; of names of files the ending, of free words the length."""
    assert orjson.loads(kept(said) or "") == stays


def test_no_personal_number_stays() -> None:
    """Whatever it is called."""
    assert "079198765431" not in (kept({"agency": "079198765431", "x": "a/079198765431"}) or "")


def test_nothing_said_is_nothing_kept() -> None:
    """A request as most are: the column stays empty."""
    assert kept({}) is None
