"""Who received a document, each body once, and which of them a status comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lgsp.domain.course.packets import Body, Data, Packet, Same, Way
from lgsp.domain.documents import OLD_CODE_MARK, plain_name
from lgsp.message import VIETNAM


def day_of(when: datetime) -> date:
    """Return the day of a moment in Viet Nam."""
    return when.astimezone(VIETNAM).date()


def receivers(data: Data, same: Same, on: date) -> list[Body]:
    """Return the receivers of a packet, each body once, in their order.

    An old code that the axis added belongs to the receiver of the same name, also where no list knows both.
    """
    found: dict[str, Body] = {}
    added: list[Mapping[str, Any]] = []
    for one in data.get("recipients") or ():
        if one.get("parent") == OLD_CODE_MARK:
            added.append(one)
        elif one.get("code"):
            _join(found, same(one["code"], on), one)
    for one in added:
        namesake = next(
            (body.key for body in found.values() if body.name and body.name == plain_name(one)), None
        )
        if one.get("code"):
            _join(found, namesake or same(one["code"], on), one)
    return list(found.values())


def carried(ways: Iterable[Way], same: Same, on: date) -> list[Body]:
    """Return the receivers that deliveries name, for a document whose body is not kept any more."""
    found: dict[str, Body] = {}
    for code in (code for way in ways for code in way.recipients):
        _join(found, same(code, on), {"code": code})
    return list(found.values())


def _join(found: dict[str, Body], key: str, one: Mapping[str, Any]) -> None:
    body = found.setdefault(key, Body(key, plain_name(one)))
    if one["code"] not in body.codes:
        body.codes.append(one["code"])


class Receivers:
    """The receivers of a document, to be found by any code of theirs."""

    def __init__(self, bodies: Sequence[Body], same: Same, on: date) -> None:
        """Take the bodies as they were named on a day."""
        self._same, self._on = same, on
        self._by_key = {body.key: body for body in bodies}
        for body in bodies:
            for code in body.codes:
                self._by_key.setdefault(same(code, on), body)

    def of(self, code: str, day: date | None = None) -> Body | None:
        """Return the receiver that a code names; None when it names none of them.

        Args:
            code: as written.
            day: when it was written. What a receiver became by then speaks for it, if it became one body of
                one receiver only.
        """
        found = self._by_key.get(self._same(code, self._on)) if code else None
        if found is not None or not code or day is None or day == self._on:
            return found
        meant = self._same(code, day)
        became = {body.key: body for body in self._by_key.values() if self._same(body.code, day) == meant}
        return next(iter(became.values())) if len(became) == 1 else None

    def ways(self, packets: Iterable[Packet], among: Iterable[str] | None = None) -> dict[str, list[Way]]:
        """Return by receiver, all or some of them, the deliveries that are for it, those that count first."""
        keys = (body.key for body in self._by_key.values()) if among is None else among
        found: dict[str, list[Way]] = {key: [] for key in keys}
        for data, way in ((one.data, way) for one in packets for way in one.ways):
            codes = way.recipients or written_to(data)
            meant = {body.key for body in map(self.of, codes) if body}
            for key in meant & found.keys() if codes else found:
                found[key].append(way)
        for ways in found.values():
            ways.sort(key=lambda way: way.rank, reverse=True)
        return found


def written_to(data: Data) -> list[str]:
    """Return the codes of a packet's receivers as written."""
    return [str(one["code"]) for one in data.get("recipients") or () if one.get("code")]
