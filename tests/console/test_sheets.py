"""Files that a sheet opens: bounded, whole or saying that they are not, and without anything that it would run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lgsp.console import sheets
from lgsp.console.sheets import Row, sheet


class Pages:
    """Rows by pages; `place` is the number of the next one."""

    def __init__(self, *sizes: int) -> None:
        self._sizes = sizes
        self.asked: list[int | None] = []

    async def __call__(self, place: int | None) -> tuple[Iterator[Row], int | None]:
        """Return a page."""
        self.asked.append(place)
        number = place or 0
        rows: Iterator[Row] = ((f"{number}.{n}",) for n in range(self._sizes[number]))
        return rows, number + 1 if number + 1 < len(self._sizes) else None


def say(text: str, **values: Any) -> str:
    """Return a text as it is written."""
    return text % values if values else text


async def lines(pages: Pages, place: int | None = None) -> list[str]:
    """Return the lines of a file, without its heading."""
    text = b"".join([piece async for piece in sheet(say, ["Cột"], pages, place)]).decode()
    head, *rows = text.removesuffix("\r\n").split("\r\n")
    assert head == '\ufeff"Cột"'
    return [row.strip('"') for row in rows]


@pytest.mark.parametrize("sizes", [(0,), (3,), (2, 3, 1), (0, 0, 2)])
async def test_a_file_holds_all_pages(sizes: tuple[int, ...]) -> None:
    """Each is asked for once, from where the one before ended; an empty one in the midst ends nothing."""
    pages = Pages(*sizes)
    assert await lines(pages) == [f"{p}.{n}" for p, size in enumerate(sizes) for n in range(size)]
    assert pages.asked == [None, *range(1, len(sizes))]


async def test_a_file_begins_where_its_reader_stands() -> None:
    """What stands on pages before is left out."""
    assert await lines(Pages(2, 1, 1), 1) == ["1.0", "2.0"]


@pytest.mark.parametrize(
    ("sizes", "whole"), [((2, 2), True), ((4,), True), ((5,), False), ((2, 3), False), ((4, 1), False)]
)
async def test_a_file_that_does_not_hold_all_says_so(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], whole: bool
) -> None:
    """Also where only its very last page was cut; one that ends with the last row does not."""
    monkeypatch.setattr(sheets, "MOST", 4)
    pages = Pages(*sizes)
    found = await lines(pages)
    assert len(found) == (4 if whole else 5)
    assert len(pages.asked) == (2 if sizes[0] < 4 else 1)
    assert ("dừng ở 4 dòng" in found[-1]) is not whole


async def test_a_search_that_hardly_finds_anything_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many pages, and the file says that it is not whole."""
    monkeypatch.setattr(sheets, "_STEPS", 3)
    pages = Pages(*[0] * 9, 1)
    (last,) = await lines(pages)
    assert ("dừng ở 0 dòng" in last, len(pages.asked)) == (True, 3)


async def test_cells_are_no_formulas() -> None:
    """A code from outside that a sheet would run is text, and quotes and semicolons stay in their cell."""

    async def page(_: int | None) -> tuple[list[Row], None]:
        return [["=1+1", 'a;"b"', "-2", "", 7, "@x", "+84", "\t="]], None

    text = b"".join([piece async for piece in sheet(say, ["a"], page)]).decode()
    assert text.split("\r\n")[1] == '"\'=1+1";"a;""b""";"\'-2";"";"7";"\'@x";"\'+84";"\'\t="'
