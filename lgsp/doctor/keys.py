"""Examining whether what is kept is encrypted, and whether the key file can be used here."""

from __future__ import annotations

from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade, Mender, Verdict, well
from lgsp.errors import ConfigError
from lgsp.keyring_file import SETTING, read_keys


async def encryption(patient: Patient) -> list[Verdict]:
    """Look for the key file, and at who can read it."""
    path = patient.settings.key_file
    if path is None:
        return [_plain()]
    if patient.settings.own_key_file and not path.exists():
        return []  # the first start makes it
    try:
        keys = read_keys(path)
    except ConfigError as fault:
        told = "; ".join(fault.faults)
        return [
            Verdict(
                "encryption", str(path), Grade.BROKEN, told, told, Mender.ADMINISTRATOR,
                "Đặt lại đúng tệp khóa của hệ thống, chỉ chủ tệp đọc được (chmod 600).",
                "Put the installation's key file back, readable by its owner alone (chmod 600).",
            )
        ]  # fmt: skip
    first = next(iter(keys))
    vi = f"Dữ liệu lưu được mã hóa; khóa bọc đang dùng: {first} ({path})"
    return [well("encryption", vi, f"What is kept is encrypted; {first} wraps the keys ({path})", str(path))]


def _plain() -> Verdict:
    return Verdict(
        "encryption", "", Grade.POOR,
        f"Dữ liệu lưu trong nhật ký không được mã hóa: chưa đặt {SETTING}",
        f"What the journal keeps is not encrypted: {SETTING} is not set",
        Mender.ADMINISTRATOR,
        f"Chạy `lgsp keys make --file TỆP`, chép tệp đến mọi máy, đặt {SETTING} rồi khởi động lại.",
        f"Run `lgsp keys make --file FILE`, bring it to every host, set {SETTING} and restart.",
    )  # fmt: skip
