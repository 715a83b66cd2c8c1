"""`lgsp systems`, `pause`, `drain`, `resume` and `quarantine`: the counterparts, and what was turned away."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, gateway, say_json, wait_for

System = Annotated[str, typer.Argument(help="Name of the system.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the system's history.")]


def systems(json: Json = False) -> None:
    """Show each system and its standing.

    And what is on its way to it, and since when.
    """
    found = wait_for(_ask("/v1/systems"))
    if json:
        say_json(found)
        return
    from lgsp.cli.paper import console, table
    from lgsp.words import both, moment

    rows = [
        (
            one["name"],
            one["adapter"],
            both(one["standing"]),
            one["explanation"]["vi"]["text"] if one["cause"] and one["cause"] != one["standing"] else "",
            one["open"],
            moment(one["oldest"]),
        )
        for one in found["systems"]
    ]
    headings = ("hệ thống", "bộ kết nối", "tình trạng", "nguyên nhân", "chưa xong", "cũ nhất từ")
    console().print(table(headings, rows, right=(4,)))


def pause(system: System, reason: Reason = "", json: Json = False) -> None:
    """Stop sending to a system.

    What comes for it waits in the journal.
    """
    _act(system, "pause", reason, json=json)


def drain(system: System, reason: Reason = "", json: Json = False) -> None:
    """Finish what is on its way to a system, then pause it.

    Nothing more goes to the broker; what comes for it waits in the journal.
    """
    _act(system, "drain", reason, json=json)


def resume(system: System, reason: Reason = "", json: Json = False) -> None:
    """Send to a system again."""
    _act(system, "resume", reason, json=json)


def quarantine(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """Show what was turned away at the door, and why."""
    found = wait_for(_ask("/v1/quarantine", limit=limit))
    if json:
        say_json({"quarantine": [_explained(one) for one in found["quarantine"]]})
        return
    from lgsp.cli.paper import console
    from lgsp.domain.causes import explain
    from lgsp.errors import Problem
    from lgsp.words import moment

    paper = console()
    for one in found["quarantine"]:
        paper.print(f"{moment(one['at'])}  {one['source']}  {one['subject'] or '?'}  {one['type']}")
        for told in one["problems"]:
            problem = Problem(told["place"], told["code"], told["detail"])
            paper.print(f"  {explain(problem).text} ({explain(problem, 'en').text}) {explain(problem).mend}")
    if not found["quarantine"]:
        paper.print("Khu cách ly trống (quarantine is empty)")


def _explained(one: dict[str, Any]) -> dict[str, Any]:
    from lgsp.domain.causes import explain
    from lgsp.errors import Problem

    for told in one["problems"]:
        problem = Problem(told["place"], told["code"], told["detail"])
        for lang in ("vi", "en"):
            why = explain(problem, lang)
            told[lang], told[f"mend_{lang}"] = why.text, why.mend
    return one


def _act(system: str, act: str, reason: str, *, json: bool) -> None:
    from lgsp.client import segment

    told = wait_for(_ask_for(f"/v1/systems/{segment(system)}/{act}?reason={segment(reason)}"))
    if json:
        say_json(told)
        return
    from lgsp.words import both

    typer.echo(f"{told['system']}: {both(told['standing'])}")


async def _ask(path: str, **asked: int) -> Any:
    async with gateway() as running:
        return await running.get(path, **asked)


async def _ask_for(path: str) -> Any:
    async with gateway() as running:
        return await running.post(path)
