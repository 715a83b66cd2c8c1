"""`lgsp report statistics`, and how any table of reports is shown on a terminal or written to files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from lgsp.cli.shell import Json, gateway, say_json, wait_for

HtmlFile = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page to print (A4 across).")
]
XlsxFile = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a spreadsheet.")]
CsvFile = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the table as CSV.")]

_BY = ("agency", "level", "procedure", "field", "total")
_SCHEME = "government/1"


class Files(NamedTuple):
    """Where a table is written to; with none of them it is shown."""

    html: Path | None = None
    xlsx: Path | None = None
    csv: Path | None = None


def statistics(  # noqa: PLR0913, PLR0917 - the options of the command
    period: Annotated[
        str, typer.Option(help="Such as 202403, 20243, 2024, 2024-9M, or calendar/1:202403 with its scheme.")
    ],
    by: Annotated[str, typer.Option(help="agency, level, procedure, field or total.")] = "agency",
    agency: Annotated[str, typer.Option(help="The agency, with all below it; left out: all.")] = "",
    definition: Annotated[str, typer.Option(help="The way to count, such as form-06a/1.")] = "standard/1",
    known: Annotated[
        str,
        typer.Option(help="cut-off, now, or a time such as 2024-04-01T00:00; left out: cut-off, if it was."),
    ] = "",
    html: HtmlFile = None,
    xlsx: XlsxFile = None,
    csv: CsvFile = None,
    json: Json = False,
) -> None:
    """Show dossier statistics of a period, as known at its cut-off or now."""
    if by not in _BY:
        raise typer.BadParameter(f"--by: {by!r} is none of {', '.join(_BY)}")
    label = labelled(period)
    asked = {"by": by, "agency": agency, "definition": definition, "period": label}
    asked["known"] = known or _knowledge(label)
    shown("/v1/statistics/table", asked, Files(html, xlsx, csv), json=json)


def _knowledge(label: str) -> str:
    """Return as known when a period's figures are wanted: closed ones, if it is closed."""
    from datetime import datetime

    from lgsp.domain.reports.periods import read_label
    from lgsp.message import VIETNAM

    return "cut-off" if read_label(label).cut_off <= datetime.now(VIETNAM) else "now"


def labelled(period: str) -> str:
    """Return a period with its scheme: that of the government where none is named.

    Raises:
        typer.BadParameter: there is no such period.
    """
    from lgsp.domain.reports.periods import read_label

    try:
        return read_label(period if ":" in period else f"{_SCHEME}:{period}").label
    except ValueError as fault:
        raise typer.BadParameter(f"--period: {fault}") from None


def shown(path: str, asked: dict[str, Any], to: Files, *, json: bool) -> None:
    """Ask the running gateway for a table, and show it or write it to files.

    Args:
        path: where it stands: `/v1/reports/7/table`.
        asked: parameters; empty ones are left out.
        to: the files.
        json: print the table as one JSON document.
    """
    told = wait_for(_asked(path, {name: value for name, value in asked.items() if value != ""}))
    written = write(told, to)
    if json:
        say_json(told)
    elif written:
        for file in written:
            typer.echo(f"đã ghi {file} (written)")
    else:
        from lgsp.cli import report_showing

        report_showing.sheet(told)


def write(told: dict[str, Any], to: Files) -> list[Path]:
    """Write a table, as the API tells it, to files; return those that were written."""
    from lgsp.reporting.rendering.book import as_xlsx
    from lgsp.reporting.rendering.lines import as_csv
    from lgsp.reporting.rendering.page import as_html
    from lgsp.reporting.rendering.sheet import from_dict

    sheet = from_dict(told)
    if to.html is not None:
        to.html.write_text(as_html(sheet), encoding="utf-8")
    if to.xlsx is not None:
        to.xlsx.write_bytes(as_xlsx(sheet))
    if to.csv is not None:
        to.csv.write_bytes(as_csv(sheet))
    return [path for path in to if path is not None]


async def _asked(path: str, asked: dict[str, Any]) -> Any:
    async with gateway() as running:
        return await running.get(path, **asked)
