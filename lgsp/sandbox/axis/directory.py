"""Knowing who is on the axis, under which codes, and which system connects them.

The few agencies are real level-1 codes; the rest of a large list is generated. What is under a connected root
is reached through that root's system, as agencies without a connection of their own are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lgsp.formats.axis.listing import Agency, Unit

_OLD = re.compile(r"000\.00\.00\.(?P<root>[A-Z]\d{2})")
_LEVEL_ONE = re.compile(r"[A-Z]\d{2}")


@dataclass(slots=True, frozen=True)
class Member:
    """One agency on the axis.

    Attributes:
        code: its code of today.
        old: its code before decision 20/2020/QĐ-TTg; "" when it never had one.
        persona: how its own document system reads, for a peer: `java` or `dotnet`; "" for no peer.
        registered_by: the system that registered it, if one did.
    """

    code: str
    name: str
    old: str = ""
    persona: str = ""
    mail: str = ""
    registered_by: str = ""


@dataclass(slots=True, frozen=True)
class System:
    """A client of the axis: its secret, and the root of the agencies it connects."""

    secret: str
    root: str


MEMBERS = (
    Member("G22", "Văn phòng Chính phủ", "000.00.00.G22", "java"),
    Member("G12", "Bộ Tài chính", "000.00.00.G12", "dotnet"),
    Member("G09", "Bộ Nội vụ", "000.00.00.G09", "java"),
    Member("H26", "Ủy ban nhân dân thành phố Hà Nội", "000.00.00.H26", "dotnet"),
    Member("H37", "Ủy ban nhân dân tỉnh Lạng Sơn", "000.00.00.H37", "java"),
    Member("H37.02.02", "Ủy ban nhân dân xã Thử", "", "java"),
    Member("H44", "Ủy ban nhân dân tỉnh Phú Thọ", "000.00.00.H44"),
    Member("H44.01", "Văn phòng Ủy ban nhân dân tỉnh Phú Thọ", "000.00.01.H44"),
    Member("H44.11", "Sở Tài chính tỉnh Phú Thọ", "000.00.11.H44"),
)

SYSTEMS = {"lgsp": System("sandbox", "H44")}
"""The documented client of the sandbox."""


class Directory:
    """The agencies of the axis, by every code they have."""

    def __init__(
        self, members: tuple[Member, ...] = MEMBERS, systems: dict[str, System] | None = None
    ) -> None:
        self.systems = dict(SYSTEMS if systems is None else systems)
        self._first = members
        self.members: dict[str, Member] = {}
        self._old: dict[str, str] = {}
        self.forget()

    def forget(self) -> None:
        """Know only those of the first day."""
        self.members = {member.code: member for member in self._first}
        self._old = {member.old: member.code for member in self._first if member.old}

    def secret_of(self, system: str) -> str | None:
        """Return the secret of a client; None for a stranger."""
        known = self.systems.get(system)
        return known.secret if known else None

    def code_of(self, given: str) -> str:
        """Return the code of today for an old one; what is unknown is given back as it came."""
        if given in self._old:
            return self._old[given]
        found = _OLD.fullmatch(given)
        return found["root"] if found and given not in self.members else given

    def find(self, given: str) -> Member | None:
        """Return an agency by any of its codes; one that only its root's system knows has no name here."""
        code = self.code_of(given)
        member = self.members.get(code)
        if member is None and self.system_of(code):
            return Member(code, code)
        return member

    def system_of(self, given: str) -> str:
        """Return the client that connects an agency; "" when it is a peer, or nobody's."""
        code = self.code_of(given)
        return next((name for name, known in self.systems.items() if is_under(code, known.root)), "")

    def may_send(self, system: str, given: str) -> bool:
        """Tell whether a client may send for an agency: its own root, or what is under it."""
        known = self.systems.get(system)
        return known is not None and is_under(self.code_of(given), known.root)

    def register(self, member: Member) -> bool:
        """Take on an agency; False when its code is taken."""
        if member.code in self.members:
            return False
        self.members[member.code] = member
        return True

    def delete(self, code: str, system: str) -> bool:
        """Strike out an agency that this client registered; False when there is none."""
        member = self.members.get(code)
        if member is None or member.registered_by != system:
            return False
        del self.members[code]
        return True

    def agencies(self, most: int = 0, level: str = "") -> Iterator[Agency]:
        """Yield the list of agencies, filled up to `most` with generated ones.

        Args:
            most: how many at least.
            level: only those of one level, by the groups of their code; "" for all.
        """
        listed = (*self.members.values(), *_generated(max(0, most - len(self.members))))
        for number, member in enumerate(listed, 1):
            if not level or level == str(member.code.count(".") + 1):
                parent = member.code.rpartition(".")[0]
                yield Agency(
                    id=str(number),
                    parent=parent,
                    code=member.code,
                    name=member.name,
                    mail=member.mail,
                    old_code=member.old,
                )

    def units(self, moment: str) -> Iterator[Unit]:
        """Yield the register that systems keep in step with."""
        for agency in self.agencies():
            yield Unit(
                id=agency.id,
                parent=agency.parent,
                code=agency.code,
                name=agency.name,
                mail=agency.mail,
                version="1",
                center=self.system_of(agency.code) or agency.code.partition(".")[0],
                deleted="false",
                modified=moment,
                is_agency="true",
            )


def is_under(code: str, root: str) -> bool:
    """Tell whether a code is a root or stands under it: `H44.01` and `000.00.01.H44` are under `H44`."""
    old = root if not _LEVEL_ONE.fullmatch(root) else f".{root}"
    return code == root or code.startswith(root + ".") or (code.count(".") > 1 and code.endswith(old))


def _generated(count: int) -> Iterator[Member]:
    """Yield agencies with codes that no real one has: every tenth has an old code too."""
    for number in range(count):
        root = f"Y{number % 63 + 1:02}"
        code = f"{root}.{number // 63 // 200 + 1:02}.{number // 63 % 200 + 1:03}"
        old = f"{number % 999 + 1:03}.{number // 999 % 99 + 1:02}.{number // 63 % 99 + 1:02}.{root}"
        yield Member(code, f"Đơn vị thử nghiệm số {number + 1}", old if number % 10 == 0 else "")
