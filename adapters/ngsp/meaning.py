"""What an answer means that is none: by its own code, or by its words where it says no more with HTTP 200."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lgsp.errors import Refused, Unavailable

FINE, ABSENT, REJECTED, DENIED, AWAY, UNKNOWN = "fine", "not-found", "rejected", "not-allowed", "away", ""
MEANINGS = (FINE, ABSENT, REJECTED, DENIED, AWAY)
"""What a home may say that a code means."""
FAMILIES = ("business", "insurance", "civil-status")
"""Whose answers have codes."""
CAUSES = {REJECTED: "ngsp-question-rejected", DENIED: "ngsp-not-allowed", AWAY: "ngsp-service-away"}
"""The cause of what was understood, by its name in the catalogue."""

_SHOWN = 300
_NUMBER = re.compile(r"\d(?:[ .\u00a0-]?\d){7,}")
"""Eight digits and more, in groups or not: a day of birth, an identity, insurance or tax number."""
_HIDDEN = "•••"
_TEXTS = (
    (AWAY, re.compile(r"bảo trì|quá tải|thử lại sau|tạm (?:dừng|ngừng)|gián đoạn|timed?.?out|maintenance")),
    (ABSENT, re.compile(r"không (?:tìm thấy|tồn tại|có (?:dữ liệu|thông tin))|not (?:found|exist)|no data")),
    (DENIED, re.compile(r"không (?:có quyền|được phép)|chưa được (?:cấp quyền|phép)|denied|forbidden")),
    (REJECTED, re.compile(r"không (?:hợp lệ|đúng|chính xác)|bắt buộc|để trống|invalid|not insert|duplicate")),
)
"""The first that stands in a text decides. No list of such texts is public; what none knows is nobody's."""


class ComplaintError(Exception):
    """A service says that it gives no answer.

    Args:
        meaning: a word of `MEANINGS`, or empty where nobody knows it.
        text: what it said; it may hold anything.
        cause: catalogued name, where that says more than the meaning.
        field: JSON pointer of what is wrong with the question.
        foreign: nothing in the answer is the service's own: it may be of a server on the way.
    """

    def __init__(
        self, meaning: str, text: str = "", *, cause: str = "", field: str = "", foreign: bool = False
    ) -> None:
        super().__init__("reading an answer: the service gives none")
        self.meaning = meaning
        self.text = text
        self.cause = cause
        self.field = field
        self.foreign = foreign


def of_text(text: str) -> str:
    """Return what a text means; empty where nobody knows."""
    low = text.casefold()
    return next((meaning for meaning, words in _TEXTS if words.search(low)), UNKNOWN)


def no_object(tree: object) -> ComplaintError:
    """Return the complaint of a body that is no object of a service: its words count, what it lists does not.

    A list may name people who were not even asked about.
    """
    text = tree if isinstance(tree, str) else ""
    return ComplaintError(of_text(text), text, foreign=True)


def fault_of(complaint: ComplaintError, signature: str, hidden: Iterable[str]) -> Refused | Unavailable:
    """Return what is raised for a complaint.

    Args:
        complaint: of the service.
        signature: of the answer, for one that nobody knows.
        hidden: personal values of the question, which an answer may repeat.
    """
    said = shown(complaint.text, hidden)
    if complaint.meaning == ABSENT:
        return Refused("not-found")
    if complaint.meaning == UNKNOWN:
        return Unavailable("uncatalogued", said, answer=signature)
    cause = complaint.cause or CAUSES[complaint.meaning]
    if complaint.meaning == AWAY:
        return Unavailable(cause, said)
    return Refused(cause, said, [complaint.field] if complaint.field else [])


def shown(text: str, hidden: Iterable[str] = ()) -> str:
    """Return as much of a text as people may read who must not learn whom it is about."""
    for value in sorted(hidden, key=len, reverse=True):
        words = value.split()
        if words:
            text = re.sub(r"\s+".join(map(re.escape, words)), _HIDDEN, text, flags=re.IGNORECASE)
    return _NUMBER.sub(_HIDDEN, text)[:_SHOWN]


def unnumbered(body: bytes) -> bytes:
    """Return a body without numbers that may be somebody's."""
    return _NUMBER.sub(_HIDDEN, body.decode("utf-8", "replace")).encode()


def wrong_meaning(place: str, meaning: str) -> str:
    """Return what is wrong with a home's `meanings`; empty where nothing is."""
    family, _, code = place.partition(".")
    if family not in FAMILIES or not code:
        return f"{place!r} names no code; write one as " + ", ".join(f"{one}.05" for one in FAMILIES)
    if meaning not in MEANINGS:
        return f"{place!r}: {meaning!r} is none of {', '.join(MEANINGS)}"
    return ""
