"""What a cause of the catalogue is: a name, what happened, who has to act, how, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lgsp.errors import Scope


class Party(Enum):
    """Who has to act."""

    PLATFORM = "platform"
    VENDOR = "vendor"
    AGENCY = "agency"
    MINISTRY = "ministry"
    NETWORK = "network"
    NOBODY = "nobody"


class Severity(Enum):
    """What a cause asks of an operator.

    Attributes:
        INFO: nothing; it is said so that people know.
        WARNING: nothing yet, it mends itself; look into it when it lasts, or comes often.
        ERROR: see that the responsible party mends it: what it befell goes no further until then.
        CRITICAL: act now: nothing at all goes to that system, or through this gateway, until it is mended.
    """

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


AGAIN_VI = "Hệ thống tự chuyển lại; không cần làm gì."
AGAIN_EN = "It is sent again by itself; nothing has to be done."
"""What is to be done about a cause that passes by itself."""
_LOOK_VI = "Không cần gửi lại; nhà cung cấp nên sửa ở nguồn."
_LOOK_EN = "Nothing has to be sent again; the vendor should mend it at the source."


@dataclass(slots=True, frozen=True)
class Cause:
    """One cause. Texts are templates with `{place}` (the field) and `{detail}` (what the rule asks for).

    Attributes:
        code: its name.
        vi: what happened, in Vietnamese.
        en: the same in English.
        party: who has to act.
        mend_vi: what to do, in Vietnamese.
        mend_en: the same in English.
        retry_helps: whether sending the same again can go better.
        severity: what it asks of an operator.
        concerns: the message alone, or our standing with the system: only the latter suspends the system.
    """

    code: str
    vi: str
    en: str
    party: Party
    mend_vi: str
    mend_en: str
    retry_helps: bool = False
    severity: Severity = Severity.ERROR
    concerns: Scope = Scope.MESSAGE


def oddity(code: str, vi: str, en: str) -> Cause:
    """Return a cause for something that was read, kept and passed on."""
    return Cause(code, vi, en, Party.VENDOR, _LOOK_VI, _LOOK_EN, severity=Severity.INFO)
