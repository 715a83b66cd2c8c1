"""`lgsp doctor` and `lgsp alerts`: how every part is, and what people were told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.doctor.verdict import Verdict
    from lgsp.settings import Settings


def doctor(json: Json = False) -> None:
    """Examine every part.

    It says what is broken, who can mend it and how, whether a gateway runs here or not.
    """
    from lgsp.doctor.verdict import Grade
    from lgsp.settings import read_settings

    verdicts = wait_for(_examined(read_settings()))
    broken = sum(one.grade is Grade.BROKEN for one in verdicts)
    if json:
        poor = sum(one.grade is Grade.POOR for one in verdicts)
        say_json({"broken": broken, "poor": poor, "checks": [one.as_dict() for one in verdicts]})
    else:
        _show(verdicts)
    end(well=not broken)


async def _examined(settings: Settings) -> Sequence[Verdict]:
    """Let a gateway that runs here examine itself; without one, examine from outside."""
    from lgsp.client import client_of, find_running
    from lgsp.doctor.verdict import Verdict, well
    from lgsp.errors import GatewayError
    from lgsp.examination import from_outside, silent

    running = find_running(settings.state)
    if running is None:
        return await from_outside(settings)
    try:
        async with client_of(settings) as client:
            told = await client.get("/v1/doctor")
    except GatewayError as fault:
        return [silent(running.url, str(fault)), *await from_outside(settings)]
    here = well("gateway", f"Trục đang chạy tại {running.url}", f"The gateway runs at {running.url}")
    return [here, *(Verdict.of_dict(one) for one in told["checks"])]


def _show(verdicts: Sequence[Verdict]) -> None:
    from lgsp.cli.paper import console
    from lgsp.doctor.verdict import GRADES, MENDERS, Grade

    paper = console()
    for one in verdicts:
        paper.print(f"{GRADES[one.grade]:<8}{one.part:<12} {one.vi}")
        if one.grade is not Grade.WELL:
            paper.print(f"{'':<21}({one.en})")
            paper.print(f"{'':<21}Ai xử lý: {MENDERS[one.mender]}")
            if one.mend_vi:
                paper.print(f"{'':<21}Cách xử lý: {one.mend_vi} ({one.mend_en})")
    counts = {grade: sum(one.grade is grade for one in verdicts) for grade in Grade}
    paper.print(
        f"{counts[Grade.BROKEN]} hỏng (broken), {counts[Grade.POOR]} cần xem (to look at),"
        f" {counts[Grade.WELL]} tốt (well)"
    )


def alerts(
    test: Annotated[
        bool, typer.Option("--test", help="Send a test letter to everybody who is told.")
    ] = False,
    json: Json = False,
) -> None:
    """Show open and recent alerts.

    With --test, find out whether letters arrive.
    """
    if test:
        _test(wait_for(_tested()), json=json)
        return
    found = wait_for(_asked())
    if json:
        say_json(found)
        return
    from lgsp.cli.paper import console
    from lgsp.words import moment

    paper = console()
    for one in found["alerts"]:
        over = f", hết (ended) {moment(one['ended_at'])}" if one["ended_at"] else ""
        told = moment(one["told_at"]) or "chưa báo được (not told)"
        paper.print(f"{moment(one['since'])}{over}  [{one['rule']}] {one['vi']['text']}")
        paper.print(f"  ({one['en']['text']})  báo lúc (told): {told}")
        if one["vi"]["mend"]:
            paper.print(f"  cách xử lý (mend): {one['vi']['mend']} ({one['en']['mend']})")
    if not found["alerts"]:
        paper.print("Không có cảnh báo nào (no alerts)")


async def _asked() -> Any:
    async with gateway() as running:
        return await running.get("/v1/alerts")


async def _tested() -> Any:
    """Let the gateway send the test, if one runs here; else send it from here."""
    from lgsp.client import find_running
    from lgsp.examination import test_letter
    from lgsp.settings import read_settings

    if find_running(read_settings().state) is None:
        return {"targets": await test_letter()}
    async with gateway() as running:
        return await running.post("/v1/alerts/test")


def _test(told: Any, *, json: bool) -> None:
    if json:
        say_json(told)
    for one in [] if json else told["targets"]:
        outcome = f"không đến được (not taken): {one['fault']}" if one["fault"] else "đã nhận (taken)"
        typer.echo(f"{one['name']}: {outcome}")
    if not json and not told["targets"]:
        typer.echo("Không có ai để báo; thêm `alerts:` vào routes.yaml (nobody to tell; add `alerts:`)")
    end(well=bool(told["targets"]) and not any(one["fault"] for one in told["targets"]))
