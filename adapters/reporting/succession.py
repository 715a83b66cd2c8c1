"""Finding out which version of a report a draft is, by what this system brought before.

The same figures are the message that they were, whichever way they came then: its body is told again, so that
it is known at the door. Names, notes and percentages beside them make no other report.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from lgsp.adapter import Found
from lgsp.errors import Rejected
from lgsp.formats.sheets import agreeing
from lgsp.message import Finding, Message

from .drafts import REPORT, Draft, Terms, content, finding

Find = Callable[[str, str], Awaitable[Found | None]]


class Succession:
    """Numbers versions: the same figures are the version they were, others are the next.

    Args:
        find: returns the newest message that this system brought, by type and partitionkey.
        terms: the settings.
    """

    def __init__(self, find: Find, terms: Terms) -> None:
        self._find = find
        self._terms = terms

    async def messages(self, drafts: Sequence[Draft | Rejected]) -> list[Message | Rejected]:
        """Return drafts as messages, in order; of several of one report each follows the one before."""
        newest: dict[str, Mapping[str, Any] | None] = {}
        made: list[Message | Rejected] = []
        for draft in drafts:
            if isinstance(draft, Rejected):
                made.append(draft)
                continue
            if draft.code not in newest:
                newest[draft.code] = await self._last(draft.code)
            message = await self._message(draft, newest[draft.code])
            newest[draft.code] = message.data
            made.append(message)
        return made

    async def _last(self, code: str) -> Mapping[str, Any] | None:
        found = await self._find(REPORT, code)
        return found.data if found else None

    async def _message(self, draft: Draft, before: Mapping[str, Any] | None) -> Message:
        version = int(before["version"]) if before else 0
        if (
            before
            and draft.version in (None, version)
            and content(before) == content({"figures": draft.figures})
        ):
            return draft.told_as(dict(before))
        draft = await self._carried(draft)
        if draft.version is not None or before is None:
            return draft.message(self._terms, draft.version or 1)
        if not draft.reason:
            draft = draft.noting(Finding("correction-unexplained", "", f"{version} → {version + 1}"))
        return draft.message(self._terms, version + 1)

    async def _carried(self, draft: Draft) -> Draft:
        """Return a draft with what contradicts the period before, where that is known, as findings."""
        agency, period = draft.agency, draft.period
        earlier = Draft(draft.form, agency, period.carries_from, (), ())
        before = await self._last(earlier.code)
        if before is None:
            return draft
        told = agreeing.carried(self._terms.definitions, draft.form, draft.figures, before.get("figures", ()))
        return draft.noting(*(finding(draft, number, one) for number, one in told))
