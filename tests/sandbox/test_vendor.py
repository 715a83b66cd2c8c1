"""Holding how the one-stop stand-in speaks to a gateway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest

from lgsp.sandbox.app import Event, Receive, Send
from lgsp.sandbox.compare import digest
from lgsp.sandbox.life import REFUSED_PHONE
from lgsp.sandbox.traffic import Shares, Step, Traffic
from lgsp.sandbox.vendor import Vendor, taken
from lgsp.serving import running
from lgsp.wire.http import Answer, Http

ROOT = "/systems/one-stop"


class Gateway:
    """A gateway's door: takes all, reports what has the refused phone number, may be away or forget sessions."""

    def __init__(self, away: int = 0, *, forgets: int = 0, rejects: str = "") -> None:
        self.away, self.forgets, self.rejects = away, forgets, rejects
        self.items: dict[str, list[str]] = defaultdict(list)
        self.seen: set[str] = set()
        self.refused: list[str] = []
        self.flags: dict[str, list[str]] = defaultdict(list)

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = await receive()
        while body.get("more_body"):
            more = await receive()
            body = {**more, "body": body["body"] + more["body"]}
        status, said = self._answer(scope, body["body"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps(said)})

    def _answer(self, scope: Event, body: bytes) -> tuple[int, Any]:
        self.away -= 1
        if self.away >= 0:
            return 503, {}
        path, query = scope["path"].removeprefix(ROOT), parse_qs(scope["query_string"].decode())
        if path == "/reports":
            since = int(query["since"][0])
            reports = [
                {"cursor": n + 1, "MaHoSo": c, "TrangThai": "refused"} for n, c in enumerate(self.refused)
            ]
            return 200, reports[since:]
        if path.endswith("mapi/login"):
            asked = orjson.loads(body)
            known = asked == {"username": "one-stop", "password": "token"}
            return 200, {"session": "session-1" if known else "", "error_code": 0 if known else -1}
        return 200, self._take(path, query, orjson.loads(body), dict(scope["headers"]))

    def _take(self, path: str, query: dict[str, list[str]], asked: Any, headers: dict[bytes, bytes]) -> Any:
        if isinstance(asked, list):
            assert headers[b"authorization"] == b"Bearer token"
            self.seen.add("bare")
            service, items, flag = path.rpartition("/")[2], asked, query.get("isUpdating", [""])[0]
        else:
            self.forgets -= 1
            if asked["session"] != "session-1" or self.forgets >= 0:
                return {"error_code": -1, "message": "Phiên làm việc đã hết hạn", "result": []}
            self.seen.add("wrapped")
            service, items, flag = asked["service"], asked["data"], asked.get("isUpdating", "")
        for item in items:
            self.flags[item["MaHoSo"]].append(f"{service} {flag}".strip())
            self.items[item["MaHoSo"]].append(digest(item))
            if item.get("SoDienThoai") == REFUSED_PHONE:
                self.refused.append(item["MaHoSo"])
        if self.rejects:
            return {"error_code": "-1", "message": self.rejects, "result": [{}]}
        return {"error_code": "0", "message": "Đồng bộ hồ sơ thành công", "result": [{}]}


@asynccontextmanager
async def vendor(gateway: Gateway, traffic: Traffic, **more: Any) -> AsyncIterator[Vendor]:
    """A vendor in front of the gateway."""
    http = Http()
    async with running(gateway) as port:
        try:
            async with Vendor(http, f"http://127.0.0.1:{port}", "token", traffic, **more) as one:
                yield one
        finally:
            await http.close()


def told(steps: list[Step]) -> dict[str, list[str]]:
    """Return what each dossier's steps say, in order."""
    order: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        order[step.code].append(digest(step.item))
    return order


def _flag(step: Step) -> str:
    return f"DongBoHoSoMC {step.is_update}" if step.kind == "dossier" else "CapNhatTienDoHoSoMC"


async def test_every_step_is_told_once_and_in_its_dossiers_order() -> None:
    """Both forms are used, arrays hold one kind of thing, and no dossier's steps overtake each other."""
    traffic, gateway = Traffic(1, crowd=10), Gateway()
    steps = list(traffic.take(300))
    async with vendor(gateway, traffic) as one:
        await one.tell(steps, rate=5000)
    assert gateway.items == told(steps)
    assert gateway.seen == {"bare", "wrapped"}
    assert gateway.flags == {
        code: [_flag(step) for step in steps if step.code == code] for code in gateway.items
    }
    assert (one.tally.taken, one.tally.rejected, one.tally.repeats) == (300, [], 0)
    assert 0 < len(one.tally.latencies) <= 300


async def test_the_rate_is_kept() -> None:
    """100 steps at 500 a second take a fifth of a second, not less."""
    traffic = Traffic(1)
    async with vendor(Gateway(), traffic) as one:
        started = one.clock()
        await one.tell(traffic.take(100), rate=500)
        assert 0.19 <= one.clock() - started < 2.0


async def test_a_gateway_that_is_away_is_asked_again() -> None:
    """503 is no answer for good: nothing is lost, and nothing is told twice by it."""
    traffic, gateway = Traffic(1, crowd=10), Gateway(away=12)
    steps = list(traffic.take(60))
    async with vendor(gateway, traffic) as one:
        await one.tell(steps, rate=5000)
    assert gateway.items == told(steps)
    assert one.tally.repeats > 0


async def test_a_lost_session_is_replaced() -> None:
    """A wrapped post that is not admitted logs in again and is sent once more."""
    traffic, gateway = Traffic(1, crowd=10), Gateway(forgets=1)
    steps = list(traffic.take(60))
    async with vendor(gateway, traffic, lanes=1) as one:
        await one.tell(steps, rate=5000)
    assert (gateway.items, one.tally.rejected) == (told(steps), [])


async def test_what_is_rejected_is_kept_and_not_sent_again() -> None:
    """A vendor reads the answer; the same body again would be rejected again."""
    traffic, gateway = Traffic(1), Gateway(rejects="NgayTiepNhan: không đúng dạng")
    async with vendor(gateway, traffic) as one:
        await one.tell(traffic.take(5), rate=5000)
    assert one.tally.taken == 0
    assert one.tally.rejected
    assert all("NgayTiepNhan" in said for said in one.tally.rejected)


async def test_what_is_reported_refused_is_corrected() -> None:
    """The vendor hears of a late refusal and tells a corrected dossier, once."""
    traffic, gateway = Traffic(3, shares=Shares(refused=0.5)), Gateway()
    async with vendor(gateway, traffic) as one:
        await one.tell(traffic.take(100), rate=5000)
        started = one.clock()
        assert await one.mend(patience=5)
        assert one.clock() - started < 4
    expected = traffic.expected()["dossiers"]
    assert expected
    assert {code: names[-1] for code, names in traffic.told().items() if code in expected} == {
        code: [n for n in gateway.items[code] if n in traffic.told()[code]][-1] for code in expected
    }


async def test_without_reports_patience_runs_out() -> None:
    """Refusals that nobody reports stay unmended, and the vendor says so."""
    traffic, gateway = Traffic(3, shares=Shares(refused=0.5)), Gateway()
    async with vendor(gateway, traffic) as one:
        await one.tell(traffic.take(50), rate=5000)
        gateway.refused.clear()
        one._cursor = 10**6
        assert not await one.mend(patience=0.05)


async def test_a_broken_task_ends_the_waiting() -> None:
    """A fault of the stand-in itself must not look like a slow gateway."""
    traffic, gateway = Traffic(1), Gateway()
    async with vendor(gateway, traffic) as one:
        one._settle = None  # type: ignore[method-assign, assignment]
        with pytest.raises(TypeError):
            await one.tell(traffic.take(5), rate=5000)


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ('{"error_code": "0", "message": "Đồng bộ hồ sơ thành công"}', True),
        ('{"error_code": "00", "message": "THÀNH CÔNG"}', True),
        ('{"error_code": 0, "message": "Đã nhận"}', False),
        ('{"error_code": "-1", "message": "Đồng bộ hồ sơ thành công"}', False),
        ("Đồng bộ hồ sơ thành công", False),
        ("[]", False),
    ],
)
def test_success_is_read_as_such_clients_read_it(text: str, judged: bool) -> None:
    """Code zero and the words; nothing less."""
    assert taken(Answer(200, text)) is judged
