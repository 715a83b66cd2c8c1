"""`lgsp dead` and `lgsp replay`: what could not be delivered, why, and sending it again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from lgsp.cli.replays import FORMATS, Terms, Wanted, in_bulk
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
    vi, en = _explained(rows[0], cause)
    return {
        "system": system,
        "state": state,
        "cause": cause,
        "count": len(rows),
        "party": vi["party"],
        "retry_helps": vi["retry_helps"],
        "severity": vi["severity"],
        "explanation": {
            lang: {name: one[name] for name in ("text", "mend")} for lang, one in (("vi", vi), ("en", en))
        },
        "said": rows[0]["said"],
        "fields": sorted({name for row in rows for name in row["fields"]}),
        "since": min(row["changed_at"] for row in rows),
        "deliveries": [{name: row[name] for name in ("id", "subject", "message")} for row in rows],
    }


def _explained(row: dict[str, Any], cause: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the gateway says of a delivery's cause; of one without a cause what its state means."""
    from lgsp.domain.causes import explain

    if "explanation" in row:
        return row["explanation"]["vi"], row["explanation"]["en"]
    return explain(cause).as_dict(), explain(cause, "en").as_dict()


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


def replay(  # noqa: PLR0913, PLR0917 - the options of a command
    deliveries: Annotated[
        list[int] | None, typer.Argument(metavar="DELIVERY-ID…", help="Numbers of deliveries.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="Replay the dead to this system, all that fit.")] = None,
    cause: Annotated[str | None, typer.Option(help="Only those that died of it.")] = None,
    type: Annotated[str | None, typer.Option(help="Only messages of this type.")] = None,  # noqa: A002
    agency: Annotated[str | None, typer.Option(help="Only of this agency and those under it.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="Only refused, exhausted or expired ones.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=FORMATS, help="Who died then or later.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=FORMATS, help="Who died before.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it would do.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Start without asking.")] = False,
    rate: Annotated[int, typer.Option(min=1, max=1000, help="So many a second at most.")] = 20,
    reason: Annotated[str, typer.Option(help="Why; it stands in the journal.")] = "",
    json: Json = False,
) -> None:
    """Send dead deliveries again.

    Named one by one (one that is put off is sent at once), or with --system all that fit the options: what
    that would do is shown first.
    """
    if (system is None) == (not deliveries):
        raise typer.BadParameter("name deliveries, or a system with --system, and not both")
    if system is None:
        _say_each(wait_for(_replay(deliveries or [])), json=json)
        return
    wanted = Wanted(system, cause, type, agency, tuple(state or ()), since, until)
    in_bulk(wanted, Terms(rate, reason, preview=preview, yes=yes), json=json)


def _say_each(results: list[dict[str, Any]], *, json: bool) -> None:
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
