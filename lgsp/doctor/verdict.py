"""Verdicts: what was found of one part, who can mend it, and how; Vietnamese first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any


class Grade(Enum):
    """How bad it is."""

    WELL = "well"
    POOR = "poor"
    BROKEN = "broken"


class Mender(Enum):
    """Who can mend it."""

    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    VENDOR = "vendor"
    MINISTRY = "ministry"
    NOBODY = "nobody"


GRADES: Mapping[Grade, str] = MappingProxyType(
    {Grade.WELL: "tốt", Grade.POOR: "cần xem", Grade.BROKEN: "HỎNG"}
)
MENDERS: Mapping[Mender, str] = MappingProxyType(
    {
        Mender.OPERATOR: "người vận hành trục (operator)",
        Mender.ADMINISTRATOR: "quản trị máy chủ (administrator of the server)",
        Mender.VENDOR: "nhà cung cấp phần mềm (vendor)",
        Mender.MINISTRY: "đơn vị vận hành hệ thống nhận (ministry)",
        Mender.NOBODY: "không ai (nobody)",
    }
)


@dataclass(slots=True, frozen=True)
class Verdict:
    """What was found of one part.

    Attributes:
        part: which: `home`, `journal`, `broker`, `system`, `disk`, `clock`, `certificate`, `alerts`, …
        subject: which of them, where there are several.
        vi, en: what is so.
        mend_vi, mend_en: what to do; empty when nothing has to be done.
    """

    part: str
    subject: str
    grade: Grade
    vi: str
    en: str
    mender: Mender = Mender.NOBODY
    mend_vi: str = ""
    mend_en: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return {
            "part": self.part,
            "subject": self.subject,
            "grade": self.grade.value,
            "mender": self.mender.value,
            "vi": {"text": self.vi, "mend": self.mend_vi},
            "en": {"text": self.en, "mend": self.mend_en},
        }

    @classmethod
    def of_dict(cls, told: Mapping[str, Any]) -> Verdict:
        """Return the verdict that JSON tells of."""
        vi, en = told["vi"], told["en"]
        grade, mender = Grade(told["grade"]), Mender(told["mender"])
        words = (vi["text"], en["text"], mender, vi["mend"], en["mend"])
        return cls(told["part"], told["subject"], grade, *words)


def well(part: str, vi: str, en: str, subject: str = "") -> Verdict:
    """Return that a part is as it should be."""
    return Verdict(part, subject, Grade.WELL, vi, en)
