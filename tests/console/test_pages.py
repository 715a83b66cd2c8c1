"""Pages are drawn in two languages from templates that are compiled once."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from lgsp.console.assets import Assets
from lgsp.console.pages import Pages

PAGE = """{{ "thiếu"|told }} {{ 1234567|number }} {{ _("Hệ thống") }} {{ who|told }} {{ language }}"""
SAID = {"vi": "thiếu 1.234.567 Hệ thống đã đặt vi", "en": "missing 1,234,567 Systems set en"}


class Bare(Assets):
    """No files: nothing of them is drawn here."""

    def __init__(self) -> None:
        """Read none."""


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Return pages of which one template is known, and whose code is not that of all tests."""
    monkeypatch.setattr("lgsp.console.pages.Compiled", type(Pages(Bare())._compiled))
    found = Pages(Bare())
    loader = DictLoader({"page.html": PAGE})
    for language in SAID:
        found._of(language).loader = loader
    return found


@pytest.mark.parametrize("order", [("vi", "en"), ("en", "vi")])
def test_each_language_says_its_own_whichever_came_first(pages: Pages, order: tuple[str, ...]) -> None:
    """Constants too, which are worked out when a template is compiled, and by whoever compiles it."""
    for language in (*order, *order):
        assert pages.draw(language, "page.html", {"who": "đã đặt"}) == SAID[language]


def test_a_template_is_compiled_once_for_both(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks in the second language does not wait for it."""
    compiled: list[str] = []
    plain = Environment.compile

    def compile_(self: Environment, *told: Any, **more: Any) -> Any:
        compiled.append(str(told[1]))
        return plain(self, *told, **more)

    monkeypatch.setattr(Environment, "compile", compile_)
    for language in (*SAID, *SAID):
        pages.draw(language, "page.html", {"who": "x"})
    assert compiled == ["page.html"]
