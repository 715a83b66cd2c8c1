"""What `lgsp trace` prints of a document: every oddity is said, and what is over is told from what is to come."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.cli.document_course import show_documents
from lgsp.domain.causes import explain
from lgsp.domain.course.packets import Packet
from lgsp.domain.course.telling import told
from tests.domain.documents_told import ONE, TWO, document, followed, status, way


def shown(*packets: Packet, minutes: float = 60, **more: Any) -> dict[str, Any]:
    """Return a document as the API tells it."""
    beside = {"look_alikes": [], "replaced_by": [], "answered_by": [], "cut": False}
    return told(followed(*packets, minutes=minutes)) | beside | more


def printed(capsys: pytest.CaptureFixture[str], *documents: dict[str, Any]) -> str:
    """Return what is printed, on one line."""
    show_documents(documents)
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("packets", "minutes", "words"),
    [
        ((document(way("ready")),), 60, "còn hạn"),
        ((document(way("ready")),), 60 * 24 * 9, "quá hạn"),
        ((document(way()),), 60, "đúng hạn"),
    ],
)
def test_a_deadline_says_how_it_stands(
    capsys: pytest.CaptureFixture[str], packets: tuple[Packet, ...], minutes: float, words: str
) -> None:
    """What is still to come is not praised as in time."""
    assert words in printed(capsys, shown(*packets, minutes=minutes))


def test_what_hinders_a_delivery_stands_there_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Text, mend, and what the far side said; not again for each receiver of the delivery."""
    whole = shown(document(way("refused", cause="timed-out", said="Don vi nhan"), to=[ONE, TWO]))
    for receiver in whole["receivers"]:
        receiver["transport"]["explanation"] = {
            lang: explain("timed-out", lang).as_dict() for lang in ("vi", "en")
        }
    text = printed(capsys, whole)
    assert text.count("bên nhận nói (said): Don vi nhan") == 1
    assert text.count(explain("timed-out").mend) == 1


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (shown(status("03", minutes=9)), "văn bản gốc không đi qua nền tảng này"),
        (shown(document(way()), status("03", TWO, minutes=9)), "cơ quan không có trong nơi nhận"),
        (
            shown(document(way()), document(act="recall", sender={"code": "G22"}, minutes=9)),
            "không phải do nơi gửi yêu cầu (not asked by the sender): G22",
        ),
        (shown(document(way()), cut=True), "còn thông điệp chưa hiện hết"),
        (
            shown(document(way()), answered_by=[{"key": "R", "accepted_at": "2026-03-06T08:00:00+07:00"}]),
            "đã có văn bản trả lời (answered by): R, 06/03/2026 08:00:00",
        ),
        (
            shown(document(way()), look_alikes=[{"key": "L", "year": 2025}]),
            "cùng số, ký hiệu và cơ quan ban hành (look-alike), năm 2025: L",
        ),
        (
            shown(document(way()), status("06", minutes=50, came=51), status("03", minutes=20, came=55)),
            "báo muộn, nhận lúc (told late) 05/03/2026 08:55:00",
        ),
        (shown(document(way()), status("08", minutes=9)), "mã trạng thái 08 không có trong danh mục"),
        (shown(Packet("m", "dms", "document.v1", {}, document().accepted_at)), "nội dung không còn lưu"),
    ],
)
def test_whatever_is_odd_is_said(
    capsys: pytest.CaptureFixture[str], whole: dict[str, Any], words: str
) -> None:
    """Nothing of it is left for the reader to notice."""
    assert words in printed(capsys, whole)


def test_several_documents_are_counted_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Who reads the first of them knows that there are others."""
    assert printed(capsys, shown(document(way())), shown(document(way()))).startswith("2 văn bản")
