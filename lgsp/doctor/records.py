"""Examining the journal: its tables, its standby, its clock, who writes in it, and what piles up in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from lgsp.alerts.facts import Eye, Facts
from lgsp.alerts.rules import MOVING, Condition, shared, silences_of
from lgsp.alerts.wording import say
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade, Mender, Verdict, well
from lgsp.journal import alerting, examining
from lgsp.journal.contract import Transaction
from lgsp.journal.examining import Server
from lgsp.journal.states import DEAD
from lgsp.limits import Alerts
from lgsp.words import number

_SKEW, _SECOND = 2.0, 1_000_000
_SILENT = 60 * _SECOND
_GRADES = {"suspended": Grade.BROKEN, "sweeper": Grade.BROKEN}
_MENDERS = {
    "suspended": Mender.MINISTRY,
    "quarantine": Mender.VENDOR,
    "silence": Mender.VENDOR,
    "sweeper": Mender.ADMINISTRATOR,
}


class _Mend(NamedTuple):
    """What is wrong with the durability of a server."""

    vi: str
    en: str
    mend_vi: str
    mend_en: str


async def journal(patient: Patient) -> list[Verdict]:
    """Look at the journal itself."""
    if patient.journal is None:
        return [
            well(
                "journal",
                "Chưa có nhật ký; lần chạy đầu tiên sẽ tạo",
                "No journal yet; the first run makes it",
            )
        ]
    has, needs = await patient.journal.read(examining.revision), examining.newest_revision()
    if has != needs:
        return [
            Verdict(
                "journal", "", Grade.BROKEN,
                f"Bảng của nhật ký ở phiên bản {has}, phần mềm cần {needs}",
                f"The tables of the journal are at revision {has}, this version needs {needs}",
                Mender.ADMINISTRATOR, "Sao lưu rồi chạy `lgsp migrate`.", "Back up, then run `lgsp migrate`.",
            )
        ]  # fmt: skip
    return [well("journal", f"Nhật ký đọc được, phiên bản {has}", f"The journal is there, revision {has}")]


async def standby(patient: Patient) -> list[Verdict]:
    """Look whether what was taken on stands on a second machine; for PostgreSQL only."""
    if patient.settings.embedded or patient.journal is None:
        return []
    server = await patient.journal.read(examining.server)
    found = [
        Verdict("standby", "", grade, one.vi, one.en, Mender.ADMINISTRATOR, one.mend_vi, one.mend_en)
        for grade, one in _durability(server)
    ]
    names = ", ".join(one.name for one in server.standbys)
    vi, en = f"Máy dự phòng đồng bộ: {names}", f"Synchronous standbys: {names}"
    return found or [well("standby", vi, en)]


def _durability(server: Server) -> Iterator[tuple[Grade, _Mend]]:
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if server.settings[name] in ("off", "local"):
            yield (
                Grade.BROKEN,
                _Mend(
                    f"PostgreSQL chạy với {name} = {server.settings[name]}: mất điện có thể mất dữ liệu",
                    f"PostgreSQL runs with {name} = {server.settings[name]}: a power cut loses data",
                    f"Đặt {name} = on.",
                    f"Set {name} = on.",
                ),
            )
    if not server.settings["synchronous_standby_names"]:
        yield Grade.POOR, _NO_STANDBY
    elif server.standbys and all(one.sync is None for one in server.standbys):
        yield Grade.POOR, _UNSEEN
    elif not any(one.state == "streaming" and one.sync in ("sync", "quorum") for one in server.standbys):
        yield Grade.BROKEN, _STANDBY_AWAY


_NO_STANDBY = _Mend(
    "PostgreSQL không có máy dự phòng đồng bộ: hỏng máy chủ chính là mất dữ liệu đã nhận",
    "PostgreSQL has no synchronous standby: with its machine is lost what was taken on",
    "Đặt synchronous_standby_names và thêm máy dự phòng.",
    "Set synchronous_standby_names and add a standby.",
)
_UNSEEN = _Mend(
    "Tài khoản không xem được trạng thái máy dự phòng",
    "This account may not see how the standbys are",
    "Cấp quyền: GRANT pg_monitor cho tài khoản của trục.",
    "GRANT pg_monitor to the account of the gateway.",
)
_STANDBY_AWAY = _Mend(
    "Máy dự phòng đồng bộ không theo kịp hoặc đã mất: mọi lần ghi đang phải chờ",
    "No synchronous standby is streaming: every commit waits for it",
    "Khởi động lại máy dự phòng, hoặc tạm bỏ nó khỏi synchronous_standby_names.",
    "Start the standby, or take it out of synchronous_standby_names for now.",
)


async def clock(patient: Patient) -> list[Verdict]:
    """Compare this machine's clock with the journal's, whose time decides."""
    if patient.settings.embedded or patient.journal is None:
        return []
    sent = time.time()
    theirs = await patient.journal.read(alerting.clock) / _SECOND
    skew = max(sent - theirs, theirs - time.time(), 0.0)
    return [skewed("clock", "nhật ký (the journal)", skew, _SKEW)]


def skewed(part: str, whose: str, skew: float, most: float, mender: Mender = Mender.ADMINISTRATOR) -> Verdict:
    """Return the verdict on a difference of clocks, in seconds."""
    vi = f"Đồng hồ máy này và {whose} lệch {number(skew)} giây"
    en = f"The clocks of this machine and of {whose} differ by {number(skew)} s"
    if skew <= most:
        return well(part, vi, en, whose)
    mend = ("Bật đồng bộ giờ (chrony/NTP) trên cả hai máy.", "Let both follow NTP (chrony).")
    return Verdict(part, whose, Grade.POOR, vi, en, mender, *mend)


_NOBODY = Verdict(
    "processes", "", Grade.POOR,
    "Không tiến trình nào của trục đang chạy: không nhận, không chuyển",
    "No process of the gateway runs: nothing is taken on or delivered",
    Mender.OPERATOR, "Khởi động `lgsp run`.", "Start `lgsp run`.",
)  # fmt: skip


async def processes(patient: Patient) -> list[Verdict]:
    """Look for processes that live, and for those that fell silent."""
    if patient.journal is None:
        return [_NOBODY]
    now, found = await patient.journal.read(lambda tx: (alerting.clock(tx), examining.workers(tx)))
    alive = [row for row in found if now - row[3] < _SILENT]
    if not alive:
        return [_NOBODY]
    told = ", ".join(f"{name} [{roles or 'serve,work,jobs'}]" for name, roles, _, _ in alive)
    return [
        well("processes", f"{len(alive)} tiến trình đang chạy: {told}", f"{len(alive)} processes run: {told}")
    ]


async def backlog(patient: Patient) -> list[Verdict]:
    """Look at what waits, died, was turned away or fell silent, by the rules of the home's alerts."""
    if patient.journal is None or patient.routes is None:
        return []
    said = patient.routes.alerts
    sources = sorted({route.source for route in patient.routes.routes if route.source})
    facts, turned_away = await patient.journal.read(lambda tx: _looked(tx, said))
    conditions = shared(facts, said, silences_of(said, sources))
    return [_figures(facts, turned_away), *(_verdict(one) for one in conditions)]


def _looked(tx: Transaction, said: Alerts) -> tuple[Facts, int]:
    day = alerting.turned_away(tx, tx.now - 86_400 * _SECOND)
    return Eye(said.rules).look(tx), sum(codes.total() for codes in day.values())


def _figures(facts: Facts, turned_away: int) -> Verdict:
    moving = number(sum(pile.size for pile in facts.piles if pile.state in MOVING))
    dead = number(sum(pile.size for pile in facts.piles if pile.state in DEAD))
    return well(
        "backlog",
        f"{moving} lượt đang chờ chuyển, {dead} không chuyển được; không được tiếp nhận trong 24 giờ: "
        f"{number(turned_away)}",
        f"{moving} deliveries wait, {dead} are dead; turned away within 24 h: {number(turned_away)}",
    )


def _verdict(one: Condition) -> Verdict:
    vi, en = (say(one.rule, one.subject, one.facts, lang) for lang in ("vi", "en"))
    grade, mender = _GRADES.get(one.rule, Grade.POOR), _MENDERS.get(one.rule, Mender.OPERATOR)
    return Verdict(one.rule, one.subject, grade, vi.text, en.text, mender, vi.mend, en.mend)
