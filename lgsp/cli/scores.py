"""`lgsp score`: the measures of Decision 766 that dossiers bind, as a preview, and what cost points."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, gateway, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.client import Client

_PAGE = 1000
_SHOWN = 50
_NOTE = (
    "Số liệu xem trước, tính từ hồ sơ mà trục đã nhận, theo bản chép công thức của năm 2026; không phải điểm"
    " do Cổng DVCQG công bố.\n(A preview, counted from what the platform was told, by a transcription of the"
    " rules of 2026; not the portal's own score.)"
)


def score(  # noqa: PLR0913 - each is a way to say what is counted, or how it is shown
    *,
    agency: Annotated[str, typer.Option(help="Code of an agency, with all under it, such as H44.11.")] = "",
    month: Annotated[str, typer.Option(help="2026-11. Without a period: this month.")] = "",
    quarter: Annotated[str, typer.Option(help="2026-Q4.")] = "",
    year: Annotated[str, typer.Option(help="2026.")] = "",
    first: Annotated[str, typer.Option("--from", help="The first day, 2026-11-03.")] = "",
    last: Annotated[str, typer.Option("--to", help="The last day; without it, today.")] = "",
    procedure: Annotated[str, typer.Option(help="Code of one procedure.")] = "",
    system: Annotated[
        str, typer.Option(help="Name of the portal, where dossiers go to several systems.")
    ] = "",
    listed: Annotated[
        str,
        typer.Option("--list", metavar="MEASURE", help="List the dossiers that cost this measure points."),
    ] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the figures, or the list, as CSV.")] = None,
    json: Json = False,
) -> None:
    """Show what the measures of Decision 766 would give for a period, and which dossiers cost points."""
    asked = {
        "agency": agency, "month": month, "quarter": quarter, "year": year, "from": first, "to": last,
        "procedure": procedure, "system": system,
    }  # fmt: skip
    _check(asked, listed)
    said = {name: text for name, text in asked.items() if text}
    if listed:
        _list(listed, said, csv, json=json)
    else:
        _figures(said, csv, json=json)


def _check(asked: Mapping[str, str], measure: str) -> None:
    from datetime import datetime

    from lgsp.domain.codes import agency_code
    from lgsp.domain.scoring.measures import MEASURES
    from lgsp.domain.scoring.periods import read_period
    from lgsp.message import VIETNAM

    period = {name: asked[name] for name in ("month", "quarter", "year")}
    try:
        read_period(datetime.now(VIETNAM).date(), **period, first=asked["from"], last=asked["to"])
    except ValueError as fault:
        raise typer.BadParameter(f"--{fault}") from None
    if asked["agency"] and agency_code(asked["agency"]) is None:
        raise typer.BadParameter(f"--agency: {asked['agency']!r} is no agency code; write it as H44.11")
    if measure and measure not in MEASURES:
        raise typer.BadParameter(f"--list: {measure!r} is none of {', '.join(MEASURES)}")


# --- figures --------------------------------------------------------------------------------------------


def _figures(asked: Mapping[str, str], csv: Path | None, *, json: bool) -> None:
    told = wait_for(_counted(asked))
    if csv is not None:
        from lgsp.scoring_csv import figures_csv

        csv.write_bytes(figures_csv(told))
    if json:
        say_json(told)
    elif csv is None:
        _show(told)
    else:
        typer.echo(f"đã ghi {len(told['measures'])} chỉ số vào {csv} (measures written)")


async def _counted(asked: Mapping[str, str]) -> Any:
    async with gateway() as running:
        while True:
            told = await running.get("/v1/scores", **asked)
            if told["state"] == "counted":
                return told
            typer.echo(f"đã đếm {told['done']} hồ sơ (counted so far)", err=True)


def _show(told: dict[str, Any]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import moment

    paper, of = console(), told["of"]
    where = of["agency"] or "mọi cơ quan (all agencies)"
    paper.print(
        f"{where}, {of['from']} … {of['to']}, {of['system']}; đến (as of) {moment(told['as_of']) or '?'}"
    )
    headings = ("chỉ số", "tên", "tử số", "mẫu số", "giá trị", "điểm", "giả định", "ngoài mẫu số")
    rows = [
        (
            one["measure"],
            one["name"]["vi"],
            one["numerator"],
            one["denominator"],
            _value(one),
            "" if one["points"] is None else f"{_number(one['points'])} / {_number(one['most'])}",
            one["assumed"] or "",
            sum(reason["count"] for reason in one["outside"]) or "",
        )
        for one in told["measures"]
    ]
    paper.print(table(headings, rows, right=(2, 3, 4, 5, 6, 7)))
    for one in told["measures"]:
        for place, reasons in (("hồ sơ", one["lost"]), ("hồ sơ ngoài mẫu số", one["outside"])):
            for reason in reasons:
                paper.print(f"  {one['measure']}: {reason['count']} {place}: {reason['vi']} ({reason['en']})")
    paper.print(_NOTE)


def _value(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return "-"
    return f"{_number(one['value'])} {'ngày' if one['unit'] == 'working-days' else '%'}"


def _number(value: float) -> str:
    from decimal import Decimal

    from lgsp.domain.figures.numbers import in_words

    return in_words(int(value) if value == int(value) else Decimal(str(value)), "vi")


# --- the list -------------------------------------------------------------------------------------------


def _list(measure: str, asked: Mapping[str, str], csv: Path | None, *, json: bool) -> None:
    if csv is not None:
        count = wait_for(_write(measure, asked, csv))
        if json:
            say_json({"measure": measure, "dossiers": count, "file": str(csv)})
        else:
            typer.echo(f"đã ghi {count} hồ sơ vào {csv} (dossiers written)")
        return
    found = wait_for(_some(measure, asked))
    if json:
        say_json({"measure": measure, **found})
    else:
        _show_list(found)


async def _pages(running: Client, measure: str, asked: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
    """Yield the pages of a list; some are empty."""
    after: str | None = ""
    while after is not None:
        page = await running.get(f"/v1/scores/{measure}/dossiers", **asked, after=after, limit=_PAGE)
        yield page
        after = page["next"]


async def _some(measure: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the first dossiers of a list, and whether there are more."""
    found: list[Any] = []
    async with gateway() as running:
        async for page in _pages(running, measure, asked):
            found += page["dossiers"]
            if len(found) >= _PAGE:
                return {"dossiers": found, "more": page["next"] is not None}
    return {"dossiers": found, "more": False}


async def _write(measure: str, asked: Mapping[str, str], path: Path) -> int:
    """Write the whole list, page by page; return how many dossiers it holds."""
    from lgsp.scoring_csv import LIST_HEAD, list_rows

    count = 0
    async with gateway() as running:
        with path.open("wb") as file:
            file.write(LIST_HEAD)
            async for page in _pages(running, measure, asked):
                file.write(list_rows(page["dossiers"]))
                count += len(page["dossiers"])
    return count


def _show_list(found: dict[str, Any]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import both, moment

    paper, rows = console(), found["dossiers"]
    shown = [
        (
            one["code"],
            one["procedure"],
            moment(one["due_at"]),
            f"{one['vi']} ({one['en']})",
            " ".join([both(one["delivery"] or ""), one["cause"] or ""]).strip(),
        )
        for one in rows[:_SHOWN]
    ]
    paper.print(table(("mã hồ sơ", "thủ tục", "hẹn trả", "lý do (reason)", "lượt chuyển"), shown))
    if len(rows) > _SHOWN or found["more"]:
        more = f"{len(rows)}+" if found["more"] else str(len(rows))
        paper.print(f"{_SHOWN} / {more} hồ sơ; --csv FILE để lấy hết (for all of them)")
