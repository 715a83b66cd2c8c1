"""What is noticed while a packet is read: findings that are kept, and faults for which it is turned away."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lgsp.errors import Invalid, Problem
from lgsp.message import Finding

_CODE_LIKE = re.compile(r"[\w.\-/:, +]{1,40}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{8}")
_SHORT = 40
_LONGEST_PLACE = 200
_MOST = 200


@dataclass(slots=True)
class Notes:
    """Findings of one packet, in the order in which they were made.

    Places are paths in the packet below the envelope: `MessageHeader/To[2]/OrganId`, counted from 1.
    """

    findings: list[Finding] = field(default_factory=list)

    def odd(self, code: str, place: str, read: str = "") -> None:
        """Keep a finding; what was read is shown only where it looks like a code, never like a person.

        Of a packet that is nothing but oddities the first 200 are kept.
        """
        shown = read if _CODE_LIKE.fullmatch(read) and not _LONG_NUMBER.search(read) else ""
        self._keep(Finding(code, place[:_LONGEST_PLACE], shown))

    def odd_word(self, code: str, place: str, read: str) -> None:
        """Keep a finding of a field that holds codes or dates, so that any short text in it may be shown."""
        shown = "" if _LONG_NUMBER.search(read) else read
        self._keep(Finding(code, place[:_LONGEST_PLACE], shown[:_SHORT]))

    def _keep(self, finding: Finding) -> None:
        if len(self.findings) < _MOST:
            self.findings.append(finding)


def unreadable(code: str, place: str, detail: str = "", *, type: str = "") -> Invalid:  # noqa: A002
    """Return the error for a packet that is not read, with the place that is at fault."""
    return Invalid([Problem(place[:_LONGEST_PLACE], code, detail)], type=type)
