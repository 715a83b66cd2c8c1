"""`lgsp causes`: why things fail and who mends them, the answers that nobody knows, and naming one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

_USAGE = "say `lgsp causes`, `lgsp causes CODE` or `lgsp causes name ANSWER-ID --code …`"
_SHOWN = 200

Text = Annotated[str | None, typer.Option(help="Only to describe a cause that the catalogue lacks.")]


def causes(  # noqa: PLR0913, PLR0917 - the options of a command
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE | name ANSWER-ID]", help="One cause; or name this answer."),
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="What the answer is called: of the catalogue, or new.")
    ] = None,
    vi: Text = None,
    en: Text = None,
    party: Annotated[
        str | None, typer.Option(help="Who has to act: platform, vendor, agency, ministry, network, nobody.")
    ] = None,
    mend_vi: Text = None,
    mend_en: Text = None,
    retry: Annotated[
        bool | None,
        typer.Option("--retry/--no-retry", help="Try such deliveries again, or let them be refused."),
    ] = None,
    severity: Annotated[
        str | None, typer.Option(help="What it asks of operators: info, warning, error, critical.")
    ] = None,
    concerns: Annotated[
        str | None, typer.Option(help="What it is about: message, or system, which suspends the system.")
    ] = None,
    json: Json = False,
) -> None:
    """Show why things fail: every cause, who has to act and how it is mended.

    And the answers of systems that no cause is known for, with counts. `name` says what one of them is: it
    takes effect at once, for what comes and for what waits.
    """
    words = words or []
    if words[:1] == ["name"]:
        own = {
            "code": code, "vi": vi, "en": en, "party": party, "mend_vi": mend_vi, "mend_en": mend_en,
            "retry_helps": retry, "severity": severity, "concerns": concerns,
        }  # fmt: skip
        _name(words[1:], {name: value for name, value in own.items() if value is not None}, json=json)
    elif len(words) > 1:
        raise typer.BadParameter(_USAGE)
    else:
        _tell(words[0] if words else None, json=json)


def _name(words: list[str], said: dict[str, Any], *, json: bool) -> None:
    if len(words) != 1 or not words[0].isdecimal() or "code" not in said:
        raise typer.BadParameter(_USAGE)
    told = wait_for(_post(said | {"answer": int(words[0])}))
    if json:
        say_json(told)
    else:
        typer.echo(f"{told['system']}: {told['signature']} = {told['code']} (đã đặt tên, có hiệu lực ngay)")


def _tell(code: str | None, *, json: bool) -> None:
    """Show the catalogue, or one cause of it; without a running gateway what it is built with."""
    known, unnamed = wait_for(_read())
    if code is not None:
        known, unnamed = [one for one in known if one["code"] == code], []
    if json:
        say_json({"causes": known, "unnamed": unnamed})
    elif code is None:
        _show(known, unnamed)
    else:
        _show_whole(known)
    if code is not None and not known:
        typer.echo(f"{code}: không có nguyên nhân này (no such cause)", err=True)
    end(well=bool(known))


async def _read() -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None]:
    """Return the catalogue, and the unnamed answers, which a running gateway alone knows: else None."""
    from lgsp.api.causes import catalogue
    from lgsp.domain.causes_named import Names
    from lgsp.errors import ConfigError

    try:
        running = gateway()
    except ConfigError as fault:
        typer.echo(f"{fault.faults[0]} (chỉ có danh mục dựng sẵn: the built-in catalogue alone)", err=True)
        return list(catalogue(Names())), None
    async with running:
        known = (await running.get("/v1/causes"))["causes"]
        return known, (await running.get("/v1/causes/unnamed"))["unnamed"]


async def _post(said: dict[str, Any]) -> Any:
    async with gateway() as running:
        return await running.post("/v1/causes/names", said)


def _show(known: list[dict[str, Any]], unnamed: list[dict[str, Any]] | None) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import PARTIES, both, in_vietnamese

    paper = console()
    headings = ("mã", "nguyên nhân", "đơn vị xử lý", "mức độ", "chuyển lại")
    rows = [
        (
            one["code"],
            _in_general(one["vi"]["text"]),
            PARTIES[one["party"]],
            in_vietnamese(one["severity"]),
            "có" if one["retry_helps"] else "không",
        )
        for one in known
    ]
    paper.print(table(headings, rows))
    for one in unnamed or []:
        _show_answer(one)
    if unnamed == []:
        paper.print(f"Mọi câu trả lời đều đã có tên ({both('named')}: every answer has a name)")


def _in_general(text: str) -> str:
    """Return a text of the catalogue as it reads without a case: the field and the detail are left open."""
    return text.removeprefix("{place}: ").replace("{place}", "…").replace("{detail}", "…")


def _show_answer(one: dict[str, Any]) -> None:
    from lgsp.cli.paper import console
    from lgsp.words import moment, number

    paper = console()
    paper.print(
        f"Chưa có tên (unnamed) {one['id']}: {one['system']}, {number(one['times'])} lần (times),"
        f" {number(one['deliveries'])} lượt chuyển (deliveries),"
        f" từ {moment(one['first_at'])} đến {moment(one['last_at'])}"
    )
    paper.print(f"  {one['shape'][:_SHOWN]}")
    if one["sample"]["message"]:
        paper.print(f"  ví dụ (sample): lgsp trace {one['sample']['message']}")
    if one["nameable"]:
        paper.print(f"  đặt tên (name it): lgsp causes name {one['id']} --code …")


def _show_whole(known: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console
    from lgsp.words import PARTIES, both

    paper = console()
    for one in known:
        paper.print(one["code"])
        for lang in ("vi", "en"):
            paper.print(f"  {_in_general(one[lang]['text'])}. {_in_general(one[lang]['mend'])}")
        paper.print(f"  đơn vị xử lý (party): {PARTIES[one['party']]}")
        paper.print(f"  mức độ (severity): {both(one['severity'])}")
        paper.print(
            f"  chuyển lại có ích (a retry helps): {'có (yes)' if one['retry_helps'] else 'không (no)'}"
        )
