"""Drawing pages: templates in two languages, with the words, icons and looks that all screens share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import CodeType
from typing import Any
from urllib.parse import urlencode

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup

from lgsp.console.assets import Assets
from lgsp.console.deeds import deed
from lgsp.console.language import Catalogue, catalogue
from lgsp.console.rights import ROLE_DUTIES, ROLE_NAMES
from lgsp.console.states import STANDINGS, look
from lgsp.console.wording import Wording

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none"'
    ' stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
    ' class="icon{more}" aria-hidden="true">{inside}</svg>'
)


class Pages:
    """Draws templates; each language has its own environment, so that nothing has to be told which it is.

    Both share the compiled templates: the first view of a page in the second language compiles nothing.
    """

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._compiled = Compiled()

    def draw(self, language: str, template: str, values: Mapping[str, Any]) -> str:
        """Return a page or a part of one."""
        return self._of(language).get_template(template).render(values)

    def say(self, language: str, text: str, **values: Any) -> str:
        """Return a text of Python's (one that is marked with `told`) in a language."""
        return self._catalogue(language).say(text, **values)

    def _of(self, language: str) -> Environment:
        return self._english if language == "en" else self._vietnamese

    def _catalogue(self, language: str) -> Catalogue:
        found: Catalogue = self._of(language).globals["catalogue"]  # type: ignore[assignment]
        return found

    @cached_property
    def _vietnamese(self) -> Environment:
        return _environment("vi", self._assets, self._compiled)

    @cached_property
    def _english(self) -> Environment:
        return _environment("en", self._assets, self._compiled)


class Compiled(BytecodeCache):
    """The code of templates: it says the words of no language, it looks them up."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what is kept of it as it stands."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


def _environment(language: str, assets: Assets, compiled: BytecodeCache) -> Environment:
    words, wording = catalogue(language), Wording(language)
    made = Environment(
        loader=PackageLoader("lgsp.console"),
        autoescape=True,
        auto_reload=False,
        bytecode_cache=compiled,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True
    )
    made.filters |= {
        name: _late(getattr(wording, name))
        for name in ("number", "percent", "size", "day", "exact", "clock", "iso", "ago", "span")
    }
    made.filters["told"] = _late(words.gettext)
    made.globals |= {
        "catalogue": words,
        "language": language,
        "asset": assets.url,
        "icon": lambda name, more="": _icon(assets, name, more),
        "look": look,
        "deed": deed,
        "STANDINGS": STANDINGS,
        "ROLE_NAMES": ROLE_NAMES,
        "ROLE_DUTIES": ROLE_DUTIES,
        "query": query,
    }
    return made


def _late(say: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that is asked whenever a page is drawn: of a constant each language says its own."""

    @pass_context
    def late(_: Context, *values: Any, **named: Any) -> str:
        return say(*values, **named)

    return late


def _icon(assets: Assets, name: str, more: str = "") -> Markup:
    drawn = _SVG.format(more=f" {more}" if more else "", inside=assets.icon(name))
    return Markup(drawn)  # noqa: S704 - a drawing that came with a checked package


def query(values: Mapping[str, Any], **changed: Any) -> str:
    """Return the address of the same page with other filters: `?a=1&b=2`; None takes one away."""
    kept = {key: value for key, value in (dict(values) | changed).items() if value not in (None, "")}
    return f"?{urlencode(kept)}"
