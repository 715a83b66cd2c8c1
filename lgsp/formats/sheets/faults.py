"""What is wrong with a file of figures: each fault with its cell, in the words of the catalogue of causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.domain.causes import explain
from lgsp.errors import Problem

_LETTERS = 26


class Unusable(Exception):  # noqa: N818 - it is what the file is
    """Nothing of a file can be read.

    Attributes:
        code: of the cause.
        detail: what the rule asks for.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(slots=True, frozen=True)
class Fault:
    """One fault.

    Attributes:
        row, column: counted from 1, as a spreadsheet shows them; 0 where it is of the whole file.
        code: name of the fault in `lgsp.domain.causes`.
        detail: what the rule asks for; of contradicting figures their numbers.
    """

    row: int
    column: int
    code: str
    detail: str = ""

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it, such as `C7`; empty where the fault is of the whole file."""
        return address(self.row, self.column)

    @property
    def problem(self) -> Problem:
        """The fault as our door tells it, its place being the cell."""
        return Problem(self.cell, self.code, self.detail)

    @property
    def vi(self) -> str:
        """What is wrong, in Vietnamese."""
        return explain(self.problem).text

    @property
    def en(self) -> str:
        """What is wrong, in English."""
        return explain(self.problem, "en").text

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it, with what mends it."""
        vi, en = explain(self.problem), explain(self.problem, "en")
        return {
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "code": self.code,
            "detail": self.detail,
            "vi": vi.text,
            "en": en.text,
            "mend_vi": vi.mend,
            "mend_en": en.mend,
        }


def address(row: int, column: int) -> str:
    """Return how a spreadsheet names a cell: `AA3` of row 3, column 27; empty for no cell."""
    letters = ""
    while column > 0:
        column, at = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + at) + letters
    return f"{letters}{row}" if row > 0 else ""


def parsed_address(text: str) -> tuple[int, int] | None:
    """Return row and column (from 1) of a cell's name; None for what is none."""
    letters = text.rstrip("0123456789")
    digits = text[len(letters) :]
    if not (digits and letters.isascii() and letters.isalpha() and letters.isupper()):
        return None
    column = 0
    for letter in letters:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return int(digits), column


def told(problems: Sequence[Problem], name: str) -> str:
    """Return the faults of a file as a text for the person who dropped it: a line each, Vietnamese first."""
    lines = [
        f"Tệp {name}: {len(problems)} lỗi; chưa tiếp nhận số liệu nào.",
        "",
        *_lines(problems, "vi", "Tệp"),
    ]
    lines += ["", f"File {name}: nothing of it was taken on; faults: {len(problems)}.", ""]
    return "\r\n".join([*lines, *_lines(problems, "en", "File"), ""])


def _lines(problems: Sequence[Problem], lang: str, whole: str) -> Iterator[str]:
    for problem in problems:
        said = explain(problem, lang, place="")
        yield f"{problem.place or whole}\t{said.text}. {said.mend}"
