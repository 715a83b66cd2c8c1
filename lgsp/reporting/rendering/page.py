"""A sheet as a page to print: one HTML file that asks for nothing else, and runs nothing."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from lgsp.reporting.rendering.drawing import draw
from lgsp.reporting.rendering.sheet import Column, Row, Sheet, headings
from lgsp.reporting.rendering.written import line, numbering

HTML_TYPE = "text/html; charset=utf-8"
NATION = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_DENSE, _DENSEST = 12, 18
"""More columns than these are set smaller: a browser repeats headings on each page only if they are low."""
_SMALL_MONTHS, _SMALL_DAYS = 2, 9


def as_html(sheet: Sheet) -> str:
    """Return the page: A4 across, its headings on each page of print, every text escaped."""
    return (
        _environment()
        .get_template("sheet.html")
        .render(
            sheet=sheet,
            headings=headings(sheet.columns),
            numbering=numbering(sheet.columns),
            rows=[_row(row, sheet.columns) for row in sheet.rows],
            drawings=[draw(chart, n) for n, chart in enumerate(sheet.charts, 1)],
            dated=dated(sheet.dated),
        )
    )


def dated(day: str) -> str:
    """Return the line of place and date; the place, and a day that is not known, are left for a pen.

    Days below 10 and the first two months have a 0 in front, as official documents write them.
    """
    if not day:
        return "…, ngày … tháng … năm …"
    when = date.fromisoformat(day)
    days = f"{when.day:02d}" if when.day <= _SMALL_DAYS else f"{when.day}"
    months = f"{when.month:02d}" if when.month <= _SMALL_MONTHS else f"{when.month}"
    return f"…, ngày {days} tháng {months} năm {when.year}"


def _row(row: Row, columns: tuple[Column, ...]) -> dict[str, Any]:
    texts = line(row, columns)
    kinds = ("number" if one.numeric else "row" * (one.key == "row") for one in columns)
    cells = [{"text": text, "kind": kind} for text, kind in zip(texts, kinds, strict=True)]
    return {"kind": row.kind, "first": next(filter(None, texts), ""), "cells": cells}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("lgsp.reporting.rendering"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"NATION": NATION, "MOTTO": MOTTO, "DENSE": _DENSE, "DENSEST": _DENSEST}
    return made
