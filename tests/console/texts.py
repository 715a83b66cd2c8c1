"""The texts of the console as its sources have them; `python -m tests.console.texts` lists those without English."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import escape

from lgsp.console.language import Catalogue, catalogue

CONSOLE = Path(__file__).parents[2] / "lgsp" / "console"
_KEYWORDS = {"told": None, "_": None, "gettext": None, "ngettext": (1, 2), "N_": None}


def texts() -> Iterator[tuple[str, str]]:
    """Return each text that is marked, with the file it stands in."""
    found = [(path, "python") for path in sorted(CONSOLE.glob("*.py"))]
    found += [(path, "jinja2.ext:babel_extract") for path in sorted(CONSOLE.glob("templates/**/*.html"))]
    options = {"extensions": "jinja2.ext.i18n", "silent": "false", "trimmed": "true"}
    for path, method in found:
        used = options if method != "python" else {}
        for _, text, _, _ in extract_from_file(method, path, keywords=_KEYWORDS, options=used):
            yield str(path.relative_to(CONSOLE)), text[0] if isinstance(text, tuple) else text


def untold(english: Catalogue) -> list[tuple[str, str]]:
    """Return the texts that have no English."""
    known = {*english.texts, *english.plurals}
    return [(place, text) for place, text in texts() if text not in known]


if __name__ == "__main__":
    seen: set[str] = set()
    for place, text in untold(catalogue("en")):
        if text not in seen:
            seen.add(text)
            sys.stdout.write(f'#: {place}\nmsgid {escape(text)}\nmsgstr ""\n\n')
