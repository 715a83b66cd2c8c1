"""Taking rows along: a bounded table that a sheet opens, whatever its decimal point; who took it is noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from lgsp.console.language import told
from lgsp.journal import people
from lgsp.journal.contract import Transaction

MOST = 100_000
"""Lines of one file."""
PAGE = 1000
"""What is asked for at once."""
_STEPS = 5000
"""Pages that are asked for, at most, for one file: where hardly anything matches, it ends there."""
_MARK = "\ufeff"
"""By which Excel knows that a file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CUT = told("Chưa hết: tệp này dừng ở %(count)s dòng. Hãy thu hẹp bộ lọc, hoặc xuất từng khoảng thời gian.")

Row = Sequence[Any]
Page = Callable[[int | None], Awaitable[tuple[Iterable[Row], int | None]]]
"""Given where the page before ended, returns the rows of the next one, and where it ends; None at the end."""


def note(tx: Transaction, what: str, who: str, words: Mapping[str, str]) -> None:
    """Write down who takes along what: the filters as they were given."""
    people.note(tx, what, who, details=orjson.dumps(dict(words)).decode()[:2000])


async def sheet(
    say: Callable[..., str], heads: Sequence[str], page: Page, place: int | None = None
) -> AsyncIterator[bytes]:
    """Yield a file piece by piece; its last line says so where it does not hold all.

    Args:
        say: returns a text in the reader's language.
        heads: of the columns.
        page: finds the rows.
        place: where the first page begins.
    """
    yield (_MARK + line([say(head) for head in heads])).encode()
    left, more = MOST, True
    for _ in range(_STEPS):
        found, place = await page(place)
        rows = list(islice(found, left + 1))
        more = place is not None or len(rows) > left
        yield "".join(map(line, rows[:left])).encode()
        left -= min(len(rows), left)
        if not more:
            return
        if not left:
            break
    yield line([say(_CUT, count=MOST - left)]).encode()


def line(cells: Row) -> str:
    """Return a line: every cell in quotes, with semicolons between, as sheets with decimal commas have it."""
    return ";".join(_cell(str(cell)) for cell in cells) + "\r\n"


def _cell(text: str) -> str:
    """Return a cell; what a sheet would take for a formula is marked as text."""
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    return '"' + safe.replace('"', '""') + '"'
