"""`lgsp figures`: whether a published table adds up, and by which definitions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from lgsp.cli.shell import MISUSED, Json, end, say_json

if TYPE_CHECKING:
    from lgsp.domain.figures.checking import Report

figures = typer.Typer(help="Published figures: do they add up.", no_args_is_help=True)


@figures.callback()
def _figures() -> None:
    """Look at published figures."""


@figures.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table, as JSON or CSV.")],
    json: Json = False,
) -> None:
    """Check a published table.

    It compares sums, and finds for each claimed percentage which numerator and denominator give it.
    """
    from lgsp.domain.figures.checking import check as checked
    from lgsp.domain.figures.reading import read_tables
    from lgsp.domain.figures.rows import Unreadable

    try:
        report = checked(read_tables(file.read_bytes()))
    except Unreadable as fault:
        _turn_away(fault.faults, json=json)
    if json:
        say_json(report.as_dict())
    else:
        _show(report)
    end(well=report.consistent)


def _turn_away(faults: list[str], *, json: bool) -> NoReturn:
    """Say why a file cannot be read, and end.

    Raises:
        typer.Exit: always.
    """
    if json:
        say_json({"consistent": None, "findings": [], "faults": faults})
    for fault in faults:
        typer.echo(fault, err=True)
    raise typer.Exit(MISUSED)


def _show(report: Report) -> None:
    from lgsp.domain.figures.findings import in_formula, in_place
    from lgsp.domain.figures.numbers import in_words

    for finding in report.findings:
        typer.echo(f"✗ {finding.said('vi')}\n  ({finding.said('en')})")
    for one in report.percentages:
        for way in one.fits[:1]:
            percent = in_words(one.percent.value, "vi")
            typer.echo(f"✓ {in_place(one.place, 'vi')}: {percent} % = {in_formula(str(way), 'vi')}")
    for noted in report.notes:
        typer.echo(f"· {noted.vi} ({noted.en})")
    count = len(report.findings)
    verdict = f"{count} điểm không khớp (findings)" if count else "số liệu khớp (consistent)"
    typer.echo(verdict)
