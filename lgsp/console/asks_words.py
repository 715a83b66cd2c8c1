"""Questions in words: endings, types, purposes, causes, and who asked, as each visitor may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from lgsp.api.asks import officer
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.states import Look
from lgsp.console.visits import Visitor
from lgsp.domain.causes import Explanation, explain
from lgsp.enquiry import Ending
from lgsp.errors import Problem
from lgsp.questioning import Purpose
from lgsp.rights import Right

CONSOLE = "console"
"""Who asks where an operator tries a system out: no system of the home."""
ENDINGS: Mapping[str, Look] = {
    Ending.OPEN.word: Look("loader", "blue", told("đang chờ trả lời")),
    Ending.ANSWERED.word: Look("circle-check", "green", told("có trả lời")),
    Ending.ABSENT.word: Look("circle-minus", "secondary", told("nơi trả lời không có dữ liệu này")),
    Ending.REJECTED.word: Look("shield-x", "red", told("câu hỏi sai")),
    Ending.REFUSED.word: Look("circle-x", "red", told("nơi trả lời từ chối")),
    Ending.FAILED.word: Look("alert-triangle", "red", told("lỗi, không có trả lời")),
    Ending.LATE.word: Look("clock-exclamation", "red", told("quá thời gian chờ")),
    Ending.TURNED_AWAY.word: Look("hand-stop", "yellow", told("chưa hỏi được lúc đó")),
}
"""What became of a question, by `Ending.word`."""
GROUPS: Mapping[str, tuple[str, tuple[Ending, ...]]] = {
    "turned-down": (told("mọi câu bị từ chối"), (Ending.REJECTED, Ending.REFUSED)),
    "broken": (told("mọi câu lỗi hoặc quá giờ"), (Ending.FAILED, Ending.LATE)),
}
"""Words for several endings at once."""
STANDINGS: Mapping[str, Look] = {
    "running": Look("circle-check", "green", told("đang hỏi được")),
    "suspended": Look("plug-connected-x", "red", told("tạm ngừng hỏi (tự động)")),
    "unrouted": Look("route-off", "secondary", told("không còn tuyến câu hỏi")),
}
"""How a system stands as far as questions go: apart from what is delivered to it."""


@dataclass(slots=True, frozen=True)
class Words:
    """How what stands in a row is called in the visitor's language.

    Attributes:
        whole: officers are named whole; to others their names are masked.
    """

    room: Room
    language: str
    whole: bool

    def type(self, name: str) -> str:
        """Return what a type of question is called, where its schema says it in the visitor's language."""
        known = self.room.desk.enquiries.questions.get(name) if self.language == "vi" else None
        return str(known.schema.get("title", "")) if known else ""

    def purpose(self, code: str) -> str:
        """Return what the home calls a purpose; empty where it declares it no more."""
        found = purposes(self.room).get(code)
        return found.title if found else ""

    def cause(self, code: str, system: str = "") -> Explanation:
        """Return what a cause means, and who mends it."""
        return explain(self.room.gateway.names.now(system, code) or code, self.language)

    def problem(self, one: Problem) -> str:
        """Return what is wrong with a question at one place."""
        return explain(one, self.language).text

    def finding(self, one: Mapping[str, str]) -> str:
        """Return what was tolerated in an answer, or wrong with a question, by its code and its place."""
        return self.problem(Problem(one["place"], one["code"]))

    def who(self, name: str) -> str:
        """Return the officer for whom was asked, masked unless it is the visitor's business."""
        return officer(name, whole=self.whole)


def words_for(room: Room, request: Request, visitor: Visitor) -> Words:
    """Return the words for one visitor: whoever audits reads who asked, others read initials."""
    return Words(room, language_of(request), visitor.may(Right.AUDIT))


def purposes(room: Room) -> dict[str, Purpose]:
    """Return the purposes that the routes in force declare, by their codes."""
    return {one.code: one for one in room.gateway.routes.purposes}


def shared(words: Words) -> dict[str, Any]:
    """Return what every template of these screens is given."""
    return {
        "words": words,
        "ENDINGS": ENDINGS,
        "GROUPS": GROUPS,
        "STANDINGS_OF_ASKING": STANDINGS,
        "CONSOLE": CONSOLE,
    }
