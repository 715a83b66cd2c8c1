"""Examining the systems: do they answer, is their certificate good, what time do they have."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

from lgsp.adapter import Adapter
from lgsp.doctor.household import until
from lgsp.doctor.patient import Patient
from lgsp.doctor.records import skewed
from lgsp.doctor.verdict import Grade, Mender, Verdict, well
from lgsp.domain.cause import Party
from lgsp.domain.causes import explain
from lgsp.errors import GatewayError, Unavailable
from lgsp.wire.tls import Greeting, greet, trusting

_PATIENCE = 10.0
_SKEW = 60.0
_MENDERS = {
    Party.PLATFORM: Mender.OPERATOR,
    Party.VENDOR: Mender.VENDOR,
    Party.AGENCY: Mender.VENDOR,
    Party.NETWORK: Mender.ADMINISTRATOR,
}


async def systems(patient: Patient) -> list[Verdict]:
    """Ask every system whether it is there."""
    return list(await asyncio.gather(*(_system(*one) for one in patient.adapters.items())))


async def _system(name: str, adapter: Adapter) -> Verdict:
    try:
        async with asyncio.timeout(_PATIENCE):
            await adapter.check()
    except TimeoutError:
        return _away(name, "timed-out")
    except Unavailable as fault:
        return _away(name, fault.cause, fault.said)
    except GatewayError as fault:
        return _away(name, getattr(fault, "cause", "uncatalogued"), str(fault))
    except Exception as fault:  # noqa: BLE001 - an adapter may fail in any way; the others are looked at all the same
        return Verdict(
            "system", name, Grade.BROKEN,
            f"Bộ kết nối của {name} bị lỗi: {type(fault).__name__}",
            f"The adapter of {name} has a bug: {type(fault).__name__}",
            Mender.VENDOR, "Báo người viết bộ kết nối; xem log.", "Tell the adapter's author; see the log.",
        )  # fmt: skip
    if type(adapter).check is Adapter.check:
        vi, en = (
            f"{name} gọi đến trục; trục không gọi hệ thống này",
            f"{name} calls us; there is nothing to ask",
        )
        return well("system", vi, en, name)
    return well("system", f"{name} trả lời", f"{name} answers", name)


def _away(name: str, cause: str, said: str = "") -> Verdict:
    vi, en = explain(cause), explain(cause, "en")
    detail = f" ({said})" if said else ""
    return Verdict(
        "system", name, Grade.BROKEN,
        f"{name}: {vi.text}{detail} [{cause}]", f"{name}: {en.text}{detail} [{cause}]",
        _MENDERS.get(vi.party, Mender.MINISTRY),
        "Kiểm tra đường truyền và địa chỉ trong routes.yaml, rồi hỏi đơn vị vận hành hệ thống.",
        "Check the line and the address in routes.yaml, then ask those who run the system.",
    )  # fmt: skip


async def servers(patient: Patient) -> list[Verdict]:
    """Greet the server of every address as the system's adapter does: its certificate and its clock."""
    asked = {(name, _root(url)) for name, urls in patient.urls().items() for url in urls}
    beside = patient.authorities()
    found = await asyncio.gather(*(_server(*one, beside.get(one[0])) for one in sorted(asked)))
    return [verdict for some in found for verdict in some]


async def _server(name: str, root: str, authorities: Path | None) -> list[Verdict]:
    try:
        trusted = await asyncio.to_thread(trusting, authorities) if authorities is not None else None
    except (OSError, ValueError):
        return []  # the examination of certificates in files tells it
    try:
        sent = time.time()
        greeting = await greet(root, trusted)
    except Unavailable as fault:
        return [_untrusted(name, root, fault.said)] if fault.cause == "certificate-refused" else []
    return _judged(name, root, greeting, sent)


def _judged(name: str, root: str, greeting: Greeting, sent: float) -> list[Verdict]:
    found = []
    if greeting.expires is not None:
        found.append(until("certificate", name, greeting.expires, root, Mender.MINISTRY))
    if greeting.date is not None:
        theirs = greeting.date.timestamp()
        skew = max(sent - theirs - 1, theirs - time.time(), 0.0)
        found.append(skewed("clock", name, skew, _SKEW))
    return found


def _untrusted(name: str, root: str, why: str) -> Verdict:
    return Verdict(
        "certificate", name, Grade.BROKEN,
        f"Chứng thư của {root} không tin được: {why}", f"The certificate of {root} is not trusted: {why}",
        Mender.MINISTRY,
        f"Đề nghị đơn vị đó gia hạn chứng thư; hoặc thêm CA của họ: `deliver: {{ca: tệp}}` của {name}.",
        f"Ask them to renew it, or trust their authority: `deliver: {{ca: file}}` of {name}.",
    )  # fmt: skip


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
