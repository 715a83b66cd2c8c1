"""What the pictures of the screen of reconciliation show: runs day after day, every bucket, a repair under way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from lgsp.adapter import Holding
from lgsp.journal import dossiers
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations import TURNED_AWAY, UPLOADING, Order, Scope
from lgsp.journal.reconciliations_differences import Filter
from lgsp.reconciling import uploading
from tests.api.province import ONE_STOP, PORTAL, dossier
from tests.console.moments import until
from tests.console.stage import Stage

HERE = "/console/reconciliation"
WELL: dict[str, Any] = {"dialects": ["number"]}
SEEN = WELL | {"lookup_content": True}
"""The portal's look-up tells the state of what it has."""


def trouble(stage: Stage, **faults: Any) -> None:
    """Let the portal misbehave, or not."""
    stage.portal.trouble(orjson.dumps(WELL | faults))


def tell(stage: Stage, codes: Iterable[str], **said: Any) -> None:
    """Bring dossiers, and wait until they are delivered or dead, and the register knows them."""
    some = list(codes)
    stage.bring(*(dossier(code, **said) for code in some))
    stage.run(stage.province.rest("delivered", "refused", "exhausted", "cancelled"))
    until(lambda: len(read(stage, lambda tx: dossiers.among(tx, some))) == len(some))


def read(stage: Stage, look: Any) -> Any:
    """Return what the journal says."""
    return stage.run(stage.province.platform.gateway.journal.read(look))


def act(stage: Stage, do: Any) -> Any:
    """Write into the journal."""
    return stage.run(stage.province.platform.gateway.journal.write(do))


def lose(stage: Stage, codes: Iterable[str]) -> None:
    """Let the portal forget dossiers."""
    for code in codes:
        del stage.portal.shelf._folders[code]


def change(stage: Stage, codes: Iterable[str]) -> None:
    """Let somebody else tell the portal another state of dossiers."""
    for code in codes:
        stage.portal.shelf.store(stage.portal.shelf.last(code) | {"TrangThaiHoSo": "8"})


def begin(stage: Stage, token: str, listed: Iterable[tuple[str, str]] = (), **scope: Any) -> int:
    """Start a run in the name of somebody, with the source's list if there is one; return its number."""
    rows = [Holding(code, status) for code, status in listed]
    order = Order(token, "lan.nguyen", "kiểm tra trước giờ chấm điểm", UPLOADING if rows else TURNED_AWAY)
    wanted = Scope(ONE_STOP, PORTAL, **scope)

    def asked(tx: Transaction) -> int:
        run, _ = runs.ask(tx, wanted, order)
        if rows:
            uploading.bring(tx, run["id"], uploading.Part(1, rows, last=True, whole=False))
        return int(run["id"])

    return int(act(stage, asked))


def reconcile(stage: Stage, token: str, listed: Iterable[tuple[str, str]] = (), **scope: Any) -> int:
    """Run a reconciliation to its end; return its number."""
    number = begin(stage, token, listed, **scope)
    over(stage, number)
    return number


def over(stage: Stage, number: int) -> None:
    """Wait until a run is done."""
    until(lambda: read(stage, lambda tx: runs.find(tx, number))["state"] == "done", 60)


def mend(stage: Stage, run: int, token: str, rate: int = 1000, **wanted: Any) -> int:
    """Start a repair of what a run found; return its number."""
    order = repairs.Order(token, "hoa.le", "Cổng đã khôi phục dữ liệu", rate)
    return int(act(stage, lambda tx: repairs.ask(tx, run, Filter(**wanted), order))[0]["id"])


def mended(stage: Stage, number: int) -> None:
    """Wait until a repair is done."""
    until(lambda: read(stage, lambda tx: repairs.find(tx, number))["state"] == "done", 60)


def unknown(stage: Stage, code: str) -> None:
    """Have a dossier called off before it went, which the portal has from somebody: which version nobody knows."""
    operator = stage.province.operator

    async def called_off() -> None:
        await operator.post(f"/v1/systems/{PORTAL}/pause")
        receipt = await stage.province.one_stop.bring(dossier(code))
        one = await stage.province.delivery(receipt)
        reply = await operator.post(f"/v1/deliveries/{one['id']}/cancel", query="reason=wrong")
        assert reply.status == 200, reply.body
        await operator.post(f"/v1/systems/{PORTAL}/resume")

    stage.run(called_off())
    stage.portal.shelf.store({"MaHoSo": code})
    until(lambda: len(read(stage, lambda tx: dossiers.among(tx, [code]))) == 1)


def codes(day: str, count: int) -> list[str]:
    """Return the codes of dossiers of three agencies."""
    return [f"H44.{11 + n % 3}-{day}-{n:04d}" for n in range(1, count + 1)]


def prepare(stage: Stage) -> dict[str, str]:
    """Let days go by on which things differ; return the pages."""
    trouble(stage, lookup_content=True)
    some = codes("260210", 60)
    bad = codes("260211", 6)
    tell(stage, some, due_at="2026-03-02T17:00:00+07:00")
    trouble(stage, refuse_fields={"MaHoSo": {"contains": "260211"}})
    tell(stage, bad)
    trouble(stage, lookup_content=True)
    stage.run(
        stage.province.one_stop.post(
            f"/v1/systems/{ONE_STOP}/messages", dossier("H44.12-260212-0001", status="nope")
        )
    )
    listed = [(code, "received") for code in [*some, *bad, "H44.13-260213-0001", "H44.13-260213-0002"]]
    change(stage, some[:4])
    lose(stage, some[10:24])
    first = reconcile(stage, "first", listed, agency="H44")
    mended(stage, mend(stage, first, "one", agency="H44.12"))
    lose(stage, some[40:43])
    reconcile(stage, "second", listed, agency="H44")
    unknown(stage, "H44.12-260214-0001")
    change(stage, some[30:31])
    lose(stage, some[30:36])
    listed[50] = (listed[50][0], "finished")
    third = reconcile(stage, "third", [*listed, listed[3]], agency="H44")
    fourth = reconcile(stage, "whole")
    slow = mend(stage, fourth, "two", rate=1)
    act(stage, lambda tx: repairs.move(tx, slow, "pause", "hoa.le", "chờ Cổng xác nhận"))
    empty = reconcile(stage, "nothing", agency="H45")
    return {
        "reconciliation": HERE,
        "reconciliation-start": f"{HERE}/start",
        "reconciliation-run": f"{HERE}/{third}",
        "reconciliation-nothing": f"{HERE}/{empty}",
        "reconciliation-differences": f"{HERE}/{third}/differences",
        "reconciliation-missing": f"{HERE}/{third}/differences?bucket=missing-there&agency=H44.11",
        "reconciliation-mended": f"{HERE}/{first}/differences?mending=solved",
        "reconciliation-filtered-away": f"{HERE}/{third}/differences?bucket=late",
        "reconciliation-repair-start": f"{HERE}/{third}/repair",
        "reconciliation-repair-none": f"{HERE}/{third}/repair?bucket=refused",
        "reconciliation-repair": f"{HERE}/repairs/{slow}",
        "reconciliation-repair-cancel": f"{HERE}/repairs/{slow}/cancel",
    }
