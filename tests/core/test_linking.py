"""Addresses that nobody outside can reach are findings at accept, and cost a dossier next to nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lgsp.home import packed
from lgsp.linking import SHOWN, files_of, note_unreachable
from lgsp.message import Finding
from lgsp.schemas import Types

TYPES = Types([packed() / "schemas"])
CODE = "H44.11-260131-0001"


def findings(type_: str = "dossier.v1", **data: Any) -> list[Finding]:
    """Return what is odd about the addresses of a body."""
    message = TYPES.message(type_, {"code": CODE, "status": "received"} | data)
    note_unreachable(TYPES[type_], message)
    return message.findings


def test_each_address_is_told_with_its_place_and_host() -> None:
    """Papers, results and papers of supplements; the rest of the address may be personal and is not told."""
    found = findings(
        papers=[
            {"url": "http://10.0.0.1/nguyen-van-a.pdf"},
            {"url": "https://tep.example.gov.vn/1"},
            {"name": "x"},
        ],
        results=[{"url": "https://user:secret@tep.example.gov.vn/2"}],
        supplements=[{"papers": [{"url": "\\\\server\\tep\\3.pdf"}, {"url": "http://server/4"}]}],
    )
    assert found == [
        Finding("file-unreachable", "/papers/0/url", "10.0.0.1"),
        Finding("file-unreachable", "/results/0/url", "tep.example.gov.vn"),
        Finding("file-unreachable", "/supplements/0/papers/0/url", ""),
        Finding("file-unreachable", "/supplements/0/papers/1/url", "server"),
    ]


@pytest.mark.parametrize(("count", "more"), [(0, ""), (SHOWN, ""), (SHOWN + 1, "+1"), (500, "+480")])
def test_very_many_are_counted_together(count: int, more: str) -> None:
    """A dossier with hundreds of files is one line more, not hundreds."""
    found = findings(papers=[{"url": f"http://10.0.0.1/{n}"} for n in range(count)])
    assert len(found) == min(count, SHOWN) + bool(more)
    assert not more or found[-1] == Finding("file-unreachable", "", more)


def test_looking_twice_tells_once() -> None:
    """A message that is routed anew, because routes were published meanwhile, has each finding once."""
    message = TYPES.message("dossier.v1", {"code": CODE, "status": "received", "papers": [{"url": "x"}]})
    for _ in range(2):
        note_unreachable(TYPES["dossier.v1"], message)
    assert len(message.findings) == 1


def test_only_types_that_say_so_are_looked_at() -> None:
    """Progress names no files; documents keep theirs, and their references are none of the web."""
    assert [name for name in TYPES.names() if TYPES[name].schema["x-lgsp"].get("links")] == ["dossier.v1"]
    assert list(files_of(TYPES["document.v1"], {"papers": [{"url": "http://10.0.0.1"}]})) == []


def test_it_costs_next_to_nothing() -> None:
    """Ten addresses of one dossier are looked at in microseconds."""
    data = {
        "code": CODE,
        "status": "received",
        "papers": [{"url": f"https://tep.example.vn/{n}"} for n in range(10)],
    }
    message, info = TYPES.message("dossier.v1", data), TYPES["dossier.v1"]

    def seconds() -> float:
        begun = time.perf_counter()
        for _ in range(100):
            note_unreachable(info, message)
        return (time.perf_counter() - begun) / 100

    assert min(seconds() for _ in range(5)) < 200e-6
