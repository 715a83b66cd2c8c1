"""Reading the packed tables of facts: tab-separated, a heading, `#` before remarks, `-` for nothing."""

from __future__ import annotations

from importlib.resources import files

_NOTHING = "-"


def rows(path: str) -> list[dict[str, str]]:
    """Return a table's rows, each by the names of the heading; a cell that holds nothing is an empty text.

    Args:
        path: below `lgsp/domain`, such as `lifecycle/moves.tsv`.

    Raises:
        ValueError: a row has more or fewer cells than the heading.
    """
    text = files("lgsp.domain").joinpath(path).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    heading, *cells = lines
    return [
        {name: "" if cell == _NOTHING else cell for name, cell in zip(heading, row, strict=True)}
        for row in cells
    ]
