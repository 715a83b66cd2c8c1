"""Examining what stands around the gateway: home, tokens, disks, certificates in files, and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from lgsp.adapter import needs_token
from lgsp.alerts.facts import Disk, room
from lgsp.alerts.post import open_post
from lgsp.calendars import calendar_faults, read_calendars
from lgsp.check import faults
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade, Mender, Verdict, well
from lgsp.errors import ConfigError
from lgsp.limits import Free, Rules
from lgsp.message import VIETNAM
from lgsp.wire.tls import expiry
from lgsp.words import number

_GIB = 1024**3
_MONTH = 30
_FULL = 0.05
_AHEAD = timedelta(days=31)
"""December: by then the notice of the next year should be out."""


async def home(patient: Patient) -> list[Verdict]:
    """Look at the home: every fault of it."""
    embedded = patient.settings.embedded
    found = faults(patient.home / "routes.yaml", patient.settings.journal if embedded else None)
    if not found:
        return [well("home", f"Thư mục {patient.home} không có lỗi", f"{patient.home} has no faults")]
    mend = ("Sửa tệp và dòng được nêu, rồi chạy `lgsp check`.", "Mend the line, then run `lgsp check`.")
    return [Verdict("home", "", Grade.BROKEN, one, one, Mender.OPERATOR, *mend) for one in found]


async def tokens(patient: Patient) -> list[Verdict]:
    """Look for systems that bring messages and have no way in."""
    bringing = [name for name, adapter in patient.adapters.items() if needs_token(adapter)]
    without = [name for name in bringing if not patient.settings.token(name)]
    if not without:
        return [well("tokens", "Mọi hệ thống nguồn đều có mã", "All systems that bring have a token")]
    return [_no_token(name, serving=patient.serving) for name in without]


def _no_token(name: str, *, serving: bool) -> Verdict:
    vi, en = f"Hệ thống {name} chưa có mã, không gửi vào được", f"{name} has no token, and no way in"
    if not serving:
        vi += " (trong môi trường của lệnh này)"
        en += " (in the environment of this command)"
    return Verdict(
        "tokens", name, Grade.POOR, vi, en, Mender.OPERATOR,
        f"Chạy `lgsp token {name}`, đặt biến môi trường được in ra rồi khởi động lại.",
        f"Run `lgsp token {name}`, set the variable that it prints, and restart.",
    )  # fmt: skip


async def disks(patient: Patient) -> list[Verdict]:
    """Look at the room that is left."""
    rule = (patient.routes.alerts.rules if patient.routes else Rules.model_construct()).disk
    return [_disk(disk, rule) for disk in room(patient.folders)]


def _disk(disk: Disk, rule: Free) -> Verdict:
    gib, percent = number(disk.free / _GIB), number(100 * disk.free / disk.total)
    vi = f"{disk.folder}: còn trống {gib} GiB ({percent} %)"
    en = f"{disk.folder}: {gib} GiB free ({percent} %)"
    little = disk.free < disk.total * rule.percent / 100 or disk.free < rule.gigabytes * 1e9
    if not little:
        return well("disk", vi, en, disk.folder)
    least = min(disk.total * rule.percent / 200, disk.total * _FULL)
    grade = Grade.BROKEN if disk.free < least else Grade.POOR
    return Verdict(
        "disk", disk.folder, grade, vi, en, Mender.ADMINISTRATOR,
        "Giải phóng hoặc mở rộng ổ đĩa; đầy đĩa thì trục không nhận thêm được.",
        "Free or add space; with a full disk nothing more is taken on.",
    )  # fmt: skip


async def certificates(patient: Patient) -> list[Verdict]:
    """Look at the certificates in files: those of systems, and those for journal and broker."""
    files = patient.certificates()
    for subject, url in (
        ("LGSP_JOURNAL_URL", patient.settings.journal_url),
        ("LGSP_BROKER_URL", patient.settings.broker_url),
    ):
        said = dict(parse_qsl(urlsplit(url).query))
        named = [said[name] for name in ("cafile", "certfile", "sslrootcert", "sslcert") if name in said]
        files += [(subject, Path(name)) for name in named]
    return [_file(subject, path) for subject, path in files]


def _file(subject: str, path: Path) -> Verdict:
    try:
        return until("certificate", subject, expiry(path), str(path))
    except (OSError, ValueError) as fault:
        told = fault.strerror if isinstance(fault, OSError) else fault
        return Verdict(
            "certificate", subject, Grade.BROKEN,
            f"Không đọc được chứng thư {path}: {told}", f"The certificate {path} cannot be read: {told}",
            Mender.ADMINISTRATOR, "Sửa tệp hoặc quyền đọc tệp.", "Mend the file or its permissions.",
        )  # fmt: skip


def until(
    part: str, subject: str, end: datetime, whose: str, mender: Mender = Mender.ADMINISTRATOR
) -> Verdict:
    """Return the verdict on a certificate by its end."""
    days = (end - datetime.now(UTC)).days
    vi = f"Chứng thư của {whose} còn {days} ngày (đến {end:%d/%m/%Y})"
    en = f"The certificate of {whose} is good for {days} days (until {end:%Y-%m-%d})"
    if days >= _MONTH:
        return well(part, vi, en, subject)
    grade = Grade.BROKEN if days < 0 else Grade.POOR
    if days < 0:
        vi = f"Chứng thư của {whose} đã hết hạn ngày {end:%d/%m/%Y}"
        en = f"The certificate of {whose} ended on {end:%Y-%m-%d}"
    return Verdict(
        part, subject, grade, vi, en, mender, "Gia hạn hoặc thay chứng thư.", "Renew the certificate."
    )


async def calendar(patient: Patient) -> list[Verdict]:
    """Look whether this year's days off are notified, and from December on those of the next."""
    return _years(patient, datetime.now(VIETNAM).date())


def _years(patient: Patient, today: date) -> list[Verdict]:
    if calendar_faults(patient.home):
        return []  # the examination of the home tells them
    calendars = read_calendars(patient.home)
    wanted = {today.year, (today + _AHEAD).year}
    missing = [calendars.unknown(year) for year in sorted(wanted) if year not in calendars.facts.years]
    if not missing:
        said = ", ".join(map(str, sorted(wanted)))
        return [well("calendar", f"Đã có lịch làm việc năm {said}", f"The working days of {said} are known")]
    return [
        Verdict(
            "calendar", str(one.year), Grade.POOR, f"Lịch làm việc: {one.vi}", f"Working calendar: {one.en}",
            Mender.OPERATOR, f"Khi có thông báo, ghi ngày nghỉ và làm bù năm {one.year} vào calendar.yaml.",
            f"Once it is notified, enter the days off and swapped days of {one.year} in calendar.yaml.",
        )
        for one in missing
    ]  # fmt: skip


async def alerts(patient: Patient) -> list[Verdict]:
    """Look whether anybody is told when something goes wrong."""
    return list(_told(patient)) if patient.routes else []


def _told(patient: Patient) -> Iterator[Verdict]:
    assert patient.routes is not None  # noqa: S101 - asked before
    said = patient.routes.alerts
    if not said.to:
        yield Verdict(
            "alerts", "", Grade.POOR, "Không ai được báo khi có sự cố",
            "Nobody is told when something breaks", Mender.OPERATOR,
            "Thêm `alerts:` vào routes.yaml rồi thử bằng `lgsp alerts --test`.",
            "Add `alerts:` to routes.yaml, then try `lgsp alerts --test`.",
        )  # fmt: skip
        return
    try:
        targets = len(open_post(said).targets)
        yield well("alerts", f"Có {targets} nơi nhận cảnh báo", f"{targets} are told of alerts")
    except ConfigError as fault:
        told = "; ".join(fault.faults)
        yield Verdict(
            "alerts", "", Grade.BROKEN, f"Không gửi được cảnh báo: {told}", f"Alerts cannot be sent: {told}",
            Mender.OPERATOR, "Đặt biến hoặc tệp được nêu.", "Set the variable or the file that is named.",
        )  # fmt: skip
