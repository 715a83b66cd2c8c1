"""The console speaks two languages, whole."""

from __future__ import annotations

import re
from collections.abc import Callable

from lgsp.console.language import catalogue, preferred
from lgsp.console.screens import screens
from lgsp.console.wording import Wording
from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.texts import texts, untold

VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìĩóòõúùũýĂÂĐÊÔƠƯ]")
DATA = re.compile(
    r'Nguyễn [\w-]+|<span lang="vi">[^<]*</span>|<a class="btn btn-ghost-secondary"[^>]*lang="vi".*?</a>',
    re.DOTALL,
)


def test_every_text_has_an_english_one() -> None:
    """What a screen says in Vietnamese stands in a catalogue of `locale/en`."""
    assert untold(catalogue("en")) == []


def test_no_catalogue_holds_a_text_that_nobody_says() -> None:
    """A text that was changed takes its old translation along."""
    english = catalogue("en")
    assert {*english.texts, *english.plurals} - {text for _, text in texts()} == set()


def test_what_is_put_into_a_text_is_put_into_its_english_too() -> None:
    """Both languages name the same values."""
    places = re.compile(r"%\((\w+)\)s")
    wrong = [
        vi for vi, en in catalogue("en").texts.items() if set(places.findall(vi)) != set(places.findall(en))
    ]
    assert wrong == []


def test_no_page_in_english_says_a_word_of_vietnamese(caller: Callable[[Role], Caller]) -> None:
    """What stands in a page is translated, but for people's own words."""
    one = caller(Role.ADMINISTRATOR)
    paths = [
        "/console/sign-in",
        "/console/account",
        "/console/people/add",
        "/console/people/the-administrator",
    ]
    for path in [*paths, "/console/people/the-administrator/role", *(screen.url for screen in screens())]:
        text = DATA.sub("", one.get(path, accept_language="en").text)
        assert [line for line in text.splitlines() if VIETNAMESE.search(line)] == [], path


def test_the_language_is_the_one_that_was_chosen(nobody: Caller) -> None:
    """Vietnamese by default; the browser's wish, then the visitor's choice, decide."""
    assert 'lang="vi"' in nobody.get("/console/sign-in").text
    assert '<html lang="en"' in nobody.get("/console/sign-in", accept_language="en-GB,en;q=0.9").text
    answer = nobody.get("/console/sign-in?next=/console/people&lang=en")
    assert (answer.status, answer.to) == (303, "/console/sign-in?next=%2Fconsole%2Fpeople")
    assert '<html lang="en"' in nobody.get("/console/sign-in", accept_language="vi").text


def test_a_browsers_wish_is_read_in_its_order() -> None:
    """The first language that there is; Vietnamese where there is none of them."""
    assert [preferred(h) for h in ("fr, en;q=0.8", "vi-VN,en", "", "de")] == ["en", "vi", "vi", "vi"]


def test_figures_are_written_as_each_language_writes_them() -> None:
    """1.234.567,8 and 5 phút trước; 1,234,567.8 and 5 minutes ago."""
    vi, en = Wording("vi"), Wording("en")
    assert (vi.number(1234567.8), en.number(1234567.8)) == ("1.234.567,8", "1,234,567.8")
    assert (vi.span(0.85), vi.span(2.34), vi.size(1_572_864)) == ("850 ms", "2,3 s", "1,5 MB")
    assert vi.exact("2026-11-21T07:05:09+00:00") == "21/11/2026 14:05:09"
