"""`lgsp personal`: seeing a message whole for a purpose, and who has seen whose personal data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

personal = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Text = Annotated[str, typer.Option()]


@personal.callback()
def group() -> None:
    """See personal data for a purpose that the journal holds, and who has seen it."""


@personal.command()
def purposes(json: Json = False) -> None:
    """List what personal data may be disclosed for."""
    told = wait_for(_get("/v1/disclosures/purposes"))
    if json:
        say_json(told)
        return
    for one in told["purposes"]:
        typer.echo(f"{one['purpose']}: {one['vi']} ({one['en']})")


@personal.command()
def disclose(
    message: Annotated[str, typer.Argument(help="A message's id.")],
    purpose: Annotated[str, typer.Option(help="A word of `lgsp personal purposes`.")],
    reason: Annotated[str, typer.Option(help="Why, in your words; it names nobody.")],
    minutes: Annotated[int, typer.Option(min=1, max=60, help="For how long.")] = 15,
    json: Json = False,
) -> None:
    """Let `lgsp trace` and the API show a message whole for a while; the journal holds who and why."""
    said = {"purpose": purpose, "reason": reason, "minutes": minutes}
    told = wait_for(_post(f"/v1/messages/{message}/disclose", said))
    if json:
        say_json(told)
    else:
        typer.echo(f"hiện đầy đủ đến (shown whole until) {told['until']}")


@personal.command()
def mask(message: Annotated[str, typer.Argument(help="A message's id.")], json: Json = False) -> None:
    """Mask a message again before the time is over. The answer is no when it was masked."""
    told = wait_for(_post(f"/v1/messages/{message}/mask", {}))
    if json:
        say_json(told)
    else:
        typer.echo("đã che lại (masked again)" if told["masked"] else "đã che từ trước (it was masked)")
    end(well=told["masked"])


@personal.command()
def seen(  # noqa: PLR0913, PLR0917 - what the report goes by
    number: Annotated[
        bool, typer.Option("--number", help="Ask for an identity number; it is typed, never an argument.")
    ] = False,
    code: Annotated[str, typer.Option(help="Of a dossier or a document.")] = "",
    who: Annotated[str, typer.Option(help="The person who saw.")] = "",
    since: Annotated[str, typer.Option("--from", help="A day, such as 2026-01-31.")] = "",
    until: Annotated[str, typer.Option("--to", help="A day, which counts whole.")] = "",
    output: Annotated[Path | None, typer.Option("-o", help="Write it as CSV there.")] = None,
    json: Json = False,
) -> None:
    """Show who has seen the data of a citizen or a dossier; that it was asked stands in the journal too."""
    asked = {"code": code, "who": who, "from": since, "to": until}
    asked["number"] = typer.prompt("Số định danh (number)", hide_input=True) if number else ""
    if output is not None:
        output.write_bytes(wait_for(_bytes("/v1/disclosures/report.csv", asked)))
        return
    rows = wait_for(_all(asked))
    if json:
        say_json({"disclosures": rows})
        return
    for one in rows:
        typer.echo(
            f"{one['at']}  {_who(one)}  {one['how']}  {one['purpose']}: {one['reason']}"
            f"  {one['subject'] or one['item']}"
        )
    if not rows:
        typer.echo("chưa ai xem (nobody has seen it)")


def _who(one: dict[str, Any]) -> str:
    """Return who saw it; of a question the person for whom a system asked, and that system."""
    return " · ".join(part for part in (one["who"], one["system"]) if part)


async def _get(path: str) -> Any:
    async with gateway() as running:
        return await running.get(path)


async def _post(path: str, said: Any) -> Any:
    async with gateway() as running:
        return await running.post(path, said)


async def _all(asked: dict[str, str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: int | None = 0
    async with gateway() as running:
        while after is not None:
            page = await running.post(f"/v1/disclosures/report?after={after}&limit=1000", asked)
            rows += page["disclosures"]
            after = page["next"]
    return rows


async def _bytes(path: str, asked: dict[str, str]) -> bytes:
    import orjson

    from lgsp.client import AnswerError

    async with gateway() as running:
        answer = await running.bring(path, orjson.dumps(asked))
    if answer.status >= 400:  # noqa: PLR2004 - from here on it is a fault
        raise AnswerError("asking for the report", answer)
    return answer.text.encode()
