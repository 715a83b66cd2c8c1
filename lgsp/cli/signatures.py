"""Showing people what was found about the signatures inside PDF files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lgsp.cli.paper import console, table
from lgsp.wire.pades import Examined

_STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "valid": "hợp lệ",
        "untrusted": "khớp, chưa tin cậy được nơi cấp",
        "expired": "khớp, chứng thư hết hạn",
        "revoked": "chứng thư bị thu hồi",
        "changed": "tệp bị sửa sau khi ký",
        "altered": "nội dung đã ký bị thay đổi",
        "malformed": "không đọc được",
        "absent": "không có chữ ký",
        "unchecked": "chưa kiểm tra",
    }
)
_COVERS: Mapping[str, str] = MappingProxyType(
    {
        "whole": "toàn bộ tệp",
        "revision": "bản tại lúc ký",
        "changed": "bản tại lúc ký, sau đó bị sửa",
        "unclear": "không rõ",
    }
)
_HEADINGS = ("Tệp", "Kết quả", "Người ký", "Nơi cấp", "Thời điểm ký", "Phạm vi", "Băm")


def show(files: Sequence[Path], told: Examined) -> None:
    """Print a line for each signature, and what of the trust folder was of use."""
    rows = [_row(path, one) for path, found in zip(files, told.files, strict=True) for one in found]
    console().print(table(_HEADINGS, rows))
    trust = told.trust
    if trust:
        console().print(
            f"Tin cậy (trusted): {trust['anchors']} gốc (anchors),"
            f" {trust['others']} trung gian (intermediates),"
            f" {trust['lists']} danh sách thu hồi (revocation lists)"
        )
        for name in trust["unreadable"]:
            console().print(f"✗ {name}: không phải chứng thư hay danh sách thu hồi (neither of these)")


def _row(path: Path, one: Mapping[str, Any]) -> tuple[str, ...]:
    standing = one["standing"]
    reason = f", {one['reason']}" if "reason" in one else ""
    return (
        path.name,
        f"{_STANDINGS[standing]} ({standing}{reason})",
        "\n".join(one[name] for name in ("name", "organisation") if name in one),
        one.get("issuer", ""),
        _when(one),
        _COVERS.get(one.get("covers", ""), ""),
        one.get("digest", ""),
    )


def _when(one: Mapping[str, Any]) -> str:
    """Return when it was signed: by a time stamp that is trusted, or as the signer says."""
    if one.get("stamp", "valid") == "valid" and "stamped_at" in one:
        return _local(one["stamped_at"])
    return f"{_local(one['claimed_at'])} (tự khai)" if "claimed_at" in one else ""


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%d/%m/%Y %H:%M}"
