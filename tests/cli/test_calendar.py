"""`lgsp calendar`, and the `calendar.yaml` of a home that it and `lgsp check` read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lgsp.calendars import calendar_faults, parse_calendars, read_calendars
from lgsp.check import faults
from lgsp.domain.calendar.terms import Returned
from lgsp.errors import ConfigError
from lgsp.home import packed
from tests.cli.processes import run

Command = Callable[..., Any]

TET = "\n".join(f"      - {{day: 2027-02-{n:02}, what: Tết Nguyên đán}}" for n in (4, 5, 8, 9, 10))
NOTICE = f"""notices:
  - year: 2027
    notice: 1234/TB-BNV
    off:
{TET}
      - {{day: 2027-09-03, what: Quốc khánh}}
    worked:
      - {{day: 2027-11-27, for: 2027-11-26, what: Làm bù}}
"""
AGENCIES = """agencies:
  - code: H44
    sessions: {mon-fri: "7:30-11:30, 13:30-17:30"}
    reception: {sat: "7:30-11:30"}
    notice: 12/QĐ-UBND
    off:
      - {day: 2026-04-13, what: Nghỉ riêng của tỉnh}
  - code: H44.11
    from: 2026-03-01
    cut_off: "15:00"
  - code: H44.11
    from: 2026-06-01
    cut_off: none
rules:
  - {name: own, version: 1, receipt_day: included, pause: calendar-minus-one, cut_off: "14:00", what: Của tỉnh}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with the packed routes and no `calendar.yaml`."""
    (tmp_path / "routes.yaml").write_text(
        (packed() / "routes.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    monkeypatch.setenv("LGSP_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def calendar(folder: Path) -> Command:
    """Run `lgsp calendar`; returns its result, or with `document=True` its exit code and document."""
    return partial(run, "calendar")


def entered(folder: Path, text: str) -> None:
    """Write the home's `calendar.yaml`."""
    (folder / "calendar.yaml").write_text(text, encoding="utf-8")


# --- due ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["2", "2d"])
def test_the_plain_answer_is_the_date_alone(calendar: Command, term: str) -> None:
    """Two working days after Thursday 8/1/2026 is the Saturday that was swapped in, and nothing else is said."""
    assert calendar("due", "2026-01-08", term, document=True) == (0, {"due": "2026-01-10"})


@pytest.mark.parametrize("words", [("16", "--hours"), ("16h",), ("16h", "--hours")])
def test_hours_are_due_at_a_moment(calendar: Command, words: tuple[str, ...]) -> None:
    """A term in hours is answered with the moment and its offset."""
    told = calendar("due", "2026-01-08T15:30", *words, document=True)
    assert told == (0, {"due": "2026-01-10T15:30:00+07:00"})


def test_what_was_received_after_hours_is_said_to_count_later(calendar: Command) -> None:
    """The moment from which it counts stands beside the due date when it is another."""
    told = calendar("due", "2026-01-08T17:30", "1", document=True)
    assert told == (0, {"due": "2026-01-10", "counted_from": "2026-01-09T07:00:00+07:00"})


def test_an_unknown_year_is_the_answer_no(calendar: Command) -> None:
    """A due date in a year without notice is null, with the year and the reason in both languages; exit code 1."""
    code, told = calendar("due", "2026-12-30", "5", document=True)
    assert (code, told["due"], told["unknown"]["year"]) == (1, None, 2027)
    assert "chưa nhập thông báo" in told["unknown"]["reason"]
    assert "not entered" in told["unknown"]["reason"]
    said = calendar("due", "2026-12-30", "5")
    assert said.exit_code == 1
    assert "calendar.yaml" in said.stdout


def test_pauses_rules_and_extensions_are_asked_for_by_name(calendar: Command) -> None:
    """A pause, another rule and an extension change the answer, and the answer names what is not plain."""
    words = ("due", "2026-01-08", "5", "--pause", "2026-01-09T10:00..2026-01-14T10:00")
    assert calendar(*words, document=True)[1] == {"due": "2026-01-20"}
    assert calendar(*words, "--rule", "thanh-hoa", document=True)[1] == {
        "due": "2026-01-19",
        "rule": "thanh-hoa/1",
    }
    assert calendar("due", "2026-01-08", "5", "--pause", "2026-01-09..2026-01-12", document=True)[1] == {
        "due": "2026-01-16"
    }
    told = calendar("due", "2026-01-08", "2", "--extend", "3", document=True)[1]
    assert told == {"due": "2026-01-14", "original": "2026-01-10"}


def test_people_read_why(calendar: Command) -> None:
    """On paper the date has its weekday, the rule its words, and each notified day on the way its number."""
    said = calendar("due", "2026-01-08T17:30", "2", "--extend", "1").stdout
    assert "thứ Ba 13/01/2026" in said
    assert "thứ Hai 12/01/2026" in said
    assert "07:00 09/01/2026" in said
    assert "standard/1" in said
    assert "12729/VPCP-KGVX" in said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("due", "08/01/2026", "2"), "received"),
        (("due", "2026-02-30", "2"), "received"),
        (("due", "9999-12-31", "2"), "received"),
        (("due", "2026-01-08", "hai"), "term"),
        (("due", "2026-01-08", "2", "--agency", "Sở"), "--agency"),
        (("due", "2026-01-08", "2", "--rule", "mine"), "--rule"),
        (("due", "2026-01-08", "2", "--pause", "2026-01-09"), "--pause"),
        (("due", "2026-01-08", "2", "--pause", "2026-01-12..2026-01-09"), "--pause"),
        (("due", "2026-01-08", "2", "--extend", "8h"), "--extend"),
        (("show", "26"), "year"),
    ],
)
def test_wrong_usage_names_the_field(calendar: Command, words: tuple[str, ...], named: str) -> None:
    """What cannot be read is exit code 2, and the error names what was wrong."""
    result = calendar(*words)
    assert result.exit_code == 2
    assert named in result.stderr.lower()


# --- show -----------------------------------------------------------------------------------------------


def test_a_year_is_shown_with_its_notices(calendar: Command) -> None:
    """2026: fourteen weekdays off, two Saturdays worked, each with name and number; 249 working days."""
    code, told = calendar("show", "2026", document=True)
    assert (code, told["notified"], len(told["off"]), len(told["worked"])) == (0, True, 14, 2)
    assert told["off"][-1] == {
        "day": "2026-11-24", "vi": "Ngày Văn hóa Việt Nam", "en": "Vietnamese Culture Day",
        "basis": "28/2026/QH16", "source": "hc-holiday, built from the notices", "confidence": "high",
    }  # fmt: skip
    assert told["worked"][0]["for"] == "2026-01-02"
    assert sum(told["working_days"].values()) == 261 - 14 + 2
    assert told["working_days"]["2026-02"] == 15
    said = calendar("show", "2026").stdout
    assert "Tết Nguyên đán" in said
    assert "còn ngỏ" in said


def test_an_unknown_year_shows_what_is_known_and_what_is_missing(calendar: Command) -> None:
    """2027: six days by law, no working days counted, and exit code 1."""
    code, told = calendar("show", "2027", document=True)
    assert (code, told["notified"], len(told["off"])) == (1, False, 6)
    assert "working_days" not in told
    assert "2027" in told["missing"]
    assert "chưa nhập thông báo" in calendar("show", "2027").stdout
    assert calendar("show", "2031", document=True)[1]["off"] == []


# --- calendar.yaml --------------------------------------------------------------------------------------


def test_a_notice_is_entered_without_a_new_release(calendar: Command, folder: Path) -> None:
    """With its notice in `calendar.yaml`, 2027 is known, and shown with its number."""
    entered(folder, NOTICE)
    assert calendar("due", "2026-12-30", "5", document=True) == (0, {"due": "2027-01-07"})
    assert calendar("due", "2027-02-03", "1", document=True) == (0, {"due": "2027-02-11"})
    code, told = calendar("show", "2027", document=True)
    assert (code, told["notices"], told["source"]) == (0, ["1234/TB-BNV"], "calendar.yaml")
    assert calendar_faults(folder) == []


def test_agencies_have_their_own_hours_days_and_cut_offs(calendar: Command, folder: Path) -> None:
    """Hours, Saturday mornings, local days off and dated cut-offs hold for their subtrees."""
    entered(folder, AGENCIES)
    assert calendar("due", "2026-03-06T17:20", "1", "--agency", "H44.12", document=True)[1] == {
        "due": "2026-03-09"
    }
    late = calendar("due", "2026-03-03T15:30", "1", "--agency", "000.00.11.H44", document=True)[1]
    assert late == {"due": "2026-03-05", "counted_from": "2026-03-04T07:30:00+07:00"}
    assert calendar("due", "2026-06-02T15:30", "1", "--agency", "H44.11", document=True)[1] == {
        "due": "2026-06-03"
    }
    assert calendar("due", "2026-04-10", "1", "--agency", "H44", document=True)[1] == {"due": "2026-04-14"}
    assert calendar("due", "2026-04-10", "1", document=True)[1] == {"due": "2026-04-13"}
    assert calendar("show", "2026", "--agency", "H44", document=True)[1]["working_days"]["2026-04"] == 19
    own = calendar("due", "2026-03-03T14:30", "1", "--rule", "own", document=True)[1]
    assert own["rule"] == "own/1"
    assert own["due"] == "2026-03-04"


def test_a_home_without_a_calendar_has_the_national_one(folder: Path) -> None:
    """`calendar.yaml` is optional, and an empty mapping adds nothing."""
    assert read_calendars(folder).facts == parse_calendars("notices: []").facts
    assert parse_calendars(AGENCIES).rule("own").pause is Returned.CALENDAR_MINUS_ONE  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("- 1", 1, "is not a mapping; it needs `notices:`"),
        ("notices: [", 1, "not YAML"),
        ("holidays: []", 1, "is not known here"),
        (NOTICE.replace("year: 2027", "year: hai"), 2, "year"),
        (NOTICE.replace("1234/TB-BNV", "''"), 3, "notice"),
        (NOTICE.replace("2027-02-04", "2027-02-30"), 5, "day"),
        (NOTICE.replace("2027-02-05", "2027-02-04"), 6, "there twice"),
        (NOTICE.replace("2027-09-03", "2072-09-05"), 10, "far from 2027"),
        (NOTICE.replace("2027-11-27", "2027-11-25"), 12, "worked anyhow"),
        ("notices:\n  - {year: 2028, notice: 9/TB}", 2, "enter all"),
        (AGENCIES.replace("code: H44\n", "code: Tỉnh\n"), 2, "no agency code"),
        (AGENCIES.replace("7:30-11:30, 13", "7:30-14:30, 13"), 3, "order of the day"),
        (AGENCIES.replace("{mon-fri:", "{t2-t6:"), 3, "not a weekday"),
        (
            AGENCIES.replace("sessions: {mon-fri:", "sessions: [mon-fri:").replace('17:30"}', '17:30"]'),
            3,
            "not a mapping",
        ),
        (AGENCIES.replace('"15:00"', "3pm"), 10, "not an hour"),
        (AGENCIES.replace("from: 2026-06-01", "from: 2026-03-01"), 11, "make them one"),
        (AGENCIES.replace("name: own", "name: standard"), 15, "next version"),
        (AGENCIES.replace("calendar-minus-one", "half"), 15, "pause"),
    ],
)
def test_each_fault_has_its_line(folder: Path, text: str, line: int, told: str) -> None:
    """A fault of `calendar.yaml` names file, line and what to do; `lgsp check` and the commands tell it."""
    entered(folder, text)
    found = calendar_faults(folder)
    assert any(one.startswith(f"calendar.yaml:{line}: ") and told in one for one in found), found
    assert set(found) <= set(faults(folder / "routes.yaml"))
    with pytest.raises(ConfigError):
        read_calendars(folder)


def test_faults_of_both_files_are_told_at_once(folder: Path) -> None:
    """A home whose routes are no YAML still hears of its calendar."""
    entered(folder, "holidays: []\nrules: 7\n")
    (folder / "routes.yaml").write_text("systems: [", encoding="utf-8")
    told = faults(folder / "routes.yaml")
    assert [one.partition(":")[0] for one in told] == ["calendar.yaml", "calendar.yaml", "routes.yaml"]


def test_a_command_tells_the_faults_and_ends_with_2(calendar: Command, folder: Path) -> None:
    """With a faulty `calendar.yaml` nothing is counted: an operator mends it first."""
    entered(folder, "rules: 7\n")
    result = calendar("due", "2026-01-08", "2")
    assert result.exit_code == 2
    assert "calendar.yaml:1" in result.stderr


def test_the_days_of_a_notice_keep_their_number(folder: Path) -> None:
    """Each day that was entered names the notice it rests on."""
    entered(folder, NOTICE)
    facts = read_calendars(folder).facts
    assert facts.days[date(2027, 2, 4)].basis == "1234/TB-BNV"
    assert facts.days[date(2027, 1, 1)].basis == "BLLĐ 2019, Điều 112"
