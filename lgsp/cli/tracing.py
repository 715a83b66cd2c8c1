"""`lgsp trace`: everything that befell a message, or all messages of a code."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for


def trace(
    what: Annotated[str, typer.Argument(metavar="ID|CODE", help="A message's id, or a business code.")],
    full: Annotated[bool, typer.Option("--full", help="Show requests and answers whole.")] = False,
    json: Json = False,
) -> None:
    """Show every step of a message.

    Or of all messages of a code: times, attempts, requests, answers, and what happens next.
    """
    walks, trails = wait_for(_told(what))
    if json:
        say_json({"messages": walks, "first_seen": trails})
    else:
        from lgsp.cli.walk import show_trails, show_walks

        show_walks(walks, full=full)
        show_trails(trails)
    if not walks:
        typer.echo(f"{what}: không tìm thấy (no such message or code)", err=True)
    end(well=bool(walks))


async def _told(what: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the walks, oldest first, each delivery with what happens next; and the trails of a code."""
    from lgsp.cli.next_step import next_step
    from lgsp.client import segment

    async with gateway() as running:
        standings = {s["name"]: s["standing"] for s in (await running.get("/v1/systems"))["systems"]}
        walks = [await running.get(f"/v1/messages/{segment(uid)}") for uid in await _ids(running, what)]
        subject = walks[-1]["subject"] if walks else None
        trails = (await running.get("/v1/first-seen", code=subject))["types"] if subject else {}
    for walk in walks:
        for delivery in walk["deliveries"]:
            delivery["next"] = next_step(delivery, standings.get(delivery["system"], "")).as_dict()
    return walks, trails


async def _ids(running: Any, what: str) -> list[str]:
    from uuid import UUID

    from lgsp.client import AnswerError

    try:
        uid = str(UUID(what))
    except ValueError:
        return [found["id"] async for found in running.pages("/v1/messages", "messages", code=what)][::-1]
    try:
        await running.get(f"/v1/messages/{uid}")
    except AnswerError as fault:
        if fault.status == 404:  # noqa: PLR2004 - Not Found
            return []
        raise
    return [uid]
