"""What a cause of the catalogue is: a name, what happened, who has to act, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Party(Enum):
    """Who has to act."""

    PLATFORM = "platform"
    VENDOR = "vendor"
    AGENCY = "agency"
    MINISTRY = "ministry"
    NETWORK = "network"
    NOBODY = "nobody"


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
    """

    code: str
    vi: str
    en: str
    party: Party
    mend_vi: str
    mend_en: str
    retry_helps: bool = False
