"""What may be reported: the forms that come with the product, and a home's own, with a line for every fault."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lgsp.check import faults_of
from lgsp.domain.reports.defined import BUILT_IN, code_of
from lgsp.domain.reports.indicators import Fault
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.periods import Kind, read_label
from lgsp.errors import ConfigError
from lgsp.regimes import definition_faults, read_definitions
from lgsp.reporting.definitions import load

OWN = """\
regimes:
  - code: TP-01
    name: Báo cáo tư pháp
    scheme: calendar/1
    kinds: [quarter]
    window: five-days/1
    forms: [tp-01]
    system: local
    agencies: [000.00.11.H44]
windows:
  - {name: five-days, working_days: 5}
forms:
  - code: tp-01
    name: Hộ tịch
    invariants: standard/1
    indicators: [received, born, born_share]
indicators:
  - {code: born, name: Khai sinh, unit: hồ sơ, breakdowns: [level], rules: [{code: few, rule: v <= received}]}
  - {code: born_share, name: Tỷ lệ khai sinh, unit: "%", formula: born / received * 100, decimals: 1}
breakdowns:
  - {code: level, name: Cấp, members: {province: Tỉnh, commune: Xã}}
"""


def home(folder: Path, text: str, name: str = "own.yaml") -> Path:
    """Write a file of definitions into a home, and return the home."""
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "reports" / name).write_text(text, encoding="utf-8")
    return folder


def test_what_comes_with_the_product_has_no_fault() -> None:
    """Every form has its indicators, its regime and its invariants; every column is one that is counted."""
    assert BUILT_IN.faults == ()
    assert set(BUILT_IN.forms) == {"06a", "standard", "opencps", "statistic-message", "votes"}
    for code, form in BUILT_IN.forms.items():
        assert BUILT_IN.regime_of(code) is not None
        assert (BUILT_IN.set_of(code) is None) == (code == "votes")
        of = {one.of for one in SETS[form.invariants].invariants} if form.invariants else set()
        named = {one.figure for one in BUILT_IN.of_form(code).by_code.values() if one.figure}
        assert of <= named, code
    assert all(one.en and one.name for one in BUILT_IN.indicators.values())


def test_a_home_adds_its_own(tmp_path: Path) -> None:
    """Beside those that come with the product; an own window, and who owes it in its normal form."""
    found = read_definitions(home(tmp_path, OWN))
    regime = found.regimes["TP-01"]
    assert (regime.kinds, regime.system, regime.agencies) == ((Kind.QUARTER,), "local", ("H44.11",))
    assert found.windows[regime.window].working_days == 5
    assert [form.name for form in regime.forms] == ["Hộ tịch"]
    assert list(found.of_form("tp-01").by_code) == ["received", "born", "born_share"]
    assert found.of_form("tp-01").breakdown("level") is not None
    assert "06a" in found.forms


def test_a_home_says_a_form_otherwise(tmp_path: Path) -> None:
    """Its own rows count, in the regime as well."""
    text = "forms:\n  - {code: 06a, name: Mẫu riêng, indicators: [received]}\n"
    found = read_definitions(home(tmp_path, text))
    assert found.forms["06a"].name == "Mẫu riêng"
    assert found.regimes["KSTT"].forms[0].indicators == ("received",)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("forms: [tp-01]", "forms: [tp-02]", 7, "tp-02"),
        ("[received, born, born_share]", "[received, none]", 16, "none"),
        ("born / received * 100", "born / (received", 19, "born_share"),
        ("born / received * 100", "born_share / received", 19, "born_share"),
        ("window: five-days/1", "window: six-days/1", 6, "six-days|five-days"),
        ("scheme: calendar/1", "scheme: lunar/1", 4, "scheme"),
        ("invariants: standard/1", "invariants: own/1", 15, "invariants"),
        ("kinds: [quarter]", "kinds: [week]", 5, "kinds"),
        ("agencies: [000.00.11.H44]", "agencies: ['?']", 9, "agency code"),
        ("system: local", "sytem: local", 8, "sytem"),
        ("v <= received", "v <=", 18, "rules"),
        ("working_days: 5", "working_days: 0", 11, "working_days"),
        ("code: tp-01\n", "code: a/b\n", 13, "code"),
        ("breakdowns: [level]", "breakdowns: [sex]", 18, "sex"),
    ],
)
def test_every_fault_has_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    """With the file, and the mend; `lgsp check` tells it too."""
    assert old in OWN
    where = home(tmp_path, OWN.replace(old, new, 1))
    found = definition_faults(where)
    assert any(one.startswith(f"reports/own.yaml:{line}:") for one in found), found
    assert any(word in one for one in found for word in said.split("|"))
    assert set(found) <= set(faults_of("systems: {}\n", where))


def test_all_files_are_read_and_all_faults_told(tmp_path: Path) -> None:
    """A code that stands twice is told with its first place."""
    home(tmp_path, OWN)
    where = home(tmp_path, "forms:\n  - {code: tp-01, name: x, indicators: [received]}\n", "two.yaml")
    assert definition_faults(where) == [
        "reports/two.yaml:2: 'tp-01' is there already, at reports/own.yaml:13; leave one"
    ]
    home(tmp_path, "forms: [", "three.yaml")
    assert len(definition_faults(where)) == 2


def test_a_form_belongs_to_one_regime() -> None:
    """Else two regimes would call different reports by one code."""
    kstt = BUILT_IN.regimes["KSTT"]
    more = replace(BUILT_IN, regimes={**BUILT_IN.regimes, "X": replace(kstt, code="X")})
    assert more.faults == (
        Fault("regimes/X/forms", "twice", "06a belongs to KSTT already; leave it to one of them"),
    )


def test_what_a_home_says_counts_at_once(tmp_path: Path) -> None:
    """A file that changes is read again, one that does not is not; a faulty one is told, not passed over."""
    where = home(tmp_path, OWN)
    first = load(where)
    assert load(where) is first
    home(tmp_path, OWN.replace("Hộ tịch", "Khai sinh"))
    os.utime(where / "reports" / "own.yaml", (1, 1))
    assert load(where).forms["tp-01"].name == "Khai sinh"
    home(tmp_path, "forms: 1\n")
    with pytest.raises(ConfigError):
        load(where)


def test_the_code_of_a_report_names_form_agency_and_period() -> None:
    """With its scheme: `2024` alone does not say which days."""
    assert code_of("06a", "H44.11", read_label("government/1:2024-9M")) == "06a/H44.11/government/1:2024-9M"
