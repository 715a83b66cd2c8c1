"""Listing the agencies that are known, and noting those that a system registers or strikes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from weakref import ReferenceType, ref

from lgsp.adapter import Directory
from lgsp.domain.agencies.facts import Claim, Confidence, Fact, Scheme, Withdrawal
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution, Standing
from lgsp.domain.codes import Form, read_agency
from lgsp.errors import Invalid
from lgsp.formats.axis import codes, listing
from lgsp.message import nfc

from .asking import ODD
from .mapping import written_at
from .refusing import Denied

_OLD = (Form.OLD, Form.OLD_SHORT)
_DAY = timedelta(days=1)
_LONGEST_NAME = 500
_VERSION = "1"


class Listed(NamedTuple):
    """One agency, and what only the REST form tells of it.

    Attributes:
        level: 1 for a ministry or a province; groups of the code.
        served: the asking system serves it.
    """

    agency: listing.Agency
    level: int
    served: bool


class _Kept(NamedTuple):
    """The codes of the agencies of a day, by one register."""

    register: ReferenceType[Register]
    day: date
    codes: Sequence[str]


class Roll:
    """The agencies, as one system may see and change them.

    A system says of agencies that it serves that they are there, and takes back nothing but what it said.
    """

    def __init__(self, directory: Directory, clock: Callable[[], datetime], system: str) -> None:
        """Open the roll.

        Args:
            directory: what is known, in the system's name.
            clock: the time in Viet Nam.
            system: its system id, which its claims name in their source.
        """
        self._directory = directory
        self._clock = clock
        self._source = f"registerAgency: {system}"
        self._kept: _Kept | None = None

    # --- asking -----------------------------------------------------------------------------------------

    def agencies(self, level: int = 0) -> Iterator[listing.Agency]:
        """Yield the agencies of today by their codes; with a level, those of it."""
        for one in self._known():
            if one.standing is Standing.LIVE and level in {0, one.code.level}:
                yield _agency(one)

    def page(self, number: int, size: int) -> Iterator[Listed]:
        """Yield a page of the agencies of today, counted from 1. The first page of a day takes seconds."""
        register, today = self._directory.register(), self._today
        for code in self._codes(register, today)[(number - 1) * size : number * size]:
            one = register.resolve(code, today, Scheme.IDENTIFIER)
            yield Listed(_agency(one), one.code.level, self._directory.serves(code))

    def _codes(self, register: Register, today: date) -> Sequence[str]:
        """Return the codes of today, remembered until more is known: a page is found without the others."""
        kept = self._kept
        if kept is None or kept.register() is not register or kept.day != today:
            codes = [one.written for one in self._known() if one.standing is Standing.LIVE]
            kept = self._kept = _Kept(ref(register), today, codes)
        return kept.codes

    def units(self, center: str) -> Iterator[listing.Unit]:
        """Yield the register that systems keep in step with: what is closed stands there as deleted.

        Args:
            center: stands as the one who connects those that the system serves.
        """
        for one in self._known():
            if one.standing in {Standing.LIVE, Standing.CLOSED}:
                yield self._unit(one, center)

    def _unit(self, one: Resolution, center: str) -> listing.Unit:
        agency, fact = _agency(one), one.fact
        changed = (fact.valid_to if one.standing is Standing.CLOSED else fact.valid_from) if fact else None
        return listing.Unit(
            id=agency.id,
            parent=agency.parent,
            code=agency.code,
            name=agency.name,
            version=_VERSION,
            center=center if self._directory.serves(one.written) else agency.code.partition(".")[0],
            deleted=str(one.standing is Standing.CLOSED).lower(),
            modified=written_at(datetime.combine(changed, datetime.min.time(), self._clock().tzinfo))
            if changed
            else "",
            is_agency="true",
        )

    def _known(self) -> Iterator[Resolution]:
        register, today = self._directory.register(), self._today
        for code in register.codes():
            found = register.resolve(code, today, Scheme.IDENTIFIER)
            if found.known:
                yield found

    @property
    def _today(self) -> date:
        return self._clock().date()

    # --- saying -----------------------------------------------------------------------------------------

    async def register(self, said: Mapping[str, Any]) -> None:
        """Note that there is an agency, from today on; one that is there with this name is there.

        Raises:
            Denied: it says too little, is none of the system's agencies, or is there with another name.
        """
        code, name, parent = (_text(said.get(key)) for key in ("code", "name", "pcode"))
        if not code or not name or len(name) > _LONGEST_NAME:
            raise Denied(ODD, f"registerAgency cần code và name (không quá {_LONGEST_NAME} ký tự)")
        found = self._own(code)
        if found.known and found.standing is Standing.LIVE:
            if found.fact is not None and found.fact.name == name:
                return
            raise Denied(ODD, f"{code}: mã này đang được dùng với tên khác")
        above = read_agency(parent).identity if parent else ""
        fact = Fact(
            found.code.identity, name, None, above, self._today, None, self._source, Confidence.MEDIUM
        )
        await self._tell(fact)

    async def delete(self, code: str) -> None:
        """Take back that there is an agency: from today on there is none, by what this system says.

        Raises:
            Denied: it is none that this system registered.
        """
        found = self._own(code)
        fact = found.fact if found.known and found.standing is Standing.LIVE else None
        if fact is None or fact.source != self._source:
            raise Denied(ODD, f"{code}: không phải đơn vị do hệ thống này đăng ký")
        if fact.valid_from is not None and fact.valid_from < self._today:
            await self._tell(fact._replace(valid_to=self._today - _DAY, id=""))
        else:
            await self._tell(Withdrawal(fact.id, self._source))

    def _own(self, code: str) -> Resolution:
        if not self._directory.serves(code):
            raise Denied(codes.UNKNOWN_SENDER, codes.foreign_sender(code, self._source.rpartition(" ")[2]))
        return self._directory.register().resolve(code, self._today, Scheme.IDENTIFIER)

    async def _tell(self, claim: Claim) -> None:
        try:
            await self._directory.tell([claim])
        except Invalid:
            raise Denied(ODD, "Đăng ký này vừa được thay đổi ở nơi khác; hãy xem lại danh sách") from None


def _agency(one: Resolution) -> listing.Agency:
    """Return an agency as the lists have it; the numbers that the axis gives are its codes here."""
    code, fact = one.code.identity, one.fact
    above = one.code.above
    return listing.Agency(
        id=code,
        parent=(fact.parent if fact else "") or (above[0] if above else ""),
        code=code,
        name=fact.name if fact else "",
        old_code=_old(one),
    )


def _old(one: Resolution) -> str:
    """Return the old code of a body, where it is known; at level 1 it follows from the new one."""
    told = (code for code in one.also if read_agency(code).form in _OLD)
    ruled = f"000.00.00.{one.code.identity}" if one.code.form is Form.NEW and one.code.level == 1 else ""
    return next(told, ruled)


def _text(value: Any) -> str:
    return nfc(value).strip() if isinstance(value, str) else ""
