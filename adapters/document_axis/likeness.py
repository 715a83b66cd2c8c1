"""Comparing a packet with entries of the sent list, which name no document by its id. Pure.

An entry shows title, notation, receiver and time, each in a form that was never captured. So a packet is
called there only when nothing else of ours can be meant, and called absent only when nothing that is there
could be it; all else is unknown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self

from lgsp.domain.codes import Form, agency_code, read_agency
from lgsp.formats.axis.days import read_day
from lgsp.formats.axis.listing import Sent
from lgsp.formats.axis.protocol import MessageType
from lgsp.message import VIETNAM, nfc

_CLOCK = re.compile(r"[ T](?P<time>\d\d:\d\d:\d\d)", re.ASCII)
_NUMBERED = re.compile(r"\d[\w.\-]*/")
_SKEW = timedelta(minutes=5)
"""How far the axis' clock may be from ours before an earlier packet is certainly another one."""
_FIRST_OF_ITS_LINE = ("new", "replace")


@dataclass(slots=True, frozen=True)
class Sought:
    """A packet that may have been taken.

    Attributes:
        receivers: their codes, as written.
        code: number and notation; empty for a status, which the list gives no text.
        act: what is done with the document; empty for a status.
        since: no attempt that may have been taken was made before.
        begun: `since` is when the first attempt began; else only that of something earlier. A recall bears
            the title of its document, which may have been sent between the two.
    """

    kind: MessageType
    receivers: Sequence[str]
    title: str
    code: str
    act: str
    since: datetime
    begun: bool

    @classmethod
    def of_document(
        cls, data: Mapping[str, Any], receivers: Sequence[str], since: datetime, *, begun: bool
    ) -> Self:
        """Return what to look for of a `document.v1`."""
        code = "/".join(part for part in (data.get("number"), data.get("notation")) if part)
        title = data.get("subject") or ""
        return cls(MessageType.DOCUMENT, receivers, title, code, data["act"], since, begun)

    @classmethod
    def of_status(cls, receivers: Sequence[str], since: datetime) -> Self:
        """Return what to look for of a `document.status.v1`."""
        return cls(MessageType.STATUS, receivers, "", "", "", since, begun=False)

    def may_be(self, entry: Sent) -> bool:
        """Tell whether an entry could be this packet; only what differs for certain is another one."""
        at = read_time(entry.sent)
        return not (
            entry.message_type.lower() not in {self.kind, ""}
            or self._has_another_number(entry)
            or self._is_for_others(entry.receiver)
            or (at is not None and at < self.since - _SKEW)
        )

    def surely_among(self, entries: Iterable[Sent]) -> bool:
        """Tell whether one sending among these went to all the receivers and can be nothing else of ours."""
        if not (self.title and self.code and (self.begun or self.act in _FIRST_OF_ITS_LINE)):
            return False
        reached: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            if self.may_be(entry) and self._is(entry):
                reached[entry.docid].append(entry.receiver)
        return any(
            all(any(same_body(code, one) for one in codes) for code in self.receivers)
            for codes in reached.values()
        )

    def _is(self, entry: Sent) -> bool:
        at = read_time(entry.sent)
        same = _folded(self.title) == _folded(entry.title) and _folded(self.code) == _folded(entry.notation)
        return same and at is not None and at >= self.since.replace(microsecond=0)

    def _has_another_number(self, entry: Sent) -> bool:
        """Tell whether the number is surely another one; where either may lack it, the title helps."""
        one, other = _folded(self.code), _folded(entry.notation)
        if not (one and other) or _holds(one, other) or _holds(other, one):
            return False
        numbered = _NUMBERED.match(one) and _NUMBERED.match(other)
        return bool(numbered) or _unlike(self.title, entry.title)

    def _is_for_others(self, receiver: str) -> bool:
        """Tell whether a receiver is surely none of ours: a body has one code of today, beside old ones."""
        forms = {read_agency(code).form for code in (receiver, *self.receivers)}
        return forms == {Form.NEW} and not any(same_body(receiver, code) for code in self.receivers)


def same_body(code: str, other: str) -> bool:
    """Tell whether two codes are one, in whichever form they are written."""
    return (agency_code(code) or code.strip().casefold()) == (agency_code(other) or other.strip().casefold())


def read_time(text: str) -> datetime | None:
    """Return the moment that an entry tells in Viet Nam time; None when it tells none that can be read."""
    day, clock = read_day(text), _CLOCK.search(text)
    if day is None or clock is None or text.strip().endswith("Z"):
        return None
    try:
        return datetime.combine(day, time.fromisoformat(clock["time"]), VIETNAM)
    except ValueError:
        return None


def _unlike(ours: str, theirs: str) -> bool:
    """Tell whether two titles cannot be one, either of which may be cut."""
    one, other = _folded(ours), _folded(theirs)
    return bool(one and other) and not one.startswith(other) and not other.startswith(one)


def _holds(text: str, part: str) -> bool:
    """Tell whether a part stands in a text by itself: `9/VP` is no part of `99/VP`."""
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None


def _folded(text: str) -> str:
    return "".join(nfc(text).casefold().split())
