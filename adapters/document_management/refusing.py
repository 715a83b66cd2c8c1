"""Saying no in the axis' numbers and in words that name the place."""

from __future__ import annotations

from lgsp.domain.causes import explain
from lgsp.errors import Conflict, Rejected
from lgsp.formats.axis import codes

_NUMBERS = {
    "file-altered": codes.BAD_FILE,
    "foreign-sender": codes.UNKNOWN_SENDER,
    "not-a-receiver": codes.UNKNOWN_RECEIVER,
}
"""The numbers of faults that are not a packet's alone."""

_MOST_PLACES = 5


class Denied(Exception):  # noqa: N818 - it is an answer
    """What a client is answered instead of what it asked for.

    Attributes:
        code: number of the axis; see `lgsp.formats.axis.codes`.
        text: why, with the place.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def denied(reason: Rejected) -> Denied:
    """Return the answer to a packet that was turned away, with each place and the mend.

    No number stands for a fault that passes by itself: sending the same packet again will not help.
    """
    places = [f"{said.text}. {said.mend}" for said in map(explain, reason.problems[:_MOST_PLACES])]
    return Denied(_number(reason), " ".join(dict.fromkeys(places)))


def _number(reason: Rejected) -> str:
    by_fault = {_NUMBERS[problem.code] for problem in reason.problems if problem.code in _NUMBERS}
    if by_fault:
        return min(by_fault)
    return codes.BAD_FILE if isinstance(reason, Conflict) else codes.BAD_PACKET
