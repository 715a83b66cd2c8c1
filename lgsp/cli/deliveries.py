"""`lgsp dead` and `lgsp replay`: what could not be delivered, why, and sending it again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

_NAMED = 5


def dead(
    system: Annotated[str | None, typer.Option(help="Only deliveries to this system.")] = None,
    json: Json = False,
) -> None:
    """Show what could not be delivered.

    By cause: what it means, who has to act, and how it is mended.
    """
    groups = wait_for(_groups(system))
    if json:
        say_json({"dead": sum(group["count"] for group in groups), "groups": groups})
    else:
        _show(groups)


async def _groups(system: str | None) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    async with gateway() as running:
        async for row in running.pages("/v1/deliveries", "deliveries", state="dead", system=system):
            if row["superseded_by"] is None:
                found.setdefault((row["system"], row["state"], row["cause"] or row["state"]), []).append(row)
    return [_group(*key, rows) for key, rows in sorted(found.items(), key=lambda pair: -len(pair[1]))]


def _group(system: str, state: str, cause: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    from lgsp.domain.causes import explain

    vi, en = explain(cause), explain(cause, "en")
    return {
        "system": system,
        "state": state,
        "cause": cause,
        "count": len(rows),
        "party": vi.party.value,
        "retry_helps": vi.retry_helps,
        "explanation": {"vi": {"text": vi.text, "mend": vi.mend}, "en": {"text": en.text, "mend": en.mend}},
        "said": rows[0]["said"],
        "fields": sorted({name for row in rows for name in row["fields"]}),
        "since": min(row["changed_at"] for row in rows),
        "deliveries": [{name: row[name] for name in ("id", "subject", "message")} for row in rows],
    }


def _show(groups: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console
    from lgsp.words import PARTIES, both, moment, number

    paper = console()
    for group in groups:
        told = group["explanation"]
        head = f"{number(group['count'])} × {group['system']}: {both(group['state'])}"
        paper.print(f"{head}, từ {moment(group['since'])}")
        paper.print(f"  {told['vi']['text']} ({told['en']['text']}) [{group['cause']}]")
        if group["said"]:
            paper.print(f"  bên nhận nói (said): {group['said']}")
        if group["fields"]:
            paper.print(f"  trường (fields): {', '.join(group['fields'])}")
        paper.print(f"  đơn vị xử lý (party): {PARTIES[group['party']]}")
        paper.print(f"  cách khắc phục (mend): {told['vi']['mend']} ({told['en']['mend']})")
        for row in group["deliveries"][:_NAMED]:
            paper.print(f"    lượt chuyển {row['id']}: {row['subject']}")
        if group["count"] > _NAMED:
            paper.print(f"    … và {number(group['count'] - _NAMED)} lượt khác")
    if not groups:
        paper.print("Không có lượt nào không chuyển được (nothing is dead)")


def replay(
    deliveries: Annotated[list[int], typer.Argument(metavar="DELIVERY-ID…", help="Numbers of deliveries.")],
    json: Json = False,
) -> None:
    """Send dead deliveries again.

    One that is put off is sent at once.
    """
    results = wait_for(_replay(deliveries))
    if json:
        say_json({"results": results})
    else:
        for result in results:
            told = "phát lại (replayed)" if result["done"] else f"không phát lại được: {result['detail']}"
            typer.echo(f"lượt chuyển {result['delivery']}: {told}", err=not result["done"])
    end(well=all(result["done"] for result in results))


async def _replay(deliveries: list[int]) -> list[dict[str, Any]]:
    from lgsp.client import AnswerError

    results: list[dict[str, Any]] = []
    async with gateway() as running:
        for number in deliveries:
            try:
                await running.post(f"/v1/deliveries/{number}/replay")
            except AnswerError as fault:
                results.append({"delivery": number, "done": False, "detail": str(fault)})
            else:
                results.append({"delivery": number, "done": True})
    return results
