"""The statuses of a dossier: the exchange vocabulary of the National Public Service Portal.

Source: code list `TrangThaiHoSo` of the portal, attested by three independent systems (confidence high).
Local systems have more states; each maps to one of these by a declared, versioned table, and a state without
a mapping is an error (`lgsp.domain.lifecycle.local_states`). Which moves between them are ordinary stands in
`lgsp.domain.lifecycle.moves`. Being overdue is no status: it is computed (`lgsp.domain.classification`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Clock(Enum):
    """What a status does to the time that counts towards the due date."""

    NOT_STARTED = "not started"
    RUNS = "runs"
    PAUSED = "paused"
    ENDED = "ended"


class Stage(Enum):
    """Where a dossier is; `lgsp.domain.lifecycle.owners` says whose word counts there."""

    SUBMISSION = "submission"
    HANDLING = "handling"
    RESULT = "result"


@dataclass(slots=True, frozen=True)
class Status:
    """One status of the life-cycle.

    Attributes:
        word: the canonical name.
        number: the portal's number for it.
        vi: as offices write it.
        clock: whether time spent in it counts towards the due date.
        stage: the part of the way that it belongs to.
        terminal: whether the dossier's life ends with it.
    """

    word: str
    number: int
    vi: str
    clock: Clock
    stage: Stage
    terminal: bool = False

    @property
    def pauses(self) -> bool:
        """Whether time spent in it does not count towards the due date."""
        return self.clock is Clock.PAUSED

    @property
    def open(self) -> bool:
        """Whether the agency still owes its work: neither ended nor handled to the end."""
        return self.clock is not Clock.ENDED


_SUBMISSION, _HANDLING, _RESULT = Stage
_NOT_STARTED, _RUNS, _PAUSED, _ENDED = Clock

STATUSES = (
    Status("registered", 1, "Mới đăng ký", _NOT_STARTED, _SUBMISSION),
    Status("received", 2, "Được tiếp nhận", _RUNS, _HANDLING),
    Status("not_accepted", 3, "Không được tiếp nhận", _ENDED, _SUBMISSION, terminal=True),
    Status("processing", 4, "Đang xử lý", _RUNS, _HANDLING),
    Status("supplement_required", 5, "Yêu cầu bổ sung giấy tờ", _PAUSED, _HANDLING),
    Status("payment_required", 6, "Yêu cầu thực hiện nghĩa vụ tài chính", _PAUSED, _HANDLING),
    Status("withdrawn", 7, "Công dân yêu cầu rút hồ sơ", _ENDED, _RESULT, terminal=True),
    Status("stopped", 8, "Dừng xử lý", _ENDED, _RESULT, terminal=True),
    Status("finished", 9, "Đã xử lý xong", _ENDED, _RESULT),
    Status("returned", 10, "Đã trả kết quả", _ENDED, _RESULT, terminal=True),
)
"""In the order of the portal's numbers. A payment pause is practice, not law (confidence medium)."""

BY_WORD = {status.word: status for status in STATUSES}
BY_NUMBER = {status.number: status for status in STATUSES}
