"""The words and figures of the screen of routes: lines, differences, faults, conditions, the picture."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from pathlib import Path

import pytest

from lgsp.check import faults_of
from lgsp.console.language import catalogue
from lgsp.console.routes_faults import told_faults
from lgsp.console.routes_picture import WIDTH, drawn
from lgsp.console.routes_text import coloured, compared, hidden, lines, placed
from lgsp.console.routes_words import changes, conditions
from lgsp.home import packed
from lgsp.routes import parse_routes

TEXT = (packed() / "routes.yaml").read_text(encoding="utf-8")
_TAG = re.compile(r"<[^>]*>")


def test_colours_change_nothing_of_a_text() -> None:
    """Without its tags every line is what stands in the file, escaped once."""
    for line in TEXT.splitlines():
        plain = _TAG.sub("", coloured(line))
        assert plain == html.escape(line).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    assert "<script>" not in coloured("  - {name: <script>alert(1)</script>}")


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("  one-stop:", "key", "one-stop:"),
        ("# a: b", "comment", "# a: b"),
        ('url: "${env:URL:-http://far}"', "name", "${env:URL:-http://far}"),
        ("settle: 20ms", "number", "20ms"),
        ("to: [far]", "sign", "["),
    ],
)
def test_each_part_has_its_colour(line: str, kind: str, said: str) -> None:
    """Keys, comments, variables, figures and signs are told apart."""
    assert f'<span class="hl-{kind}">{said}</span>' in coloured(line)


def test_a_difference_has_the_numbers_of_both_texts() -> None:
    """A line that is gone has the old number, a new one the new; far changes are set apart."""
    old = "\n".join(f"line {n}" for n in range(1, 31))
    new = old.replace("line 2\n", "line two\n").replace("line 29", "line 29\nmore")
    found = compared(old, new)
    assert [(one.sign, _TAG.sub("", one.code), one.old, one.new) for one in found if one.sign in "+-"] == [
        ("-", "line 2", 2, None), ("+", "line two", None, 2), ("+", "more", None, 30),
    ]  # fmt: skip
    assert [one.sign for one in found].count("@") == 1
    assert compared(old, old) == []


def test_faults_stand_at_their_lines() -> None:
    """One without a place stands in line 0; one behind the end stands in the last line."""
    assert placed(["routes.yaml:3: wrong; mend it", "nowhere"]) == [(3, "wrong; mend it"), (0, "nowhere")]
    marked = lines("a\nb\n", [(1, "first"), (9, "last")])
    assert [(one.number, one.faults) for one in marked] == [(1, ["first"]), (2, ["last"])]


_BROKEN = [
    TEXT.replace("from: one-stop, type: dossier.v1, to", "from: nobody, type: dossier.v1, to", 1),
    TEXT.replace("type: dossier.v1, to: [national-portal]", "type: dossier.v9, to: [national-portal]", 1),
    TEXT.replace("to: [national-portal]", "to: [one-stop]", 1),
    TEXT.replace("from: one-stop, type: dossier.v1", "from: dms, type: dossier.v1", 1),
    TEXT.replace("{name: progress,", "{name: dossiers,", 1),
    TEXT.replace("adapter: one_stop", "adapter: none_such", 1),
    TEXT.replace("      agencies:", "      agency:", 1),
    TEXT.replace("      system_id:", "      systemid:", 1),
    TEXT.replace("concurrency: 128", "concurrency: 0", 1),
    TEXT.replace("settle: 2s", "setle: 2s", 1),
    TEXT.replace("${env:LGSP_PORTAL_URL:-http://127.0.0.1:9100/national-portal}", "${env:NOT_SET_ANYWHERE}"),
    TEXT.replace("goes: [national-portal]", "goes: [dms]", 1),
    TEXT.replace("  - {name: dossiers,", "  # - {name: dossiers,", 1),
    TEXT.replace("systems:", "systems: [", 1),
    "just words",
]


@pytest.mark.parametrize("text", _BROKEN)
def test_every_fault_has_words_in_both_languages(text: str) -> None:
    """What `lgsp check` finds is told in Vietnamese, and in the catalogue's English."""
    assert text != TEXT
    found = faults_of(text, packed())
    assert found
    english = catalogue("en")
    for fault in told_faults(found):
        assert fault.values or fault.text.startswith("tệp phải"), f"not translated: {fault.text}"
        assert english.gettext(fault.text) != fault.text
        assert "%(" not in english.say(fault.text, **fault.values)


def test_a_system_with_open_deliveries_is_missed() -> None:
    """The journal's own fault is among those of the text."""
    (fault,) = told_faults(faults_of(TEXT, packed(), ["gone"]))
    assert (fault.values, "bị bỏ" in str(fault)) == ({"system": "gone"}, True)


def test_secrets_in_the_clear_are_hidden_even_in_a_text_that_cannot_be_read(tmp_path: Path) -> None:
    """A variable is no secret; a value is; a broken text is hidden line by line."""
    clear = TEXT.replace('"${env:LGSP_AXIS_SECRET:-sandbox}"', "tell-nobody-42")
    assert hidden(TEXT) == TEXT
    assert "tell-nobody-42" not in hidden(clear)
    assert "secret: •••" in hidden(clear)
    assert "tell-nobody-42" not in hidden(clear + "\n[")


def test_conditions_are_told_by_what_they_ask() -> None:
    """Under a code, like a pattern, or equal: each in its own words."""
    route = parse_routes(TEXT).routes[4]
    assert [(one.text, one.what, one.rule) for one in conditions(route)] == [
        ("%(what)s thuộc %(rule)s", "cơ quan", "H44")
    ]
    like = route.model_copy(update={"where": {"agency": "H44.*", "subject": "H44"}})
    assert [one.text for one in conditions(like)] == ["%(what)s theo mẫu %(rule)s", "%(what)s là %(rule)s"]


def test_changes_name_what_differs() -> None:
    """Added, gone and changed systems and routes, with the settings that changed; comments are none."""
    old = parse_routes(TEXT)
    new = parse_routes(
        TEXT.replace("concurrency: 128", "concurrency: 64")
        .replace("{name: arrivals,", "{name: here,")
        .replace("# agencies that", "# agencies, which")
    )
    assert [(one.how, one.what, one.name, one.parts) for one in changes(old, new)] == [
        ("changed", "system", "national-portal", ("deliver.concurrency",)),
        ("removed", "route", "arrivals", ()),
        ("added", "route", "here", ()),
    ]
    assert changes(old, parse_routes(TEXT + "# more\n")) == []


def test_the_picture_shows_every_system_and_route_once_and_apart() -> None:
    """No box lies over another, all lie inside, and each route is reached and left."""
    picture = drawn(parse_routes(TEXT))
    assert [box.name for box in picture.routes] == [
        "dossiers", "progress", "procedures", "fields", "agencies", "questions", "answers", "satisfaction",
        "documents", "document-statuses", "arrivals", "reports", "report-statuses",
        "citizens", "citizens-verified", "businesses", "insurance", "civil-status", "shared-catalogues",
    ]  # fmt: skip
    for column in (picture.sources, picture.routes, picture.goals):
        for one, next_ in pairwise(column):
            assert one.y + one.height <= next_.y
        assert all(box.x >= 0 and box.x + box.width <= WIDTH for box in column)
        assert all(box.y + box.height <= picture.height for box in column)
    assert {line.how for line in picture.lines} == {"from", "any", "to", "served", "else"}


def test_the_picture_of_nothing_is_small() -> None:
    """A home without routes has its systems, and no lines."""
    picture = drawn(parse_routes("systems: {one-stop: {adapter: one_stop}}\nroutes: []\n"))
    assert ([box.name for box in picture.sources], picture.lines) == (["one-stop"], [])
