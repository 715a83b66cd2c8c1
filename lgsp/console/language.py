"""The console's two languages: Vietnamese as it is written in code and templates, English from catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES = ("vi", "en")
_FOLDER = Path(__file__).parent / "locale" / "en"


def told(text: str) -> str:
    """Return a text as it is: it is marked for the catalogues here, and translated where it is shown."""
    return text


@dataclass(slots=True, frozen=True)
class Catalogue:
    """The texts of one language.

    Attributes:
        texts: by the Vietnamese text, which stands for itself where there is none.
        plurals: by the Vietnamese text, for one and for many.
    """

    language: str
    texts: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def gettext(self, text: str) -> str:
        """Return a text in this language."""
        return self.texts.get(text, text)

    def ngettext(self, text: str, many: str, number: int) -> str:
        """Return a text that goes with a number; Vietnamese has one form for all."""
        one, more = self.plurals.get(text, (text, many))
        return one if number == 1 else more

    def say(self, text: str, **values: Any) -> str:
        """Return a text in this language with its values (`%(name)s`) put in."""
        return self.gettext(text) % values if values else self.gettext(text)


def catalogue(language: str) -> Catalogue:
    """Read a language: English is all files of `locale/en` together, one for each screen."""
    if language == "vi":
        return Catalogue("vi")
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, str]] = {}
    for path in sorted(_FOLDER.glob("*.po")):
        with path.open(encoding="utf-8") as file:
            for message in read_po(file, locale="en"):
                if isinstance(message.id, list | tuple) and isinstance(message.string, list | tuple):
                    plurals[str(message.id[0])] = (message.string[0], message.string[-1])
                elif message.id and message.string:
                    texts[str(message.id)] = str(message.string)
    return Catalogue(language, texts, plurals)


def preferred(header: str) -> str:
    """Return the first language of an Accept-Language header that there is; Vietnamese without one."""
    for part in header.split(","):
        named = part.partition(";")[0].strip().lower()[:2]
        if named in LANGUAGES:
            return named
    return LANGUAGES[0]
