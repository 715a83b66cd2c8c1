"""Finding what was answered: in an envelope, in one inside another, or in a text that JSON holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lgsp.domain.nesting import load
from lgsp.wire.soap_xml import MalformedError, read

DAMAGED = "damaged-line-ends"
"""What is found where line ends between elements came as the letters `u000a`."""

_DEEPEST = 8
_TOKENS = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*+>", re.DOTALL)
_LETTERS = re.compile(r"\\?u000[ad]", re.IGNORECASE)
_DAMAGE = re.compile(r"\s*+(?:\\?u000[ad]\s*+)++", re.IGNORECASE)
"""Each part gives nothing back: what is looked through twice takes for ever where there is much of it."""


class Texts:
    """Reads the texts of one answer.

    Attributes:
        damaged: line ends were put back into one of them.
    """

    def __init__(self) -> None:
        self.damaged = False

    def tree(self, text: str) -> Any:
        """Return JSON or XML as plain values.

        Raises:
            MalformedError: it is neither.
        """
        told = text.strip().removeprefix("\ufeff")
        if told.startswith("<"):
            return read(told, self.mend)
        try:
            return load(told)
        except ValueError:
            raise MalformedError("neither XML nor JSON") from None

    def mend(self, text: str) -> str:
        """Return a text that is not well-formed with the line ends between its elements put back.

        Only the layout is touched. What stands between the two ends of one element is a value, and stays as
        it came, whatever it looks like.
        """
        mended = "".join(_with_line_ends(text))
        self.damaged = self.damaged or mended != text
        return mended

    def parts(self, tree: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
        """Yield every mapping of an answer, those further out first, and what stands inside texts."""
        if depth > _DEEPEST:
            return
        if isinstance(tree, str):
            tree = self._inside(tree)
        if isinstance(tree, dict):
            yield tree
        for one in _held(tree):
            yield from self.parts(one, depth + 1)

    def _inside(self, text: str) -> Any:
        """Return what a text holds that is a document itself; a text that is none says nothing more."""
        if not text.lstrip().startswith(("<", "{", "[")):
            return None
        try:
            return self.tree(text)
        except MalformedError:
            return None


def _held(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return list(tree.values())
    return tree if isinstance(tree, list) else []


def _with_line_ends(text: str) -> Iterator[str]:
    """Yield the pieces of a text, damaged line ends between its tags put back."""
    end, before = 0, ""
    for tag in _TOKENS.finditer(text):
        between = text[end : tag.start()]
        yield between if _is_value(before, tag[0]) else _put_back(between)
        yield tag[0]
        end, before = tag.end(), tag[0]
    yield _put_back(text[end:])


def _put_back(between: str) -> str:
    return _LETTERS.sub("\n", between) if _DAMAGE.fullmatch(between) else between


def _is_value(before: str, after: str) -> bool:
    """Tell whether two tags, with nothing but text between them, are the ends of one element.

    Around a CDATA section everything is a value too.
    """
    if before.startswith("<![") or after.startswith("<!["):
        return True
    opens = not before.startswith(("</", "<?", "<!")) and not before.endswith("/>")
    return bool(before) and opens and after.startswith("</")
