"""What the page of a message is made of: laid-out texts, compared fields, the timeline, and labels."""

from __future__ import annotations

import base64
import html
import re
import time
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from lgsp.console.assets import Assets
from lgsp.console.comparing import Change, Value, changes, matches
from lgsp.console.highlighting import SHOWN, Attached, attached, shown
from lgsp.console.message_view import acts, editable, label, timeline
from lgsp.console.message_words import ACTS, NEXT, PARTIES, SEVERITIES, SIGNATURES, TYPES
from lgsp.console.pages import Pages
from lgsp.domain.ahead import ahead
from lgsp.journal.states import State
from lgsp.schemas import Types

FILE = base64.b64encode(b"%PDF-1.4\n" * 500).decode()


def read(text: str) -> str:
    """Return a laid-out text without its marks."""
    lines = [
        html.unescape(re.sub(r"<[^>]*>", "", line)).strip()
        for line in shown(text, "[%s]", str).lines.split("\n")
    ]
    return "\n".join(lines)


def test_json_is_laid_out_a_field_a_line() -> None:
    """Whatever its own line breaks; empty lists and objects stay on their line."""
    text = '{"a":1,"b":[true,{}],"c":"x"}'
    assert read(text).splitlines() == ["{", '"a": 1,', '"b": [', "true,", "{}", "],", '"c": "x"', "}"]


def test_xml_is_laid_out_an_element_a_line() -> None:
    """With its text beside it; declarations, attributes and empty elements too."""
    text = '<?xml version="1.0"?><a x="1"><b>t</b><c/><d><e>1</e></d></a>'
    assert read(text).splitlines() == [
        '<?xml version="1.0"?>', '<a x="1">', "<b>t</b>", "<c/>", "<d>", "<e>1</e>", "</d>", "</a>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ['{"a": [1, 2', '{"a": "b', "<a><b", "</x></y>", "<!--", "{}}}", "", "plain", "<>", '{"\\']
)
def test_what_is_broken_or_neither_is_shown_as_far_as_it_goes(text: str) -> None:
    """A text that was cut in the middle loses nothing."""
    assert "".join(read(text).split()) == "".join(text.split())


def test_markup_in_a_text_is_shown_and_does_nothing() -> None:
    """A value is never a part of the page."""
    lines = shown('{"a": "<script>alert(1)</script>"}', "%s", str).lines
    assert ("<script" in lines, "&lt;script&gt;" in lines) == (False, True)


def test_files_are_told_by_their_size() -> None:
    """As `data:` references, in JSON strings and in elements; a long word that is no base64 stays."""
    assert attached(f"data:application/pdf;base64,{FILE}") == Attached("application/pdf", 4500)
    assert attached(FILE) == Attached("application/pdf", 4500)
    assert attached("\r\n".join([FILE[n : n + 76] for n in range(0, len(FILE), 76)])) is not None
    assert attached("a b " * 200) is None
    for text in (f'{{"f":"{FILE}"}}', f"<f>{FILE}</f>", f'{{"f":"data:image/png;base64,{FILE}"}}'):
        drawn = shown(text, "file of %s", lambda size: f"{size} B")
        assert ("file of 4500 B" in drawn.lines, FILE[:50] in drawn.lines, drawn.files) == (True, False, 1)


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "<" + "a" * 900_000 + ">", '"' + " " * 900_000, '{"' + "a b " * 200_000]
)
def test_a_text_that_was_made_to_cost_much_costs_little(text: str) -> None:
    """What a sender wrote does not keep others waiting."""
    began = time.process_time()
    shown(text, "%s", str)
    matches({"a": "b"}, text[:64_000])
    assert time.process_time() - began < 2


def test_a_long_text_is_cut() -> None:
    """A page shows its beginning and says that it goes on."""
    drawn = shown(orjson.dumps({f"k{n}": "x" * 50 for n in range(5000)}).decode(), "%s", str)
    assert (drawn.cut, len(drawn.lines.striptags()) <= SHOWN) == (True, True)


def test_changes_are_told_field_by_field() -> None:
    """Changed, removed, added; a list that grew has a field more; a file is a file."""
    before = {"a": 1, "b": {"c": "x"}, "l": ["p"]}
    after = {"a": 2, "b": {}, "l": ["p", FILE]}
    assert changes(before, after) == [
        Change("/a", "changed", Value("1"), Value("2")),
        Change("/b/c", "removed", Value("x"), None),
        Change("/b", "added", None, Value("{}")),
        Change("/l/1", "added", None, Value("", Attached("application/pdf", 4500))),
    ]
    assert changes(after, after) == []


def test_values_are_found_in_a_request_under_their_native_names() -> None:
    """In JSON and XML; a time in the forms of offices; what was mapped to a code is not found."""
    data = {"unit": "Sở & Phòng", "at": "2026-01-31T08:30:00+07:00", "status": "received", "none": None}
    request = '{"DonVi": "S\\u1edf & Phòng", "Ngay": "20260131083000", "TrangThai": "2"}'
    assert [(one.place, list(one.sent)) for one in matches(data, request)] == [
        ("/unit", ["DonVi"]), ("/at", ["Ngay"]), ("/status", []),
    ]  # fmt: skip
    xml = "<a><DonVi>Sở &amp; Phòng</DonVi></a>"
    assert [list(one.sent) for one in matches({"unit": "Sở & Phòng"}, xml)] == [["DonVi"]]


def test_fields_have_the_names_of_their_schema() -> None:
    """Through references and lists; a field that no schema knows has none."""
    schema = Types()["dossier.v1"].schema
    assert label(schema, "/applicant/name") == "Tên chủ hồ sơ"
    assert (label(schema, "/papers/0/name") != "", label(schema, "/no/such")) == (True, "")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("standing", ["running", "suspended", "draining", "paused"])
def test_every_state_says_what_comes_next(state: State, standing: str) -> None:
    """Whatever its system does."""
    assert NEXT[ahead(state.word, standing)]
    assert NEXT[ahead(state.word, standing, overtaken=True)]


def test_what_is_over_offers_no_act() -> None:
    """Nor does what was superseded; a doubt is resolved, not merely released."""
    offered = {state.word: acts(_way(state.word)) for state in State}
    assert [word for word, some in offered.items() if not some] == [
        "delivered", "cancelled", "superseded", "replaced", "shadowed", "adopted",
    ]  # fmt: skip
    assert acts(_way("held", uncertain=1))[0] == "resolve"
    assert acts(_way("refused", superseded_by=7)) == []
    assert not editable([_way("refused"), _way("sending")])


def _way(state: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "superseded_by": None, "uncertain": 0} | more


def test_the_timeline_joins_attempts_to_their_outcomes() -> None:
    """An outcome has its attempt's time; long waits between steps are told; a person's name is kept."""
    walk: Mapping[str, Any] = {
        "attempts": [{"delivery": 1, "attempt": 1, "seconds": 0.5, "exchanges": 1}],
        "entries": [
            _entry("accepted", 0, who="one-stop", details={"portal": "ready"}),
            _entry("put off", 1_000_000, delivery=1, attempt=1, who="worker 3", cause="x"),
            _entry("retried now", 301_000_000, delivery=1, attempt=1, who="lan", cause="gấp"),
        ],
    }
    first, second, third = timeline(walk, "vi")
    assert (first["went"], first["attempt"], second["attempt"]["seconds"]) == ({"portal": "ready"}, None, 0.5)
    assert (second["who"], second["gap"], third["gap"]) == ("", None, 300.0)
    assert (third["who"], third["reason"], third["attempt"]) == ("lan", "gấp", None)


def _entry(what: str, at: int, **more: Any) -> dict[str, Any]:
    none = dict.fromkeys(("delivery", "attempt", "system", "cause", "details", "state"))
    return {"what": what, "at": at, "who": "gateway"} | none | more


def test_signatures_are_told_by_word_and_colour() -> None:
    """Of each file: who signed, when, whether it holds; a file at which nobody looked yet says so."""
    found = {
        "a" * 64: [{"standing": "valid", "name": "Trần B", "organisation": "Sở Tư pháp", "issuer": "Ban Cơ yếu",
                    "claimed_at": "2026-03-05T08:00:00+07:00"}],
        "b" * 64: [],
        "c" * 64: None,
    }  # fmt: skip
    walk = {"notes": [], "signatures": found, "around": []}
    page = Pages(Assets()).draw(
        "vi", "message/aside.html", {"walk": walk, "SIGNATURES": SIGNATURES, "TYPES": TYPES}
    )
    for words in ("Trần B, Sở Tư pháp", "hợp lệ", "Ban Cơ yếu", "tự khai", "không có chữ ký", "chưa xem tới"):
        assert words in page


class _Anybody:
    def may(self, _: str) -> bool:
        return True


@pytest.mark.parametrize("language", ["vi", "en"])
def test_everything_that_may_befall_a_message_is_shown(language: str) -> None:
    """Receivers apart, doubts, findings, statuses told back, telling again, corrections, no route."""
    why = {"text": "T", "code": "x", "mend": "M", "party": "vendor", "severity": "error"}
    one = {"system": "axis", "id": 7, "state": "held", "attempt": 3, "changed_at": 1, "recipients": ["H44.12"],
           "why": why, "said": "no", "fields": ["A"], "over": False, "ahead": "held", "next_attempt_at": None,
           "uncertain": 1, "repeats": 2, "acts": ["resolve", "cancel"]}  # fmt: skip
    off = one | {
        "state": "put off",
        "ahead": "put off",
        "next_attempt_at": "2026-03-05T08:00:00+07:00",
        "why": None,
    }
    walk = {
        "live": True, "unrouted": True, "deliveries": [one, off], "source": "dms", "attempts": [],
        "links": [{"system": "axis", "how": how, "message": "m"} for how in ("replaced_by", "instead_of")],
        "told_again": {"count": 1000, "last": 1}, "signatures": {},
        "notes": [{"text": "N", "code": "c", "read": "r", "mend": "m"}],
        "around": [{"id": "e", "type": "document.status.v1", "source": "axis", "at": 1}],
        "entries": [
            _entry("set apart", 1, system="axis", delivery=8, cause="y", who="worker 1", state="put off",
                   details={"recipients": ["H44.13"], "said": "s", "fields": ["F"], "repeated": True,
                            "scope": "system", "next_attempt_at": 5}),
            _entry("replaced", 200_000_000, system="axis", delivery=7, who="lan", cause="r", details={"by": "u"}),
            _entry("never heard of", 200_000_001),
        ],
    }  # fmt: skip
    shown_ = walk | {"timeline": timeline(walk, language)}
    page = Pages(Assets()).draw(
        language,
        "message/walk.html",
        {"walk": shown_, "here": "/h", "visitor": _Anybody(), "NEXT": NEXT, "PARTIES": PARTIES, "ACTS": ACTS,
         "SEVERITIES": SEVERITIES, "SIGNATURES": SIGNATURES, "TYPES": TYPES},
    )  # fmt: skip
    for words in (
        "H44.13",
        "never heard of",
        "/h/deliveries/7/resolve",
        "/console/messages/e",
        "/console/messages/u",
    ):
        assert words in page
    assert ("> 1.000" in page or "&gt; 1.000" in page) == (language == "vi")
