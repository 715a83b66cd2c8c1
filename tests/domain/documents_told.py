"""Documents and what was told of them, made for tests: small, and alike but for what a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.codes import read_agency
from lgsp.domain.course.following import Course, Present, Receiver, courses
from lgsp.domain.course.packets import DOCUMENT, STATUS, Packet, Way
from lgsp.message import VIETNAM

KEY = "H37,2026/03/05,15/UBND-VP"
SENDER = {"code": "H37", "name": "UBND tỉnh Lạng Sơn"}
ONE = {"code": "H44.12", "name": "Sở Tư pháp"}
TWO = {"code": "H44.13", "name": "Sở Y tế"}
STATUSES = {
    "01": "arrived", "02": "refused", "03": "received", "04": "assigned", "05": "processing",
    "06": "finished", "13": "recall_asked", "15": "change_agreed", "16": "change_declined",
}  # fmt: skip
ACCEPTED = datetime(2026, 3, 5, 8, 0, tzinfo=VIETNAM)
"""A Thursday."""
_NUMBERS = count(1)


def after(minutes: float) -> datetime:
    """Return so many minutes after the document was taken on."""
    return ACCEPTED + timedelta(minutes=minutes)


def way(state: str = "delivered", *recipients: str, minutes: float = 1, **more: Any) -> Way:
    """Return a delivery to the axis."""
    return Way(next(_NUMBERS), "document-axis", recipients, state, after(minutes), **more)


def document(
    *ways: Way, to: Sequence[dict[str, Any]] = (ONE,), minutes: float = 0, act: str = "new", **more: Any
) -> Packet:
    """Return a document packet; `more` changes its data, None takes out."""
    data = {"key": KEY, "id": KEY, "act": act, "sender": SENDER, "recipients": list(to), **more}
    kept = {name: value for name, value in data.items() if value is not None}
    return Packet(f"m{next(_NUMBERS)}", "dms", DOCUMENT, kept, after(minutes), ways)


def status(
    code: str,
    by: dict[str, Any] = ONE,
    *,
    minutes: float,
    came: float | None = None,
    to: str = "H37",
    ways: Sequence[Way] = (),
    **more: Any,
) -> Packet:
    """Return a status that was set, and came, so many minutes after the document."""
    data = {
        "key": KEY, "code": code, "sender": by, "at": after(minutes).isoformat(),
        "about": {"id": KEY, "agency": to}, "staff": {"name": f"Văn thư {code}"}, **more,
    }  # fmt: skip
    if code in STATUSES:
        data["status"] = STATUSES[code]
    number = f"m{next(_NUMBERS)}"
    return Packet(number, "document-axis", STATUS, data, after(minutes if came is None else came), ways)


def same(code: str, _: date) -> str:
    """Tell bodies apart by the form of their codes alone."""
    return read_agency(code).identity


def present(minutes: float = 60, **more: Any) -> Present:
    """Return the present, so many minutes after the document was taken on."""
    known = {"same": same, "calendars": Calendars(), "now": after(minutes)} | more
    return Present(**known)


def followed(*packets: Packet, **more: Any) -> Course:
    """Return the one course that these packets make."""
    (course,) = courses(packets, present(**more))
    return course


def one(*packets: Packet, **more: Any) -> Receiver:
    """Return the one receiver of that course."""
    (receiver,) = followed(*packets, **more).receivers
    return receiver
